"""How much must be read, best candidate first, until the evidence has been read."""

from __future__ import annotations

from typing import ClassVar

from qa_bot.answer.model import Answer
from qa_bot.evaluation.folding import clause_key, squeeze
from qa_bot.evaluation.gold import GoldCitation
from qa_bot.evaluation.measures.base import AnswerableMeasure, Case, Guard


class EvidenceWithin(AnswerableMeasure):
    """Has a gold quote been read to its end within ``CHARACTERS`` characters of candidates?"""

    CHARACTERS: ClassVar[int]
    EVERY: ClassVar[bool] = False
    SOURCE = "docs/evaluation.md: characters to evidence (hit@k flatters big chunks)"

    def value(self, case: Case, answer: Answer) -> float:
        reached = [_characters_to(gold, answer) for gold in case.pair.citations]
        within = [count is not None and count <= self.CHARACTERS for count in reached]
        return float(all(within) if self.EVERY else any(within))


def _characters_to(gold: GoldCitation, answer: Answer) -> int | None:
    """Characters (white space aside) read until the quote's end, None where it never comes.

    A candidate that is the gold clause but words the quote otherwise (a table row) counts when
    it has been read whole.
    """
    quote = squeeze(gold.quote)
    read = 0
    for candidate in answer.candidates:
        text = squeeze(candidate.text)
        at = text.find(quote)
        if at >= 0:
            return read + at + len(quote)
        read += len(text)
        if clause_key(candidate.doc_no, candidate.title, candidate.section) == gold.key:
            return read
    return None


class Evidence300(EvidenceWithin):
    NAME, TITLE, CHARACTERS = "evidence_300", "300 字内读到依据", 300
    DEFINITION = (
        "从首位候选读起，300 字内读到金标引文的比例。(gold quote read within 300 characters)"
    )


class Evidence1000(EvidenceWithin):
    NAME, TITLE, CHARACTERS = "evidence_1000", "1000 字内读到依据", 1000
    DEFINITION = "从首位候选读起，1000 字内读到金标引文的比例。(within 1,000 characters)"
    GUARD: ClassVar[Guard] = "noise"


class Evidence3000(EvidenceWithin):
    NAME, TITLE, CHARACTERS = "evidence_3000", "3000 字内读到依据", 3000
    DEFINITION = "从首位候选读起，3000 字内读到金标引文的比例。(within 3,000 characters)"


class EvidenceAll3000(EvidenceWithin):
    NAME, TITLE, CHARACTERS, EVERY = "evidence_all_3000", "3000 字内读全依据", 3000, True
    DEFINITION = "3000 字内读到全部金标引文的比例。(every gold quote within 3,000 characters)"
