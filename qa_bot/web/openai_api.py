"""An OpenAI-compatible endpoint, so that any chat client can ask: ``/v1/chat/completions``.

The answer's citations stand below its text and, as objects, in the field ``citations``, beside
``notes`` and ``mode``.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any
from uuid import uuid4

from fastapi import APIRouter
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from qa_bot.answer.model import Answer, Partial
from qa_bot.errors import QaBotError
from qa_bot.retrieval.question import Question, Turn
from qa_bot.web.service import Service, headers_of, status_of
from qa_bot.web.turns import plain_answer

MODEL = "qa-bot"
_REPLACED = "\n\n—— 以上作废，以下为答案 (the above is void; the answer follows) ——\n\n"


class Part(BaseModel):
    """One part of a message; other parts than text are passed over."""

    model_config = ConfigDict(extra="allow")

    type: str
    text: str = ""


class Message(BaseModel):
    """One message of the conversation."""

    model_config = ConfigDict(extra="allow")

    role: str
    content: str | list[Part] | None = None

    @property
    def words(self) -> str:
        if isinstance(self.content, list):
            return "".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    model_config = ConfigDict(extra="allow")

    include_usage: bool = False


class ChatRequest(BaseModel):
    """What is read of a chat request; sampling parameters mean nothing here."""

    model_config = ConfigDict(extra="allow")

    messages: list[Message] = Field(min_length=1, max_length=200)
    model: str = MODEL
    stream: bool = False
    stream_options: StreamOptions | None = None


class OpenAIProblem(BaseModel):
    """An error as OpenAI's clients read it."""

    error: dict[str, str | None]


_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {}}},
    400: {"model": OpenAIProblem},
    429: {"model": OpenAIProblem},
    502: {"model": OpenAIProblem},
    503: {"model": OpenAIProblem},
    504: {"model": OpenAIProblem},
}


def chat(service: Service) -> APIRouter:
    router = APIRouter(prefix="/v1", tags=["openai"])

    @router.get("/models")
    def models() -> dict[str, Any]:
        """The one model that is offered."""
        return {
            "object": "list",
            "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}],
        }

    @router.post(
        "/chat/completions",
        responses=_ANSWERS,
        response_model=dict[str, Any],
    )
    async def completions(request: ChatRequest) -> Any:
        """Answer the last user message, with the messages before it as the conversation."""
        question = as_question(request.messages)
        head = {"id": f"chatcmpl-{uuid4().hex}", "created": int(time.time()), "model": MODEL}
        try:
            if not request.stream:
                return _completion(await service.ask(question), head)
            items = service.stream(question)
            first = await anext(items)
        except QaBotError as error:
            return JSONResponse(
                {"error": _problem(error)}, status_code=status_of(error), headers=headers_of(error)
            )
        usage = bool(request.stream_options and request.stream_options.include_usage)
        chunks = _chunks(first, items, head, usage)
        return StreamingResponse(_events(chunks), media_type="text/event-stream")

    return router


def as_question(messages: list[Message]) -> Question:
    """The last user message as the question, the exchanges before it as its history."""
    said = [message for message in messages if message.role in ("user", "assistant")]
    asked = max((at for at, message in enumerate(said) if message.role == "user"), default=None)
    if asked is None:
        return Question(question="")
    turns: list[Turn] = []
    for message in said[:asked]:
        if message.role == "user":
            turns.append(Turn(question=message.words))
        elif turns:
            turns[-1] = Turn(question=turns[-1].question, answer=message.words)
    return Question(question=said[asked].words, history=tuple(turns))


def _completion(answer: Answer, head: dict[str, Any]) -> dict[str, Any]:
    message = {
        "role": "assistant",
        "content": plain_answer(answer),
        "refusal": None,
        **_fields(answer),
    }
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return {**head, "object": "chat.completion", "choices": [choice], "usage": _usage(answer)}


async def _events(chunks: AsyncGenerator[dict[str, Any], None]) -> AsyncIterator[str]:
    async with aclosing(chunks):
        try:
            async for chunk in chunks:
                yield f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"
        except QaBotError as error:
            yield f"data: {json.dumps({'error': _problem(error)}, ensure_ascii=False)}\n\n"
        yield "data: [DONE]\n\n"


async def _chunks(
    item: Partial | Answer,
    later: AsyncGenerator[Partial | Answer, None],
    head: dict[str, Any],
    usage: bool,
) -> AsyncGenerator[dict[str, Any], None]:
    """The answer as far as it has come, chunk by chunk; ``item`` is the first of what is given."""
    head = {**head, "object": "chat.completion.chunk"}

    def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    yield chunk({"role": "assistant", "content": ""})
    written = ""
    async with aclosing(later):
        while isinstance(item, Partial):
            yield chunk({"content": _added(written, item.answer)})
            written, item = item.answer, await anext(later)
    yield chunk({"content": _added(written, plain_answer(item))})
    yield chunk(_fields(item), "stop")
    if usage:
        yield {**head, "choices": [], "usage": _usage(item)}


def _added(written: str, now: str) -> str:
    """What comes after ``written``; what does not continue it says that it is void."""
    return now[len(written) :] if now.startswith(written) else _REPLACED + now


def _fields(answer: Answer) -> dict[str, Any]:
    """What a message has beside OpenAI's own fields."""
    citations = [
        {**citation.model_dump(mode="json"), "reference": citation.reference}
        for citation in answer.citations
    ]
    return {"citations": citations, "notes": list(answer.notes), "mode": answer.mode}


def _usage(answer: Answer) -> dict[str, int]:
    read, written = answer.usage.tokens_in, answer.usage.tokens_out
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def _problem(error: QaBotError) -> dict[str, str | None]:
    return {"message": str(error), "type": type(error).__name__, "code": None}
