"""The answer as every user of the bot sees it: command line, web, evaluation.

The JSON form is described in ``docs/interface.md`` and kept stable.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from qa_bot.clauses.model import LineRange

Mode = Literal["extractive", "llm"]
Fallback = Literal["unavailable", "no_answer", "unverified"]
RefusalReason = Literal["nothing_found", "out_of_scope", "not_answerable", "unclear_reference"]


class Source(BaseModel):
    """Where a clause stands in its source file; lines are 1-based and inclusive."""

    model_config = ConfigDict(frozen=True)

    file: str
    start_line: int
    end_line: int
    lines: tuple[LineRange, ...]


class Evidence(BaseModel):
    """A ranked clause; ``score`` falls along the ranking and means nothing across questions."""

    model_config = ConfigDict(frozen=True)

    clause_id: str
    doc_no: str | None
    title: str
    section: str
    text: str
    score: float


class Citation(BaseModel):
    """A numbered citation: ``quote`` stands verbatim in ``text``, the whole clause."""

    model_config = ConfigDict(frozen=True)

    number: int
    clause_id: str
    doc_no: str | None
    title: str
    section: str
    quote: str
    text: str
    source: Source

    @property
    def reference(self) -> str:
        """The formal citation: ``《标题》（盘政发〔2023〕8号）附件2 第3项``."""
        number = f"（{self.doc_no}）" if self.doc_no else ""
        return f"《{self.title}》{number}{self.section}"


class Usage(BaseModel):
    """Tokens that a language model read and wrote for one answer."""

    model_config = ConfigDict(frozen=True)

    tokens_in: int = 0
    tokens_out: int = 0


class Partial(BaseModel):
    """An answer as far as it is written and verified; ``citations`` are those of its marks."""

    model_config = ConfigDict(frozen=True)

    answer: str
    citations: tuple[Citation, ...] = ()


class Answer(BaseModel):
    """An answer, or a refusal (``refused``) that says why and makes no statement.

    ``answer`` marks its statements with the numbers of their citations: ``…市公安局。[1]``.
    ``candidates`` is the ranked evidence, best first. ``suggestions`` are questions or documents
    that come near, given only with a refusal. ``notes`` say what could not be verified
    and which part of the question nothing that is cited states. ``answerability`` (0…1) is how likely the documents hold the answer; a refusal for want of an
    answer lies below the threshold. ``fallback`` says why the clauses' own words stand in for those of
    a language model: it was down, late or busy, found no answer in the clauses, or too little of what
    it said could be verified. ``usage`` is zero where no language model was asked.
    """

    model_config = ConfigDict(frozen=True)

    id: str | None
    question: str
    answer: str
    refused: bool
    reason: RefusalReason | None = None
    mode: Mode
    fallback: Fallback | None = None
    citations: tuple[Citation, ...] = ()
    candidates: tuple[Evidence, ...] = ()
    suggestions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    answerability: float = 1.0
    usage: Usage = Usage()
    timings_ms: dict[str, float] = Field(default_factory=dict)
