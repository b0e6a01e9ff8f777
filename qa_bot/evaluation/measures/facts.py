"""Does the answer hold the facts that the gold asks for?"""

from __future__ import annotations

from typing import ClassVar

from qa_bot.answer.model import Answer
from qa_bot.evaluation.measures.base import AnswerableMeasure, Case, Guard

_RGB = "RGB (chen700564/RGB evalue.py)"
_NUGGETS = "TREC AutoNuggetizer (castorini/nuggetizer core/metrics.py)"


def facts_held(case: Case) -> list[bool]:
    """For each fact: does one of its alternatives stand in the answer?"""
    return [any(map(case.states, fact)) for fact in case.pair.facts]


class FactRecall(AnswerableMeasure):
    NAME, TITLE = "fact_recall", "要点召回率"
    DEFINITION = "答案含有的要点数 ÷ 金标要点数；拒答为 0。(facts in the answer / facts)"
    SOURCE = f"{_RGB}; {_NUGGETS}: all"
    GUARD: ClassVar[Guard] = "noise"

    def value(self, case: Case, answer: Answer) -> float:
        if answer.refused:
            return 0.0
        held = facts_held(case)
        return sum(held) / len(held)


class FactStrict(FactRecall):
    NAME, TITLE = "fact_strict", "要点全对率"
    DEFINITION = "全部要点都在答案中的问题所占比例。(share of answers that hold every fact)"
    SOURCE = f"{_NUGGETS}: strict_all"
    GUARD: ClassVar[Guard] = "none"

    def value(self, case: Case, answer: Answer) -> float:
        return float(super().value(case, answer) == 1.0)


class StrictSuccess(FactStrict):
    NAME, TITLE = "strict_success", "严格成功率"
    DEFINITION = "要点全对且至少引对一个金标条款的比例。(every fact held and a gold clause cited)"
    SOURCE = f"{_NUGGETS}: strict_all, with a right citation"
    GUARD: ClassVar[Guard] = "noise"

    def value(self, case: Case, answer: Answer) -> float:
        return float(super().value(case, answer) == 1.0 and bool(case.cited_keys & case.gold_keys))
