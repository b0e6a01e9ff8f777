"""Questions whose clause is known, over the clauses around it: what the ranking is tuned on.

The everyday questions of the *development* files (the embedding model was fine-tuned on the others,
its cosines are too good there), and the development half of the gold over the shipped gazettes.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.memory import MemoryIndex
from qa_bot.clauses.model import Clause, ParsedFile
from qa_bot.clauses.parser import parse_text
from qa_bot.embedding_model import model_id, shipped_embedder
from qa_bot.evaluation.folding import clause_key, squeeze
from qa_bot.evaluation.gold import load_gold
from qa_bot.evaluation.truth import load_library
from qa_bot.index.passages import passages_of
from qa_bot.reranker_model import shipped_reranker
from qa_bot.retrieval.hits import hits_of
from qa_bot.retrieval.query import Query, read_query
from qa_bot.retrieval.question import Question
from qa_bot.retrieval.ranker import Ranker
from qa_bot.retrieval.retriever import Retrieved
from qa_bot.retrieval.ties import settle
from training.paths import CORPORA, GAZETTES, GOLD, QUESTIONS, WORK
from training.texts import bare, vectors_of

VECTORS = WORK / f"ranker-{model_id()}.npz"
_WHOLE, _AROUND = 90, 40


@dataclass(frozen=True)
class Known:
    """Clauses, and questions over them: question, ids of the clauses that answer it, and of what it
    is one (questions of one group must not be learnt from where another of it is measured)."""

    index: MemoryIndex
    questions: list[tuple[Question, set[str], str]]


class EverydaySearch:
    """The clauses of the development files, searched as the bot searches."""

    def __init__(self) -> None:
        known = everyday()
        self.questions, self.store = known.questions, known.index.store
        self._ranker = Ranker(known.index)

    def __call__(
        self, question: Question, without: Collection[str] = (), without_file: str = ""
    ) -> Retrieved:
        """The best clauses, as if those with the ids ``without`` and those that stand above or
        below them, or a whole file, were not there."""
        store = self.store
        query, similarities = read(self._ranker, question)
        meant = self._ranker.documents_meant(query)
        searched = frozenset(
            i
            for i, document in enumerate(store.documents)
            if document.file != without_file and (meant is None or i in meant)
        )
        rows, likely = self._ranker.rank(query, similarities, searched)
        gone = {relative for id in without for relative in self._line(id)}
        found = hits_of(store.clauses, rows, likely, similarities)
        hits = [hit for hit in found if hit.clause.id not in gone][:20]
        return Retrieved(query, settle(query, hits, store, shipped_reranker()), {})

    def _line(self, clause_id: str) -> Iterator[str]:
        """The ids of a clause, of those above it and of those right below it."""
        above: str | None = clause_id
        while above:
            yield above
            above = self.store.clauses[self.store.row(above)].parent_id
        yield from (child.id for child in self.store.children(clause_id))


def everyday() -> Known:
    """The everyday questions of the development files; a group is a file."""
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["split"] == "dev"]
    parsed: list[ParsedFile] = []
    wanted: dict[str, set[str]] = {}
    for file in sorted({row["file"] for row in rows}):
        text = (CORPORA / file).read_text(encoding="utf-8", errors="replace")
        one = parse_text(text, file)
        asked = [row for row in rows if row["file"] == file]
        found = {row["id"]: _standing_in(row["clause"], one.clauses) for row in asked}
        wanted |= found
        parsed.append(_thinned(one, set().union(*found.values())))
    questions = [
        (Question(question=row["question"]), wanted[row["id"]], row["file"]) for row in rows
    ]
    return Known(_index(parsed), questions)


def gold() -> Known:
    """The answerable questions of the gold's development half over the shipped gazettes."""
    files = sorted(GAZETTES.glob("*.txt"))
    parsed = [parse_text(file.read_text(encoding="utf-8"), file.name) for file in files]
    library = load_library(GAZETTES)
    questions = []
    for pair in load_gold(GOLD).select(splits=["dev"]).pairs:
        cited = {citation.key: citation for citation in pair.citations}
        right = set()
        for clause in (clause for file in parsed for clause in file.clauses):
            key = clause_key(clause.doc_no, clause.title, clause.section)
            part = any(
                key in library.related(wanted) and squeeze(citation.quote) in squeeze(clause.text)
                for wanted, citation in cited.items()
            )
            if key in cited or part:
                right.add(clause.id)
        if pair.answerable:
            questions.append((pair.to_question(), right, pair.id.partition("-")[0]))
    return Known(_index(parsed), questions)


def read(ranker: Ranker, question: Question) -> tuple[Query, NDArray[np.float32]]:
    """A question understood, and its similarity to every clause."""
    query = read_query(question, ranker.regions, ranker.corrector)
    return query, ranker.similarities(shipped_embedder().query(query.meaning))


def _index(parsed: Sequence[ParsedFile]) -> MemoryIndex:
    documents = [document for file in parsed for document in file.documents]
    clauses = [clause for file in parsed for clause in file.clauses]
    passages = [
        (row, one.text) for row, clause in enumerate(clauses) for one in passages_of(clause)
    ]
    vectors = vectors_of([text for _, text in passages], VECTORS)
    return MemoryIndex(documents, clauses, vectors, np.array([row for row, _ in passages]))


def _standing_in(quoted: str, clauses: Sequence[Clause]) -> set[str]:
    """The ids of the clauses that hold the quoted words or are a good part of them."""
    wanted = bare(quoted)
    return {
        clause.id
        for clause in clauses
        if wanted in (text := bare(clause.text)) or (len(text) > 12 and text in wanted)
    }


def _thinned(parsed: ParsedFile, wanted: set[str]) -> ParsedFile:
    """A long law is kept only around the clauses that are asked for."""
    if len(parsed.clauses) <= _WHOLE:
        return parsed
    at = [i for i, clause in enumerate(parsed.clauses) if clause.id in wanted]
    near = {i for middle in at for i in range(middle - _AROUND, middle + _AROUND + 1)}
    kept = [clause for i, clause in enumerate(parsed.clauses) if i in near]
    ids = {clause.id for clause in kept}
    return parsed.model_copy(update={"clauses": tuple(_orphaned(kept, ids))})


def _orphaned(clauses: Sequence[Clause], ids: set[str]) -> Iterator[Clause]:
    for clause in clauses:
        gone = clause.parent_id is not None and clause.parent_id not in ids
        yield clause.model_copy(update={"parent_id": None}) if gone else clause
