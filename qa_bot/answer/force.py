"""Whether a document is in force, as far as the indexed documents say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from qa_bot.clauses.model import Document, Mention
from qa_bot.index.store import ClauseStore

ForceKind = Literal["repealed", "expired", "pending", "term", "effective", "unstated"]


@dataclass(frozen=True, slots=True)
class Force:
    """What can be said of a document's force from the indexed documents alone.

    ``day`` is the day that the statement turns on, ``by`` the document that repeals it,
    ``clause_id`` the clause that says so.
    """

    kind: ForceKind
    day: date | None = None
    by: str | None = None
    clause_id: str | None = None


class Forces:
    """The force of every document of one store."""

    def __init__(self, store: ClauseStore) -> None:
        self._store = store

    def of(self, document: Document, today: date) -> Force:
        """Whether the document is known to be in force on ``today``; never more than is printed."""
        for by, mention in self._repealed.get(document, ()):
            if not (by.validity and by.validity.effective and by.validity.effective > today):
                return Force("repealed", by.date, by.reference, mention.clause_id)
        validity = document.validity
        if validity is None:
            return Force("unstated")
        if validity.expires and validity.expires < today:
            return Force("expired", validity.expires, clause_id=validity.expires_clause)
        if validity.effective and validity.effective > today:
            return Force("pending", validity.effective, clause_id=validity.effective_clause)
        if validity.expires:
            return Force("term", validity.expires, clause_id=validity.expires_clause)
        if validity.effective:
            return Force("effective", validity.effective, clause_id=validity.effective_clause)
        return Force("unstated")

    @cached_property
    def _repealed(self) -> dict[Document, list[tuple[Document, Mention]]]:
        """Documents that another document of the index, no older one, repeals by 文号 or by whole
        title."""
        repealed = defaultdict(list)
        for by in self._store.documents:
            for mention in by.validity.repeals if by.validity else ():
                for document in self._store.documents:
                    older = by.date and document.date and by.date < document.date
                    if document is not by and not older and _names(mention, document):
                        repealed[document].append((by, mention))
        return dict(repealed)


def ended_elsewhere(store: ClauseStore) -> Iterator[tuple[Mention, Document]]:
    """The documents that are not indexed and that an indexed one, given with each, repeals."""
    own = {document.doc_no for document in store.documents}
    for by in store.documents:
        for mention in by.validity.repeals if by.validity else ():
            if mention.doc_no and mention.doc_no not in own:
                yield mention, by


def _names(mention: Mention, document: Document) -> bool:
    if mention.doc_no:
        return mention.doc_no == document.doc_no
    return mention.title == document.title
