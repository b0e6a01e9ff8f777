"""Stage 5: dense search alone, models side by side, the same passages for each.

Everyday questions of the development files over at least 5,000 clauses, STARD's development
questions over their articles and others, and the development half of the gold over the shipped
gazettes. Only when named: STARD over more of its articles or all of them, the test half of the gold,
of which nothing is shown but the total and the English questions, and near misses: whether a
question is nearer to the clause that answers it than one that the clause does not answer.
"""

from __future__ import annotations

import json
import logging
import random
import re
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa_bot.clauses.labels import fold_label
from qa_bot.clauses.model import Clause
from qa_bot.clauses.parser import parse_text
from qa_bot.embedding_model import Vectors
from qa_bot.evaluation.gold import GoldCitation, Split, load_gold
from qa_bot.index.passages import passages_of
from training.pairs import clauses, everyday_questions, passage, stard
from training.paths import CORPORA, GAZETTES, GOLD, MISSES, QUESTIONS

_log = logging.getLogger(__name__)
NEAR_MISSES = "near-misses"
POOL = 5_000
ARTICLES, MANY_ARTICLES = 3_000, 15_000
_SPEED_TEXTS, _SPEED_QUESTIONS = 128, 64
_ROUNDS = 3


class Embedder(Protocol):
    """What the shipped model and its peers have in common."""

    def query(self, text: str) -> Vectors: ...

    def passages(self, texts: Sequence[str]) -> Vectors: ...


@dataclass(frozen=True)
class Task:
    """Questions in groups, passages, and for each question the passages that are right."""

    name: str
    questions: list[str]
    groups: list[str]
    pool: list[str]
    right: list[set[int]]
    measures: Mapping[str, Callable[[NDArray[np.intp], set[int]], float]] = field(
        default_factory=lambda: {"hit@1": hit(1), "hit@5": hit(5)}
    )


def hit(depth: int) -> Callable[[NDArray[np.intp], set[int]], float]:
    """Is a right passage among the first ``depth``?"""
    return lambda order, right: float(not right.isdisjoint(order[:depth].tolist()))


def recall(depth: int) -> Callable[[NDArray[np.intp], set[int]], float]:
    """How many of the right passages are among the first ``depth``?"""
    return lambda order, right: len(right.intersection(order[:depth].tolist())) / len(right)


def measured(task: Task, model: Embedder) -> dict[str, dict[str, float]]:
    """Group → measure → mean, with the number of questions as ``n``."""
    there = model.passages(task.pool)
    values: dict[str, list[list[float]]] = defaultdict(list)
    for question, group, right in zip(task.questions, task.groups, task.right, strict=True):
        order = np.argsort(-(there @ model.query(question)), kind="stable")
        row = [measure(order, right) for measure in task.measures.values()]
        values[group].append(row)
        values["all"].append(row)
    return {
        group: {
            "n": len(rows),
            **dict(zip(task.measures, np.mean(rows, axis=0).round(3).tolist(), strict=True)),
        }
        for group, rows in sorted(values.items())
    }


def everyday_task() -> Task:
    """The development questions over every clause that has a question, and neighbours."""
    dev = [one for one in everyday_questions() if one.split == "dev"]
    pool = list(dict.fromkeys(one.passage for one in everyday_questions()))
    taken = {_bare(one.passage.partition("\n")[2])[:40] for one in dev}
    neighbours = [
        passage(Path(file).stem.split("(")[0], text)
        for file in sorted({one.file for one in dev})
        for _, text in clauses(CORPORA / file)
        if not any(start in _bare(text) or _bare(text) in start for start in taken)
    ]
    random.Random(0).shuffle(neighbours)
    pool += list(dict.fromkeys(neighbours))[: max(0, POOL - len(pool))]
    place = {text: number for number, text in enumerate(pool)}
    return Task(
        "everyday",
        [one.text for one in dev],
        [one.style for one in dev],
        pool,
        [{place[one.passage]} for one in dev],
    )


def stard_task(articles: int | None = ARTICLES) -> Task:
    """STARD's development questions over their own articles and so many others (None: all)."""
    data = stard()
    wanted = {article for _, found in data.dev for article in found}
    others = sorted(set(data.articles) - wanted)
    chosen = [*sorted(wanted), *random.Random(0).sample(others, articles or len(others))]
    place = {article: number for number, article in enumerate(chosen)}
    return Task(
        "stard",
        [text for text, _ in data.dev],
        ["dev"] * len(data.dev),
        [data.articles[article] for article in chosen],
        [{place[article] for article in found} for _, found in data.dev],
        {"R@10": recall(10), "hit@1": hit(1)},
    )


def gold_task(split: Split = "dev") -> Task:
    """The answerable questions of a half of the gold over the shipped gazettes."""
    files = sorted(GAZETTES.glob("*.txt"))
    parsed = [
        clause
        for file in files
        for clause in parse_text(file.read_text(encoding="utf-8"), file.name).clauses
    ]
    pieces = [(clause, one.text) for clause in parsed for one in passages_of(clause)]
    pairs = [pair for pair in load_gold(GOLD).select(splits=[split]).pairs if pair.citations]
    right = [
        {
            number
            for number, (clause, _) in enumerate(pieces)
            if any(_cited(clause, citation) for citation in pair.citations)
        }
        for pair in pairs
    ]
    kept = [number for number, found in enumerate(right) if found]
    return Task(
        f"gold-{split}",
        [pairs[number].question for number in kept],
        [pairs[number].kind if split == "dev" else pairs[number].lang for number in kept],
        [text for _, text in pieces],
        [right[number] for number in kept],
    )


TASKS: dict[str, Callable[[], Task]] = {
    "everyday": everyday_task,
    "stard": stard_task,
    "gold-dev": gold_task,
}
ON_DEMAND: dict[str, Callable[[], Task]] = {
    "stard-15000": lambda: stard_task(MANY_ARTICLES),
    "stard-all": lambda: stard_task(None),
    "gold-test": lambda: gold_task("test"),
}


def speed(models: Mapping[str, Embedder]) -> dict[str, dict[str, float]]:
    """Passages a second and the median milliseconds of a question, the models by turns."""
    questions = everyday_questions()
    texts = [one.passage for one in questions[:: len(questions) // _SPEED_TEXTS]][:_SPEED_TEXTS]
    asked = [one.text for one in questions[:_SPEED_QUESTIONS]]
    best = {name: {"passages/s": 0.0, "question ms": np.inf} for name in models}
    for _ in range(_ROUNDS):
        for name, model in models.items():
            model.passages(texts[:16])
            rate = len(texts) / _seconds(model.passages, texts)
            pause = 1000 * float(np.median([_seconds(model.query, text) for text in asked]))
            best[name]["passages/s"] = round(max(best[name]["passages/s"], rate), 1)
            best[name]["question ms"] = round(min(best[name]["question ms"], pause), 1)
    return best


def near_miss_auc(model: Embedder) -> float:
    """ROC-AUC of the cosine between question and clause: everyday development questions and their
    clauses against the near misses on clauses of the same files."""
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    clause = {row["id"]: passage(row["title"], row["clause"]) for row in rows}
    asked = [(row["question"], clause[row["id"]]) for row in rows if row["split"] == "dev"]
    lines = MISSES.read_text(encoding="utf-8").splitlines()
    missed = [
        (row["question"], clause[row["near"]]) for row in map(json.loads, lines) if "near" in row
    ]
    yes, no = (_cosines(model, pairs) for pairs in (asked, missed))
    return round(float(np.mean(yes[:, None] > no[None, :])), 3)


def report(models: Mapping[str, Embedder], tasks: Iterable[str]) -> dict[str, object]:
    """Every model on every task, as it is to be written down."""
    results: dict[str, object] = {}
    for name in tasks:
        if name == NEAR_MISSES:
            results[name] = {label: near_miss_auc(model) for label, model in models.items()}
            continue
        task = {**TASKS, **ON_DEMAND}[name]()
        row = {label: measured(task, model) for label, model in models.items()}
        results[name] = {"pool": len(task.pool), **row}
        _log.info("%s over %d passages:\n%s", name, len(task.pool), json.dumps(row, indent=1))
    return results


def _cosines(model: Embedder, pairs: Sequence[tuple[str, str]]) -> Vectors:
    passages = model.passages([text for _, text in pairs])
    questions = np.stack([model.query(question) for question, _ in pairs])
    return np.sum(questions * passages, axis=1)


def _seconds(work: Callable[..., object], argument: object) -> float:
    began = time.perf_counter()
    work(argument)
    return time.perf_counter() - began


def _cited(clause: Clause, citation: GoldCitation) -> bool:
    document = clause.doc_no == citation.doc_no and (
        citation.doc_no is not None or _bare(clause.title) == _bare(citation.title or "")
    )
    return document and (
        fold_label(clause.section) == fold_label(citation.section)
        or _bare(citation.quote) in _bare(clause.text)
    )


def _bare(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
