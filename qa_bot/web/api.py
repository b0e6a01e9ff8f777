"""The JSON interface beside the page: questions, documents, clauses, matters."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from qa_bot.answer.force import Force
from qa_bot.answer.model import Answer
from qa_bot.clauses.lookup import find_clause, find_document
from qa_bot.clauses.model import Clause, Document
from qa_bot.errors import QaBotError
from qa_bot.retrieval.question import Question, Turn
from qa_bot.web.catalog import catalog_of
from qa_bot.web.library import Filters
from qa_bot.web.matters import (
    COLUMNS,
    LONGEST_WORDS,
    all_matters,
    as_csv,
    as_xlsx,
    find_matters,
    ordered,
)
from qa_bot.web.service import Problem, Service
from qa_bot.web.strings import text

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EVENTS = "text/event-stream"
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {_EVENTS: {}}},
    400: {"model": Problem},
    429: {"model": Problem},
    502: {"model": Problem},
    503: {"model": Problem},
    504: {"model": Problem},
}
Word = Annotated[str, Query(max_length=200)]


class Asked(BaseModel):
    """A question; with ``stream`` the answer comes as server-sent events.

    ``region`` is one of those that ``/api/documents`` names; "" asks all documents.
    """

    question: str
    id: str | None = None
    history: tuple[Turn, ...] = Field(default=(), max_length=50)
    region: str = Field(default="", max_length=100)
    stream: bool = False


class ListedDocument(BaseModel):
    """A document, and what is known of its force today."""

    document: Document
    force: Force
    clauses: int


class ClausePage(BaseModel):
    """Some of the clauses of a document, in reading order."""

    document: Document
    total: int
    clauses: list[Clause]


def questions(service: Service) -> APIRouter:
    """``POST /api/ask``: an answer object, or events ``delta`` or ``replace``, then ``answer``
    or ``error``."""
    router = APIRouter(tags=["questions"])

    @router.post(
        "/api/ask",
        response_model=Answer,
        responses=_ANSWERS,
    )
    async def ask(asked: Asked, request: Request) -> Any:
        """Answer a question with citations, or refuse."""
        question = Question(
            question=asked.question, id=asked.id, history=asked.history, region=asked.region
        )
        if asked.stream or _EVENTS in request.headers.get("accept", ""):
            return StreamingResponse(_events(service, question), media_type=_EVENTS)
        return await service.ask(question)

    return router


def library(service: Service) -> APIRouter:
    """``GET /api/documents`` and ``GET /api/clauses``."""
    router = APIRouter(tags=["documents"])

    @router.get("/api/documents")
    def documents(
        region: Word = "", issuer: Word = "", year: Word = "", q: Word = ""
    ) -> list[ListedDocument]:
        """The indexed documents that fit, in the order of the files."""
        catalog = catalog_of(service.bot.index.store)
        today = service.bot.settings.today or date.today()
        fitting = filter(Filters(region, issuer, year, q).fit, catalog.documents)
        return [
            ListedDocument(
                document=document,
                force=catalog.force(document, today),
                clauses=len(catalog.store.clauses_of(document)),
            )
            for document in fitting
        ]

    @router.get("/api/clauses", responses={404: {"model": Problem}})
    def clauses(
        document: Annotated[str, Query(min_length=1, max_length=200)],
        section: Word = "",
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> ClausePage:
        """The clauses of a document (by 文号 or title), or the one that ``section`` names."""
        store = service.bot.index.store
        found = find_document(store.documents, document)
        within = store.clauses_of(found)
        if section.strip():
            within = (find_clause(within, section),)
        return ClausePage(
            document=found, total=len(within), clauses=list(within[offset : offset + limit])
        )

    return router


def matters(service: Service) -> APIRouter:
    """``/api/matters.csv`` and ``/api/matters.xlsx``: the rows that the page shows."""
    router = APIRouter(tags=["matters"])

    @router.get(
        "/api/matters.{ending}",
        response_class=Response,
        responses={200: {"content": {"text/csv": {}, _XLSX: {}}}, 400: {"model": Problem}},
    )
    def export(
        ending: Literal["csv", "xlsx"],
        q: Annotated[str, Query(max_length=LONGEST_WORDS)] = "",
        type: Word = "",
        body: Word = "",
        change: Word = "",
        sort: Word = "",
        descending: bool = False,
        lang: Literal["zh", "en"] = "zh",
    ) -> Response:
        """The matters that fit, for a spreadsheet program."""
        rows = all_matters(service.bot.index.store)
        found = find_matters(rows, q, type=type, body=body, change=change)
        chosen = ordered(found, sort, descending)
        heads = [text(lang, f"column_{column}") for column in COLUMNS] + [text(lang, "document")]
        content, kind = (
            (as_csv(chosen, heads), "text/csv")
            if ending == "csv"
            else (as_xlsx(chosen, heads), _XLSX)
        )
        disposition = f'attachment; filename="matters.{ending}"'
        return Response(content, media_type=kind, headers={"Content-Disposition": disposition})

    return router


async def _events(service: Service, question: Question) -> AsyncIterator[str]:
    written = ""
    try:
        async with aclosing(service.stream(question)) as items:
            async for item in items:
                if not item.answer.startswith(written):
                    yield _event("replace", {"text": item.answer})
                elif added := item.answer[len(written) :]:
                    yield _event("delta", {"text": added})
                written = item.answer
                if isinstance(item, Answer):
                    yield _event("answer", item.model_dump(mode="json"))
    except QaBotError as error:
        yield _event("error", {"error": str(error)})


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
