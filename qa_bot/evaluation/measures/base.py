"""What a measure is: a name, one sentence, a source, and a value for each question.

A question that does not concern a measure has the value None; a question that failed (an
exception, no answer) has the worst value, it is never dropped.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

from qa_bot.answer.model import Answer, Mode
from qa_bot.evaluation.folding import ClauseKey, clause_key, fold, states, without_markers
from qa_bot.evaluation.gold import GoldPair
from qa_bot.evaluation.truth import Library

Guard = Literal["none", "noise", "any"]


@dataclass(frozen=True)
class Case:
    """A gold pair with the answer it got; ``answer`` is None where the bot failed.

    ``mode`` is how the run was to answer, which may not be how the answer came about.
    """

    pair: GoldPair
    answer: Answer | None
    library: Library
    mode: Mode = "extractive"

    @cached_property
    def gold_keys(self) -> frozenset[ClauseKey]:
        return frozenset(citation.key for citation in self.pair.citations)

    @cached_property
    def cited_keys(self) -> frozenset[ClauseKey]:
        citations = self.answer.citations if self.answer else ()
        return frozenset(clause_key(c.doc_no, c.title, c.section) for c in citations)

    @cached_property
    def folded_answer(self) -> str:
        return fold(without_markers(self.answer.answer)) if self.answer else ""

    def states(self, words: str) -> bool:
        """Do these words stand in the answer, and not as a part of a longer number?"""
        return self.answer is not None and states(without_markers(self.answer.answer), words)

    @property
    def states_something(self) -> bool:
        """Did the bot make a statement (right or wrong), neither refusing nor failing?"""
        return self.answer is not None and not self.answer.refused and bool(self.folded_answer)


class Measure(ABC):
    """A measure; all values are between 0 and 1 unless ``UNIT`` says otherwise.

    ``GUARD`` tells the gate what to make of a change for the worse: ``noise`` fails on a drop
    beyond noise, ``any`` on a single question, ``none`` only reports.
    """

    NAME: ClassVar[str]
    TITLE: ClassVar[str]
    DEFINITION: ClassVar[str]
    SOURCE: ClassVar[str]
    GUARD: ClassVar[Guard] = "none"
    HIGHER_IS_BETTER: ClassVar[bool] = True
    WORST: ClassVar[float] = 0.0
    UNIT: ClassVar[str] = ""

    def concerns(self, pair: GoldPair) -> bool:
        """Is this question one that the measure is about? Told from the gold alone."""
        return True

    @abstractmethod
    def value(self, case: Case, answer: Answer) -> float | None:
        """The value for one answer; None where the answer gives nothing to measure."""

    def values(self, cases: Sequence[Case]) -> list[float | None]:
        """The value for every case, in order."""
        return [self._of(case) for case in cases]

    def _of(self, case: Case) -> float | None:
        if not self.concerns(case.pair):
            return None
        return self.WORST if case.answer is None else self.value(case, case.answer)


class AnswerableMeasure(Measure):
    """A measure on the questions that the documents answer."""

    def concerns(self, pair: GoldPair) -> bool:
        return pair.answerable


class StatementMeasure(AnswerableMeasure):
    """A measure on what is stated: a refusal has no value, an empty answer the worst."""

    def value(self, case: Case, answer: Answer) -> float | None:
        if answer.refused:
            return None
        return self.stated(case, answer) if case.states_something else self.WORST

    @abstractmethod
    def stated(self, case: Case, answer: Answer) -> float:
        """The value for an answer that states something."""
