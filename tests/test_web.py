"""The real server as `qa-bot serve` starts it, asked through HTTP."""

from __future__ import annotations

import re
import socket

import httpx
import pytest
from gradio_client import Client
from serving_support import serving
from test_web_support import through_the_page

from qa_bot.errors import QaBotError
from qa_bot.retrieval.question import Question
from qa_bot.web.catalog import catalog_of
from qa_bot.web.examples import example_questions
from qa_bot.web.serving import launch


@pytest.fixture(scope="module")
def server(corpus_settings, tmp_path_factory):
    log = tmp_path_factory.mktemp("server") / "log"
    with serving(corpus_settings.index_dir, log) as server:
        yield server.url
        server.end()


def test_ask_through_http(server):
    stream = through_the_page(server, "校车标牌怎么办理？")
    assert "event: complete" in stream
    assert re.search(r'"section": ?"附件2 第3项"', stream) or "\\u9644\\u4ef62" in stream


def test_region_is_optional_through_http(server):
    here = through_the_page(server, "校车标牌怎么办理？", "盘锦市")
    assert "event: complete" in here
    assert '"refused": false' in here
    assert "atlantis" in through_the_page(server, "校车标牌怎么办理？", "atlantis")
    assert "event: error" in through_the_page(server), "the question is not optional"


def test_region_is_optional_through_the_client(server):
    client = Client(server, verbose=False, analytics_enabled=False)
    alone = client.predict("校车标牌怎么办理？", api_name="/ask")
    assert alone["citations"][0]["section"] == "附件2 第3项"
    here = client.predict("校车标牌怎么办理？", region="盘锦市", api_name="/ask")
    assert here["citations"] == alone["citations"]
    elsewhere = client.predict("校车标牌怎么办理？", "atlantis", api_name="/ask")
    assert "atlantis" in elsewhere["error"]


def test_unusable_question_through_http(server):
    stream = through_the_page(server, " ")
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
