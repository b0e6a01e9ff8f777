"""What the reranker learns from: a question, the clause that answers it, clauses that do not.

The questions are those of ``training.questions`` and of STARD those that are not kept back. Wrong
clauses are those nearest to the question, of the same document and of others; of a made-up passage,
the others of its document. As for the embedding model, nothing of the gazettes, of any gold file or
of the files of the development questions is among them.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qa_bot.clauses.model import Clause
from qa_bot.clauses.parser import parse_text
from qa_bot.embedding_model import shipped_embedder
from qa_bot.index.passages import passages_of
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.features import is_bare
from qa_bot.retrieval.reading import excerpts, readings
from training.pairs import everyday_questions, stard
from training.paths import CORPORA, POOL_VECTORS
from training.questions import asked, lay_questions, made_up, questions_on
from training.texts import bare, vectors_of

_SAME_FILE, _OTHER_FILES = 5, 3
_OTHER_PASSAGES = 7
_STARD_WRONG = 6
_STARD_OTHERS = 4_000
# A clause of another document as near to the question as this may answer it too.
_MAY_ANSWER = 0.02
_START, _LONG_START = 24, 48


@dataclass(frozen=True)
class Group:
    """A question, what is read of the clause that answers it and of others that do not, and
    questions that the clause does not answer; as (question, reading)."""

    question: str
    right: str
    wrong: tuple[str, ...]
    missed: tuple[tuple[str, str], ...] = ()


def groups() -> list[Group]:
    """Every group to learn from, those of one clause next to each other."""
    return [*_of_corpora(), *_of_made_up(), *_of_stard()]


def _of_corpora() -> Iterator[Group]:
    rows = list(asked())
    pool = _Pool(sorted({row.file for row in rows}))
    for row in rows:
        clause = pool.find(row.file, row.clause)
        if clause is None:
            continue
        missed = tuple((text, pool.read(text, clause)) for text in row.missed)
        share = -(-len(missed) // len(row.answered))
        for number, question in enumerate(row.answered):
            yield Group(
                question,
                pool.read(question, clause),
                tuple(pool.wrong(question, clause)),
                missed[number * share : (number + 1) * share],
            )


class _Pool:
    """The clauses of some files of the corpora, searched by the embedding model alone."""

    def __init__(self, names: Sequence[str]) -> None:
        parsed = [
            parse_text((CORPORA / name).read_text(encoding="utf-8", errors="replace"), name)
            for name in names
        ]
        self._store = ClauseStore(
            [document for file in parsed for document in file.documents],
            [clause for file in parsed for clause in file.clauses],
        )
        self._clauses = [clause for clause in self._store.clauses if not is_bare(clause)]
        self._files = np.array([clause.file for clause in self._clauses])
        self._vectors = vectors_of(
            [passages_of(clause)[0].text for clause in self._clauses], POOL_VECTORS
        )
        self._rows = {clause.id: row for row, clause in enumerate(self._clauses)}
        self._starts: defaultdict[tuple[str, str], list[Clause]] = defaultdict(list)
        for clause in self._clauses:
            self._starts[clause.file, bare(clause.text)[:_START]].append(clause)

    def find(self, file: str, text: str) -> Clause | None:
        """The clause that begins as ``text`` does."""
        wanted = bare(text)
        return max(
            self._starts[file, wanted[:_START]],
            key=lambda clause: bare(clause.text).startswith(wanted[:_LONG_START]),
            default=None,
        )

    def read(self, question: str, clause: Clause) -> str:
        return readings(question, self._store, clause, 1)[0]

    def wrong(self, question: str, clause: Clause) -> Iterator[str]:
        """What is read of the nearest clauses that are not ``clause`` nor stand above or below
        it, of its document and of others."""
        near = self._vectors @ shipped_embedder().query(question)
        same = self._files == clause.file
        right = near[self._rows[clause.id]]
        for of, count in (
            (np.where(same, near, -1), _SAME_FILE),
            (np.where(~same & (near < right - _MAY_ANSWER), near, -1), _OTHER_FILES),
        ):
            for row in self._others(np.argsort(-of)[: 4 * count].tolist(), clause)[:count]:
                if of[row] >= 0:
                    yield self.read(question, self._clauses[row])

    def _others(self, rows: Sequence[int], clause: Clause) -> list[int]:
        own = bare(clause.text)
        above = self._with_above(clause)
        return [
            row
            for row in rows
            if not (
                (other := self._clauses[row]).id in above
                or clause.id in self._with_above(other)
                or own in (text := bare(other.text))
                or text in own
            )
        ]

    def _with_above(self, clause: Clause) -> set[str]:
        """The ids of a clause and of all above it."""
        ids, above = {clause.id}, clause.parent_id
        while above:
            ids.add(above)
            above = self._store.clause(above).parent_id
        return ids


def _of_made_up() -> Iterator[Group]:
    rows = made_up()
    documents: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        documents[row["document"]].append(row)
    drawn = random.Random(0)
    for row in rows:
        others = [one for one in documents[row["document"]] if one is not row]
        others = others or [one for one in rows if one is not row]
        others = drawn.sample(others, min(len(others), _OTHER_PASSAGES))
        for question, missed in questions_on(row):
            yield Group(
                question,
                _excerpt(question, row),
                tuple(_excerpt(question, other) for other in others),
                ((missed, _excerpt(missed, row)),) if missed else (),
            )


def _excerpt(question: str, row: dict[str, str]) -> str:
    return excerpts(question, row["context"], "", row["text"], 1)[0]


def _of_stard() -> Iterator[Group]:
    data = stard()
    known = {one.passage for one in everyday_questions() if one.split == "dev"}
    of_stard = [*data.train, *((question, [article]) for question, article in lay_questions())]
    wanted = {article for _, articles in of_stard for article in articles}
    laws = {data.laws[article] for article in wanted if article in data.laws}
    ids = [id for id in data.articles if data.laws[id] in laws]
    step = max(1, len(ids) // _STARD_OTHERS)
    ids = sorted(wanted.intersection(data.articles).union(ids[::step]))
    vectors = vectors_of([data.articles[id] for id in ids], POOL_VECTORS)
    place = {id: row for row, id in enumerate(ids)}

    def read(question: str, article: str) -> str:
        context, _, text = data.articles[article].partition("\n")
        return excerpts(question, context, "", text, 1)[0]

    for question, articles in of_stard:
        right = [id for id in articles if id in place and data.articles[id] not in known]
        near = vectors @ shipped_embedder().query(question)
        near[[place[id] for id in right]] = -1
        order = np.argsort(-near)
        for article in right[:2]:
            wrong = [read(question, ids[row]) for row in order[:_STARD_WRONG]]
            yield Group(question, read(question, article), tuple(wrong))
