"""What is known of a candidate clause: the columns that the learned ranker weighs.

The first stage sees a clause as a bag of words and a vector. These columns look closer, at a few
dozen candidates only: how much of the question the clause holds with its surroundings, whether it
says anything at all, and whether it holds the kind of fact that is asked for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qa_bot.clauses.model import Clause
from qa_bot.index.lexical import LexicalIndex, tokenize
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.facts import LOOSE, STRICT
from qa_bot.retrieval.query import Query

Scores = NDArray[np.float32]
Rows = NDArray[np.intp]
Tokens = frozenset[str]

NAMES = (
    "first_stage",
    "dense",
    "coverage",
    "bare",
    "title",
    "table_row",
    "opens_list",
    "fact",
    "strict_fact_missing",
    "defines",
    "of_place",
    "of_document",
    "labelled",
)

_FORMAL = {"标题", "主送", "附件说明"}
_SHORTEST_TERM = 2
_QUOTED = re.compile(r"[“\"「]([^”\"」]{2,12})[”\"」]")
_ASKS_MEANING = re.compile(
    r"意思|指的?[是啥什哪]|何谓|什么叫|啥叫|算是|what (?:is|are) meant|\bmean", re.I
)
_MEANS = re.compile(r"([一-龥]{2,16})[”\"」]?[，,]?\s*(?:是指|指的是)")
_CACHED = 20_000


def is_bare(clause: Clause) -> bool:
    """Does the clause name something (a chapter, an attachment, an addressee) and say nothing?"""
    return clause.kind in ("heading", "attachment") or (
        clause.section in _FORMAL
        or (clause.section.startswith("《") and clause.section.endswith("》"))
    )


class Features:
    """Computes the columns ``NAMES`` for candidates of one store."""

    def __init__(self, store: ClauseStore, lexical: LexicalIndex) -> None:
        self._store = store
        self._lexical = lexical
        self._parent = np.array(
            [
                row if clause.parent_id is None else store.row(clause.parent_id)
                for row, clause in enumerate(store.clauses)
            ],
            dtype=np.intp,
        )
        self._tokens = lru_cache(maxsize=_CACHED)(_tokens)

    def of(
        self, query: Query, rows: Rows, first_stage: Scores, dense: Scores, named: Scores
    ) -> Scores:
        """The columns of the clauses ``rows``, float32 of shape ``(len(rows), len(NAMES))``.

        ``first_stage`` and ``dense`` are the scores and cosines of all clauses, ``named`` says
        of each whether the question names its place, its document, its label: shape ``(3, all)``.
        """
        clauses = [self._store.clauses[row] for row in rows]
        wanted = self._weights(query.keywords)
        held = [kind.held for kind in LOOSE if kind.asked.search(query.question)]
        needed = [kind.held for kind in STRICT if kind.asked.search(query.question)]
        columns = (
            first_stage[rows] - first_stage[rows].max(),
            dense[rows],
            [coverage(wanted, self._around(row)) for row in rows],
            [is_bare(clause) or clause.kind == "signature" for clause in clauses],
            [clause.section == "标题" for clause in clauses],
            [clause.kind == "table_row" for clause in clauses],
            [clause.text.rstrip().endswith((":", "：")) for clause in clauses],
            [_share(held, clause.text) for clause in clauses],
            [sum(not kind.search(clause.text) for kind in needed) for clause in clauses],
            _defines(query.text, clauses),
            *named[:, rows],
        )
        return np.column_stack(columns).astype(np.float32)

    def _weights(self, text: str) -> dict[str, float]:
        """The words of ``text`` with their inverse document frequency; single characters say
        little on their own."""
        weights = {}
        for token in self._tokens(text):
            idf = math.log(1 + len(self._lexical) / (1 + self._lexical.frequency(token)))
            weights[token] = idf if len(token) > 1 else 0.2 * idf
        return weights

    def _around(self, row: int) -> Tokens:
        """The words of a clause, of the clause above it, and of its title and headings."""
        clause, parent = self._store.clauses[row], self._store.clauses[self._parent[row]]
        context = self._tokens(" ".join((clause.title, *clause.path)))
        return self._tokens(clause.text) | self._tokens(parent.text) | context


def coverage(wanted: dict[str, float], held: Tokens) -> float:
    """The share (0…1, by weight) of the words ``wanted`` that are ``held``."""
    total = sum(wanted.values())
    return sum(weight for token, weight in wanted.items() if token in held) / total if total else 0


def _share(kinds: Sequence[re.Pattern[str]], text: str) -> float:
    return sum(bool(kind.search(text)) for kind in kinds) / len(kinds) if kinds else 0.0


def _defines(question: str, clauses: Sequence[Clause]) -> list[bool]:
    """Which clauses say what a term stands for that the question quotes (以下简称“两区”) or asks
    the meaning of (行政执法公示是指…)?"""
    terms = "|".join(map(re.escape, _QUOTED.findall(question)))
    says = re.compile(rf"(?:称为?)[“\"「](?:{terms})|[“\"「](?:{terms})[”\"」](?:是指|包括|指)")
    asked = bool(_ASKS_MEANING.search(question))
    return [
        bool(terms and says.search(clause.text)) or (asked and _means_term_of(question, clause))
        for clause in clauses
    ]


def _means_term_of(question: str, clause: Clause) -> bool:
    """Does the clause say what a term is that the question holds? Of the words before 是指 the
    last ones are the term: 本办法所称市场."""
    for match in _MEANS.finditer(clause.text):
        term = match[1].rpartition("所称")[2] or match[1]
        if len(term) >= _SHORTEST_TERM and term in question:
            return True
    return False


def _tokens(text: str) -> Tokens:
    return frozenset(tokenize(text))
