"""One statement of an answer, with the clause and the words in it that it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from qa_bot.clauses.model import Clause


@dataclass(frozen=True, slots=True)
class Statement:
    """``text`` is said of ``clause`` and rests on ``quote``, which stands in it.

    ``lead`` stands before its name: what kind of statement it is. ``listed``: it is said of all
    that stands below the clause.
    """

    text: str
    clause: Clause
    quote: str
    lead: str = ""
    listed: bool = False
