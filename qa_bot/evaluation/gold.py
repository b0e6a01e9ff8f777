"""Gold pairs: questions with the answer, facts and clauses that a right answer rests on.

The fields are explained in ``docs/gold.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from qa_bot.evaluation.errors import EvaluationError, GoldError
from qa_bot.evaluation.folding import ClauseKey, clause_key
from qa_bot.retrieval.question import Question, Turn

Persona = Literal["citizen", "staff", "researcher"]
Split = Literal["dev", "test"]
Kind = Literal[
    "procedure",
    "department",
    "number",
    "date",
    "list",
    "table",
    "condition",
    "definition",
    "multi",
    "compare",
    "colloquial",
    "typo",
    "english",
    "followup",
    "docno",
    "unanswerable",
    "out_of_scope",
    "adversarial",
]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GoldTurn(_Strict):
    """An earlier question of the conversation with the answer that was given."""

    question: str = Field(min_length=1)
    answer: str = ""


class GoldCitation(_Strict):
    """A clause that holds evidence; ``title`` names a document that has no 文号."""

    doc_no: str | None
    section: str = Field(min_length=1)
    quote: str = Field(min_length=1)
    title: str | None = None

    @model_validator(mode="after")
    def _names_a_document(self) -> Self:
        if not (self.doc_no or self.title):
            raise ValueError("doc_no 与 title 至少填一项 (give doc_no or title)")
        return self

    @property
    def key(self) -> ClauseKey:
        return clause_key(self.doc_no, self.title, self.section)


class GoldPair(_Strict):
    """One question with what a right answer holds and where that stands."""

    id: str = Field(min_length=1)
    question: str = Field(min_length=1)
    lang: Literal["zh", "en"]
    persona: Persona
    kind: Kind
    answerable: bool
    answer: str = Field(min_length=1)
    facts: tuple[tuple[str, ...], ...]
    citations: tuple[GoldCitation, ...]
    split: Split
    history: tuple[GoldTurn, ...] = ()
    forbidden: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.answerable and not (self.facts and self.citations):
            raise ValueError("可回答的问题须有 facts 和 citations (needs facts and citations)")
        if not self.answerable and (self.facts or self.citations):
            raise ValueError("不可回答的问题不得有 facts 或 citations (must have none)")
        if any(not fact or not all(a.strip() for a in fact) for fact in self.facts):
            raise ValueError("每个 fact 至少一种写法，且不得为空 (an empty fact)")
        if self.kind in ("unanswerable", "out_of_scope") and self.answerable:
            raise ValueError(f"{self.kind} 须为 answerable=false")
        if self.kind == "followup" and not self.history:
            raise ValueError("followup 须有 history (needs its history)")
        return self

    def to_question(self) -> Question:
        """The question as the bot is asked it."""
        turns = tuple(Turn(question=t.question, answer=t.answer) for t in self.history)
        return Question(question=self.question, id=self.id, history=turns)


@dataclass(frozen=True)
class GoldSet:
    """Gold pairs in order; ``gazettes`` tells which gazette each was written for.

    What was selected of a gold set keeps the gazettes of all of it.
    """

    pairs: tuple[GoldPair, ...]
    gazettes: Mapping[str, str]

    @property
    def left_out(self) -> set[str]:
        """The ids that a selection left out."""
        return self.gazettes.keys() - {pair.id for pair in self.pairs}

    def select(
        self,
        *,
        kinds: Iterable[str] = (),
        splits: Iterable[str] = (),
        limit: int | None = None,
    ) -> GoldSet:
        """The pairs of these kinds and splits (none named: all), the first ``limit`` of them."""
        kinds, splits = set(kinds), set(splits)
        chosen = [
            pair
            for pair in self.pairs
            if (not kinds or pair.kind in kinds) and (not splits or pair.split in splits)
        ]
        return GoldSet(tuple(chosen[:limit]), self.gazettes)


def gold_files(path: Path) -> list[Path]:
    """The gold files of a folder, or the file itself; EvaluationError where there is none."""
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path] if path.is_file() else []
    if not files:
        raise EvaluationError(f"{path} 中没有 .jsonl 金标文件。(no gold file there.)")
    return files


def load_gold(path: Path) -> GoldSet:
    """All pairs of a gold file or folder; the file's name is the gazette's.

    Raises GoldError, which names every line that cannot be used and every id given twice.
    """
    pairs: list[GoldPair] = []
    gazettes: dict[str, str] = {}
    problems: list[str] = []
    for file in gold_files(path):
        for number, line in enumerate(_text(file).split("\n"), 1):
            if not line.strip():
                continue
            try:
                pair = GoldPair.model_validate_json(line)
            except ValidationError as error:
                problems.append(f"{file.name}:{number} {explain(error)}")
                continue
            if pair.id in gazettes:
                problems.append(f"{file.name}:{number} id {pair.id} 重复 (given twice)")
            gazettes[pair.id] = file.stem
            pairs.append(pair)
    if problems:
        raise GoldError(problems)
    return GoldSet(tuple(pairs), gazettes)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise GoldError([f"{file.name} 不是 UTF-8 文本 (not UTF-8 text)"]) from None


def language_of(question: str) -> Literal["zh", "en"]:
    """Chinese where there is a Chinese character, else English."""
    return "zh" if re.search(r"[一-龥]", question) else "en"


def explain(error: ValidationError) -> str:
    """What is wrong with a line, in one line."""
    return "; ".join(
        f"{'.'.join(map(str, part['loc'])) or '整行'}: {part['msg']}" for part in error.errors()
    )
