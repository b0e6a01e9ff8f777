"""Exact search among the passages of few documents.

Chroma's filter by metadata walks most of its graph to find the few that are left: at 160,000
passages it takes 300 ms. The vectors of documents that are asked for are kept instead.
"""

from __future__ import annotations

from collections.abc import Collection

import chromadb
import numpy as np
from numpy.typing import NDArray

from qa_bot.index.embedding import Vectors

# Vectors of more passages than this (about 80 MB) are not kept.
_MOST_KEPT = 50_000


class Among:
    """The passages of a collection by the title of their document; safe to use from several threads.

    ``dimension`` is the length of its vectors.
    """

    def __init__(self, collection: chromadb.Collection, dimension: int) -> None:
        self._collection, self._dimension = collection, dimension
        self._known: dict[str, tuple[list[str], Vectors]] = {}

    def nearest(
        self, query_vector: NDArray[np.float32], n: int, titles: Collection[str]
    ) -> list[tuple[str, float]]:
        """The ``n`` nearest passages of the documents with these titles as (passage id, cosine
        similarity), best first. ``query_vector`` is a unit vector. Raises ``ChromaError``."""
        known = self._known_with(titles)
        ids = [passage for title in titles for passage in known[title][0]]
        if not ids:
            return []
        near = np.concatenate([known[title][1] for title in titles]) @ query_vector
        best = np.argsort(-near, kind="stable")[:n].tolist()
        return [(ids[row], float(near[row])) for row in best]

    def _known_with(self, titles: Collection[str]) -> dict[str, tuple[list[str], Vectors]]:
        known = self._known
        if missing := [title for title in titles if title not in known]:
            if sum(len(passages) for passages, _ in known.values()) > _MOST_KEPT:
                known = {title: known[title] for title in titles if title in known}
            self._known = known = known | self._read(missing)
        return known

    def _read(self, titles: Collection[str]) -> dict[str, tuple[list[str], Vectors]]:
        rows = self._collection.get(
            where={"title": {"$in": [*titles]}}, include=["embeddings", "metadatas"]
        )
        vectors = np.asarray(rows["embeddings"], dtype=np.float32).reshape(-1, self._dimension)
        of_row = np.array([metadata["title"] for metadata in rows["metadatas"] or ()])
        found = {}
        for title in titles:
            mine = np.flatnonzero(of_row == title)
            found[title] = [rows["ids"][row] for row in mine], vectors[mine]
        return found
