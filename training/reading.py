"""What the reranker reads of a clause beside a question, and the tokens of both."""

from __future__ import annotations

from tokenizers import Tokenizer

from qa_bot.clauses.model import Clause
from qa_bot.index.lexical import tokenize
from qa_bot.index.passages import context_of, split_sentences
from qa_bot.index.store import ClauseStore
from qa_bot.index.whole import list_lead, whole_text

QUESTION_TOKENS, TOKENS = 64, 288
_END = 2
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


def pair_ids(tokenizer: Tokenizer, question: str, text: str) -> list[int]:
    """What the model is given: ``<s> query: … </s> passage: … </s>``."""
    asked = _ids(tokenizer, f"query: {question}", QUESTION_TOKENS)
    return asked + _ids(tokenizer, f"passage: {text}", TOKENS + 1 - len(asked))[1:]


def _ids(tokenizer: Tokenizer, text: str, limit: int) -> list[int]:
    ids: list[int] = tokenizer.encode(text).ids
    return ids if len(ids) <= limit else [*ids[: limit - 1], _END]
