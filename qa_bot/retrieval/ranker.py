"""Several signals → one ranking of all clauses.

Each signal is standardised over the clauses (z-score), so that signals of different scale weigh
what their weight says, and summed: ``score = Σ weight · z(signal) + bonuses``. The weights were
found by coordinate search on the development half of the gold questions (``docs/retrieval.md``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_bot.clauses.labels import fold_label
from qa_bot.clauses.model import Clause
from qa_bot.index.reader import Index
from qa_bot.retrieval.query import Query
from qa_bot.retrieval.regions import Regions

Scores = NDArray[np.float32]

_NEIGHBOURS = 300
_FORMAL = {"标题", "主送", "附件说明"}


@dataclass(frozen=True, slots=True)
class Weights:
    """What each signal counts for.

    ``expansion`` is the share of a lexical weight that official terms for everyday words get;
    for questions in English ``english`` and ``expansion_english`` scale both.
    """

    text: float = 2.4
    headings: float = 0.8
    title: float = 0.4
    dense: float = 3.0
    english: float = 0.1
    expansion: float = 0.5
    expansion_english: float = 1.0
    place: float = 10.0
    document: float = 20.0
    label: float = 12.0
    intent: float = 4.0
    bare_heading: float = 2.0


def is_bare(clause: Clause) -> bool:
    """Does the clause name something (a chapter, an attachment, an addressee) and say nothing?"""
    return clause.kind in ("heading", "attachment") or (
        clause.section in _FORMAL
        or (clause.section.startswith("《") and clause.section.endswith("》"))
    )


class Ranker:
    """Ranks the clauses of one index."""

    def __init__(self, index: Index, weights: Weights | None = None) -> None:
        self._index = index
        self._weights = weights or Weights()
        store = index.store
        self.regions = Regions(store.documents)
        position = {document: i for i, document in enumerate(store.documents)}
        self._document = np.array([position[store.document_of(c)] for c in store.clauses])
        self._bare = np.array([is_bare(c) for c in store.clauses])
        self._sections = np.array([c.section for c in store.clauses])
        self._folded = [fold_label(c.section) for c in store.clauses]
        told = {
            clause_id
            for document in store.documents
            if (validity := document.validity)
            for clause_id in (
                validity.effective_clause,
                validity.expires_clause,
                *(repealed.clause_id for repealed in validity.repeals),
            )
        }
        self._says_validity = np.array([c.id in told for c in store.clauses])

    def documents_in(self, region: str) -> frozenset[int] | None:
        """The positions of the documents of ``region``; None, which means all, for "".

        Raises ``QuestionError`` where no indexed document is from there.
        """
        return frozenset(self.regions.documents_in(region)) if region else None

    def scores(
        self, query: Query, similarities: Scores, searched: frozenset[int] | None = None
    ) -> Scores:
        """The score of every clause, float32, in the order of ``index.store.clauses``; -inf for
        clauses outside the documents ``searched``."""
        w, lexical = self._weights, self._index.lexical
        share = w.english if query.language == "en" else 1.0
        expanded = w.expansion_english if query.language == "en" else w.expansion
        total = w.dense * _standardised(similarities)
        for weight, field in (
            (w.text, lexical.text),
            (w.headings, lexical.headings),
            (w.title, lexical.title),
        ):
            total += share * weight * _standardised(field.scores(query.keywords))
            total += expanded * weight * _standardised(field.scores(query.expansion))
        total -= w.bare_heading * self._bare
        of_place = self._of_documents(self.regions.documents_of(query.places))
        of_document = self._of_documents(self._named_documents(query))
        total += w.place * of_place + w.document * of_document
        total += w.label * self._labelled(query) * (1 + 2 * np.maximum(of_place, of_document))
        if "validity" in query.intents:
            total += w.intent * self._says_validity
        if "document" in query.intents:
            self._stand_for_document(total, "引言" if "basis" in query.intents else "标题")
        if "issued" in query.intents:
            self._stand_for_document(total, "落款")
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

    def _of_documents(self, positions: Iterable[int]) -> Scores:
        return np.isin(self._document, list(positions)).astype(np.float32)

    def _named_documents(self, query: Query) -> list[int]:
        """Documents that the question names by 文号 (or its number alone) or by title."""
        named = []
        for i, document in enumerate(self._index.store.documents):
            by_number = any(_is_number_of(number, document.doc_no) for number in query.doc_numbers)
            by_title = any(title in document.title for title in query.titles)
            if by_number or by_title:
                named.append(i)
        return named

    def _labelled(self, query: Query) -> Scores:
        wanted = {fold_label(label) for label in query.labels}
        return np.array([section in wanted for section in self._folded], dtype=np.float32)

    def _stand_for_document(self, scores: Scores, section: str) -> None:
        """Where the document itself is asked for, its title (or signature) ranks as high as the
        best of its clauses."""
        best = np.full(self._document.max() + 1, -np.inf, dtype=np.float32)
        np.maximum.at(best, self._document, scores)
        of_section = self._sections == section
        scores[of_section] = best[self._document[of_section]] + 0.1


def _is_number_of(number: tuple[str, str, str], doc_no: str | None) -> bool:
    words, year, count = number
    if not doc_no or not re.search(rf"(?<!\d){int(count)}号$", doc_no):
        return False
    return (not year or year in doc_no) and (not words or words[-4:] in doc_no)


def _standardised(scores: Scores) -> Scores:
    """Mean 0, standard deviation 1; all 0 where every score is the same."""
    spread = scores.std()
    if spread < 1e-6:
        return np.zeros_like(scores)
    standardised: Scores = (scores - scores.mean()) / spread
    return standardised
