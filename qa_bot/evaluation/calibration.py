"""Does an answer's ``answerability`` tell the questions that the documents answer from the rest?

A question that failed counts as told wrongly: 0 where it is answerable, 1 where it is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa_bot.evaluation.bootstrap import RESAMPLES, SEED, Estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Scores = NDArray[np.float64]

Scored = tuple[float | None, bool]
"""A question's answerability (None where it failed), and whether the documents answer it."""

_BINS = 10
_LEAST = 2


@dataclass(frozen=True)
class Bin:
    """Questions of like score: their mean score, and the share of them that is answerable."""

    score: float
    share: float
    low: float
    high: float
    n: int


def roc_auc(scored: Iterable[Scored]) -> Estimate:
    """The chance that an answerable question scores above an unanswerable one, ties half.

    With a 95 % percentile bootstrap interval over both groups. No value where a group has fewer
    than two questions or where all scores are equal.
    """
    import numpy as np
    from scipy.stats import bootstrap, mannwhitneyu

    yes, no = _groups(scored)
    total = len(yes) + len(no)
    if min(len(yes), len(no)) < _LEAST or np.ptp(np.concatenate([yes, no])) == 0:
        return Estimate(mean=None, low=None, high=None, n=total)

    def area(above: Scores, below: Scores, axis: int = -1) -> Scores:
        pairs = above.shape[axis] * below.shape[axis]
        won = mannwhitneyu(above, below, axis=axis, method="asymptotic").statistic
        return np.asarray(won / pairs)

    with np.errstate(invalid="ignore", divide="ignore"):  # its p-value, where all draws are equal
        drawn = bootstrap(
            (yes, no), area, vectorized=True, n_resamples=RESAMPLES, method="percentile", rng=SEED
        ).confidence_interval
        mean = float(area(yes, no))
    return Estimate(mean=mean, low=float(drawn.low), high=float(drawn.high), n=total)


def reliability(scored: Iterable[Scored]) -> list[Bin]:
    """Ten bins of equal width, those without questions left out; shares with Wilson intervals."""
    from scipy.stats import binomtest

    yes, no = _groups(scored)
    rows = [(float(score), True) for score in yes] + [(float(score), False) for score in no]
    bins: dict[int, list[tuple[float, bool]]] = {}
    for score, answerable in rows:
        bins.setdefault(min(int(score * _BINS), _BINS - 1), []).append((score, answerable))
    made = []
    for _, members in sorted(bins.items()):
        held = sum(answerable for _, answerable in members)
        interval = binomtest(held, len(members)).proportion_ci(method="wilson")
        mean = sum(score for score, _ in members) / len(members)
        made.append(
            Bin(mean, held / len(members), float(interval.low), float(interval.high), len(members))
        )
    return made


def trade_off(scored: Iterable[Scored]) -> list[tuple[float, float]]:
    """(over-refusal, refusal recall) for every threshold below which a score would be refused.

    Empty where a group has no question.
    """
    import numpy as np

    yes, no = _groups(scored)
    if not (len(yes) and len(no)):
        return []
    thresholds = [*np.unique(np.concatenate([yes, no])), np.inf]
    return [(float(np.mean(yes < at)), float(np.mean(no < at))) for at in thresholds]


def _groups(scored: Iterable[Scored]) -> tuple[Scores, Scores]:
    import numpy as np

    yes: list[float] = []
    no: list[float] = []
    for score, answerable in scored:
        worst = 0.0 if answerable else 1.0
        (yes if answerable else no).append(worst if score is None else score)
    return np.array(yes, dtype=float), np.array(no, dtype=float)
