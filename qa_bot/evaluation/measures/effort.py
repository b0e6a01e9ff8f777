"""What an answer costs, and whether the model that was to give it did."""

from __future__ import annotations

from typing import ClassVar

from qa_bot.answer.model import Answer
from qa_bot.evaluation.folding import squeeze, without_markers
from qa_bot.evaluation.gold import GoldPair
from qa_bot.evaluation.measures.base import Case, Guard, Measure


class AnswerLength(Measure):
    NAME, TITLE, UNIT = "answer_length", "答案长度", "字"
    DEFINITION = "答案的字数（不计空白与引用标记），拒答不计。(characters of an answer)"
    SOURCE = "ALCE: length"

    def concerns(self, pair: GoldPair) -> bool:
        return pair.answerable

    def value(self, case: Case, answer: Answer) -> float | None:
        return None if answer.refused else float(len(squeeze(without_markers(answer.answer))))


class ModelFallback(Measure):
    NAME, TITLE = "model_fallback", "模型未答率"
    DEFINITION = (
        "llm 方式下没有拒答、却改以条款原文作答的比例。"
        "(answers that the model was to word and the clauses' own words stand in for / answers)"
    )
    SOURCE = "docs/evaluation.md: fall-backs"
    GUARD: ClassVar[Guard] = "noise"
    HIGHER_IS_BETTER = False
    WORST = 1.0

    def value(self, case: Case, answer: Answer) -> float | None:
        return None if answer.refused else float(answer.mode != "llm")

    def _of(self, case: Case) -> float | None:
        return super()._of(case) if case.mode == "llm" else None
