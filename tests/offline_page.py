"""Serves the page and fetches it, in one process: run by a test where there is no network."""

from __future__ import annotations

import httpx
from test_web_support import served

from qa_bot.bot import Bot
from qa_bot.settings import load_settings

if __name__ == "__main__":
    with served(Bot(load_settings())) as url:
        page = httpx.get(url, timeout=60)
        answer = httpx.post(f"{url}/api/ask", json={"question": "公租房怎么申请？"}, timeout=60)
        print("served:", page.status_code, answer.status_code)
