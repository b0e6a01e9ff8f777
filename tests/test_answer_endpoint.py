"""The endpoint of a language model over real HTTP: fast, slow, broken, away, and what is said then."""

from __future__ import annotations

import logging
import threading
import time

import pytest
from model_samples import QueuedModel, scripted_server

from qa_bot.answer.breaker import Breaker
from qa_bot.answer.endpoint import Endpoint
from qa_bot.answer.model import Usage
from qa_bot.bot import Bot
from qa_bot.errors import ModelError
from qa_bot.retrieval.question import Question
from qa_bot.settings import Settings

BUSES = Question(question="校车多久检验一次？哪个部门管？")
KEY = "sk-very-secret"
REPLY = "校车每半年检验一次，由市公安局负责。[E1]"


@pytest.fixture
def open_bot(corpus_settings, bot):
    """A bot whose language model is the endpoint at ``url``."""

    def call(url: str, **settings) -> Bot:
        own = Settings.model_validate(
            {
                "index_dir": corpus_settings.index_dir,
                "openai_api_key": KEY,
                "openai_base_url": url,
                "llm_model": "some-model",
                "llm_retries": 0,
                **settings,
            }
        )
        return Bot(own, index=bot.index)

    return call


@pytest.mark.parametrize("manner", ["streams", "whole", "deaf"])
def test_endpoint_answers_whether_it_streams_or_not(open_bot, manner):
    with scripted_server(manner, REPLY) as server:
        bot = open_bot(server.url)
        first, second = bot.ask(BUSES), bot.ask(BUSES)
    assert first.answer == second.answer == "校车每半年检验一次，由市公安局负责。[1]"
    assert first.usage == Usage(tokens_in=7, tokens_out=5)
    request = server.seen[-1]
    assert request["path"] == "/v1/chat/completions"
    assert request["model"] == "some-model"
    assert request["key"] == f"Bearer {KEY}"
    assert request["max_tokens"] == 800
    assert request.get("stream", False) == (manner == "streams")
    assert ("stream_options" in request) == (manner == "streams")
    assert len(server.seen) == (2 if manner == "streams" else 3)


@pytest.mark.parametrize("manner", ["broken", "denied", "stalls", "dies"])
def test_endpoint_that_fails_leaves_the_extractive_answer_and_no_secret(open_bot, manner, caplog):
    caplog.set_level(logging.DEBUG)
    with scripted_server(manner, REPLY) as server:
        answer = open_bot(server.url, llm_first_token_s=1).ask(BUSES)
    assert answer.mode == "extractive"
    assert "每半年" in answer.answer
    assert "语言模型" in answer.notes[0]
    assert answer.fallback == "unavailable"
    assert KEY not in answer.model_dump_json()
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("qa_bot")]
    assert ours
    assert KEY not in "".join(ours)


def test_request_is_made_again_so_many_times(open_bot):
    with scripted_server("broken") as server:
        open_bot(server.url, llm_retries=1).ask(BUSES)
    assert len(server.seen) == 2


def test_unreachable_endpoint_is_left_alone_after_some_failures(open_bot, unused_url):
    bot = open_bot(unused_url, llm_failures=2)
    answers = [bot.ask(BUSES) for _ in range(3)]
    notes = [answer.notes[0] for answer in answers]
    assert "连续失败" not in notes[0] + notes[1]
    assert "连续失败" in notes[2]
    assert {answer.fallback for answer in answers} == {"unavailable"}
    assert KEY not in "".join(notes)


@pytest.fixture
def unused_url():
    with scripted_server("streams") as server:
        pass
    return server.url


def test_whole_answer_has_a_deadline_though_words_keep_coming(open_bot, bot, corpus_settings):
    class Endless(QueuedModel):
        def _responses(self, messages):
            while True:
                self.replies = ["校车。"]
                yield from super()._responses(messages)

    settings = corpus_settings.model_copy(update={"llm_timeout_s": 1.0})
    started = time.monotonic()
    answer = Bot(settings, index=bot.index, llm=Endless()).ask(BUSES)
    assert answer.mode == "extractive"
    assert 1 <= time.monotonic() - started < 15


def test_others_do_not_wait_while_the_model_stalls(bot, corpus_settings):
    release = threading.Event()
    settings = corpus_settings.model_copy(update={"llm_concurrency": 1})
    model = QueuedModel([release, REPLY])
    slow = Bot(settings, index=bot.index, llm=model)
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(slow.ask(BUSES)))
    waiting.start()
    while not model.history:  # until the call holds the only place
        time.sleep(0.01)
    other = slow.ask(BUSES)
    assert other.mode == "extractive"
    assert "正忙" in other.notes[0]
    assert other.fallback == "unavailable"
    release.set()
    waiting.join()
    assert answers[0].mode == "llm"


def test_one_thread_of_the_server_is_always_left(corpus_settings):
    release = threading.Event()
    changes = {"llm_concurrency": 9, "concurrent_questions": 2}
    model = QueuedModel([release, REPLY], REPLY)
    endpoint = Endpoint(model, corpus_settings.model_copy(update=changes))
    first = endpoint.ask([])
    with pytest.raises(ModelError, match="正忙"):
        endpoint.ask([])
    release.set()
    assert "".join(first) == REPLY


def test_breaker_opens_tries_and_closes():
    now = [0.0]
    breaker = Breaker(limit=2, pause_s=10, clock=lambda: now[0])
    breaker.record(success=False)
    breaker.record(success=True)
    breaker.record(success=False)
    assert breaker.admits()
    breaker.record(success=False)
    assert not breaker.admits()
    now[0] = 10
    assert breaker.admits()
    assert not breaker.admits()
    breaker.record(success=False)
    now[0] = 19
    assert not breaker.admits()
    now[0] = 20
    assert breaker.admits()
    breaker.record(success=True)
    assert breaker.admits()
    assert breaker.admits()


def test_breaker_stands_between_a_bot_and_its_model(corpus_settings):
    settings = corpus_settings.model_copy(update={"llm_failures": 1, "llm_pause_s": 1000})
    model = QueuedModel(RuntimeError(), "unused")
    endpoint = Endpoint(model, settings)
    with pytest.raises(ModelError, match="RuntimeError"):
        list(endpoint.ask([]))
    with pytest.raises(ModelError, match="连续失败"):
        endpoint.ask([])
    assert len(model.history) == 1
