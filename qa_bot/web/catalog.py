"""The documents of an index as the page shows them: order, neighbours, force, filters."""

from __future__ import annotations

from datetime import date
from functools import cached_property, lru_cache

from qa_bot.answer.force import Force, Forces
from qa_bot.answer.model import Citation
from qa_bot.clauses.model import Clause, Document
from qa_bot.errors import NotFoundError
from qa_bot.index.store import ClauseStore
from qa_bot.visible import visible


class Catalog:
    """Documents and clauses of one store, with what is computed over all of them."""

    def __init__(self, store: ClauseStore) -> None:
        self.store = store
        self.documents = store.documents
        self._forces = Forces(store)

    def document(self, key: str) -> Document:
        """The document of that ``document_key``; ``NotFoundError`` where there is none."""
        try:
            return self._keys[key]
        except KeyError:
            raise NotFoundError(
                "这份文件已不在索引中，请从列表中另选。"
                "(the document is no longer indexed: choose one from the list.)"
            ) from None

    def cited(self, citation: Citation) -> Clause | None:
        """The clause that is cited; None where the index no longer has it as it was cited."""
        try:
            clause = self.store.clause(citation.clause_id)
        except NotFoundError:
            return None
        named = (clause.doc_no, clause.title, clause.section)
        same = named == (citation.doc_no, citation.title, citation.section)
        return clause if same and clause.text in citation.text else None

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
        return self._forces.of(document, today)

    def _below(self, clause: Clause) -> list[str]:
        found = []
        for child in self.store.children(clause.id):
            found += [child.id, *self._below(child)]
        return found

    @cached_property
    def _keys(self) -> dict[str, Document]:
        return {document_key(document): document for document in self.documents}


@lru_cache(maxsize=2)
def catalog_of(store: ClauseStore) -> Catalog:
    """The catalog of a store, made once for each generation."""
    return Catalog(store)


def document_key(document: Document) -> str:
    """The name of a document in the page's buttons: another document never has it, whatever
    becomes of the index."""
    return visible(f"{document.file}:{document.start_line} {document.reference}")


def region_of(document: Document) -> str:
    """The region that a document is from, as far as it is known; else ``""``."""
    return (document.validity.region if document.validity else None) or ""


def year_of(document: Document) -> str:
    """The year of a document's date; ``""`` where it has none."""
    return str(document.date.year) if document.date else ""
