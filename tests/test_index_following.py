"""A running bot follows the index, and an older generation answers where the current cannot."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from index_samples import publish, settings_in
from starlette.testclient import TestClient

from qa_bot.bot import Bot
from qa_bot.chain import Chain
from qa_bot.current import CurrentChain
from qa_bot.errors import IndexStoreError
from qa_bot.index.embedding import ShippedEmbedding
from qa_bot.index.in_use import claim
from qa_bot.index.manifest import generation_folder, read_manifest
from qa_bot.index.reader import open_index
from qa_bot.retrieval.question import Question
from qa_bot.settings import Settings
from qa_bot.web.app import build_server

QUESTION = Question(question="校车标牌发放由谁办理？")
OFFICES = ("市公安局", "市交通局", "市教育局", "市商务局")


@pytest.fixture
def settings(tmp_path) -> Settings:
    settings = settings_in(tmp_path)
    settings.corpus_dir.mkdir()
    return settings


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_open(folder: Path) -> bool:
    claimed = claim(folder)
    if claimed:
        claimed.close()
    return claimed is None


def test_answers_change_over_while_questions_are_asked(settings):
    folders = [publish(settings, OFFICES[0])]
    bot = Bot(settings)
    answers: list[str] = []
    failures: list[Exception] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            try:
                answers.append(bot.ask(QUESTION).answer)
            except Exception as error:
                failures.append(error)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    try:
        for office in OFFICES[1:]:
            folders.append(publish(settings, office))
            wait_for(lambda office=office: failures or any(office in a for a in answers[-20:]))
    finally:
        done.set()
        for asker in askers:
            asker.join()
    assert failures == []
    assert {sum(office in answer for office in OFFICES) for answer in answers} == {1}
    assert is_open(folders[-1])
    assert not any(is_open(folder) for folder in folders[:-1] if folder.exists())


def test_old_index_stays_open_until_its_last_question_is_answered(settings):
    old = publish(settings, OFFICES[0])
    chains = CurrentChain(settings, lambda index: Chain(settings, index, ShippedEmbedding(), None))
    with chains.lend() as first:
        with chains.lend() as second:
            publish(settings, OFFICES[1])
            wait_for(lambda: chains.chain() is not first)
            assert first is second
            with chains.lend() as third:
                *_, answer = third.stream(QUESTION)
                assert OFFICES[1] in answer.answer
        *_, answer = first.stream(QUESTION)
        assert OFFICES[0] in answer.answer
        assert is_open(old)
    assert not is_open(old)


def damage(settings: Settings, kind: str) -> None:
    manifest = settings.index_dir / "manifest.json"
    if kind == "newer":
        manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 99}))
    elif kind == "cut":
        manifest.write_bytes(manifest.read_bytes()[:50])
    elif kind == "lost":
        manifest.unlink()
    elif kind == "another model":
        manifest.write_text(
            json.dumps(json.loads(manifest.read_text()) | {"embedding": "openai:x"})
        )
    else:
        generation = read_manifest(settings.index_dir).generation
        folder = generation_folder(settings.index_dir, generation)
        (folder / "chroma" / "chroma.sqlite3").write_bytes(b"")


@pytest.mark.parametrize("kind", ["newer", "cut", "lost", "another model", "segment"])
def test_the_old_generation_goes_on_answering(settings, kind, caplog):
    publish(settings, OFFICES[0])
    bot = Bot(settings)
    ingested = publish(settings, OFFICES[1])
    damage(settings, kind)
    with caplog.at_level(logging.WARNING, "qa_bot.current"):
        wait_for(lambda: bot.ask(QUESTION) and bot.index_problem)
        assert all(OFFICES[0] in bot.ask(QUESTION).answer for _ in range(3))
    (record,) = caplog.records
    assert "goes on answering" in record.message
    assert "\n" not in record.message

    # A bot that starts now finds a generation that can answer, too.
    fresh = Bot(settings)
    assert fresh.index_problem
    expected = OFFICES[0] if kind in ("another model", "segment") else OFFICES[1]
    assert expected in fresh.ask(QUESTION).answer
    with pytest.raises(IndexStoreError):
        open_index(settings)

    publish(settings, OFFICES[2], rebuild=True)
    for asked in (bot, fresh):
        wait_for(lambda asked=asked: OFFICES[2] in asked.ask(QUESTION).answer)
        assert asked.index_problem is None
    assert not is_open(ingested)


def test_the_server_says_that_an_older_generation_answers(settings):
    older = publish(settings, OFFICES[0])
    bot = Bot(settings)
    with TestClient(build_server(bot), client=("127.0.0.1", 1)) as client:
        assert client.get("/readyz").json()["status"] == "ready"
        publish(settings, OFFICES[1])
        damage(settings, "segment")
        wait_for(lambda: client.get("/readyz").json()["status"] == "older index")
        said = client.get("/readyz")
        assert said.status_code == 200
        assert said.json()["generation"] == older.name
        assert str(settings.index_dir) not in said.text
        assert "qa_bot_index_behind 1.0" in client.get("/metrics").text


def test_a_problem_that_passes_is_tried_again(settings, monkeypatch):
    publish(settings, OFFICES[0])
    bot = Bot(settings)
    away = publish(settings, OFFICES[1])
    away.rename(away.with_name("away"))
    wait_for(lambda: bot.ask(QUESTION) and bot.index_problem)
    away.with_name("away").rename(away)
    assert OFFICES[0] in bot.ask(QUESTION).answer
    monkeypatch.setattr("qa_bot.current.time.monotonic", lambda now=time.monotonic: now() + 60)
    wait_for(lambda: OFFICES[1] in bot.ask(QUESTION).answer)
    assert bot.index_problem is None


def test_a_bot_over_a_given_index_stays_with_it(settings):
    publish(settings, OFFICES[0])
    bot = Bot(settings, index=open_index(settings))
    publish(settings, OFFICES[1])
    assert OFFICES[0] in bot.ask(QUESTION).answer
    assert all(thread.name != "qa-bot-index" for thread in threading.enumerate())
