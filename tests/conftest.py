"""What many tests share: the real corpus, indexed once, its server, and a page in a real browser.

The web modules take seconds to import: only the fixtures that need them do.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from ingest_samples import Workplace

from qa_bot.bot import Bot
from qa_bot.index.ingest import ingest
from qa_bot.settings import Settings


@pytest.fixture(autouse=True)
def no_model_key(monkeypatch):
    """No test reaches a real model because a developer has a key in the environment."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def place(tmp_path) -> Workplace:
    return Workplace(tmp_path)


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


@pytest.fixture(scope="module")
def url(bot):
    """The address of a server over ``bot``."""
    from test_web_support import served

    with served(bot) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    from test_web_support import browsing

    with browsing() as browser:
        yield browser


@pytest.fixture
def context(browser):
    """A browser's window for one test; no script of its pages may have failed at the end."""
    from test_web_support import PATIENCE_MS

    context = browser.new_context(viewport={"width": 1280, "height": 860}, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    problems: list[str] = []
    context.on("weberror", lambda raised: problems.append(str(raised.error)))
    yield context
    context.close()
    assert not problems


@pytest.fixture
def page(context, url):
    """The page at ``url``, ready for a question."""
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector(".qb-welcome")
    return page
