"""A language model that may be slow, broken or away: deadlines, a breaker, so many calls at a time.

A call runs in a thread of its own, so that a deadline holds whatever the model does; one that is
given up ends by itself with the time limits of its connection. No message of an exception is
passed on or logged: it may hold a key.
"""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Iterator, Sequence
from threading import BoundedSemaphore, Event, Thread
from typing import TYPE_CHECKING, Any

from qa_bot.answer.breaker import Breaker
from qa_bot.answer.model import Fallback, Usage
from qa_bot.errors import ModelError
from qa_bot.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM, ChatMessage, ChatResponse

_LOG = logging.getLogger(__name__)
# What a server says that does not know streaming, or the option to count tokens with it.
_CANNOT_STREAM = {400, 405, 415, 422, 501}


class NoModelAnswer(ModelError):
    """Why the model's answer is not given, and that the extractive one is."""

    def __init__(self, fallback: Fallback, chinese: str, english: str) -> None:
        super().__init__(f"{chinese}，以下为条款原文。({english}: the clauses' own words follow.)")
        self.fallback = fallback


class Endpoint:
    """The language model of a bot; kept as long as the bot, so that the breaker remembers."""

    def __init__(self, llm: LLM, settings: Settings) -> None:
        self._llm = llm
        self._settings = settings
        self._breaker = Breaker(settings.llm_failures, settings.llm_pause_s)
        self._calls = BoundedSemaphore(places(settings))
        self._streams = True

    def ask(self, messages: Sequence[ChatMessage]) -> Reply:
        """The reply to ``messages``, which has not begun yet; ``NoModelAnswer`` at once where the
        model is left alone after failures or is busy."""
        if not self._breaker.admits():
            raise NoModelAnswer(
                "unavailable",
                "语言模型连续失败，暂停使用",
                "the language model failed repeatedly and is not asked for a while",
            )
        if not self._calls.acquire(blocking=False):
            raise NoModelAnswer("unavailable", "语言模型正忙", "the language model is busy")
        return Reply(self, messages, self._settings)

    def responses(self, messages: Sequence[ChatMessage]) -> Iterator[ChatResponse]:
        """What the model sends, piece by piece, or whole where it cannot stream."""
        if self._streams:
            came, finished = False, True
            try:
                for response in self._llm.stream_chat(messages):
                    came = came or bool(response.delta)
                    if choices := getattr(response.raw, "choices", None):
                        finished = choices[0].finish_reason is not None
                    yield response
            except Exception as error:
                if came or not _cannot_stream(error):
                    raise
            if not finished:
                raise ConnectionError("the stream ended before the reply did")
            if came:
                return
        response = self._llm.chat(messages)
        self._streams = False
        response.delta = response.message.content
        yield response

    def ended(self) -> None:
        self._calls.release()

    def record(self, *, success: bool) -> None:
        self._breaker.record(success=success)


def places(settings: Settings) -> int:
    """How many questions may wait for the model at a time; one thread of the server is always
    left for those who do not."""
    return max(1, min(settings.llm_concurrency, settings.concurrent_questions - 1))


class Reply:
    """One reply: iterate once over its text; ``usage`` is known when it has ended.

    Iterating raises ``NoModelAnswer`` where the model fails or a deadline passes.
    """

    def __init__(
        self, endpoint: Endpoint, messages: Sequence[ChatMessage], settings: Settings
    ) -> None:
        self.usage = Usage()
        self._endpoint = endpoint
        self._pause_s = settings.llm_first_token_s
        self._deadline = time.monotonic() + settings.llm_timeout_s
        self._pieces: queue.SimpleQueue[str | Exception | None] = queue.SimpleQueue()
        self._given_up = Event()
        Thread(target=self._run, args=(messages,), name="language-model", daemon=True).start()

    def __iter__(self) -> Iterator[str]:
        try:
            while (piece := self._next()) is not None:
                yield piece
        finally:
            self._given_up.set()
        self._endpoint.record(success=True)

    def _next(self) -> str | None:
        """The next piece of text, None at the end."""
        left = self._deadline - time.monotonic()
        try:
            piece = (
                self._pieces.get(timeout=min(self._pause_s, left)) if left > 0 else TimeoutError()
            )
        except queue.Empty:
            piece = TimeoutError()
        if isinstance(piece, Exception):
            self._endpoint.record(success=False)
            kind = type(piece).__name__
            _LOG.warning("language model failed: %s", kind)
            raise NoModelAnswer(
                "unavailable",
                f"语言模型没有应答或中途中断（{kind}）",
                "the language model did not answer, or broke off",
            )
        return piece

    def _run(self, messages: Sequence[ChatMessage]) -> None:
        try:
            for response in self._endpoint.responses(messages):
                if self._given_up.is_set():
                    return
                self.usage = _usage(response) or self.usage
                self._pieces.put(response.delta or "")
            self._pieces.put(None)
        except Exception as error:
            self._pieces.put(error)
        finally:
            self._endpoint.ended()


def load_llm(settings: Settings) -> LLM | None:
    """The language model of the configured endpoint, or None where no key is set."""
    if settings.openai_api_key is None:
        return None
    from llama_index.llms.openai_like import OpenAILike
    from openai import Timeout

    return OpenAILike(
        model=settings.llm_model,
        api_key=settings.openai_api_key.get_secret_value(),
        api_base=settings.openai_base_url,
        is_chat_model=True,
        max_retries=settings.llm_retries,
        max_tokens=settings.llm_max_tokens,
        timeout=settings.llm_timeout_s,
        temperature=0.0,
        additional_kwargs={
            "timeout": Timeout(settings.llm_first_token_s, connect=settings.llm_connect_s),
            "stream_options": {"include_usage": True},
        },
    )


def _cannot_stream(error: Exception) -> bool:
    status = getattr(error, "status_code", None)
    return isinstance(error, NotImplementedError) or status in _CANNOT_STREAM


def _usage(response: ChatResponse) -> Usage | None:
    """The tokens that the endpoint says it has counted; None where it does not say."""
    counted: dict[str, Any] = response.additional_kwargs
    if not counted.get("prompt_tokens"):
        return None
    return Usage(
        tokens_in=counted["prompt_tokens"], tokens_out=counted.get("completion_tokens") or 0
    )
