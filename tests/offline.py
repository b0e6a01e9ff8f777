"""Indexes a file, asks and serves, in one process: run by a test where there is no network."""

from __future__ import annotations

import sys
from pathlib import Path

import httpx
from test_web_support import served

from qa_bot.bot import Bot
from qa_bot.index.ingest import ingest
from qa_bot.retrieval.question import Question
from qa_bot.settings import load_settings

QUESTION = "公租房怎么申请？"

if __name__ == "__main__":
    settings = load_settings()
    ingest([Path(sys.argv[1])], settings)
    bot = Bot(settings)
    asked = bot.ask(Question(question=QUESTION))
    with served(bot) as url:
        page = httpx.get(url, timeout=60)
        answer = httpx.post(f"{url}/api/ask", json={"question": QUESTION}, timeout=60)
    same = answer.json()["answer"] == asked.answer
    print("served:", page.status_code, answer.status_code, "same" if same else "another")
