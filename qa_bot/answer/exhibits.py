"""The clauses that a model is shown as evidence, within a budget of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa_bot.clauses.model import Clause
from qa_bot.index.store import ClauseStore
from qa_bot.index.whole import whole_text
from qa_bot.retrieval.hits import Hit
from qa_bot.visible import visible

_MOST = 8


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A clause as the model is shown it under a key, and all that may be said on its strength."""

    clause: Clause
    shown: str
    source: str


def exhibits(store: ClauseStore, hits: Sequence[Hit], budget: int) -> list[Exhibit]:
    """The best clauses that together take at most ``budget`` tokens; a first one that is longer
    is cut."""
    chosen: list[Exhibit] = []
    left = budget
    for hit in hits[:_MOST]:
        shown = _shown(store, hit.clause)
        size = count_tokens(shown)
        if size > left and chosen:
            break
        while size > left and shown:
            shown = shown[: len(shown) * left // size]
            size = count_tokens(shown)
        chosen.append(Exhibit(hit.clause, shown, source(store, hit.clause)))
        left -= size
    return chosen


def as_prompt(evidence: Sequence[Exhibit]) -> str:
    """The evidence as the model reads it, each clause under its key."""
    return "\n\n".join(f"[E{key}] {exhibit.shown}" for key, exhibit in enumerate(evidence, 1))


def source(store: ClauseStore, clause: Clause) -> str:
    """The whole clause with its document's 文号, title, issuer and date and its place therein."""
    document = store.document_of(clause)
    head = (document.doc_no, document.title, document.issuer, document.date, clause.section)
    words = [str(part) for part in (*head, *clause.path) if part]
    return "\n".join([*words, whole_text(store, clause)])


def count_tokens(text: str) -> int:
    """About how many tokens a model reads in ``text``, counted with an older tokenizer that needs
    more of them for Chinese than today's models do."""
    from llama_index.core.utils import get_tokenizer

    return len(get_tokenizer()(text))


def _shown(store: ClauseStore, clause: Clause) -> str:
    document = store.document_of(clause)
    issued = f"（{document.date:%Y年%m月%d日}印发）" if document.date else ""
    place = " ".join(clause.path)
    return visible(f"《{document.title}》{issued}{place}\n{whole_text(store, clause)}")
