"""Asking the bot for HTTP clients: in threads, so many at a time, and no endless queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread
from pydantic import BaseModel

from qa_bot.answer.model import Answer
from qa_bot.bot import Bot
from qa_bot.errors import ModelError, NotFoundError, QaBotError, QuestionError
from qa_bot.retrieval.question import Question

CONCURRENT = 8
WAITING = 64
_Result = TypeVar("_Result")


class Busy(QaBotError):
    """More questions wait than the server takes."""


class Problem(BaseModel):
    """Why a request was not answered: one sentence that may be shown."""

    error: str


class Service:
    """A bot behind a bounded queue."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._slots = anyio.CapacityLimiter(CONCURRENT)

    async def ask(self, question: Question) -> Answer:
        """Answer in a thread; ``Busy`` where too many wait, else what ``Bot.ask`` raises."""
        return await self._run(lambda: self.bot.ask(question))

    async def _run(self, function: Callable[[], _Result]) -> _Result:
        if self._slots.statistics().tasks_waiting >= WAITING:
            raise Busy("正在处理的问题太多，请稍后再试。(too many questions: try again later.)")
        return await anyio.to_thread.run_sync(function, limiter=self._slots)


def status_of(error: QaBotError) -> int:
    """The HTTP status that says what kind of error it is."""
    kinds: tuple[tuple[type[QaBotError], int], ...] = (
        (QuestionError, 400),
        (NotFoundError, 404),
        (ModelError, 502),
    )
    return next((status for kind, status in kinds if isinstance(error, kind)), 503)
