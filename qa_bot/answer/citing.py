"""Clauses as they are cited, with where they are printed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from qa_bot.answer.model import Citation, Evidence, Source
from qa_bot.clauses.model import Clause
from qa_bot.index.store import ClauseStore
from qa_bot.index.whole import whole
from qa_bot.retrieval.hits import Hit


@dataclass(frozen=True, slots=True)
class Composed:
    """An answer's text with its citations, numbered in order of use; ``notes`` say what was
    left out because it could not be verified."""

    text: str
    citations: tuple[Citation, ...]
    notes: tuple[str, ...] = ()


def cite(
    store: ClauseStore, clause: Clause, quote: str, number: int, listed: bool = False
) -> Citation:
    """A numbered citation of ``quote``, which must stand in the clause."""
    parts = whole(store, clause, listed)
    lines = tuple(chain.from_iterable(part.lines for part in parts))
    return Citation(
        number=number,
        clause_id=clause.id,
        doc_no=clause.doc_no,
        title=clause.title,
        section=clause.section,
        quote=quote,
        text="\n".join(part.text for part in parts),
        source=Source(
            file=clause.file,
            start_line=clause.start_line,
            end_line=max(last for _, last in lines),
            lines=lines,
        ),
    )


def evidence(hit: Hit) -> Evidence:
    clause = hit.clause
    return Evidence(
        clause_id=clause.id,
        doc_no=clause.doc_no,
        title=clause.title,
        section=clause.section,
        text=clause.text,
        score=hit.score,
    )
