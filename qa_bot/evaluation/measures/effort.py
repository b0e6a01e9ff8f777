"""What an answer costs: length, time, tokens."""

from __future__ import annotations

from qa_bot.answer.model import Answer
from qa_bot.evaluation.folding import squeeze, without_markers
from qa_bot.evaluation.gold import GoldPair
from qa_bot.evaluation.measures.base import Case, Measure


class AnswerLength(Measure):
    NAME, TITLE, UNIT = "answer_length", "答案长度", "字"
    DEFINITION = "答案的字数（不计空白与引用标记），拒答不计。(characters of an answer)"
    SOURCE = "ALCE: length"

    def concerns(self, pair: GoldPair) -> bool:
        return pair.answerable

    def value(self, case: Case, answer: Answer) -> float | None:
        return None if answer.refused else float(len(squeeze(without_markers(answer.answer))))
