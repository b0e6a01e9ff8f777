"""Clauses as a reader reads them: with what stands below them and the words that open their list."""

from __future__ import annotations

from collections.abc import Iterator

from qa_bot.clauses.model import Clause
from qa_bot.index.store import ClauseStore

_LONGEST_WHOLE = 1500
_LONGEST_LIST = 20_000
_LONGEST_LEAD = 160


def whole(store: ClauseStore, clause: Clause, listed: bool = False) -> list[Clause]:
    """The clause and all below it, in reading order; alone where that would be too much to read.

    A chapter, an attachment or a box is cited by its own words, not by all that it holds, unless
    all of it is ``listed``.
    """
    parts = [clause]
    if listed or clause.kind in ("article", "item", "heading"):
        parts = list(_below(store, clause))
    longest = _LONGEST_LIST if listed else _LONGEST_WHOLE
    return parts if sum(len(part.text) for part in parts) <= longest else [clause]


def whole_text(store: ClauseStore, clause: Clause) -> str:
    """The clause as a reader would read it."""
    return "\n".join(part.text for part in whole(store, clause))


def list_lead(store: ClauseStore, clause: Clause) -> str:
    """The words that open the list in which ``clause`` is an item (有下列情形之一的：), without which
    it is half a sentence; "" where it is none, or they are long."""
    if clause.kind != "item" or clause.parent_id is None:
        return ""
    lines = map(str.strip, store.clause(clause.parent_id).text.split("\n"))
    lead = [line for line in lines if line.endswith((":", "："))][-1:]
    return "".join(line for line in lead if len(line) <= _LONGEST_LEAD)


def _below(store: ClauseStore, clause: Clause) -> Iterator[Clause]:
    yield clause
    for child in store.children(clause.id):
        yield from _below(store, child)
