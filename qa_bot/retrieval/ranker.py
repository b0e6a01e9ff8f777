"""Two stages → one ranking.

The first scores all clauses: each signal is standardised over them (z-score), so that signals of
different scale weigh what their weight says, and summed: ``Σ weight · z(signal) + bonuses``. The
second looks closer at its best (``features.py``) and weighs what it sees by weights learnt from
questions of known answer (``docs/retrieval.md``).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Protocol

import numpy as np

from qa_bot.clauses.references import LabelKey
from qa_bot.index.lexical import LexicalIndex
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.features import NAMES, Features, Rows, Scores, is_bare
from qa_bot.retrieval.homophones import Corrector
from qa_bot.retrieval.query import Query
from qa_bot.retrieval.regions import Regions
from qa_bot.retrieval.sections import keys_of, labelled, own_keys

_NEIGHBOURS = 300
_CANDIDATES = 40
_QUESTIONS_KEPT = 100
# A clause that the question names by label comes before all others of the document that it names,
# or of all documents.
_NAMED = 100.0
_OF_DOCUMENT, _LABELLED = NAMES.index("of_document"), NAMES.index("labelled")


@dataclass(frozen=True, slots=True)
class Weights:
    """What each signal counts for.

    ``expansion`` is the share of a lexical weight that official terms for everyday words get;
    for questions in English ``english`` and ``expansion_english`` scale both.
    """

    text: float = 2.4
    dense: float = 3.0
    english: float = 0.1
    expansion: float = 0.5
    expansion_english: float = 1.0
    place: float = 10.0
    document: float = 20.0
    label: float = 12.0
    bare_heading: float = 2.0


class Searchable(Protocol):
    """What the ranker needs of an index."""

    store: ClauseStore
    lexical: LexicalIndex

    def dense(
        self, query_vector: Scores, n: int, titles: Collection[str] | None = None
    ) -> list[tuple[str, float]]: ...


class Ranker:
    """Ranks the clauses of one index."""

    def __init__(
        self,
        index: Searchable,
        weights: Weights | None = None,
        learned: Mapping[str, float] | None = None,
    ) -> None:
        self._index = index
        self._weights = weights or Weights()
        learned = load_learned() if learned is None else learned
        self._learned = np.array([learned.get(name, 0.0) for name in NAMES], dtype=np.float32)
        store = index.store
        self._named_documents = lru_cache(_QUESTIONS_KEPT)(self._find_named)
        self.regions = Regions(store.documents)
        self.corrector = Corrector(index.lexical)
        self._features = Features(store, index.lexical)
        position = {document: i for i, document in enumerate(store.documents)}
        self._document = np.array([position[store.document_of(c)] for c in store.clauses])
        self._bare = np.array([is_bare(c) for c in store.clauses])
        self._sections = np.array([c.section for c in store.clauses])
        self._labels: defaultdict[LabelKey, list[int]] = defaultdict(list)
        for row, clause in enumerate(store.clauses):
            for key in own_keys(clause):
                self._labels[key].append(row)

    def documents_meant(self, query: Query, region: str = "") -> frozenset[int] | None:
        """The positions of the documents to look among: those of ``region`` where one is chosen;
        else those that the question names by title or whole 文号; else all but those of other
        places than it names. None means all.

        Raises ``QuestionError`` where no indexed document is from ``region``.
        """
        if region:
            return frozenset(self.regions.documents_in(region))
        named = self._named_documents(query)
        sure = {i for i, certain in named.items() if certain}
        if sure:
            places = query.places.difference(*(self.regions.places[i] for i in sure))
            return frozenset(sure.union(self.regions.documents_of(places)))
        elsewhere = set(self.regions.elsewhere(query.places))
        return frozenset(range(len(self.regions.places))) - elsewhere if elsewhere else None

    def rank(
        self, query: Query, similarities: Scores, searched: frozenset[int] | None = None
    ) -> tuple[Rows, Scores]:
        """The best clauses (their rows, best first) and how likely each is the right one.

        The likelihoods are those of one right clause among the candidates: they sum to 1.
        ``searched`` are the documents to look among, None for all.
        """
        rows, columns = self.candidates(query, similarities, searched)
        scores = columns @ self._learned
        of_document, labelled = columns[:, _OF_DOCUMENT], columns[:, _LABELLED]
        scores += _NAMED * labelled * (of_document if of_document.any() else 1)
        if "document" in query.intents:
            self._stand_for_document(rows, scores, "引言" if "basis" in query.intents else "标题")
        if "issued" in query.intents:
            self._stand_for_document(rows, scores, "落款")
        likely = np.exp(scores - scores.max(initial=-np.inf))
        order = np.lexsort((rows, -scores))
        return rows[order], (likely / likely.sum())[order]

    def candidates(
        self, query: Query, similarities: Scores, searched: frozenset[int] | None = None
    ) -> tuple[Rows, Scores]:
        """The rows of the best clauses of the first stage, and their columns (``NAMES``)."""
        named = self.named(query)
        scores = self.scores(query, similarities, named, searched)
        count = min(_CANDIDATES, int(np.isfinite(scores).sum()))
        rows = np.argpartition(-scores, count - 1)[:count]
        if query.of_document:
            rows = np.union1d(rows, self._formal_parts(rows[np.argmax(scores[rows])]))
        return rows, self._features.of(query, rows, scores, similarities, named)

    def scores(
        self,
        query: Query,
        similarities: Scores,
        named: Scores,
        searched: frozenset[int] | None = None,
    ) -> Scores:
        """The first stage: the score of every clause, float32, in the order of
        ``index.store.clauses``; -inf for clauses outside the documents ``searched``. ``named``:
        see ``Features.of``."""
        w, text = self._weights, self._index.lexical
        share = w.english if query.language == "en" else 1.0
        expanded = w.expansion_english if query.language == "en" else w.expansion
        total = w.dense * _standardised(similarities)
        total += share * w.text * _standardised(text.scores(query.keywords))
        total += expanded * w.text * _standardised(text.scores(query.expansion))
        total -= w.bare_heading * self._bare
        of_place, of_document, labelled = named
        total += w.place * of_place + w.document * of_document
        total += w.label * labelled * (1 + 2 * np.maximum(of_place, of_document))
        if searched is not None:
            total[~np.isin(self._document, list(searched))] = -np.inf
        return total.astype(np.float32)

    def similarities(self, query_vector: Scores, searched: frozenset[int] | None = None) -> Scores:
        """Cosine to the question; clauses beyond the nearest count like the last of those.

        ``searched`` are the documents to look among, None for all.
        """
        store = self._index.store
        titles = None if searched is None else {store.documents[i].title for i in searched}
        nearest = self._index.dense(query_vector, min(_NEIGHBOURS, len(store.clauses)), titles)
        floor = nearest[-1][1] if nearest else 0.0
        similarities = np.full(len(store.clauses), floor, dtype=np.float32)
        for clause_id, similarity in nearest:
            similarities[store.row(clause_id)] = similarity
        return similarities

    def named(self, query: Query) -> Scores:
        """Whether the question names a clause's place, document, label: shape ``(3, clauses)``."""
        return np.stack(
            [
                self._of_documents(self.regions.documents_of(query.places)),
                self._of_documents(self._named_documents(query)),
                self._labelled(query),
            ]
        )

    def _of_documents(self, positions: Iterable[int]) -> Scores:
        return np.isin(self._document, list(positions)).astype(np.float32)

    def _find_named(self, query: Query) -> dict[int, bool]:
        """Documents that the question names, by 文号 (or its number alone) or by title; True for
        those that it names for certain: not by a number alone."""
        return {
            i: query.names(document, whole=True)
            for i, document in enumerate(self._index.store.documents)
            if query.names(document)
        }

    def _labelled(self, query: Query) -> Scores:
        """Clauses of the documents that are named, else of all; none where those that are named are
        not indexed."""
        store = self._index.store
        named = [store.documents[i] for i in self._named_documents(query)]
        labels_of = np.zeros(len(self._document), dtype=np.float32)
        if not named and (query.titles or any(number.whole for number in query.doc_numbers)):
            return labels_of
        for label in query.labels:
            for document in named:
                found = labelled(label, store.clauses_of(document))
                labels_of[[store.row(clause.id) for clause in found]] = 1
            if not named:
                rows = (self._labels[key] for key in keys_of(label) if key in self._labels)
                labels_of[next(rows, [])] = 1
        return labels_of

    def _formal_parts(self, row: int) -> Rows:
        """Title, preamble and signature of the document that a clause stands in."""
        same = np.flatnonzero(self._document == self._document[row])
        return same[np.isin(self._sections[same], ("标题", "引言", "落款"))]

    def _stand_for_document(self, rows: Rows, scores: Scores, section: str) -> None:
        """Where the document itself is asked for, its title, preamble or signature comes just
        before the best of its clauses."""
        document = self._document[rows]
        for i in np.flatnonzero(self._sections[rows] == section):
            scores[i] = scores[document == document[i]].max() + 0.1


@cache
def load_learned() -> Mapping[str, float]:
    """The weights of the second stage by the name of the column, made by ``training.ranker``."""
    path = files("qa_bot.retrieval").joinpath("data", "ranker.json")
    weights: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))
    return weights


def _standardised(scores: Scores) -> Scores:
    """Mean 0, standard deviation 1; all 0 where every score is the same."""
    spread = scores.std()
    if spread < 1e-6:
        return np.zeros_like(scores)
    standardised: Scores = (scores - scores.mean()) / spread
    return standardised
