"""The documents of an index as the page shows them: order, neighbours, force, filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Literal

from qa_bot.clauses.model import Clause, Document, Mention
from qa_bot.index.store import ClauseStore

ForceKind = Literal["repealed", "expired", "pending", "term", "effective", "unstated"]


@dataclass(frozen=True, slots=True)
class Force:
    """What can be said of a document's force from the indexed documents alone.

    ``day`` is the day that the statement turns on, ``by`` the document that repeals it.
    """

    kind: ForceKind
    day: date | None = None
    by: str | None = None


class Catalog:
    """Documents and clauses of one store, with what is computed over all of them."""

    def __init__(self, store: ClauseStore) -> None:
        self.store = store
        self.documents = store.documents

    def number(self, document: Document) -> int:
        """The position of a document; its name in the page's addresses."""
        return self._numbers[document]

    def neighbours(self, clause: Clause) -> tuple[Clause | None, Clause | None]:
        """The clauses before and after one clause in its document."""
        clauses = self.store.clauses_of(self.store.document_of(clause))
        at = next(i for i, other in enumerate(clauses) if other.id == clause.id)
        before = clauses[at - 1] if at else None
        below = set(self._below(clause))
        after = (other for other in clauses[at + 1 :] if other.id not in below)
        return before, next(after, None)

    def force(self, document: Document, today: date) -> Force:
        """Whether the document is known to be in force on ``today``; never more than is printed."""
        if by := self._repealed.get(document):
            return Force("repealed", by.date, by.reference)
        validity = document.validity
        if validity is None:
            return Force("unstated")
        if validity.expires and validity.expires < today:
            return Force("expired", validity.expires)
        if validity.effective and validity.effective > today:
            return Force("pending", validity.effective)
        if validity.expires:
            return Force("term", validity.expires)
        if validity.effective:
            return Force("effective", validity.effective)
        return Force("unstated")

    def _below(self, clause: Clause) -> list[str]:
        found = []
        for child in self.store.children(clause.id):
            found += [child.id, *self._below(child)]
        return found

    @cached_property
    def _numbers(self) -> dict[Document, int]:
        return {document: number for number, document in enumerate(self.documents)}

    @cached_property
    def _repealed(self) -> dict[Document, Document]:
        """Documents that another document of the index repeals by 文号 or by whole title."""
        repealed = {}
        for by in self.documents:
            for mention in by.validity.repeals if by.validity else ():
                for document in self.documents:
                    if document is not by and _names(mention, document):
                        repealed[document] = by
        return repealed


@lru_cache(maxsize=2)
def catalog_of(store: ClauseStore) -> Catalog:
    """The catalog of a store, made once for each generation."""
    return Catalog(store)


def region_of(document: Document) -> str:
    """The region that a document is from, as far as it is known; else ``""``."""
    return (document.validity.region if document.validity else None) or ""


def year_of(document: Document) -> str:
    """The year of a document's date; ``""`` where it has none."""
    return str(document.date.year) if document.date else ""


def _names(mention: Mention, document: Document) -> bool:
    if mention.doc_no:
        return mention.doc_no == document.doc_no
    return mention.title == document.title
