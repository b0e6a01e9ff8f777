"""What the tests of the page share: the real server in a thread, a real browser, small stand-ins."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from qa_bot.answer.model import Answer, Citation, Partial, Source
from qa_bot.bot import Bot
from qa_bot.errors import QaBotError
from qa_bot.retrieval.question import Question
from qa_bot.web.app import build_server
from qa_bot.web.browser import COOKIE
from qa_bot.web.history import History, new_conversation
from qa_bot.web.turns import Exchange

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BUSES = "校车标牌怎么办理？"
_LONGEST_S = 60
PATIENCE_MS = 45_000
expect.set_options(timeout=PATIENCE_MS)
SCREENSHOTS = Path(__file__).parent.parent / "build" / "screenshots"


class StandIn:
    """A bot whose answers the test decides; everything else is the real bot's.

    It gives ``partials``, waits until it may ``go`` on, then gives ``answer`` (or the real one);
    ``left`` is set where nobody waited for the end.
    """

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self.go, self.left = threading.Event(), threading.Event()
        self.asked: list[Question] = []
        self.reset()

    def reset(self) -> None:
        self.answer: Answer | None = None
        self.error: Exception | None = None
        self.partials: Iterable[Partial] = ()
        self.go.set()
        self.left.clear()

    def __getattr__(self, name: str) -> object:
        return getattr(self._bot, name)

    def stream(self, question: Question) -> Iterator[Partial | Answer]:
        self.asked.append(question)
        try:
            yield from self.partials
            assert self.go.wait(_LONGEST_S)
            if self.error:
                raise self.error
            yield self.answer or self._bot.ask(question)
        except GeneratorExit:
            self.left.set()
            raise


@contextmanager
def served(bot: Bot | StandIn) -> Iterator[str]:
    """The address of a server over ``bot``, stopped at the end."""
    with running(build_server(bot)) as url:
        yield url


@contextmanager
def running(application: object) -> Iterator[str]:
    """The address of a web application, stopped at the end."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(
            application, log_level="error", proxy_headers=False, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.05)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=20)


@contextmanager
def browsing() -> Iterator[Browser]:
    """A Chromium of the system; skips where there is none."""
    program = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    if program is None:
        pytest.skip("no Chromium: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def kept_in(context: BrowserContext, url: str) -> Iterator[BrowserContext]:
    """A window whose pages, by the end, called no other host than ``url`` and opened no dialog."""
    problems: list[str] = []

    def called(request: Request) -> None:
        if not request.url.startswith((url, "data:", "blob:")):
            problems.append(request.url)

    context.on("dialog", lambda dialog: (problems.append(dialog.message), dialog.dismiss()))
    context.on("request", called)
    yield context
    context.close()
    assert not problems


def ask(page: Page, question: str) -> None:
    """Type a question and wait until it is answered and the page has said so."""
    turns = page.locator("#qb-log .qb-turn")
    count = turns.count()
    page.locator(".qb-status").evaluate("line => { line.textContent = ''; }")
    page.fill("#qb-question textarea", question)
    page.keyboard.press("Enter")
    expect(turns).to_have_count(count + 1)
    expect(page.locator(".qb-status")).not_to_be_empty()


def through_the_page(url: str, *values: str, endpoint: str = "ask") -> str:
    """The event stream of one call of an endpoint of the page."""
    address = f"{url}/gradio_api/call/{endpoint}"
    given = {
        "content": json.dumps({"data": values}),
        "headers": {"Content-Type": "application/json"},
    }
    event = httpx.post(address, **given, timeout=60).json()["event_id"]
    return httpx.get(f"{address}/{event}", timeout=60).text


def shot(page: Page, name: str) -> None:
    """Keep a picture of the page for people to look at (not compared by any test)."""
    if os.environ.get("QA_BOT_TEST_SCREENSHOTS", "1") != "0":
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def made_answer(bot: Bot, text: str, **changes: object) -> Answer:
    """An answer worded by hand that cites the first clause of the index that has some text."""
    clause = next(clause for clause in bot.index.store.clauses if len(clause.text) > 40)
    citation = Citation(
        number=1,
        clause_id=clause.id,
        doc_no=clause.doc_no,
        title=clause.title,
        section=clause.section,
        quote=clause.text[:20],
        text=clause.text,
        source=Source(
            file=clause.file,
            start_line=clause.start_line,
            end_line=clause.end_line,
            lines=clause.lines,
        ),
    )
    given: dict[str, object] = {
        "id": None,
        "question": "q",
        "answer": text,
        "refused": False,
        "mode": "extractive",
        "citations": (citation,),
        "timings_ms": {"total": 12.0},
    }
    return Answer.model_validate(given | changes)


def cut(answer: Answer, written: str) -> Partial:
    """``answer`` when only ``written`` was there."""
    return Partial(answer=written, citations=answer.citations)


def long_conversation(bot: Bot, history: Path, exchanges: int) -> tuple[str, str]:
    """A kept conversation of so many exchanges; gives the browser's cookie and its name."""
    browser, name = "z" * 43, new_conversation()
    answer, kept = bot.ask(Question(question=BUSES)), History(history, 90)
    for turn in range(exchanges):
        kept.keep(browser, name, turn, Exchange(BUSES, answer))
    return browser, name


def opening(context: BrowserContext, url: str, conversation: tuple[str, str]) -> None:
    """Let the pages of a browser context open with a kept conversation."""
    browser, name = conversation
    context.add_cookies([{"name": COOKIE, "value": browser, "url": url}])
    context.add_init_script(
        f"if (origin !== 'null') sessionStorage.setItem('qa-bot-conversation', '{name}')"
    )


def endless(partial: Partial) -> Iterator[Partial]:
    """A model that never comes to its end."""
    while True:
        yield partial
        time.sleep(0.02)


class Broken(QaBotError):
    """An error that is fit to show."""
