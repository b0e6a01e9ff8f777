"""Asking the bot from asynchronous code: in threads, so many at a time, and no endless queue."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from contextvars import copy_context

from pydantic import BaseModel

from qa_bot.answer.model import Answer, Partial
from qa_bot.bot import Bot
from qa_bot.errors import ModelError, NotFoundError, QaBotError, QuestionError
from qa_bot.retrieval.question import Question
from qa_bot.web.limits import Rate, TooMany
from qa_bot.web.logs import FAILED, log_answer, log_failure, log_unanswered
from qa_bot.web.roles import current_visitor


class Busy(QaBotError):
    """More questions wait than the server takes."""


class Closing(QaBotError):
    """The server is about to end and takes no more questions."""


class TooSlow(QaBotError):
    """An answer was not there in time."""


class Failed(QaBotError):
    """An error that nobody foresaw; the log has it, the reader is not shown it."""


class Problem(BaseModel):
    """Why a request was not answered: one sentence that may be shown."""

    error: str


class Service:
    """A bot behind a bounded queue; ``close`` lets running answers finish and takes no more."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        settings = bot.settings
        concurrent = settings.concurrent_questions
        self._threads = ThreadPoolExecutor(concurrent, thread_name_prefix="question")
        self._places = concurrent + settings.waiting_questions
        self._rate = Rate(settings.questions_per_minute)
        self._lock = threading.Lock()
        self._closed = False
        self.running = 0

    def close(self) -> None:
        """Refuse every question from now on."""
        self._closed = True

    @property
    def closed(self) -> bool:
        return self._closed

    def count(self) -> None:
        """Count a look-up like a question of the current visitor; raises ``TooMany``."""
        self._rate.count(current_visitor())

    async def ask(self, question: Question) -> Answer:
        """Answer in a thread; raises ``Busy``, ``Closing``, ``TooMany``, ``TooSlow``, ``Failed``,
        or what ``Bot.ask`` raises."""
        async with aclosing(self.stream(question)) as items:
            *_, answer = [item async for item in items]
        assert isinstance(answer, Answer)
        return answer

    async def stream(self, question: Question) -> AsyncGenerator[Partial | Answer, None]:
        """What ``Bot.stream`` gives, as it comes; raises like ``ask``.

        Closing it ends the work in the thread before the next thing is given.
        """
        started = time.perf_counter()
        try:
            async with aclosing(self._stream(question)) as items:
                async for item in items:
                    if isinstance(item, Answer):
                        log_answer(item, started, self.bot.settings.log_questions)
                    yield item
        except QaBotError as error:
            log_unanswered(error, started)
            raise

    async def _stream(self, question: Question) -> AsyncGenerator[Partial | Answer, None]:
        self._enter()
        loop = asyncio.get_running_loop()
        limit_s = self.bot.settings.answer_timeout_s
        ends = loop.time() + limit_s
        given: asyncio.Queue[Partial | Answer | QaBotError] = asyncio.Queue()
        gone = threading.Event()

        def work() -> None:
            try:
                for item in () if gone.is_set() else self._given(question):
                    if gone.is_set():
                        return
                    loop.call_soon_threadsafe(given.put_nowait, item)
            finally:
                self._leave()

        self._threads.submit(copy_context().run, work)
        try:
            while True:
                item = await asyncio.wait_for(given.get(), ends - loop.time())
                if isinstance(item, QaBotError):
                    raise item
                yield item
                if isinstance(item, Answer):
                    return
        except TimeoutError:
            raise TooSlow(
                f"回答超过 {limit_s:g} 秒仍未完成，已停止，请稍后再试。"
                f"(no answer within {limit_s:g} seconds: try again later.)"
            ) from None
        finally:
            gone.set()

    def _enter(self) -> None:
        """Take a place among those who are answered or wait."""
        if self._closed:
            raise Closing("服务器正在重启，请稍后再试。(the server is restarting: try again soon.)")
        self.count()
        with self._lock:
            if self.running >= self._places:
                raise Busy("正在处理的问题太多，请稍后再试。(too many questions: try again later.)")
            self.running += 1

    def _leave(self) -> None:
        with self._lock:
            self.running -= 1

    def _given(self, question: Question) -> Iterator[Partial | Answer | QaBotError]:
        """What the bot gives; where it fails, last the error as readers may see it."""
        try:
            yield from self.bot.stream(question)
        except QaBotError as error:
            yield error
        except Exception as error:
            log_failure("a question failed", error, current_visitor())
            yield Failed(FAILED)


def status_of(error: QaBotError) -> int:
    """The HTTP status that says what kind of error it is."""
    kinds: tuple[tuple[type[QaBotError], int], ...] = (
        (QuestionError, 400),
        (NotFoundError, 404),
        (ModelError, 502),
        (Failed, 500),
        (TooMany, 429),
        (TooSlow, 504),
    )
    return next((status for kind, status in kinds if isinstance(error, kind)), 503)


def headers_of(error: Exception) -> dict[str, str] | None:
    """What an HTTP answer says of an error beside its status."""
    return error.headers if isinstance(error, TooMany) else None
