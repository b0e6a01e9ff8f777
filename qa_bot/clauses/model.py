"""What the parser yields: documents and their clauses, with spans into the source text."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

ClauseKind = Literal[
    "heading",
    "article",
    "item",
    "attachment",
    "table_row",
    "roster",
    "preamble",
    "signature",
    "paragraph",
]
LineRange = tuple[int, int]
Span = tuple[int, int]


class Document(BaseModel):
    """One official document found in a source file.

    ``doc_no`` is normalised (〔〕 brackets, no spaces) and ``None`` where the document has
    none. Lines are 1-based and inclusive.
    """

    model_config = ConfigDict(frozen=True)

    file: str
    doc_no: str | None
    doc_no_printed: str | None
    title: str
    issuer: str | None
    date: date | None
    addressee: str | None
    release: str | None
    start_line: int
    end_line: int

    @property
    def reference(self) -> str:
        """The 文号, or the title in 《》 where the document has none."""
        return self.doc_no or f"《{self.title}》"


class Clause(BaseModel):
    """The smallest unit that is cited: an article, item, table row, roster, paragraph, …

    ``text`` is the clause as a reader would read it (broken lines joined, mark-up removed).
    ``spans`` are ``[start, end)`` character offsets into the decoded source text and ``lines``
    the 1-based inclusive line ranges they cover; both are in reading order and never overlap
    those of another clause. ``fields`` holds the typed cells of a table row (column → value).
    The first range opens with the clause's own marker or label.
    ``id`` is stable between runs for the same source text.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    file: str
    doc_no: str | None
    title: str
    path: tuple[str, ...]
    section: str
    kind: ClauseKind
    text: str
    parent_id: str | None
    lines: tuple[LineRange, ...]
    spans: tuple[Span, ...]
    fields: dict[str, str] = {}

    @property
    def start_line(self) -> int:
        return self.lines[0][0]

    @property
    def end_line(self) -> int:
        return max(last for _, last in self.lines)


class ParsedFile(BaseModel):
    """Everything that one source file holds; ``clauses`` are in reading order.

    ``noise`` are the line ranges that belong to no document (mastheads, tables of contents,
    running headers, web boilerplate, colophons).
    """

    model_config = ConfigDict(frozen=True)

    file: str
    documents: tuple[Document, ...]
    clauses: tuple[Clause, ...]
    noise: tuple[LineRange, ...]
