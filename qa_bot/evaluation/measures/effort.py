"""What an answer costs, and whether the model that was to give it did."""

from __future__ import annotations

from typing import ClassVar

from qa_bot.answer.model import Answer, Fallback
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


class _ModelMeasure(Measure):
    """A measure of runs in which a language model was to answer."""

    SOURCE = "docs/evaluation.md: fall-backs"
    HIGHER_IS_BETTER = False
    WORST = 1.0

    def _of(self, case: Case) -> float | None:
        return super()._of(case) if case.mode == "llm" else None


class ModelFallback(_ModelMeasure):
    NAME, TITLE = "model_fallback", "模型未答率"
    DEFINITION = (
        "llm 方式下没有拒答、却改以条款原文作答的比例。"
        "(answers that the model was to word and the clauses' own words stand in for / answers)"
    )
    GUARD: ClassVar[Guard] = "noise"

    def value(self, case: Case, answer: Answer) -> float | None:
        return None if answer.refused else float(answer.mode != "llm")


class _FallbackKind(_ModelMeasure):
    """The part of the fall-backs that is of one kind; no value where the answer tells none."""

    KIND: ClassVar[Fallback]

    def value(self, case: Case, answer: Answer) -> float | None:
        known = answer.mode == "llm" or answer.fallback
        return float(answer.fallback == self.KIND) if known and not answer.refused else None


class ModelUnavailable(_FallbackKind):
    NAME, TITLE, KIND = "model_unavailable", "模型不可用率", "unavailable"
    DEFINITION = (
        "其中因模型没有应答、超时、中断、正忙或暂停使用而改以条款原文作答的比例。"
        "(of these: the model was down, late, broke off, busy or left alone / answers)"
    )


class ModelUnverified(_FallbackKind):
    NAME, TITLE, KIND = "model_unverified", "模型未通过核对率", "unverified"
    DEFINITION = (
        "其中因模型的回答大部分未能通过核对而改以条款原文作答的比例。"
        "(of these: most of what the model said could not be verified / answers)"
    )
