"""Making new gold pairs: checked pairs from staff, and candidates from the web page's feedback."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from qa_bot.answer.model import Answer
from qa_bot.clauses.model import Clause
from qa_bot.evaluation.check import check_gold
from qa_bot.evaluation.errors import EvaluationError, GoldError
from qa_bot.evaluation.folding import ClauseKey, clause_key
from qa_bot.evaluation.gold import GoldPair, GoldSet, explain, load_gold
from qa_bot.evaluation.truth import Library
from qa_bot.retrieval.question import Turn


class Feedback(BaseModel):
    """One line of feedback: a question, the answer it got, and what the user thought of it."""

    model_config = ConfigDict(frozen=True)

    question: str
    history: tuple[Turn, ...] = ()
    answer: Answer | None = None
    helpful: bool | None = None
    comment: str = ""


def read_feedback(path: Path) -> list[Feedback]:
    """Raises GoldError, which names every line that is no feedback."""
    found: list[Feedback] = []
    problems: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(Feedback.model_validate_json(line))
        except ValidationError:
            problems.append(f"{path.name}:{number} 不是反馈记录 (not a feedback record)")
    if problems:
        raise GoldError(problems)
    return found


def candidate(feedback: Feedback, id: str) -> dict[str, Any]:
    """A pair to be completed by hand: the checker names what is still missing.

    What the bot cited is proposed, and must be read: it may be just what was wrong.
    """
    cited = feedback.answer.citations if feedback.answer else ()
    return {
        "id": id,
        "question": feedback.question,
        "lang": _language(feedback.question),
        "persona": "citizen",
        "kind": "followup" if feedback.history else "colloquial",
        "answerable": True,
        "answer": feedback.comment,
        "facts": [],
        "citations": [
            {"doc_no": c.doc_no, "section": c.section, "quote": c.quote}
            | ({} if c.doc_no else {"title": c.title})
            for c in cited
        ],
        "split": "dev",
        "history": [turn.model_dump() for turn in feedback.history],
    }


def candidates(feedback: Iterable[Feedback], gold: GoldSet) -> list[dict[str, Any]]:
    """Candidates for the questions that were not found helpful and are not yet in the gold."""
    known = {pair.question for pair in gold.pairs}
    wanted = [f for f in feedback if not f.helpful and f.question not in known]
    return [candidate(item, f"feedback-{n:03}") for n, item in enumerate(wanted, 1)]


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
        "lang": _language(question),
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
        with file.open("a", encoding="utf-8") as out:
            out.write(json_line(pair.model_dump(exclude_unset=True)) + "\n")
    return problems


def _language(question: str) -> str:
    return "zh" if re.search(r"[一-龥]", question) else "en"


def json_line(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False)
