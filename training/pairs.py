"""The training data: pairs of a question and the passage that answers it.

Four sources: the everyday questions over the corpora (their training split), questions and near
misses written for more of their clauses (``data/written.jsonl``), STARD (our own split of its
questions, by their number), and headings of the corpora over their clauses. The gazettes, the gold
files and the files of the development questions give nothing.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from qa_bot.index.passages import core_of_title, split_sentences
from training.paths import CORPORA, QUESTIONS, STARD, WRITTEN
from training.questions import rows

MAX_CHARS = 300
TITLE_CHARS = 60
HEADINGS = 300
ENGLISH_TIMES = 3
_STARD_DEV_OF_10 = 2

_ARTICLE = re.compile(r"第[一二三四五六七八九十百千零〇]+条(?:之[一二三四五六七八九十]+)?$")
_MARKDOWN_HEADING = re.compile(r"#{2,6}\s+(?P<name>\S.*)")
_CHAPTER = re.compile(r"第[一二三四五六七八九十百]+[编章节]\s*(?P<name>.*)")
_DULL = re.compile(r"总则|附则|其他规定|一般规定|目录")


@dataclass(frozen=True)
class Pair:
    """A question, its passage, the document that its batch should hold more of, and a question
    on the very matter of the passage that the passage does not answer ("" where there is none)."""

    question: str
    passage: str
    document: str
    near_miss: str = ""


@dataclass(frozen=True)
class Question:
    """One everyday question; ``split`` is ``train`` or ``dev``."""

    text: str
    style: str
    split: str
    file: str
    passage: str


def passage(title: str, text: str) -> str:
    """A clause as the index embeds it: the core of the title on a line of its own, then words."""
    return f"{core_of_title(title)[:TITLE_CHARS]}\n{text[:MAX_CHARS]}"


@lru_cache(maxsize=1)
def everyday_questions() -> list[Question]:
    """The questions over the corpora, in the order of the file."""
    return [
        Question(
            row["question"],
            row["style"],
            row["split"],
            row["file"],
            passage(row["title"], row["clause"]),
        )
        for row in rows(QUESTIONS)
    ]


@dataclass(frozen=True)
class Stard:
    """Questions with the ids of their articles, and every article as a passage."""

    articles: dict[str, str]
    laws: dict[str, str]
    train: list[tuple[str, list[str]]]
    dev: list[tuple[str, list[str]]]


@lru_cache(maxsize=1)
def stard() -> Stard:
    """STARD over the reconstructed corpus; a fifth of its questions is kept for development."""
    articles, laws = {}, {}
    with gzip.open(STARD / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            number = _ARTICLE.search(row["title"])
            law = row["title"][: number.start()] if number else row["title"]
            label = f"{number[0]} " if number else ""
            articles[row["id"]] = passage(law, label + row["text"])
            laws[row["id"]] = law
    wanted = defaultdict(list)
    for line in (STARD / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        query, article, _ = line.split("\t")
        wanted[query].append(article)
    train: list[tuple[str, list[str]]] = []
    dev: list[tuple[str, list[str]]] = []
    for line in (STARD / "queries.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        part = dev if is_stard_dev(row["id"]) else train
        part.append((row["text"], wanted[row["id"]]))
    return Stard(articles, laws, train, dev)


def written_pairs() -> Iterator[Pair]:
    """Two questions for each clause of ``data/written.jsonl``: English with the near miss, and
    Chinese."""
    for row in rows(WRITTEN):
        clause = passage(row["title"], row["clause"])
        yield Pair(row["english"], clause, row["file"], row["near_miss"])
        yield Pair(row["chinese"], clause, row["file"])


def training_pairs(written: bool = True) -> list[Pair]:
    """Every pair to learn from; without the ``written`` ones, everyday questions in English more
    than once."""
    questions = everyday_questions()
    times = {"english": 1 if written else ENGLISH_TIMES}
    kept_back = {question.file for question in questions if question.split == "dev"}
    pairs = [
        Pair(question.text, question.passage, question.file)
        for question in questions
        if question.split == "train"
        for _ in range(times.get(question.style, 1))
    ]
    if written:
        pairs += written_pairs()
    laws = stard()
    dev_passages = {question.passage for question in questions if question.split == "dev"}
    pairs += [
        Pair(text, laws.articles[article], laws.laws[article])
        for text, wanted in laws.train
        for article in wanted
        if article in laws.articles and laws.articles[article] not in dev_passages
    ]
    headings = list(_headings(kept_back))
    random.Random(0).shuffle(headings)
    return pairs + headings[:HEADINGS]


def also_right(pairs: Sequence[Pair], answers: Set[tuple[str, str]]) -> list[list[bool]]:
    """For the question of each pair of a batch (rows): is the passage of another pair (columns)
    known to answer it too, so that it is no negative? ``answers``: question and passage of every
    pair."""
    return [
        [
            row != column and (one.question, other.passage) in answers
            for column, other in enumerate(pairs)
        ]
        for row, one in enumerate(pairs)
    ]


def clauses(path: Path) -> Iterator[tuple[str, str]]:
    """The paragraphs of a Markdown law, each with the heading above it."""
    heading = ""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        line = line.strip()
        match = _MARKDOWN_HEADING.match(line)
        if match:
            heading = match["name"]
        elif len(line) >= 15 and not line.startswith(("#", "<", "|", "!")):
            yield heading, line


def _headings(kept_back: set[str]) -> Iterator[Pair]:
    for path in sorted((CORPORA / "lawrefbook").rglob("*.md")):
        file = str(path.relative_to(CORPORA))
        if file in kept_back:
            continue
        title = path.stem.split("(")[0]
        seen: set[str] = set()
        for heading, text in clauses(path):
            chapter = _CHAPTER.match(heading)
            name = chapter["name"] if chapter else heading
            if name and name not in seen and not _DULL.search(name):
                seen.add(name)
                clause = split_sentences(text, MAX_CHARS)[0]
                yield Pair(f"{title} {name}", passage(title, clause), file)


def is_stard_dev(query: str) -> bool:
    """Is this question of STARD kept back for development, so never learnt from?"""
    tenth = hashlib.sha256(f"stard-{query}".encode()).digest()[0] * 10 // 256
    return tenth < _STARD_DEV_OF_10
