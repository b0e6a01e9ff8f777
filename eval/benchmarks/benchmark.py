"""A retrieval benchmark and its measures; anything that can search can be measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Search = Callable[[str, int], list[str]]
"""``search(text, k)`` → the ids of the ``k`` best documents, best first."""

SearchFactory = Callable[[Mapping[str, str]], Search]
"""Indexes documents (id → text) and returns what searches them."""

MEASURES = {"R@10": "R@10", "R@100": "R@100", "MRR@10": "RR@10"}
_DEPTH = 100


class BenchmarkMissing(Exception):
    """The data is not there; the message says where it belongs."""


@dataclass(frozen=True)
class Benchmark:
    """Documents and queries by id, and query → document → relevance."""

    name: str
    documents: Mapping[str, str]
    queries: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]]

    def first(self, queries: int | None) -> Benchmark:
        """The same documents with the first so many judged queries."""
        return self._asking([id for id in self.queries if id in self.qrels][:queries])

    def where(self, asked: Callable[[str], bool]) -> Benchmark:
        """The same documents with the queries of whose id ``asked`` holds."""
        return self._asking([id for id in self.queries if id in self.qrels and asked(id)])

    def _asking(self, kept: list[str]) -> Benchmark:
        return Benchmark(
            name=self.name,
            documents=self.documents,
            queries={id: self.queries[id] for id in kept},
            qrels={id: self.qrels[id] for id in kept},
        )


def measure(benchmark: Benchmark, search: Search) -> dict[str, float]:
    """R@10, R@100 and MRR@10 over all judged queries; a query that finds nothing counts 0."""
    import ir_measures

    run = {
        id: {found: float(_DEPTH - rank) for rank, found in enumerate(search(text, _DEPTH))}
        for id, text in benchmark.queries.items()
        if id in benchmark.qrels
    }
    wanted = {name: ir_measures.parse_measure(form) for name, form in MEASURES.items()}
    values = ir_measures.calc_aggregate(list(wanted.values()), benchmark.qrels, run)
    return {name: float(values[form]) for name, form in wanted.items()}
