"""What the reranker reads of a clause beside a question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from qa_bot.clauses.model import Clause
from qa_bot.index.lexical import tokenize
from qa_bot.index.passages import context_of, split_sentences
from qa_bot.index.store import ClauseStore
from qa_bot.index.whole import list_lead, whole_text
from qa_bot.retrieval.lexicon import load_lexicon
from qa_bot.shipped_model import Vectors

# What fits the model's tokens beside a question of usual length; of that at least so much is text.
_CHARS = 190
_LEAST_TEXT = 120
_CONTEXT_CHARS = 80


class Reader(Protocol):
    """What reads a question and texts together, as ``OnnxReranker`` does."""

    def scores(self, question: str, texts: Sequence[str]) -> Vectors: ...


def readings(question: str, store: ClauseStore, clause: Clause, most: int) -> list[str]:
    """The title's core and the headings on a line of their own, then the clause with what opens its
    list and what stands below it; of a long one the parts that share most with the question, at most
    ``most``."""
    lead, text = list_lead(store, clause), whole_text(store, clause)
    return excerpts(question, context_of(clause), lead, text, most)


def excerpts(question: str, context: str, lead: str, text: str, most: int) -> list[str]:
    """The same of a text that stands in no store."""
    asked = set(tokenize(f"{question} {' '.join(load_lexicon().expand(question))}"))
    opening = f"{context[:_CONTEXT_CHARS]}\n{lead}"
    pieces = split_sentences(text, max(_LEAST_TEXT, _CHARS - len(opening)))
    shared = sorted(pieces, key=lambda piece: -len(asked.intersection(tokenize(piece))))
    return [opening + piece for piece in shared[:most]]
