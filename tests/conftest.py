"""What many tests share: the real corpus, indexed once with its shipped vectors."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_bot.bot import Bot
from qa_bot.index.ingest import ingest
from qa_bot.settings import Settings


@pytest.fixture(autouse=True)
def no_model_key(monkeypatch):
    """No test reaches a real model because a developer has a key in the environment."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def corpus_settings(tmp_path_factory) -> Settings:
    """Settings of an index of the shipped corpus, built once for the whole run."""
    folder = tmp_path_factory.mktemp("index")
    settings = Settings(_env_file=None, index_dir=folder, questions_per_minute=0)
    ingest([settings.corpus_dir], settings)
    return settings


@pytest.fixture(scope="session")
def bot(corpus_settings) -> Bot:
    return Bot(corpus_settings)


@pytest.fixture(scope="session")
def corpus_dir() -> Path:
    return Settings(_env_file=None).corpus_dir
