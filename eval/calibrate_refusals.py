"""The weights and the threshold of ``qa_bot/answer/answerable.py``.

    python -m eval.calibrate_refusals            # what is refused of each kind, cross-validated
    python -m eval.calibrate_refusals --write    # and write the weights learnt from all

Two sources: the shipped gazettes and the laws that the everyday questions are about (development
files). Of each, questions that its clauses answer and near misses (``eval/near_misses.jsonl``: on
the very matter of a clause, and what is asked stands nowhere in the document); of the gazettes
also questions off their topic, of the laws also everyday questions without the clause, or the
document, that answers. Weights are learnt from the answerable ones and the near misses, both
sources and both classes counting the same; the others only show what a threshold refuses.
"""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import typer
from numpy.typing import NDArray
from scipy.optimize import minimize

from qa_bot.answer.answerable import (
    IF_FAR,
    LEAST_ANSWERABILITY,
    SIGNALS,
    certain,
    is_far,
    less_likely,
    signals,
)
from qa_bot.answer.sentences import SentenceChooser
from qa_bot.bot import Bot
from qa_bot.evaluation.gold import load_gold
from qa_bot.index.store import ClauseStore
from qa_bot.reranker_model import shipped_reranker
from qa_bot.retrieval.question import Question, Turn
from qa_bot.retrieval.retriever import Retrieved
from qa_bot.settings import PROJECT_ROOT, load_settings

EVAL = PROJECT_ROOT / "eval"
WEIGHTS = PROJECT_ROOT / "qa_bot" / "answer" / "data" / "answerability.json"
ANSWERABLE = ("gold", "everyday")
LEARNT_FROM = (*ANSWERABLE, "near miss", "gold, unanswerable")
PENALTY = 0.003
FOLDS = 5
LOST = (0.03, 0.05, 0.08)
ELSEWHERE = 150
# Asked of a document itself, its text answers whatever its clauses are near to (``Chain``).
OF_DOCUMENT = {"document", "issued", "validity"}

Source = Literal["gazettes", "laws"]


@dataclass(frozen=True)
class Case:
    """A question's signals, what kind it is, whether a sure rule refuses it, and whether it seems
    not to be about the documents."""

    question: str
    source: Source
    kind: str
    values: list[float]
    ruled_out: bool
    far: bool

    @property
    def answerable(self) -> bool:
        return self.kind in ANSWERABLE


class Collector:
    """Turns questions that were searched for into cases."""

    def __init__(self, store: ClauseStore, source: Source) -> None:
        self._store, self._source = store, source
        self._reader = shipped_reranker()
        self._chooser = SentenceChooser(clause.text for clause in store.clauses)

    def case(self, found: Retrieved, kind: str) -> Case:
        values = signals(found, self._store, self._reader) if found.hits else [0.0] * len(SIGNALS)
        verdict = certain(found, self._store, self._chooser)
        ruled_out = verdict is not None and verdict.answerability == 0.0
        far = bool(found.hits) and is_far(found, self._store, self._chooser)
        if kind == "gold" and found.query.intents & OF_DOCUMENT:
            kind = "gold, of a document itself"
        return Case(found.query.question, self._source, kind, values, ruled_out, far)


def near_misses(source: Source) -> list[str]:
    """Questions on the matter of a clause of ``source`` that its document does not answer."""
    lines = (EVAL / "near_misses.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [row["question"] for row in rows if ("doc_no" in row) == (source == "gazettes")]


def gazettes() -> Iterator[Case]:
    """What is asked of the shipped gazettes."""
    from training.pairs import everyday_questions

    bot = Bot(load_settings())
    collector = Collector(bot.index.store, "gazettes")
    drawn = random.Random(0)
    gold = load_gold(EVAL / "gold").select(splits=["dev"]).pairs
    answered = [pair for pair in gold if pair.answerable]
    lines = (EVAL / "off_topic.txt").read_text(encoding="utf-8").splitlines()
    asked = [
        (pair.to_question(), "gold" if pair.answerable else f"gold, {pair.kind}") for pair in gold
    ]
    asked += [(Question(question=text), "near miss") for text in near_misses("gazettes")]
    asked += [(Question(question=line), "off topic") for line in lines]
    for line in lines:
        earlier = Turn(question=drawn.choice(answered).question)
        asked.append((Question(question=line, history=(earlier,)), "off topic, follow-up"))
    everyday = [question.text for question in everyday_questions()]
    for text in drawn.sample(everyday, ELSEWHERE):
        asked.append((Question(question=text), "everyday, of the gazettes"))
    for question, kind in asked:
        yield collector.case(bot.retriever.search(question), kind)


def laws() -> Iterator[Case]:
    """What is asked of the laws that the everyday questions are about."""
    from training.ranking_questions import EverydaySearch

    search = EverydaySearch()
    collector = Collector(search.store, "laws")
    for question, answering, file in search.questions:
        yield collector.case(search(question), "everyday")
        yield collector.case(search(question, answering), "everyday, its clause gone")
        gone = search(question, without_file=file)
        yield collector.case(gone, "everyday, its document gone")
    for text in near_misses("laws"):
        yield collector.case(search(Question(question=text)), "near miss")


def fit(cases: Sequence[Case]) -> NDArray[np.float64]:
    """Logistic regression: the weights of the signals, then the bias. No nearness may count
    against an answer."""
    kept = [case for case in cases if case.kind in LEARNT_FROM and not case.ruled_out]
    raw = np.array([case.values for case in kept])
    mean, spread = raw.mean(axis=0), raw.std(axis=0) + 1e-6
    columns = np.column_stack(((raw - mean) / spread, np.ones(len(kept))))
    sign = np.array([1.0 if case.answerable else -1.0 for case in kept])
    groups = [(case.source, case.answerable) for case in kept]
    share = np.array([1 / groups.count(group) for group in groups]) / len(set(groups))

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (columns @ weights)
        pull = -share * sign / (1 + np.exp(margin))
        penalty = PENALTY * np.append(weights[:-1], 0.0)
        value = share @ np.logaddexp(0, -margin) + penalty @ weights
        return float(value), columns.T @ pull + 2 * penalty

    bounds = [*([(0.0, None)] * len(SIGNALS)), (None, None)]
    start = np.zeros(len(SIGNALS) + 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    weights = found[:-1] / spread
    return np.append(weights, found[-1] - weights @ mean)


def main(
    write: Annotated[bool, typer.Option(help="Write the weights learnt from all cases.")] = False,
) -> None:
    """Print how well answerable questions are told from others, and what is refused."""
    cases = [*gazettes(), *laws()]
    named = dict(zip((*SIGNALS, "bias"), fit(cases).round(3).tolist(), strict=True))
    print("learnt from all:", named)
    report(cases)
    if write:
        WEIGHTS.write_text(json.dumps(named, indent=2) + "\n", encoding="utf-8")


def report(cases: Sequence[Case]) -> None:
    """Print ROC-AUC by weights from the other source alone, then, cross-validated, what share of
    each kind several thresholds refuse."""
    for source, other in (("gazettes", "laws"), ("laws", "gazettes")):
        weights = fit([case for case in cases if case.source == other])
        of = [case for case in cases if case.source == source and case.kind in LEARNT_FROM]
        chances = np.array([_chance(case, weights) for case in of])
        yes = np.array([case.answerable for case in of])
        print(f"ROC-AUC, {source} by weights from the {other}: {_auc(chances, yes):.3f}")
    folds = [fit([case for case in cases if _fold(case) != fold]) for fold in range(FOLDS)]
    chances = np.array([_chance(case, folds[_fold(case)]) for case in cases])
    ruled_out = np.array([case.ruled_out for case in cases])
    yes = np.array([case.answerable for case in cases])
    at = [(f"{lost:.0%} lost", float(np.quantile(chances[yes], lost))) for lost in LOST]
    at.append(("shipped", LEAST_ANSWERABILITY))
    print("thresholds:", ", ".join(f"{name} {threshold:.3f}" for name, threshold in at))
    print("refused | n | by rule |", " | ".join(name for name, _ in at))
    names = np.array([f"{case.source}: {case.kind}" for case in cases])
    for name in sorted(set(names)):
        of_kind = names == name
        shares = [np.mean(ruled_out[of_kind]), *(np.mean(chances[of_kind] < t) for _, t in at)]
        print(f"{name} | {of_kind.sum()} |", " | ".join(f"{share:.3f}" for share in shares))


def _fold(case: Case) -> int:
    return zlib.crc32(case.question.encode()) % FOLDS


def _chance(case: Case, weights: NDArray[np.float64]) -> float:
    if case.ruled_out:
        return 0.0
    chance = float(1 / (1 + np.exp(-weights[:-1] @ np.array(case.values) - weights[-1])))
    return less_likely(chance, IF_FAR) if case.far else chance


def _auc(chances: NDArray[np.float64], answerable: NDArray[np.bool_]) -> float:
    """How often an answerable question has the higher chance; ties count half."""
    yes, no = chances[answerable][:, None], chances[~answerable][None, :]
    return float(np.mean((yes > no) + 0.5 * (yes == no)))


if __name__ == "__main__":
    typer.run(main)
