"""How well the ranked evidence finds the gold clauses; computed by ir_measures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from qa_bot.answer.model import Answer
from qa_bot.evaluation.folding import clause_key, squeeze
from qa_bot.evaluation.measures.base import AnswerableMeasure, Case, Guard


class RetrievalMeasure(AnswerableMeasure):
    """A measure of ir_measures, named by its text form in ``IR_MEASURE``."""

    IR_MEASURE: ClassVar[str]
    SOURCE = "BEIR (Thakur et al. 2021); ir_measures"

    def value(self, case: Case, answer: Answer) -> float | None:
        return self.values([case])[0]

    def values(self, cases: Sequence[Case]) -> list[float | None]:
        """All cases in one pass of ir_measures; a question without candidates counts 0."""
        qrels: dict[str, dict[str, int]] = {}
        run: dict[str, dict[str, float]] = {}
        for number, case in enumerate(cases):
            if self.concerns(case.pair):
                qrels[str(number)] = {"\t".join(key): 1 for key in case.gold_keys}
                run[str(number)] = ranking(case)
        found = evaluate(self.IR_MEASURE, qrels, run)
        return [found.get(str(number)) for number in range(len(cases))]


def evaluate(
    measure: str, qrels: dict[str, dict[str, int]], run: dict[str, dict[str, float]]
) -> dict[str, float]:
    """The value of an ir_measures measure for every query that has judgements."""
    import ir_measures

    calculated: Any = ir_measures.iter_calc([ir_measures.parse_measure(measure)], qrels, run)
    values = dict.fromkeys(qrels, 0.0)
    return values | {metric.query_id: float(metric.value) for metric in calculated}


def ranking(case: Case) -> dict[str, float]:
    """The candidates as ir_measures wants them: clause → score, falling along the ranking.

    Where the gold cites a clause and its quote stands in a part of it, that part stands for it.
    """
    candidates = case.answer.candidates if case.answer else ()
    scores: dict[str, float] = {}
    for rank, candidate in enumerate(candidates):
        key = clause_key(candidate.doc_no, candidate.title, candidate.section)
        for gold in case.pair.citations:
            within = key != gold.key and key in case.library.related(gold.key)
            if within and squeeze(gold.quote) in squeeze(candidate.text):
                key = gold.key
                break
        scores.setdefault("\t".join(key), float(len(candidates) - rank))
    return scores


class Hit1(RetrievalMeasure):
    NAME, TITLE, IR_MEASURE = "hit_1", "首位命中率", "Success@1"
    DEFINITION = "排名第一的条款是金标条款的问题所占比例。(share with a gold clause ranked first)"
    GUARD: ClassVar[Guard] = "noise"


class Hit5(RetrievalMeasure):
    NAME, TITLE, IR_MEASURE = "hit_5", "前五命中率", "Success@5"
    DEFINITION = (
        "前五个条款中有金标条款的问题所占比例。(share with a gold clause in the first five)"
    )
    GUARD: ClassVar[Guard] = "noise"


class Hit10(RetrievalMeasure):
    NAME, TITLE, IR_MEASURE = "hit_10", "前十命中率", "Success@10"
    DEFINITION = "前十个条款中有金标条款的问题所占比例。(share with a gold clause in the first ten)"


class Recall5(RetrievalMeasure):
    NAME, TITLE, IR_MEASURE = "recall_5", "前五召回率", "R@5"
    DEFINITION = "金标条款中排进前五的比例。(gold clauses in the first five / gold clauses)"


class Recall10(RetrievalMeasure):
    NAME, TITLE, IR_MEASURE = "recall_10", "前十召回率", "R@10"
    DEFINITION = "金标条款中排进前十的比例。(gold clauses in the first ten / gold clauses)"


class Mrr10(RetrievalMeasure):
    NAME, TITLE, IR_MEASURE = "mrr_10", "MRR@10", "RR@10"
    DEFINITION = "首个金标条款名次的倒数，十名以外为 0。(1 / rank of the first gold clause)"
    GUARD: ClassVar[Guard] = "noise"


class Ndcg10(RetrievalMeasure):
    NAME, TITLE, IR_MEASURE = "ndcg_10", "nDCG@10", "nDCG@10"
    DEFINITION = (
        "前十名按名次折损的增益与理想排序之比。(discounted gain / that of an ideal ranking)"
    )
