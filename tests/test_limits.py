"""Bounds on requests, on questions and on the time for an answer: a sentence, never an error."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
from test_web_support import running, served
from web_access_support import browser_of, with_settings

from qa_bot.web.app import build_server
from qa_bot.web.limits import client_key
from qa_bot.web.roles import Visitor

BUSES = "校车标牌怎么办理？"
CHAT = {"messages": [{"role": "user", "content": BUSES}]}


def asked(url: str, question: str = BUSES) -> httpx.Response:
    return httpx.post(f"{url}/api/ask", json={"question": question}, timeout=60)


def through_the_page(url: str) -> str:
    """What the page's endpoint says, which the page shows as it is."""
    call = httpx.post(f"{url}/gradio_api/call/ask", json={"data": [BUSES, ""]}, timeout=60)
    event = call.json()["event_id"]
    return httpx.get(f"{url}/gradio_api/call/ask/{event}", timeout=60).text


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


def test_questions_per_minute_are_counted_across_the_interfaces(bot):
    with served(with_settings(bot, questions_per_minute=3)) as url:
        assert asked(url).status_code == 200
        assert httpx.post(f"{url}/v1/chat/completions", json=CHAT, timeout=60).status_code == 200
        assert "event: complete" in through_the_page(url)
        refused = asked(url)
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert "您提问太频繁" in refused.json()["error"]
        assert httpx.post(f"{url}/v1/chat/completions", json=CHAT, timeout=60).status_code == 429
        assert "too many questions" in through_the_page(url)
        assert httpx.get(f"{url}/api/documents", timeout=60).status_code == 200


def test_clients_are_told_apart():
    assert client_key(Visitor(address="10.0.0.1")) != client_key(Visitor(address="10.0.0.2"))
    near = (Visitor(address=f"2001:db8::{n}") for n in (1, 2))
    assert len({client_key(visitor) for visitor in near}) == 1
    assert client_key(Visitor(address="2001:db8:1::1")) != client_key(
        Visitor(address="2001:db8::1")
    )
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
        assert "too many questions" in through_the_page(url)
        stand_in.go.set()
        assert [each.result().status_code for each in first] == [200, 200]


def test_an_answer_that_takes_too_long(bot):
    stand_in = with_settings(bot, answer_timeout_s=0.3)
    stand_in.go.clear()
    with served(stand_in) as url:
        late = asked(url)
        assert late.status_code == 504
        assert "0.3 秒" in late.json()["error"]
        assert "no answer within" in through_the_page(url)
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
