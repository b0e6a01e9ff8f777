"""All measures, in the order in which they are shown."""

from __future__ import annotations

from qa_bot.evaluation.measures.base import Case, Guard, Measure
from qa_bot.evaluation.measures.citations import (
    CitationCoverage,
    CitationF1,
    CitationNear,
    CitationPrecision,
    CitationRecall,
    QuoteValidity,
)
from qa_bot.evaluation.measures.effort import (
    AnswerLength,
    ModelFallback,
    ModelUnavailable,
    ModelUnverified,
)
from qa_bot.evaluation.measures.evidence import (
    Evidence300,
    Evidence1000,
    Evidence3000,
    EvidenceAll3000,
)
from qa_bot.evaluation.measures.facts import FactRecall, FactStrict, StrictSuccess
from qa_bot.evaluation.measures.faithfulness import InventedReference, NumberFaithfulness
from qa_bot.evaluation.measures.refusal import (
    AdversarialPass,
    OverRefusal,
    RefusalPrecision,
    RefusalRecall,
)
from qa_bot.evaluation.measures.retrieval import (
    Hit1,
    Hit5,
    Hit10,
    Mrr10,
    Ndcg10,
    Recall5,
    Recall10,
)

__all__ = ["BY_NAME", "MEASURES", "Case", "Guard", "Measure"]

MEASURES: tuple[Measure, ...] = (
    StrictSuccess(),
    FactRecall(),
    FactStrict(),
    CitationPrecision(),
    CitationRecall(),
    CitationF1(),
    CitationNear(),
    CitationCoverage(),
    QuoteValidity(),
    NumberFaithfulness(),
    InventedReference(),
    RefusalRecall(),
    RefusalPrecision(),
    OverRefusal(),
    AdversarialPass(),
    Hit1(),
    Hit5(),
    Hit10(),
    Recall5(),
    Recall10(),
    Mrr10(),
    Ndcg10(),
    Evidence300(),
    Evidence1000(),
    Evidence3000(),
    EvidenceAll3000(),
    ModelFallback(),
    ModelUnavailable(),
    ModelUnverified(),
    AnswerLength(),
)
BY_NAME = {measure.NAME: measure for measure in MEASURES}
