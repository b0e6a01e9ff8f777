"""Asking the bot from asynchronous code: in threads, so many at a time, and no endless queue."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from contextvars import copy_context

from pydantic import BaseModel

from qa_bot.answer.model import Answer, Partial
from qa_bot.bot import Bot
from qa_bot.errors import ModelError, NotFoundError, QaBotError, QuestionError
from qa_bot.retrieval.question import Question

CONCURRENT = 8
WAITING = 64
_log = logging.getLogger(__name__)


class Busy(QaBotError):
    """More questions wait than the server takes."""


class Failed(QaBotError):
    """An error that nobody foresaw; the log has it, the reader is not shown it."""


class Problem(BaseModel):
    """Why a request was not answered: one sentence that may be shown."""

    error: str


class Service:
    """A bot behind a bounded queue."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._threads = ThreadPoolExecutor(CONCURRENT, thread_name_prefix="question")
        self._places = threading.BoundedSemaphore(CONCURRENT + WAITING)

    async def ask(self, question: Question) -> Answer:
        """Answer in a thread; ``Busy`` where too many wait, ``Failed``, or what ``Bot.ask`` raises."""
        async with aclosing(self.stream(question)) as items:
            *_, answer = [item async for item in items]
        assert isinstance(answer, Answer)
        return answer

    async def stream(self, question: Question) -> AsyncGenerator[Partial | Answer, None]:
        """What ``Bot.stream`` gives, as it comes; raises like ``ask``.

        Closing it ends the work in the thread before the next thing is given.
        """
        if not self._places.acquire(blocking=False):
            raise Busy("正在处理的问题太多，请稍后再试。(too many questions: try again later.)")
        loop = asyncio.get_running_loop()
        given: asyncio.Queue[Partial | Answer | QaBotError] = asyncio.Queue()
        gone = threading.Event()

        def work() -> None:
            try:
                for item in self._given(question):
                    if gone.is_set():
                        return
                    loop.call_soon_threadsafe(given.put_nowait, item)
            finally:
                self._places.release()

        self._threads.submit(copy_context().run, work)
        try:
            while True:
                item = await given.get()
                if isinstance(item, QaBotError):
                    raise item
                yield item
                if isinstance(item, Answer):
                    return
        finally:
            gone.set()

    def _given(self, question: Question) -> Iterator[Partial | Answer | QaBotError]:
        """What the bot gives; where it fails, last the error as readers may see it."""
        try:
            yield from self.bot.stream(question)
        except QaBotError as error:
            yield error
        except Exception:
            _log.exception("a question failed")
            yield Failed(
                "服务器出错，请稍后再试。(something failed on the server: please try again.)"
            )


def status_of(error: QaBotError) -> int:
    """The HTTP status that says what kind of error it is."""
    kinds: tuple[tuple[type[QaBotError], int], ...] = (
        (QuestionError, 400),
        (NotFoundError, 404),
        (ModelError, 502),
        (Failed, 500),
    )
    return next((status for kind, status in kinds if isinstance(error, kind)), 503)
