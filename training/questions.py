"""The questions that the reranker learns from, with the text that each was written for.

Over the corpora: the everyday questions (their training split), ``data/written.jsonl`` (two
questions and a near miss for each of 870 clauses) and ``data/contrast.jsonl`` (of 1,999 clauses two
pairs each of a question that the clause answers and one that looks alike and that it does not). The
corpora hold no tables and few notices and plans: ``data/rows.jsonl`` and ``data/notices.jsonl`` have
passages made up for this. ``data/lay.jsonl``: three questions for each of some articles of STARD's
corpus to which no question of our own development fifth points.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.paths import CONTRAST, LAY, MADE_UP, QUESTIONS, WRITTEN


@dataclass(frozen=True)
class Asked:
    """A clause with the questions on it, each answered or not, as the data files hold them."""

    file: str
    clause: str
    answered: tuple[str, ...]
    missed: tuple[str, ...]


def rows(file: Path) -> Iterator[dict[str, Any]]:
    """The lines of a data file."""
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def asked() -> Iterator[Asked]:
    """The clauses of the corpora with their questions; none of a file of development questions."""
    kept_back = {row["file"] for row in rows(QUESTIONS) if row["split"] == "dev"}
    for one in _asked():
        if one.file not in kept_back:
            yield one


def _asked() -> Iterator[Asked]:
    for row in rows(QUESTIONS):
        yield Asked(row["file"], row["clause"], (row["question"],), ())
    for row in rows(WRITTEN):
        answered = (row["english"], row["chinese"])
        yield Asked(row["file"], row["clause"], answered, (row["near_miss"],))
    for row in rows(CONTRAST):
        pairs = (row["a"], row["b"])
        answered = tuple(pair["yes"] for pair in pairs)
        missed = tuple(pair["no"] for pair in pairs)
        yield Asked(row["file"], row["clause"], answered, missed)


def made_up() -> list[dict[str, Any]]:
    """The passages made up for this, with their questions."""
    return [row for file in MADE_UP for row in rows(file)]


def questions_on(row: dict[str, Any]) -> list[tuple[str, str]]:
    """Questions that a made-up passage answers, each with one that it does not ("" for none): two
    pairs, a follow-up behind what it follows, and where it has them one that its headings answer, a
    broad one (how do I get it?), and one that asks two things (``partial``) of which one is stated,
    which is enough."""
    follow = row["follow"]
    pairs = [(row[slot]["yes"], row[slot]["no"]) for slot in ("a", "b", "heading") if slot in row]
    pairs.append((f"{follow['before']} {follow['yes']}", f"{follow['before']} {follow['no']}"))
    return [*pairs, *((row[kind], "") for kind in ("broad", "partial") if kind in row)]


def lay_questions() -> list[tuple[str, str]]:
    """Questions of people without legal training, each with the id of an article of STARD."""
    return [
        (row[kind], row["article"]) for row in rows(LAY) for kind in ("short", "story", "english")
    ]
