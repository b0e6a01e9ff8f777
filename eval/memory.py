"""An index held in memory, for clauses that are not ingested: training and outside benchmarks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from qa_bot.clauses.model import Clause, Document
from qa_bot.index.lexical import LexicalIndex
from qa_bot.index.store import ClauseStore

Vectors = NDArray[np.float32]


class MemoryIndex:
    """What the ranker needs of an index; searches its vectors exactly, without Chroma.

    ``owners[i]`` is the row of the clause that the unit vector ``vectors[i]`` is a passage of.
    """

    def __init__(
        self,
        documents: Sequence[Document],
        clauses: Sequence[Clause],
        vectors: Vectors,
        owners: NDArray[np.intp],
    ) -> None:
        self.store = ClauseStore(documents, clauses)
        self.lexical = LexicalIndex.build([clause.text for clause in clauses])
        self._vectors, self._owners = vectors, owners

    def dense(
        self, query_vector: Vectors, n: int, titles: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The ``n`` nearest clauses as (clause id, cosine similarity), best first."""
        clauses = self.store.clauses
        nearest = np.full(len(clauses), -1, dtype=np.float32)
        np.maximum.at(nearest, self._owners, self._vectors @ query_vector)
        order = (
            row
            for row in np.argsort(-nearest, kind="stable")
            if titles is None or clauses[row].title in titles
        )
        return [(clauses[row].id, float(nearest[row])) for row in islice(order, n)]
