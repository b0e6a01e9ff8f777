"""What a search finds: ranked clauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa_bot.clauses.model import Clause
from qa_bot.retrieval.features import Rows, Scores


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked clause: how likely it is the right one, its cosine to the question (0…1), and where it
    was read beside the question the log-odds that what was read answers it."""

    clause: Clause
    score: float
    similarity: float
    read: float | None = None


def hits_of(clauses: Sequence[Clause], rows: Rows, likely: Scores, similar: Scores) -> list[Hit]:
    """The hits of a ranking: ``rows`` of ``clauses``, best first, how likely each of them is, and the
    similarity of every clause."""
    return [
        Hit(clauses[row], float(score), float(similar[row]))
        for row, score in zip(rows, likely, strict=True)
    ]
