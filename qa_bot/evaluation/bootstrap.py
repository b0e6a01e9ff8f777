"""Bootstrap intervals over questions, seeded so that the same values give the same interval."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SEED = 20231116
RESAMPLES = 2000
PAIRED_RESAMPLES = 10_000
_ROUNDING = 1e-12


class Estimate(BaseModel):
    """A mean over ``n`` questions with its 95 % interval; ``mean`` is None where n is 0."""

    model_config = ConfigDict(frozen=True)

    mean: float | None
    low: float | None
    high: float | None
    n: int


def estimate(values: Sequence[float | None]) -> Estimate:
    """Mean and percentile interval of the values that are there."""
    import numpy as np

    present = np.array([value for value in values if value is not None], dtype=float)
    if not len(present):
        return Estimate(mean=None, low=None, high=None, n=0)
    low, high = np.percentile(_means(present, RESAMPLES), [2.5, 97.5])
    return Estimate(mean=float(present.mean()), low=float(low), high=float(high), n=len(present))


def paired_interval(differences: Sequence[float]) -> tuple[float, float, float]:
    """(2.5 %, 97.5 %, share of resamples whose mean difference is not below 0)."""
    import numpy as np

    means = _means(np.array(differences, dtype=float), PAIRED_RESAMPLES)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high), float((means >= -_ROUNDING).mean())


def _means(values: NDArray[np.float64], resamples: int) -> NDArray[np.float64]:
    """Means of resamples with replacement (Efron's percentile bootstrap)."""
    return _draws(len(values), resamples) @ values / len(values)


@lru_cache(maxsize=64)
def _draws(size: int, resamples: int) -> NDArray[np.int64]:
    """How often each of ``size`` values is drawn in each resample."""
    import numpy as np

    chances = np.full(size, 1 / size)
    return np.random.default_rng(SEED).multinomial(size, chances, size=resamples)
