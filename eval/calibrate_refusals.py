"""The weights and the threshold of ``qa_bot/answer/answerable.py``.

    python -m eval.calibrate_refusals            # ROC-AUC and operating points, cross-validated
    python -m eval.calibrate_refusals --write    # and write the weights learnt from all

Answerable: the development gold, and everyday questions of the development files over the clauses
around them. Not answerable: the development gold's own, ``eval/off_topic.txt`` alone and behind a
good question, everyday questions asked of the gazettes, and everyday questions over their clauses
without the document that answers them. Questions that a sure rule refuses count there too.
"""

from __future__ import annotations

import json
import random
import zlib
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from scipy.optimize import minimize

from qa_bot.answer.answerable import LEAST_ANSWERABILITY, SIGNALS, judge, signals
from qa_bot.answer.sentences import SentenceChooser
from qa_bot.bot import Bot
from qa_bot.evaluation.gold import load_gold
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.query import Query
from qa_bot.retrieval.question import Question, Turn
from qa_bot.retrieval.retriever import Hit
from qa_bot.settings import PROJECT_ROOT, load_settings

WEIGHTS = PROJECT_ROOT / "qa_bot" / "answer" / "data" / "answerability.json"
PENALTY = 0.002
FOLDS = 5
ELSEWHERE = 150


@dataclass(frozen=True)
class Case:
    """A question's signals, whether it can be answered, and whether a sure rule refuses it."""

    values: list[float]
    answerable: bool
    ruled_out: bool
    kind: str
    group: str


class Collector:
    """Turns questions that were searched for into cases."""

    def __init__(self, store: ClauseStore) -> None:
        self._store = store
        self._chooser = SentenceChooser(clause.text for clause in store.clauses)

    def case(self, query: Query, hits: list[Hit], answerable: bool, kind: str, group: str) -> Case:
        """One case; ``group`` keeps questions of one source in one fold."""
        verdict = judge(query, hits, self._store, self._chooser)
        values = signals(query, hits, self._store, self._chooser)
        return Case(values, answerable, verdict.answerability == 0.0, kind, group)


def gazettes() -> list[Case]:
    """What is asked of the shipped gazettes."""
    bot = Bot(load_settings())
    collector = Collector(bot.index.store)
    gold = load_gold(PROJECT_ROOT / "eval" / "gold").select(splits=["dev"]).pairs
    answered = [pair for pair in gold if pair.answerable]
    lines = (PROJECT_ROOT / "eval" / "off_topic.txt").read_text(encoding="utf-8").splitlines()
    drawn = random.Random(0)
    asked = [
        (
            pair.to_question(),
            pair.answerable,
            f"gold {pair.kind}" if not pair.answerable else "gold",
            pair.id,
        )
        for pair in gold
    ]
    asked += [(Question(question=line), False, "off topic", line) for line in lines]
    asked += [
        (
            Question(question=line, history=(Turn(question=drawn.choice(answered).question),)),
            False,
            "off topic, follow-up",
            line,
        )
        for line in lines
    ]
    asked += [
        (Question(question=text), False, "everyday, elsewhere", text)
        for text in drawn.sample(_everyday_texts(), ELSEWHERE)
    ]
    cases = []
    for question, answerable, kind, group in asked:
        found = bot.retriever.search(question)
        cases.append(collector.case(found.query, list(found.hits), answerable, kind, group))
    return cases


def laws() -> list[Case]:
    """Everyday questions over their clauses, with and without the document that answers."""
    from training.ranker import everyday_search

    cases = []
    for store, found in everyday_search():
        collector = Collector(store)
        for query, hits, answerable, file in found:
            kind = "everyday" if answerable else "everyday, its document gone"
            cases.append(collector.case(query, hits, answerable, kind, file))
    return cases


def fit(cases: list[Case]) -> NDArray[np.float64]:
    """Logistic regression: the weights of the signals, then the bias."""
    kept = [case for case in cases if not case.ruled_out]
    columns = np.array([[*case.values, 1.0] for case in kept])
    spread = np.append(columns[:, :-1].std(axis=0) + 1e-6, 1.0)
    columns = columns / spread
    sign = np.array([1.0 if case.answerable else -1.0 for case in kept])

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (columns @ weights)
        pull = -sign / (1 + np.exp(margin))
        value = np.logaddexp(0, -margin).mean() + PENALTY * weights @ weights
        return value, columns.T @ pull / len(kept) + 2 * PENALTY * weights

    found = minimize(loss, np.zeros(columns.shape[1]), jac=True, method="L-BFGS-B")
    weights: NDArray[np.float64] = found.x / spread
    return weights


def main(
    write: Annotated[bool, typer.Option(help="Write the weights learnt from all cases.")] = False,
) -> None:
    """Print how well answerable questions are told from others, by cross-validation."""
    cases = [*gazettes(), *laws()]
    report(cases)
    if write:
        weights = dict(zip((*SIGNALS, "bias"), fit(cases).round(3).tolist(), strict=True))
        WEIGHTS.write_text(json.dumps(weights, indent=2) + "\n", encoding="utf-8")


def report(cases: list[Case]) -> None:
    """Print ROC-AUC and what every threshold refuses; each case judged by weights from others."""
    folds = [fit([case for case in cases if _fold(case) != fold]) for fold in range(FOLDS)]
    chances = np.array([_chance(case, folds[_fold(case)]) for case in cases])
    answerable = np.array([case.answerable for case in cases])
    print(f"{answerable.sum()} answerable, {(~answerable).sum()} not")
    own = np.array([case.kind.startswith("gold") for case in cases])
    for name, kept in (("all", own | ~own), ("gold", own)):
        print(f"ROC-AUC, {name}: {_auc(chances[kept], answerable[kept]):.3f}")
    for threshold in sorted({0.1, 0.2, 0.3, 0.4, LEAST_ANSWERABILITY}):
        print(f"refused below {threshold:.2f}:")
        for kind in sorted({case.kind for case in cases}):
            of_kind = np.array([case.kind == kind for case in cases])
            print(f"  {kind} ({of_kind.sum()}): {np.mean(chances[of_kind] < threshold):.3f}")


def _everyday_texts() -> list[str]:
    from training.pairs import everyday_questions

    return [question.text for question in everyday_questions()]


def _chance(case: Case, weights: NDArray[np.float64]) -> float:
    if case.ruled_out:
        return 0.0
    return float(1 / (1 + np.exp(-weights[:-1] @ np.array(case.values) - weights[-1])))


def _fold(case: Case) -> int:
    return zlib.crc32(case.group.encode()) % FOLDS


def _auc(chances: NDArray[np.float64], answerable: NDArray[np.bool_]) -> float:
    """How often an answerable question has the higher chance; ties count half."""
    yes, no = chances[answerable][:, None], chances[~answerable][None, :]
    return float(np.mean((yes > no) + 0.5 * (yes == no)))


if __name__ == "__main__":
    typer.run(main)
