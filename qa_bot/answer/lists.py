"""Lists: which items make up the one that is asked for, and every item by its opening words where
it is too long to be shown whole."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence

from qa_bot.answer.statement import Statement
from qa_bot.clauses.model import Clause
from qa_bot.index.store import ClauseStore
from qa_bot.index.whole import list_lead
from qa_bot.retrieval.hits import Hit
from qa_bot.retrieval.query import Query

_LEAST = 2
_MOST = 40
_LONGEST = 60
_OPENING = re.compile(r"[^。；;：:\n]+")
_ALL = re.compile(
    r"哪[几些两三四五六七八九十]|几[个步样种类项条级]|分别[是有要]|各[自是有要做干管]|步骤|阶段|一[步级层]一?[步级层]|都[有是要做干包]|"
    r"\b(?:what are|which are|list|steps|stages)\b",
    re.IGNORECASE,
)
_MOST_ASKED = 9
# How likely the items must be together, and the likeliest of them at most alone.
_TOGETHER = 0.5
_ALONE = 0.5


def wants_all(query: Query) -> bool:
    """Is a whole list asked for, or all steps of something?"""
    return bool(query.intents & {"list", "procedure"} or _ALL.search(query.question))


def asked_together(query: Query, hits: Sequence[Hit], store: ClauseStore) -> list[Clause]:
    """All items of a list, where a list is asked for and several of its items are near the question
    and none of them alone; [] where that is not so, or where the clause that opens the list is the
    best itself.

    The words of such a question (有哪几步？) are often those of a heading, which says nothing itself.
    """
    if not _ALL.search(query.question) or "department" in query.intents:
        return []
    below: dict[str, list[float]] = defaultdict(list)
    for hit in hits:
        if hit.clause.parent_id and hit.clause.kind != "article":
            below[hit.clause.parent_id].append(hit.score)
    parent_id, scores = max(below.items(), key=lambda one: sum(one[1]), default=("", []))
    if len(scores) < _LEAST or sum(scores) < _TOGETHER or max(scores) > _ALONE:
        return []
    items, above = store.children(parent_id), store.clause(parent_id)
    opens = above.kind == "heading" or above.text.rstrip().endswith((":", "："))
    if not opens or len(items) > _MOST_ASKED or hits[0].clause.id == parent_id:
        return []
    return list(items)


def opening_clause(
    query: Query, clause: Clause, store: ClauseStore, coverage: Callable[[str, str], float]
) -> Clause:
    """The clause that opens the list in which ``clause`` is an item, where the whole list is asked
    for and the words that open it hold as much of the question; else ``clause`` itself."""
    lead = list_lead(store, clause)
    if not (lead and clause.parent_id and _ALL.search(query.question)):
        return clause
    if coverage(query.wording, lead) < coverage(query.wording, clause.text):
        return clause
    return store.clause(clause.parent_id)


def listed(clause: Clause, store: ClauseStore) -> Statement | None:
    """All items right below ``clause``, each as far as its first stop; None where it has none."""
    items = store.children(clause.id)
    if not _LEAST <= len(items) <= _MOST:
        return None
    openings = [opening(item) for item in items]
    head = clause.text.strip()
    return Statement("\n".join([head, *openings]), clause, head, listed=True) if head else None


def opening(item: Clause) -> str:
    """The item as far as its first stop, or its short fields where it is the row of a table."""
    if item.fields:
        return "；".join(value for value in item.fields.values() if 0 < len(value) <= _LONGEST)
    match = _OPENING.match(item.text.strip())
    words = match[0].strip() if match else item.text.strip()
    if len(words) <= _LONGEST:
        return words
    comma = max(words.rfind(sign, 0, _LONGEST) for sign in "，,、")
    return f"{words[: comma if comma > 0 else _LONGEST]}……"
