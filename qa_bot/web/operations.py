"""For those who run the server: whether it lives, whether it can answer, and figures."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

from qa_bot.answer.model import Answer, Partial
from qa_bot.bot import Bot
from qa_bot.errors import QaBotError
from qa_bot.retrieval.question import Question
from qa_bot.web.service import Service

_BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class MeteredBot:
    """Counts what a bot is asked, whoever asks; all else is the bot's own."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self.registry = CollectorRegistry()
        self._asked = Counter(
            "qa_bot_questions", "Questions by outcome and mode.", ["outcome", "mode"],
            registry=self.registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "qa_bot_answer_seconds",
            "Seconds to an answer.",
            buckets=_BUCKETS,
            registry=self.registry,
        )
        documents = Gauge("qa_bot_documents", "Indexed documents.", registry=self.registry)
        documents.set_function(lambda: len(bot.index.store.documents))
        behind = Gauge(
            "qa_bot_index_behind",
            "1 while an older generation answers, since the current one cannot be used.",
            registry=self.registry,
        )
        behind.set_function(lambda: bot.index_problem is not None)
        clauses = Gauge("qa_bot_clauses", "Indexed clauses.", registry=self.registry)
        clauses.set_function(lambda: len(bot.index.store.clauses))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bot, name)

    def ask(self, question: Question) -> Answer:
        *_, answer = self.stream(question)
        assert isinstance(answer, Answer)
        return answer

    def stream(self, question: Question) -> Iterator[Partial | Answer]:
        started = time.perf_counter()
        outcome, mode = "stopped", self._bot.mode
        try:
            for item in self._bot.stream(question):
                if isinstance(item, Answer):
                    outcome, mode = "refused" if item.refused else "answered", item.mode
                    self._seconds.observe(time.perf_counter() - started)
                yield item
        except Exception as error:
            outcome = "unusable" if isinstance(error, QaBotError) else "failed"
            raise
        finally:
            self._asked.labels(outcome, mode).inc()


def operations(bot: MeteredBot, service: Service) -> APIRouter:
    """``/healthz``, ``/readyz`` and ``/metrics``."""
    router = APIRouter(tags=["operations"])

    @router.get("/healthz")
    def healthz() -> dict[str, str]:
        """The process lives."""
        return {"status": "ok"}

    @router.get(
        "/readyz", responses={503: {"description": "The index is empty, or the server is closing."}}
    )
    def readyz(response: Response) -> dict[str, str | int]:
        """The index is open and can be searched; ``older index`` where the current generation
        cannot be used (the log says why) and the one before it answers."""
        index = bot.index
        store = index.store
        if service.closed or not store.clauses:
            status = "closing" if service.closed else "empty index"
            response.status_code = 503
        else:
            status = "older index" if bot.index_problem else "ready"
        return {
            "status": status,
            "generation": index.manifest.generation,
            "documents": len(store.documents),
            "clauses": len(store.clauses),
        }

    @router.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        return Response(generate_latest(bot.registry), media_type=CONTENT_TYPE_LATEST)

    return router
