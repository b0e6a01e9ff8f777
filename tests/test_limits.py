"""Bounds on requests, on questions and on the time for an answer: a sentence, never an error."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import httpx
import pytest
from playwright.sync_api import expect
from test_web_support import BUSES, running, served, shot, through_the_page
from web_access_support import browser_of, sign_in, three_users, with_settings

from qa_bot.web.app import build_server
from qa_bot.web.limits import client_key
from qa_bot.web.roles import Visitor

CHAT = {"messages": [{"role": "user", "content": BUSES}]}


def asked(url: str, question: str = BUSES) -> httpx.Response:
    return httpx.post(f"{url}/api/ask", json={"question": question}, timeout=60)


def test_bodies(bot):
    with served(with_settings(bot, max_body_kb=10)) as url, browser_of(url) as client:
        large = b'{"question": "' + b"x" * 10_000 + b'"}'
        kind = {"Content-Type": "application/json"}

        def in_chunks():
            for start in range(0, len(large), 1000):
                yield large[start : start + 1000]

        for content in (large, in_chunks()):
            refused = client.post("/api/ask", content=content, headers=kind)
            assert refused.status_code == 413
            assert refused.json()["error"].startswith("请求内容超过 10 kB")
        assert client.post("/gradio_api/queue/join", content=large).status_code == 413
        assert asked(url).status_code == 200


@pytest.mark.parametrize("announced", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
def test_a_body_that_does_not_come_to_its_end(bot, announced):
    """Whether it stops or goes on byte by byte, the client is told so and let go."""
    with served(with_settings(bot, body_timeout_s=0.5, max_body_kb=10)) as url:
        with begun(url, "/api/ask", announced) as line:
            head, _, words = said_until_closed(line).partition(b"\r\n\r\n")
        with begun(url, "/api/ask", announced) as line:
            assert is_let_go(line, b"1\r\nx\r\n" if "chunked" in announced else b"x")
        assert asked(url).status_code == 200
    assert head.startswith(b"HTTP/1.1 408")
    assert json.loads(words)["error"].startswith("请求内容没有及时传完")


def test_a_body_that_nobody_reads_is_not_waited_for(bot):
    with (
        served(with_settings(bot)) as url,
        begun(url, "/api/documents", "Content-Length: 1000") as line,
    ):
        assert said_until_closed(line).startswith(b"HTTP/1.1 404")


@contextmanager
def begun(url: str, path: str, announced: str) -> Iterator[socket.socket]:
    """A connection on which the head of a request has been sent, but no body."""
    host, _, port = url.removeprefix("http://").partition(":")
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(f"{head}{announced}\r\n\r\n".encode())
        yield line


def is_let_go(line: socket.socket, piece: bytes) -> bool:
    """Whether the server closes the connection though something comes again and again."""
    with suppress(ConnectionError):
        for _ in range(600):
            line.sendall(piece)
            time.sleep(0.02)
        return False
    return True


def said_until_closed(line: socket.socket) -> bytes:
    said = b""
    while came := line.recv(4096):
        said += came
    return said


def test_questions_per_minute_are_counted_across_the_interfaces(bot):
    with served(with_settings(bot, questions_per_minute=3)) as url:
        assert asked(url).status_code == 200
        assert httpx.post(f"{url}/v1/chat/completions", json=CHAT, timeout=60).status_code == 200
        assert "event: complete" in through_the_page(url, BUSES, "")
        refused = asked(url)
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert "您的请求太频繁" in refused.json()["error"]
        chat = httpx.post(f"{url}/v1/chat/completions", json=CHAT, timeout=60)
        assert chat.status_code == 429
        assert 1 <= int(chat.headers["retry-after"]) <= 60
        assert "too many requests" in through_the_page(url, BUSES, "")
        assert httpx.get(f"{url}/api/documents", timeout=60).status_code == 200


def test_look_ups_of_programs_count_as_questions(bot):
    with served(with_settings(bot, questions_per_minute=2)) as url:
        assert '"total"' in through_the_page(url, "校车标牌", endpoint="find_matter")
        assert '"sections"' in through_the_page(
            url, "盘政发〔2023〕8号", "", endpoint="find_clause"
        )
        assert "too many requests" in through_the_page(url, "校车", endpoint="find_matter")
        assert "too many requests" in through_the_page(url, "盘政发", "", endpoint="find_clause")
        assert asked(url).status_code == 429


@pytest.mark.parametrize(
    "work",
    [
        ("GET", "/api/matters.csv"),
        ("GET", "/api/documents"),
        ("GET", "/api/clauses"),
        ("GET", "/conversations/x.docx"),
        ("POST", "/gradio_api/queue/join"),
        ("POST", "/gradio_api/run/predict"),
        ("POST", "/gradio_api/call/find_matter"),
        ("POST", "/gradio_api/component_server/"),
        ("POST", "/gradio_api/upload"),
        ("POST", "/gradio_api/mcp/"),
    ],
)
def test_other_work_is_counted_too(bot, work, tmp_path):
    """Ten such requests for each question; who may upload by then is refused all the same."""
    users = {"auth": "users", "users_file": tmp_path / "users.json", "upload": True}
    three_users(users["users_file"])
    limited = with_settings(bot, questions_per_minute=1, **users)
    with served(limited) as url, browser_of(url) as client:
        sign_in(client, "staff一")
        assert client.get("/api/documents").status_code == 200
        for _ in range(9):
            assert client.request(*work).status_code != 429
        refused = client.request(*work)
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert "您的请求太频繁" in refused.json()["error"]
        assert client.post("/gradio_api/cancel", json={}).status_code != 429
        assert client.get("/readyz").status_code == 200
        assert client.post("/api/ask", json={"question": BUSES}).status_code == 200
        sign_in(client, "admin一")
        assert client.request(*work).status_code != 429


def test_the_page_says_that_it_is_asked_too_often(bot, context):
    """Typed words, a source that is opened: a sentence, and the page works on."""
    with served(with_settings(bot, questions_per_minute=1)) as url:
        page = context.new_page()
        page.goto(url)
        page.wait_for_selector(".qb-welcome")
        while httpx.get(f"{url}/api/documents", timeout=60).status_code == 200:
            pass
        page.get_by_role("tab", name="事项查询").click()
        page.get_by_label("查找事项").fill("校车")
        expect(page.locator(".qb-warning")).to_contain_text("您的请求太频繁")
        page.evaluate("""() => {
            const open = document.createElement("button");
            open.dataset.act = "open";
            document.body.append(open);
            open.click();
        }""")
        expect(page.locator(".qb-dialog-body")).to_contain_text("原文无法打开")
        expect(page.locator("dialog .qb-warning")).to_contain_text("您的请求太频繁")
        shot(page, "too-often")


def test_clients_are_told_apart():
    assert client_key(Visitor(address="10.0.0.1")) != client_key(Visitor(address="10.0.0.2"))
    near = (Visitor(address=f"2001:db8::{n}") for n in (1, 2))
    assert len({client_key(visitor) for visitor in near}) == 1
    assert client_key(Visitor(address="2001:db8:1::1")) != client_key(
        Visitor(address="2001:db8::1")
    )
    mapped = {client_key(Visitor(address=f"::ffff:10.0.0.{n}")) for n in (1, 2)}
    assert mapped == {client_key(Visitor(address=f"10.0.0.{n}")) for n in (1, 2)}
    assert client_key(Visitor(name="a", address="10.0.0.1")) != client_key(Visitor(name="b"))


def test_too_many_at_once(bot):
    """One is answered, one waits, the third is refused; the two are answered all the same."""
    stand_in = with_settings(bot, concurrent_questions=1, waiting_questions=1)
    stand_in.go.clear()
    server = build_server(stand_in)
    with running(server) as url, ThreadPoolExecutor() as threads:
        first = [threads.submit(asked, url) for _ in range(2)]
        while server.state.service.running < 2:
            time.sleep(0.02)
        refused = asked(url)
        assert refused.status_code == 503
        assert "正在处理的问题太多" in refused.json()["error"]
        assert "too many questions" in through_the_page(url, BUSES, "")
        stand_in.go.set()
        assert [each.result().status_code for each in first] == [200, 200]


def test_an_answer_that_takes_too_long(bot):
    stand_in = with_settings(bot, answer_timeout_s=0.3)
    stand_in.go.clear()
    with served(stand_in) as url:
        late = asked(url)
        assert late.status_code == 504
        assert "0.3 秒" in late.json()["error"]
        assert "no answer within" in through_the_page(url, BUSES, "")
        stand_in.go.set()
    assert stand_in.asked


def test_closing(bot):
    server = build_server(with_settings(bot))
    with running(server) as url:
        server.state.service.close()
        assert asked(url).status_code == 503
        assert "服务器正在重启" in asked(url).json()["error"]
        assert httpx.get(f"{url}/readyz", timeout=30).json()["status"] == "closing"
        assert httpx.get(f"{url}/readyz", timeout=30).status_code == 503
