"""Making new gold pairs: checked pairs from staff, and candidates from the web page's votes."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from qa_bot.clauses.model import Clause
from qa_bot.evaluation.check import check_gold
from qa_bot.evaluation.errors import EvaluationError, GoldError
from qa_bot.evaluation.folding import ClauseKey, clause_key, fold
from qa_bot.evaluation.gold import GoldPair, GoldSet, explain, language_of, load_gold
from qa_bot.evaluation.lines import append_line
from qa_bot.evaluation.truth import Library
from qa_bot.web.history import rated
from qa_bot.web.turns import Exchange

_VOTED = re.compile(r"vote-(\d+)")


@dataclass(frozen=True)
class Candidate:
    """A pair to be completed by hand, and what the reader thought of the answer it got."""

    values: dict[str, Any]
    vote: int
    reason: str


def read_votes(history: Path) -> list[tuple[Exchange, ...]]:
    """The rated exchanges of a history file, each behind what was said before it.

    Raises EvaluationError where the file is missing or cannot be read.
    """
    if not history.is_file():
        raise EvaluationError(
            f"没有对话记录 {history}，请用 --history 指明，或先让读者在网页上评价。"
            "(no such history file: name it with --history.)"
        )
    try:
        return rated(history)
    except (sqlite3.Error, ValueError):
        raise EvaluationError(
            f"{history} 不是可读的对话记录，请确认它由本程序的网页写成。"
            "(not a history that the web page of this version wrote.)"
        ) from None


def candidates(votes: Iterable[Sequence[Exchange]], gold: GoldSet) -> list[Candidate]:
    """One candidate for every rated question that is not yet in the gold, the last vote counts."""
    known = {_asked([*(turn.question for turn in p.history), p.question]) for p in gold.pairs}
    latest = {_asked([each.question for each in said]): said for said in votes}
    new = [said for asked, said in latest.items() if asked not in known]
    first = 1 + max((int(m[1]) for p in gold.pairs if (m := _VOTED.fullmatch(p.id))), default=0)
    return [
        Candidate(_draft(said, f"vote-{number:03}", gold), said[-1].vote, said[-1].reason)
        for number, said in enumerate(new, first)
    ]


def _draft(said: Sequence[Exchange], id: str, gold: GoldSet) -> dict[str, Any]:
    """What the bot cited is proposed, and must be read: it may be just what was wrong."""
    *before, exchange = said
    cited = exchange.answer.citations if exchange.answer else ()
    keys = [clause_key(c.doc_no, c.title, c.section) for c in cited]
    return {
        "id": id,
        "question": exchange.question,
        "lang": language_of(exchange.question),
        "persona": "citizen",
        "kind": "followup" if before else "colloquial",
        "answerable": True,
        "answer": "",
        "facts": [],
        "citations": [
            {"doc_no": c.doc_no, "section": c.section, "quote": c.quote}
            | ({} if c.doc_no else {"title": c.title})
            for c in cited
        ],
        "split": split_of(keys, gold) or "dev",
        "history": [
            {"question": e.question, "answer": e.answer.answer if e.answer else ""} for e in before
        ],
    }


def _asked(questions: Iterable[str]) -> tuple[str, ...]:
    return tuple(fold(question) for question in questions)


def next_id(file: Path) -> str:
    """The id after the last of a gold file: ``benxi18-065`` → ``benxi18-066``."""
    prefix, number, width = file.stem, 0, 3
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    for line in lines:
        match = re.search(r'"id":\s*"(.+?)-(\d+)"', line)
        if match and int(match[2]) > number:
            prefix, number, width = match[1], int(match[2]), len(match[2])
    return f"{prefix}-{number + 1:0{width}}"


def split_of(keys: Iterable[ClauseKey], gold: GoldSet) -> str | None:
    """The split in which one of these clauses is used already."""
    wanted = set(keys)
    for pair in gold.pairs:
        if wanted & {citation.key for citation in pair.citations}:
            return pair.split
    return None


def find_clauses(library: Library, doc: str, section: str) -> tuple[Clause, ...]:
    """The clauses by 文号 or title and label. Raises EvaluationError where there is none."""
    clauses = library.find(clause_key(doc, None, section)) or library.find(
        clause_key(None, doc, section)
    )
    if not clauses:
        raise EvaluationError(f"语料中没有 {doc} {section}。(no such clause.)")
    return clauses


def make_pair(
    library: Library,
    gold: GoldSet,
    file: Path,
    source: tuple[str, str, str],
    *,
    question: str,
    answer: str,
    facts: Iterable[str],
    kind: str,
    persona: str,
) -> GoldPair:
    """A pair on one clause, ``source`` = (文号 or title, section, quote).

    It goes to the split in which its clause is used already, else to dev. ``facts`` have their
    alternatives parted by ``|``. Raises GoldError where a value cannot be used.
    """
    doc, section, quote = source
    clause = find_clauses(library, doc, section)[0]
    citation = {"doc_no": clause.doc_no, "section": clause.section, "quote": quote}
    key = clause_key(clause.doc_no, clause.title, clause.section)
    values = {
        "id": next_id(file),
        "question": question,
        "lang": language_of(question),
        "persona": persona,
        "kind": kind,
        "answerable": True,
        "answer": answer,
        "facts": [fact.split("|") for fact in facts],
        "citations": [citation if clause.doc_no else citation | {"title": clause.title}],
        "split": split_of([key], gold) or "dev",
        "history": [],
    }
    try:
        return GoldPair.model_validate(values)
    except ValidationError as error:
        raise GoldError([explain(error)]) from None


def append_pair(pair: GoldPair, file: Path, library: Library) -> list[str]:
    """Append ``pair`` to ``file``; returns what is wrong with it instead where anything is."""
    before = load_gold(file.parent) if any(file.parent.glob("*.jsonl")) else GoldSet((), {})
    together = GoldSet((*before.pairs, pair), {**before.gazettes, pair.id: file.stem})
    found = check_gold(together, library).problems
    problems = [str(p) for p in found if pair.id in (p.pair, *p.also)]
    if not problems:
        file.parent.mkdir(parents=True, exist_ok=True)
        append_line(file, json_line(pair.model_dump(exclude_unset=True)))
    return problems


def json_line(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False)
