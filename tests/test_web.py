"""The real server, asked through HTTP, and what it puts into the page."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time

import httpx
import pytest

from qa_bot.answer.model import Answer, Citation, Source
from qa_bot.retrieval.question import Question
from qa_bot.web.render import citations_html


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def server(corpus_settings, tmp_path_factory):
    port = free_port()
    log = tmp_path_factory.mktemp("server") / "log"
    environment = {**os.environ, "QA_BOT_INDEX_DIR": str(corpus_settings.index_dir)}
    environment.pop("OPENAI_API_KEY", None)
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "qa_bot.cli", "serve", "--port", str(port)],
            stdout=out,
            stderr=out,
            env=environment,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            assert process.poll() is None, log.read_text()
            try:
                if httpx.get(url, timeout=5).status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.5)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def ask(url: str, question: str) -> str:
    """The event stream of one call of the page's ``/ask`` endpoint."""
    call = httpx.post(f"{url}/gradio_api/call/ask", json={"data": [question]}, timeout=60)
    event = call.json()["event_id"]
    return httpx.get(f"{url}/gradio_api/call/ask/{event}", timeout=60).text


def test_ask_through_http(server):
    stream = ask(server, "校车标牌怎么办理？")
    assert "event: complete" in stream
    assert re.search(r'"section": ?"附件2 第3项"', stream) or "\\u9644\\u4ef62" in stream


def test_unusable_question_through_http(server):
    stream = ask(server, " ")
    assert "error" in stream
    assert "Traceback" not in stream


def test_page_names_no_outside_host(server):
    page = httpx.get(server, timeout=30).text
    hosts = set(re.findall(r"(?:src|href)=\"(https?://[^/\"]+)", page))
    assert not {host for host in hosts if "127.0.0.1" not in host}


def test_documents_cannot_inject_html():
    evil = "<script>alert(1)</script> & <img src=x onerror=alert(2)>"
    citation = Citation(
        number=1,
        clause_id="x",
        doc_no=None,
        title=evil,
        section=evil,
        quote=evil,
        text=f"前{evil}后",
        source=Source(file=evil, start_line=1, end_line=1, lines=((1, 1),)),
    )
    answer = Answer(
        id=None, question="q", answer="a", refused=False, mode="extractive",
        citations=(citation,), notes=(evil,),
    )  # fmt: skip
    html = citations_html(answer)
    assert "<script" not in html
    assert "<img" not in html
    assert "<mark>&lt;script&gt;" in html


def test_refusal_shows_near_clauses_as_no_answer(bot):
    answer = bot.ask(Question(question="盘政发〔2023〕99号规定了什么？"))
    assert "不是答案" in citations_html(answer)
