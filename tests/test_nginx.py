"""The settings for nginx that docs/deployment.md gives, in a real nginx before the real server."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect
from test_web_support import BUSES, browsing, served
from web_access_support import sign_in_by_hand, three_users, with_settings

from qa_bot.answer.model import Partial

DOCUMENT = Path(__file__).parent.parent / "docs" / "deployment.md"
PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
KEPT_S = 15

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no nginx: apt-get install nginx-light")


def documented(kind: str) -> str:
    """The first block of code of that kind below the heading on nginx."""
    below = DOCUMENT.read_text(encoding="utf-8").partition("\n## Behind nginx")[2]
    return re.search(rf"```{kind}\n(.*?)```", below, re.DOTALL)[1]


def documented_settings() -> dict[str, str]:
    given = re.findall(r"QA_BOT_(\w+)=(\S+)", documented("bash"))
    return {name.lower(): value for name, value in given}


@dataclass
class Proxied:
    """The address that visitors know, and the stand-in that answers behind it."""

    url: str
    bot: object

    def get(self, path: str, **given: object) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", timeout=KEPT_S, **given)


@contextmanager
def nginx(folder: Path, inner: str, keeps_prefix: bool = False) -> Iterator[str]:
    """An nginx with the documented file, on a free port of loopback before ``inner``."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    outer = f"127.0.0.1:{port}"
    site = documented("nginx").replace("listen 80;", f"listen {outer};")
    path = "" if keeps_prefix else r"\1"
    site, passed = re.subn(r"http://127\.0\.0\.1:7860(/.*)?;", f"{inner}{path};", site)
    assert outer in site
    assert passed == 2
    (folder / "site.conf").write_text(site)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off;\n{places}include {folder}/site.conf;\n}}"
    )
    log = folder / "error.log"
    process = subprocess.Popen([PROGRAM, "-e", log, "-c", folder / "nginx.conf", "-p", folder])
    try:
        ends = time.monotonic() + KEPT_S
        while not listens(port):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < ends
            time.sleep(0.05)
        yield f"http://{outer}"
    finally:
        process.terminate()
        process.wait(KEPT_S)


def listens(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def proxied(bot, folder: Path, keeps_prefix: bool = False, **settings: object) -> Iterator[Proxied]:
    stand_in = with_settings(bot, **documented_settings(), **settings)
    with served(stand_in) as inner, nginx(folder, inner, keeps_prefix) as outer:
        yield Proxied(outer, stand_in)


def test_page_sign_in_and_upload(bot, tmp_path, corpus_dir):
    users = tmp_path / "users.json"
    three_users(users)
    settings = {
        "auth": "users", "users_file": users, "upload": True, "uploads_dir": tmp_path / "uploads",
    }  # fmt: skip
    with proxied(bot, tmp_path, **settings) as site, browsing() as browser:
        page = browser.new_page(locale="zh-CN")
        astray: list[str] = []

        def came(response) -> None:
            if response.status >= 400 or not response.url.startswith(f"{site.url}/qa/"):
                astray.append(f"{response.status} {response.url}")

        page.on("response", came)
        page.goto(f"{site.url}/qa/")
        sign_in_by_hand(page, "staff一")
        page.wait_for_selector(".qb-welcome")
        site.bot.partials = [Partial(answer="校车标牌由市公安局")]
        site.bot.go.clear()
        page.fill("#qb-question textarea", BUSES)
        page.keyboard.press("Enter")
        expect(page.locator("#qb-current")).to_contain_text("校车标牌由市公安局")
        site.bot.go.set()
        expect(page.locator("#qb-log .qb-said")).to_contain_text("市公安局")
        expect(page.locator(".qb-history")).to_have_count(1)
        page.get_by_role("tab", name="上传").click()
        page.set_input_files("#qb-upload input", corpus_dir / "hangzhou-ningxia-xinzhou.txt")
        expect(page.locator("#qb-upload-said")).to_contain_text("已经收录")
        large = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"x" * 2_000_000}
        upload = f"{site.url}/qa/gradio_api/upload"
        assert page.request.post(upload, multipart={"files": large}).ok
        page.get_by_role("button", name="退出登录").click()
        page.wait_for_url(f"{site.url}/qa/sign-in")
        assert not astray
        page.close()


def test_answers_come_as_they_are_written(bot, tmp_path):
    with proxied(bot, tmp_path) as site:
        site.bot.partials = [Partial(answer="校车")]
        site.bot.go.clear()
        asked = {"question": BUSES, "stream": True}
        with httpx.stream("POST", f"{site.url}/qa/api/ask", json=asked, timeout=KEPT_S) as answer:
            lines = answer.iter_lines()
            assert next(lines) == "event: delta"
            site.bot.go.set()
            assert "event: answer" in list(lines)


def test_each_visitor_has_a_rate_of_his_own(bot, tmp_path):
    with proxied(bot, tmp_path, questions_per_minute=1) as site:

        def ask(address: str, **headers: str) -> int:
            line = httpx.HTTPTransport(local_address=address)
            with httpx.Client(transport=line, timeout=KEPT_S) as client:
                asked = {"question": BUSES}
                answer = client.post(f"{site.url}/qa/api/ask", json=asked, headers=headers)
                return answer.status_code

        assert ask("127.0.0.1") == 200
        assert ask("127.0.0.1", **{"X-Forwarded-For": "192.0.2.7"}) == 429
        assert ask("127.0.0.2") == 200


def test_what_a_visitor_may_not_say_or_see(bot, tmp_path):
    with proxied(bot, tmp_path, auth="proxy") as site:
        assert site.get("/qa/docs").status_code == 401
        assert site.get("/qa/docs", headers={"X-Remote-User": "boss"}).status_code == 401
        assert site.get("/qa/readyz").status_code == 200
        assert site.get("/qa/metrics").status_code == 403
        assert site.get("/qa/metrics/").status_code in (401, 403)
        assert site.get("/docs").status_code == 404


@pytest.mark.parametrize("keeps_prefix", [False, True], ids=["prefix dropped", "prefix kept"])
def test_addresses_and_bounds(bot, tmp_path, keeps_prefix):
    with proxied(bot, tmp_path, keeps_prefix) as site:
        moved = site.get("/qa")
        assert (moved.status_code, moved.headers["location"]) == (301, f"{site.url}/qa/")
        asked = {"json": {"question": BUSES}, "timeout": KEPT_S}
        address = f"{site.url}/qa/api/ask"
        assert httpx.post(address, headers={"Origin": site.url}, **asked).status_code == 200
        elsewhere = {"Origin": "http://elsewhere.example"}
        assert httpx.post(address, headers=elsewhere, **asked).status_code == 403
        given = site.get("/qa/readyz").headers["x-request-id"]
        assert re.fullmatch(r"[0-9a-f]{32}", given)
        large = httpx.post(address, content=b"x" * 2_000_000, timeout=KEPT_S)
        assert large.status_code == 413
