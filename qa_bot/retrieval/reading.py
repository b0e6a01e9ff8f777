"""What the reranker reads of a clause beside a question."""

from __future__ import annotations

from qa_bot.clauses.model import Clause
from qa_bot.index.lexical import tokenize
from qa_bot.index.passages import context_of, split_sentences
from qa_bot.index.store import ClauseStore
from qa_bot.index.whole import list_lead, whole_text

_MAX_CHARS = 320
_CONTEXT_CHARS = 100


def reading(question: str, store: ClauseStore, clause: Clause) -> str:
    """The title's core and the headings on a line of their own, then the clause with what opens
    its list and what stands below it; of a long one the part that shares most with the question."""
    return excerpt(
        question, context_of(clause), list_lead(store, clause), whole_text(store, clause)
    )


def excerpt(question: str, context: str, lead: str, text: str) -> str:
    """The same of a text that stands in no store."""
    asked = set(tokenize(question))
    pieces = split_sentences(text, _MAX_CHARS)
    piece = max(pieces, key=lambda piece: len(asked.intersection(tokenize(piece))))
    return f"{context[:_CONTEXT_CHARS]}\n{lead}{piece}"
