"""The real server as `qa-bot serve` starts it, asked through HTTP."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time

import httpx
import pytest
from gradio_client import Client

from qa_bot.errors import QaBotError
from qa_bot.retrieval.question import Question
from qa_bot.web.catalog import catalog_of
from qa_bot.web.examples import example_questions
from qa_bot.web.serving import launch


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


def ask(url: str, *values: str) -> str:
    """The event stream of one call of the page's ``/ask`` endpoint."""
    call = httpx.post(f"{url}/gradio_api/call/ask", json={"data": values}, timeout=60)
    event = call.json()["event_id"]
    return httpx.get(f"{url}/gradio_api/call/ask/{event}", timeout=60).text


def test_ask_through_http(server):
    stream = ask(server, "校车标牌怎么办理？")
    assert "event: complete" in stream
    assert re.search(r'"section": ?"附件2 第3项"', stream) or "\\u9644\\u4ef62" in stream


def test_region_is_optional_through_http(server):
    here = ask(server, "校车标牌怎么办理？", "盘锦市")
    assert "event: complete" in here
    assert '"refused": false' in here
    assert "atlantis" in ask(server, "校车标牌怎么办理？", "atlantis")
    assert "event: error" in ask(server), "the question is not optional"


def test_region_is_optional_through_the_client(server):
    client = Client(server, verbose=False, analytics_enabled=False)
    alone = client.predict("校车标牌怎么办理？", api_name="/ask")
    assert alone["citations"][0]["section"] == "附件2 第3项"
    here = client.predict("校车标牌怎么办理？", region="盘锦市", api_name="/ask")
    assert here["citations"] == alone["citations"]
    elsewhere = client.predict("校车标牌怎么办理？", "atlantis", api_name="/ask")
    assert "atlantis" in elsewhere["error"]


def test_unusable_question_through_http(server):
    stream = ask(server, " ")
    assert "error" in stream
    assert "Traceback" not in stream


def test_page_names_no_outside_host(server):
    page = httpx.get(server, timeout=30).text
    hosts = set(re.findall(r"(?:src|href)=\"(https?://[^/\"]+)", page))
    assert not {host for host in hosts if "127.0.0.1" not in host}


def test_port_in_use_is_one_sentence(bot):
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(QaBotError, match="--port"),
    ):
        launch(bot, "127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_example_questions_are_answered(bot, language):
    questions = example_questions(catalog_of(bot.index.store), language)
    assert len(questions) >= 3
    for question in questions:
        assert not bot.ask(Question(question=question)).refused, question
