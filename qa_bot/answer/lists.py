"""A list that is too long to be shown whole: every item by its opening words."""

from __future__ import annotations

import re

from qa_bot.answer.statement import Statement
from qa_bot.clauses.model import Clause
from qa_bot.index.store import ClauseStore

_LEAST = 2
_MOST = 40
_LONGEST = 60
_OPENING = re.compile(r"[^。；;：:\n]+")


def listed(clause: Clause, store: ClauseStore) -> Statement | None:
    """All items right below ``clause``, each as far as its first stop; None where it has none."""
    items = store.children(clause.id)
    if not _LEAST <= len(items) <= _MOST:
        return None
    openings = [_opening(item) for item in items]
    head = clause.text.strip()
    return Statement("\n".join([head, *openings]), clause, head, listed=True) if head else None


def _opening(item: Clause) -> str:
    if item.fields:
        return "；".join(value for value in item.fields.values() if 0 < len(value) <= _LONGEST)
    match = _OPENING.match(item.text.strip())
    opening = match[0].strip() if match else item.text.strip()
    if len(opening) <= _LONGEST:
        return opening
    comma = max(opening.rfind(sign, 0, _LONGEST) for sign in "，,、")
    return f"{opening[: comma if comma > 0 else _LONGEST]}……"
