"""The weights of the ranker's second stage: ``python -m training.ranker [--measure]``.

Learnt from the questions of ``training.ranking_questions``. Listwise: the weights maximise the likelihood of
the right clauses among the candidates, with an L2 penalty on standardised columns; convex, so the
same data give the same weights.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from scipy.optimize import minimize

from qa_bot.retrieval.features import NAMES
from qa_bot.retrieval.ranker import Ranker
from training.paths import ROOT
from training.ranking_questions import Known, everyday, gold, read

WEIGHTS = ROOT / "qa_bot" / "retrieval" / "data" / "ranker.json"
PENALTY = 0.005
FOLDS = 5
# A reference chooses, it is not weighed: too few questions hold one to learn what it is worth.
FIXED = {"of_place": 3.0, "of_document": 6.0, "labelled": 5.0}


@dataclass(frozen=True)
class Asked:
    """A question's candidates, which of them are right, and what it must not be learnt with."""

    columns: NDArray[np.float32]
    right: NDArray[np.bool_]
    group: str


def candidates(known: Known) -> list[Asked]:
    """What the second stage sees of each question."""
    ranker, clauses = Ranker(known.index), known.index.store.clauses
    asked = []
    for question, right, group in known.questions:
        query, similarities = read(ranker, question)
        meant = ranker.documents_meant(query)
        rows, columns = ranker.candidates(query, similarities, meant)
        asked.append(Asked(columns, np.array([clauses[row].id in right for row in rows]), group))
    return asked


def fit(asked: Sequence[Asked]) -> NDArray[np.float64]:
    """The weights of the columns, for raw values."""
    asked = [one for one in asked if one.right.any()]
    stacked = np.concatenate([one.columns for one in asked]).astype(np.float64)
    spread = stacked.std(axis=0) + 1e-6
    columns = stacked / spread
    right = np.concatenate([one.right for one in asked])
    sizes = [len(one.right) for one in asked]
    starts = np.cumsum([0, *sizes[:-1]])
    of = np.repeat(np.arange(len(asked)), sizes)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = columns @ weights
        likely = np.exp(scores - np.maximum.reduceat(scores, starts)[of])
        every, hit = np.add.reduceat(likely, starts), np.add.reduceat(likely * right, starts)
        value = np.mean(np.log(every) - np.log(hit)) + PENALTY * weights @ weights
        pull = likely / every[of] - likely * right / hit[of]
        return value, columns.T @ pull / len(asked) + 2 * PENALTY * weights

    found = minimize(loss, np.zeros(columns.shape[1]), jac=True, method="L-BFGS-B")
    weights = found.x / spread
    for name, value in FIXED.items():
        weights[NAMES.index(name)] = value
    return weights


def main(
    measure: Annotated[bool, typer.Option(help="Cross-validate instead of writing.")] = False,
) -> None:
    """Learn the weights and write them, or say how good they are on questions left out."""
    sets = {"everyday": candidates(everyday()), "gold": candidates(gold())}
    if measure:
        _measure(sets)
        return
    weights = fit([*sets["everyday"], *sets["gold"]])
    named = {name: round(float(weight), 3) for name, weight in zip(NAMES, weights, strict=True)}
    WEIGHTS.write_text(json.dumps(named, indent=2) + "\n", encoding="utf-8")


def _measure(sets: dict[str, list[Asked]]) -> None:
    first = np.eye(len(NAMES))[0]
    other = {"everyday": "gold", "gold": "everyday"}
    for name, asked in sets.items():
        _print(f"{name}, first stage", asked, lambda _: first)
        learnt = fit(sets[other[name]])
        _print(f"{name}, learnt from {other[name]} alone", asked, lambda _, w=learnt: w)
        folds = [
            fit([*sets[other[name]], *(one for one in asked if _fold(one) != fold)])
            for fold in range(FOLDS)
        ]
        _print(f"{name}, cross-validated", asked, lambda one, f=folds: f[_fold(one)])


def _print(
    name: str, asked: Sequence[Asked], weights: Callable[[Asked], NDArray[np.float64]]
) -> None:
    ranks = np.array([_rank(one, weights(one)) for one in asked])
    values = {
        "hit@1": ranks < 1,
        "hit@5": ranks < 5,
        "MRR@10": np.where(ranks < 10, 1 / (1 + ranks), 0),
    }
    drawn = np.random.default_rng(0).integers(0, len(ranks), (2000, len(ranks)))
    shown = []
    for label, value in values.items():
        low, high = np.quantile(value[drawn].mean(axis=1), (0.025, 0.975))
        shown.append(f"{label} {value.mean():.3f} [{low:.3f}, {high:.3f}]")
    print(f"{name} ({len(ranks)}):", "  ".join(shown))


def _rank(one: Asked, weights: NDArray[np.float64]) -> float:
    order = np.argsort(-(one.columns @ weights), kind="stable")
    return float(np.argmax(one.right[order])) if one.right.any() else np.inf


def _fold(one: Asked) -> int:
    return zlib.crc32(one.group.encode()) % FOLDS


if __name__ == "__main__":
    typer.run(main)
