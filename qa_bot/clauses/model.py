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


DutyRole = Literal["牵头", "责任", "配合", "监督"]
Level = Literal["国家", "部门", "省级", "市级", "县级", "乡级"]


class Mention(BaseModel):
    """Another document that a clause names: by 《title》, by 文号, or by both."""

    model_config = ConfigDict(frozen=True)

    title: str | None
    doc_no: str | None
    clause_id: str


class Validity(BaseModel):
    """What a document says of its own force; each with the clause that says so, else ``None``.

    ``expires`` is the last day in force, printed or computed from ``term`` (``五年``);
    ``region`` and ``level`` come from the issuer or the title.
    """

    model_config = ConfigDict(frozen=True)

    effective: date | None = None
    effective_clause: str | None = None
    term: str | None = None
    expires: date | None = None
    expires_clause: str | None = None
    repeals: tuple[Mention, ...] = ()
    basis: tuple[Mention, ...] = ()
    region: str | None = None
    level: Level | None = None


class Member(BaseModel):
    """One line of a roster; ``name`` is None where only the post is printed."""

    model_config = ConfigDict(frozen=True)

    role: str | None
    name: str | None
    post: str | None


class Duty(BaseModel):
    """Who answers for what a clause orders, and by when, in the words of the source."""

    model_config = ConfigDict(frozen=True)

    role: DutyRole
    bodies: tuple[str, ...]


class Matter(BaseModel):
    """One row of a list of government matters (事项清单) under names that do not vary."""

    model_config = ConfigDict(frozen=True)

    name: str
    type: str | None
    body: str | None
    body_before: str | None
    change: str | None
    basis: str | None
    supervision: str | None


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
    validity: Validity | None = None

    @property
    def reference(self) -> str:
        """The 文号, or the title in 《》 where the document has none."""
        return self.doc_no or f"《{self.title}》"

    @property
    def region(self) -> str | None:
        """Where it holds, as far as it says."""
        return self.validity.region if self.validity else None


class Clause(BaseModel):
    """The smallest unit that is cited: an article, item, table row, roster, paragraph, …

    ``text`` is the clause as a reader would read it (broken lines joined, mark-up removed).
    ``spans`` are ``[start, end)`` character offsets into the decoded source text and ``lines``
    the 1-based inclusive line ranges they cover; both are in reading order and never overlap
    those of another clause. ``fields`` holds the typed cells of a table row (column → value).
    The first range opens with the clause's own marker or label. ``members`` are the lines of a
    roster, ``duties`` and ``deadlines`` who must do what the clause orders and by when, ``matter``
    a row of a 事项清单.
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
    members: tuple[Member, ...] = ()
    duties: tuple[Duty, ...] = ()
    deadlines: tuple[str, ...] = ()
    matter: Matter | None = None

    @property
    def start_line(self) -> int:
        return self.lines[0][0]

    @property
    def end_line(self) -> int:
        return max(last for _, last in self.lines)


class ParsedFile(BaseModel):
    """Everything that one source file holds; ``clauses`` are in reading order.

    ``noise`` are the line ranges that belong to no document (mastheads, tables of contents,
    running headers, web boilerplate, colophons), ``noise_spans`` their characters: together
    with the spans of all clauses they are the text, blanks between paragraphs aside.
    """

    model_config = ConfigDict(frozen=True)

    file: str
    documents: tuple[Document, ...]
    clauses: tuple[Clause, ...]
    noise: tuple[LineRange, ...]
    noise_spans: tuple[Span, ...] = ()
