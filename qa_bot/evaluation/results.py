"""The results of a run: values for every question, and estimates for groups of questions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from qa_bot.answer.model import Answer, Fallback, Mode, Usage
from qa_bot.evaluation.bootstrap import Estimate, estimate
from qa_bot.evaluation.calibration import Scored, roc_auc
from qa_bot.evaluation.gold import GoldSet
from qa_bot.evaluation.measures import MEASURES, Case, Measure
from qa_bot.evaluation.measures.effort import ModelFallback
from qa_bot.evaluation.truth import Library

Grouping = Literal["overall", "kind", "persona", "gazette", "split"]
GROUPINGS: tuple[Grouping, ...] = ("overall", "kind", "persona", "gazette", "split")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class AnswerRecord(_Frozen):
    """What the bot gave for one question: an answer with its evidence, or an error."""

    id: str
    answer: Answer | None
    error: str | None = None
    wall_ms: float

    @property
    def usage(self) -> Usage:
        return self.answer.usage if self.answer else Usage()

    def answered(self, mode: Mode) -> bool:
        """Is this what a run of ``mode`` asks for: a refusal, an answer given in that mode, or one
        that the language model was there for, though its words were of no use?"""
        answer = self.answer
        return answer is not None and (
            answer.refused or answer.mode == mode or answer.fallback in ("no_answer", "unverified")
        )


class QuestionResult(_Frozen):
    """The values of one question by measure; None where it does not concern the measure.

    ``answerability`` is None where the question failed, ``fallback`` in runs that did not keep it.
    """

    id: str
    kind: str
    persona: str
    gazette: str
    split: str
    answerable: bool
    refused: bool
    answerability: float | None = None
    fallback: Fallback | None = None
    error: str | None
    values: dict[str, float | None]


class Latency(_Frozen):
    """Milliseconds of one stage over all questions."""

    p50: float
    p95: float
    n: int


class Results(_Frozen):
    """All values and estimates: ``groups[grouping][group][measure]``."""

    questions: tuple[QuestionResult, ...]
    groups: dict[str, dict[str, dict[str, Estimate]]]
    latency_ms: dict[str, Latency] = Field(default_factory=dict)
    usage: Usage = Usage()
    cost: float = 0.0
    answerability_auc: Estimate | None = None

    @property
    def overall(self) -> dict[str, Estimate]:
        return self.groups["overall"]["all"]

    @property
    def failed(self) -> int:
        return sum(question.error is not None for question in self.questions)

    @property
    def fell_back(self) -> int:
        """Answers that a language model was to give and did not."""
        return sum(
            question.error is None and question.values.get(ModelFallback.NAME) == 1.0
            for question in self.questions
        )

    @property
    def fallbacks(self) -> Counter[Fallback]:
        """How many of them are of each kind."""
        return Counter(question.fallback for question in self.questions if question.fallback)

    @property
    def model_absent(self) -> bool:
        """Did a language model that was to answer give no answer at all?"""
        return self.overall[ModelFallback.NAME].mean == 1.0


def score(
    gold: GoldSet,
    records: Mapping[str, AnswerRecord],
    library: Library,
    *,
    mode: Mode = "extractive",
    measures: Sequence[Measure] = MEASURES,
    price_in: float = 0.0,
    price_out: float = 0.0,
) -> Results:
    """Measure the answers to a gold set; a pair without a record counts as failed.

    ``mode`` is how the bot was to answer. Prices are per million tokens.
    """
    cases = [Case(pair, _answer(records.get(pair.id)), library, mode) for pair in gold.pairs]
    columns = {measure.NAME: measure.values(cases) for measure in measures}
    questions = tuple(
        QuestionResult(
            id=case.pair.id,
            kind=case.pair.kind,
            persona=case.pair.persona,
            gazette=gold.gazettes[case.pair.id],
            split=case.pair.split,
            answerable=case.pair.answerable,
            refused=case.answer is not None and case.answer.refused,
            answerability=case.answer.answerability if case.answer else None,
            fallback=case.answer.fallback if case.answer else None,
            error=_error(records.get(case.pair.id)),
            values={name: values[at] for name, values in columns.items()},
        )
        for at, case in enumerate(cases)
    )
    answered = [records[pair.id] for pair in gold.pairs if pair.id in records]
    tokens_in = sum(record.usage.tokens_in for record in answered)
    tokens_out = sum(record.usage.tokens_out for record in answered)
    return Results(
        questions=questions,
        groups={g: group_estimates(questions, g) for g in GROUPINGS},
        latency_ms=latencies(answered),
        usage=Usage(tokens_in=tokens_in, tokens_out=tokens_out),
        cost=(tokens_in * price_in + tokens_out * price_out) / 1e6,
        answerability_auc=roc_auc(scored(questions)),
    )


def scored(questions: Iterable[QuestionResult]) -> list[Scored]:
    """What is needed to judge the scores of answerability."""
    return [(question.answerability, question.answerable) for question in questions]


def group_estimates(
    questions: Iterable[QuestionResult], grouping: Grouping
) -> dict[str, dict[str, Estimate]]:
    """Estimates of every measure for every group of questions."""
    groups: dict[str, list[QuestionResult]] = defaultdict(list)
    for question in questions:
        groups["all" if grouping == "overall" else getattr(question, grouping)].append(question)
    return {
        group: {
            name: estimate([member.values[name] for member in members])
            for name in members[0].values
        }
        for group, members in sorted(groups.items())
    }


def latencies(records: Sequence[AnswerRecord]) -> dict[str, Latency]:
    """p50 and p95 of every stage that the answers report, and of the whole call."""
    import numpy as np

    stages: dict[str, list[float]] = defaultdict(list)
    for record in records:
        stages["wall"].append(record.wall_ms)
        for stage, milliseconds in (record.answer.timings_ms if record.answer else {}).items():
            stages[stage].append(milliseconds)
    return {
        stage: Latency(
            p50=float(np.percentile(times, 50)), p95=float(np.percentile(times, 95)), n=len(times)
        )
        for stage, times in stages.items()
    }


def _answer(record: AnswerRecord | None) -> Answer | None:
    return record.answer if record else None


def _error(record: AnswerRecord | None) -> str | None:
    return record.error if record else "no answer"
