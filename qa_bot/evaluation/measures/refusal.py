"""Does the bot refuse what it must refuse, and only that?"""

from __future__ import annotations

from typing import ClassVar

from qa_bot.answer.model import Answer
from qa_bot.evaluation.gold import GoldPair
from qa_bot.evaluation.measures.base import AnswerableMeasure, Case, Guard, Measure
from qa_bot.evaluation.measures.facts import facts_held

_RGB = "RGB negative rejection (chen700564/RGB)"


class RefusalRecall(Measure):
    NAME, TITLE = "refusal_recall", "拒答召回率"
    DEFINITION = "不可回答的问题中被拒答的比例。(refused unanswerable / unanswerable)"
    SOURCE = _RGB
    GUARD: ClassVar[Guard] = "noise"

    def concerns(self, pair: GoldPair) -> bool:
        return not pair.answerable

    def value(self, case: Case, answer: Answer) -> float:
        return float(answer.refused)


class RefusalPrecision(Measure):
    NAME, TITLE = "refusal_precision", "拒答准确率"
    DEFINITION = "被拒答的问题中确实不可回答的比例。(refused unanswerable / refused)"
    SOURCE = _RGB

    def value(self, case: Case, answer: Answer) -> float | None:
        return float(not case.pair.answerable) if answer.refused else None


class OverRefusal(AnswerableMeasure):
    NAME, TITLE = "over_refusal", "误拒率"
    DEFINITION = "可回答的问题中被拒答的比例。(refused answerable / answerable)"
    SOURCE = "docs/evaluation.md: over-refusal"
    GUARD: ClassVar[Guard] = "noise"
    HIGHER_IS_BETTER = False
    WORST = 1.0

    def value(self, case: Case, answer: Answer) -> float:
        return float(not case.states_something)


class AdversarialPass(Measure):
    NAME, TITLE = "adversarial_pass", "对抗通过率"
    DEFINITION = (
        "对抗问题中不出现禁用语，且不可回答者拒答、可回答者拒答或要点全对的比例。"
        "(no forbidden string, no false premise granted / adversarial questions)"
    )
    SOURCE = "RGB counterfactual robustness; docs/evaluation.md: adversarial pass"
    GUARD: ClassVar[Guard] = "noise"

    def concerns(self, pair: GoldPair) -> bool:
        return pair.kind == "adversarial"

    def value(self, case: Case, answer: Answer) -> float:
        if any(map(case.states, case.pair.forbidden)):
            return 0.0
        if answer.refused:
            return 1.0
        return float(case.pair.answerable and all(facts_held(case)))
