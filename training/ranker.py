"""The weights of the ranker's second stage: ``python -m training.ranker [--measure]``.

Learnt from questions whose clause is known: the everyday questions of the *development* files
(the embedding model was fine-tuned on the others, its cosines are too good there), over the
clauses around them, and the development half of the gold over the shipped gazettes. Listwise:
the weights maximise the likelihood of the right clauses among the candidates, with an L2 penalty
on standardised columns; convex, so the same data give the same weights.
"""

from __future__ import annotations

import json
import re
import unicodedata
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.memory import MemoryIndex
from qa_bot.clauses.model import Clause, ParsedFile
from qa_bot.clauses.parser import parse_text
from qa_bot.embedding_model import model_id, shipped_embedder
from qa_bot.evaluation.folding import clause_key, squeeze
from qa_bot.evaluation.gold import load_gold
from qa_bot.evaluation.truth import load_library
from qa_bot.index.passages import passages_of
from qa_bot.retrieval.features import NAMES
from qa_bot.retrieval.query import Query, read_query
from qa_bot.retrieval.question import Question
from qa_bot.retrieval.ranker import Ranker
from qa_bot.retrieval.retriever import Hit, Retrieved
from training.paths import CORPORA, GAZETTES, GOLD, QUESTIONS, ROOT, WORK

WEIGHTS = ROOT / "qa_bot" / "retrieval" / "data" / "ranker.json"
VECTORS = WORK / f"ranker-{model_id()}.npz"
PENALTY = 0.005
FOLDS = 5
# A reference chooses, it is not weighed: too few questions hold one to learn what it is worth.
FIXED = {"of_place": 3.0, "of_document": 6.0, "labelled": 5.0}
_WHOLE, _AROUND = 90, 40


@dataclass(frozen=True)
class Asked:
    """A question's candidates, which of them are right, and what it must not be learnt with."""

    columns: NDArray[np.float32]
    right: NDArray[np.bool_]
    group: str


def everyday() -> list[Asked]:
    """The everyday questions of the development files over the clauses of those files."""
    return _asked(*_everyday())


class EverydaySearch:
    """The clauses of the development files, searched as the bot searches; ``questions`` are the
    everyday questions over them: question, ids of the clauses that answer, file."""

    def __init__(self) -> None:
        parsed, self.questions = _everyday()
        index = _index(parsed)
        self._ranker, self.store = Ranker(index), index.store

    def __call__(
        self, question: Question, without: Collection[str] = (), without_file: str = ""
    ) -> Retrieved:
        """The best clauses, as if those with the ids ``without`` and those that stand above or
        below them, or a whole file, were not there."""
        store = self.store
        query = read_query(question, self._ranker.regions, self._ranker.corrector)
        vector = shipped_embedder().query(query.text)
        similarities = self._ranker.similarities(vector)
        searched = frozenset(i for i, d in enumerate(store.documents) if d.file != without_file)
        rows, likely = self._ranker.rank(query, similarities, searched)
        gone = {relative for id in without for relative in self._line(id)}
        hits = [
            Hit(store.clauses[row], float(score), float(similarities[row]))
            for row, score in zip(rows, likely, strict=False)
            if store.clauses[row].id not in gone
        ]
        return Retrieved(query, hits[:20], vector, {})

    def _line(self, clause_id: str) -> Iterator[str]:
        """The ids of a clause, of those above it and of those right below it."""
        above: str | None = clause_id
        while above:
            yield above
            above = self.store.clauses[self.store.row(above)].parent_id
        yield from (child.id for child in self.store.children(clause_id))


def gold() -> list[Asked]:
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
    return _asked(parsed, questions)


def fit(asked: Sequence[Asked]) -> NDArray[np.float64]:
    """The weights of the columns, for raw values."""
    asked = [one for one in asked if one.right.any()]
    stacked = np.concatenate([one.columns for one in asked]).astype(np.float64)
    spread = stacked.std(axis=0) + 1e-6
    columns = stacked / spread
    right = np.concatenate([one.right for one in asked])
    sizes = [len(one.right) for one in asked]
    starts = np.cumsum([0, *sizes[:-1]])
    of = np.repeat(np.arange(len(asked)), sizes)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = columns @ weights
        likely = np.exp(scores - np.maximum.reduceat(scores, starts)[of])
        every, hit = np.add.reduceat(likely, starts), np.add.reduceat(likely * right, starts)
        value = np.mean(np.log(every) - np.log(hit)) + PENALTY * weights @ weights
        pull = likely / every[of] - likely * right / hit[of]
        return value, columns.T @ pull / len(asked) + 2 * PENALTY * weights

    found = minimize(loss, np.zeros(columns.shape[1]), jac=True, method="L-BFGS-B")
    weights = found.x / spread
    for name, value in FIXED.items():
        weights[NAMES.index(name)] = value
    return weights


def main(
    measure: Annotated[bool, typer.Option(help="Cross-validate instead of writing.")] = False,
) -> None:
    """Learn the weights and write them, or say how good they are on questions left out."""
    sets = {"everyday": everyday(), "gold": gold()}
    if measure:
        _measure(sets)
        return
    weights = fit([*sets["everyday"], *sets["gold"]])
    named = {name: round(float(weight), 3) for name, weight in zip(NAMES, weights, strict=True)}
    WEIGHTS.write_text(json.dumps(named, indent=2) + "\n", encoding="utf-8")


def _measure(sets: dict[str, list[Asked]]) -> None:
    first = np.eye(len(NAMES))[0]
    other = {"everyday": "gold", "gold": "everyday"}
    for name, asked in sets.items():
        _print(f"{name}, first stage", asked, lambda _: first)
        learnt = fit(sets[other[name]])
        _print(f"{name}, learnt from {other[name]} alone", asked, lambda _, w=learnt: w)
        folds = [
            fit([*sets[other[name]], *(one for one in asked if _fold(one) != fold)])
            for fold in range(FOLDS)
        ]
        _print(f"{name}, cross-validated", asked, lambda one, f=folds: f[_fold(one)])


def _print(
    name: str, asked: Sequence[Asked], weights: Callable[[Asked], NDArray[np.float64]]
) -> None:
    ranks = np.array([_rank(one, weights(one)) for one in asked])
    values = {
        "hit@1": ranks < 1,
        "hit@5": ranks < 5,
        "MRR@10": np.where(ranks < 10, 1 / (1 + ranks), 0),
    }
    drawn = np.random.default_rng(0).integers(0, len(ranks), (2000, len(ranks)))
    shown = []
    for label, value in values.items():
        low, high = np.quantile(value[drawn].mean(axis=1), (0.025, 0.975))
        shown.append(f"{label} {value.mean():.3f} [{low:.3f}, {high:.3f}]")
    print(f"{name} ({len(ranks)}):", "  ".join(shown))


def _rank(one: Asked, weights: NDArray[np.float64]) -> float:
    order = np.argsort(-(one.columns @ weights), kind="stable")
    return float(np.argmax(one.right[order])) if one.right.any() else np.inf


def _fold(one: Asked) -> int:
    return zlib.crc32(one.group.encode()) % FOLDS


def _everyday() -> tuple[list[ParsedFile], list[tuple[Question, set[str], str]]]:
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["split"] == "dev"]
    parsed, wanted = [], {}
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
    return parsed, questions


def _index(parsed: Sequence[ParsedFile]) -> MemoryIndex:
    documents = [document for file in parsed for document in file.documents]
    clauses = [clause for file in parsed for clause in file.clauses]
    passages = [
        (row, one.text) for row, clause in enumerate(clauses) for one in passages_of(clause)
    ]
    vectors = _vectors([text for _, text in passages])
    return MemoryIndex(documents, clauses, vectors, np.array([row for row, _ in passages]))


def _asked(
    parsed: Sequence[ParsedFile], questions: Sequence[tuple[Question, set[str], str]]
) -> list[Asked]:
    index = _index(parsed)
    ranker, clauses = Ranker(index), index.store.clauses
    asked = []
    for question, right, group in questions:
        query, similarities = _read(ranker, question)
        meant = ranker.documents_meant(query)
        rows, columns = ranker.candidates(query, similarities, meant)
        asked.append(Asked(columns, np.array([clauses[row].id in right for row in rows]), group))
    return asked


def _read(ranker: Ranker, question: Question) -> tuple[Query, NDArray[np.float32]]:
    query = read_query(question, ranker.regions, ranker.corrector)
    return query, ranker.similarities(shipped_embedder().query(query.text))


def _vectors(texts: Sequence[str]) -> NDArray[np.float32]:
    """Vectors of passages; those once made are kept in ``VECTORS``."""
    known: dict[str, NDArray[np.float32]] = {}
    if VECTORS.is_file():
        kept = dict(np.load(VECTORS))
        known = dict(zip(kept["texts"].tolist(), kept["vectors"], strict=True))
    new = sorted({text for text in texts if text not in known}, key=len)
    if new:
        known |= dict(zip(new, shipped_embedder().passages(new), strict=True))
        VECTORS.parent.mkdir(parents=True, exist_ok=True)
        np.savez(VECTORS, texts=np.array(list(known)), vectors=np.stack(list(known.values())))
    return np.stack([known[text] for text in texts])


def _standing_in(quoted: str, clauses: Sequence[Clause]) -> set[str]:
    """The ids of the clauses that hold the quoted words or are a good part of them."""
    bare = _bare(quoted)
    return {
        clause.id
        for clause in clauses
        if bare in (text := _bare(clause.text)) or (len(text) > 12 and text in bare)
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


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text))


if __name__ == "__main__":
    typer.run(main)
