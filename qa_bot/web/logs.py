"""The log: one JSON object a line on standard error, one line for each request and each answer."""

from __future__ import annotations

import logging
import logging.config
import re
import time
import traceback
from pathlib import Path
from typing import Any
from uuid import uuid4

from pythonjsonlogger.core import RESERVED_ATTRS
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_bot.answer.model import Answer
from qa_bot.errors import QaBotError
from qa_bot.settings import Settings
from qa_bot.web.roles import Visitor, current_visitor, enter, visitor_of

_REQUEST_ID = re.compile(r"[\w-]{8,64}")
_MASK = "***"
_FRAMES = 8
FAILED = "服务器出错，请稍后再试。(something failed on the server: please try again.)"
_requests = logging.getLogger("qa_bot.request")
_answers = logging.getLogger("qa_bot.answer")
_failures = logging.getLogger("qa_bot.failure")


class Masking(logging.Filter):
    """Takes the values of secret settings out of whatever is logged, tracebacks included."""

    def __init__(self, secrets: list[str]) -> None:
        super().__init__()
        self._secrets = [secret for secret in secrets if secret]

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        record.msg, record.args = self._masked(record.getMessage()), None
        record.exc_text = self._masked(record.exc_text) if record.exc_text else record.exc_text
        return True

    def _masked(self, words: str) -> str:
        for secret in self._secrets:
            words = words.replace(secret, _MASK)
        return words


def log_as_json(settings: Settings) -> None:
    """Let everything that is logged, the web server's own lines too, leave as JSON lines."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {
                    "()": "pythonjsonlogger.json.JsonFormatter",
                    "fmt": ["asctime", "levelname", "name", "message"],
                    "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
                    "datefmt": "%Y-%m-%dT%H:%M:%S%z",
                    "json_ensure_ascii": False,
                    "reserved_attrs": [*RESERVED_ATTRS, "color_message"],
                }
            },
            "filters": {"masking": {"()": Masking, "secrets": _secrets(settings)}},
            "handlers": {
                "lines": {
                    "class": "logging.StreamHandler",
                    "formatter": "json",
                    "filters": ["masking"],
                }
            },
            "root": {"handlers": ["lines"], "level": "WARNING"},
            "loggers": {"qa_bot": {"level": settings.log_level}, "uvicorn": {"level": "INFO"}},
        }
    )


class RequestLog:
    """Gives each request an id (header ``X-Request-ID``) and logs it when it has been served.

    A request that fails in a way nobody foresaw is answered with a sentence (500).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request = given if _REQUEST_ID.fullmatch(given) else uuid4().hex
        address = scope["client"][0] if scope["client"] else ""
        enter(scope, Visitor(address=address, request=request))
        started, status = time.perf_counter(), 0

        async def marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request
            await send(message)

        try:
            await self._app(scope, receive, marked)
        except Exception as error:
            log_failure("a request failed", error, visitor_of(scope))
            if not status:
                await JSONResponse({"error": FAILED}, status_code=500)(scope, receive, marked)
        finally:
            route = scope.get("route")
            visitor = visitor_of(scope)
            _requests.info(
                "request",
                extra={
                    "request_id": request,
                    "method": scope["method"],
                    "route": getattr(route, "path", None) or scope["path"][:200],
                    "status": status or 500,
                    "ms": _since(started),
                    "role": visitor.role.name.lower(),
                    **({"user": visitor.name} if visitor.name else {}),
                },
            )


def log_failure(message: str, error: Exception, visitor: Visitor) -> None:
    """One line on an error that nobody foresaw: its kind and where it arose.

    What it says is left out, since it may repeat what was sent.
    """
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    _failures.error(
        message,
        extra={
            "request_id": visitor.request,
            "error": type(error).__name__,
            "at": [f"{Path(at.filename).name}:{at.lineno} {at.name}" for at in frames],
        },
    )


def log_answer(answer: Answer, started: float, with_question: bool) -> None:
    """One line on an answer; ``started`` is a reading of ``time.perf_counter``."""
    said: dict[str, Any] = {"question": answer.question} if with_question else {}
    _answers.info(
        "answer",
        extra={
            "request_id": current_visitor().request,
            "mode": answer.mode,
            "fallback": answer.fallback,
            "refused": answer.refused,
            "reason": answer.reason,
            "citations": len(answer.citations),
            "tokens_in": answer.usage.tokens_in,
            "tokens_out": answer.usage.tokens_out,
            "timings_ms": answer.timings_ms,
            "ms": _since(started),
            **said,
        },
    )


def log_unanswered(error: QaBotError, started: float) -> None:
    """One line on a question that got no answer."""
    _answers.info(
        "no answer",
        extra={
            "request_id": current_visitor().request,
            "error": type(error).__name__,
            "ms": _since(started),
        },
    )


def _since(started: float) -> float:
    return round(1000 * (time.perf_counter() - started), 1)


def _secrets(settings: Settings) -> list[str]:
    given = (settings.openai_api_key, settings.embedding_api_key)
    return [secret.get_secret_value() for secret in given if secret]
