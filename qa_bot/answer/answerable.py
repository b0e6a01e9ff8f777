"""Is the answer there at all? What makes the bot say no instead of citing something near.

Checked in turn: a 文号 or an article that the question names and the index lacks; a question too
far from the nearest clause to be about the documents; a kind of fact (money, a telephone
number, …) of which the best clause holds none; and last a calibrated probability.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from qa_bot.answer.citing import whole_text
from qa_bot.answer.model import RefusalReason
from qa_bot.answer.sentences import SentenceChooser
from qa_bot.clauses.labels import fold_label
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.facts import STRICT
from qa_bot.retrieval.lexicon import load_lexicon
from qa_bot.retrieval.query import Query
from qa_bot.retrieval.retriever import Hit

# Below this nearness (see ``nearness``) a question is not about the documents. Measured by
# `python -m eval.calibrate_refusals`: 2 % of the answerable questions of the development gold
# lie below it. A question in English of which the lexicon knows no word is refused too.
LEAST_NEARNESS = 0.41
# Below this probability the bot refuses. Set low: the probability was learnt from few unanswerable
# questions and tells near misses from answers poorly (``docs/retrieval.md``).
LEAST_ANSWERABILITY = 0.1
# A follow-up of whose own words the documents hold fewer is about something else than they are.
_LEAST_KNOWN = 0.1
_LOOKED_AT = 3

SIGNALS = (
    "nearest",
    "best",
    "likely",
    "held",
    "held_together",
    "unknown",
    "own_held",
    "own_unknown",
    "english",
    "english_nearest",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How likely (0…1) the documents hold the answer, and why to refuse; None where to answer."""

    answerability: float
    reason: RefusalReason | None = None


def judge(
    query: Query, hits: Sequence[Hit], store: ClauseStore, chooser: SentenceChooser
) -> Verdict:
    """Can the question be answered from these hits? What is sure to be missing counts as 0, what
    is asked of an indexed document by its 文号 about the document itself as 1."""
    if not hits:
        return Verdict(0.0, "nothing_found")
    if _names_unknown_document(query, store) or _names_missing_clause(query, hits, store):
        return Verdict(0.0, "not_answerable")
    complete = any(words for words, _, _ in query.doc_numbers)
    if complete and query.intents & {"validity", "document", "issued", "basis"}:
        return Verdict(1.0)
    if _is_foreign(query, chooser) or nearness(query, hits, store, chooser) < LEAST_NEARNESS:
        return Verdict(0.0, "out_of_scope")
    best = whole_text(store, hits[0].clause)
    if any(k.asked.search(query.question) and not k.held.search(best) for k in STRICT):
        return Verdict(0.0, "not_answerable")
    chance = answerability(signals(query, hits, store, chooser))
    return Verdict(chance, "not_answerable" if chance < LEAST_ANSWERABILITY else None)


def _is_foreign(query: Query, chooser: SentenceChooser) -> bool:
    """Do the question's own words, whatever was asked before, mean nothing to the documents?"""
    if query.language == "en":
        return not load_lexicon().expand(query.question)
    return query.follow_up and 1 - chooser.unknown_share(query.question) < _LEAST_KNOWN


def signals(
    query: Query, hits: Sequence[Hit], store: ClauseStore, chooser: SentenceChooser
) -> list[float]:
    """What the calibrated probability rests on, in the order of ``SIGNALS``."""
    texts = [whole_text(store, hit.clause) for hit in hits[:_LOOKED_AT]]
    nearest = max(hit.similarity for hit in hits)
    english = float(query.language == "en")
    return [
        nearest,
        hits[0].similarity,
        hits[0].score,
        max(chooser.coverage(query.wording, text) for text in texts),
        chooser.coverage(query.wording, "\n".join(texts)),
        chooser.unknown_share(query.wording),
        max(chooser.coverage(query.question, text) for text in texts),
        chooser.unknown_share(query.question),
        english,
        english * nearest,
    ]


def answerability(values: Sequence[float]) -> float:
    """The probability (0…1) that a question with these ``SIGNALS`` is answered by its hits."""
    weights = _weights()
    logit = sum(weights[name] * value for name, value in zip(SIGNALS, values, strict=True))
    return 1 / (1 + math.exp(-logit - weights["bias"]))


@cache
def _weights() -> dict[str, float]:
    text = files("qa_bot.answer").joinpath("data", "answerability.json").read_text("utf-8")
    weights: dict[str, float] = json.loads(text)
    return weights


def nearness(
    query: Query, hits: Sequence[Hit], store: ClauseStore, chooser: SentenceChooser
) -> float:
    """How near the question is to its best clauses: the highest cosine, raised by the share of
    its words that a clause holds, and for Chinese lowered by the share that none does."""
    nearest = max(hit.similarity for hit in hits)
    if query.language == "en":
        return nearest
    held = max(
        chooser.coverage(query.wording, whole_text(store, hit.clause)) for hit in hits[:_LOOKED_AT]
    )
    return nearest + 0.2 * held - 0.1 * chooser.unknown_share(query.wording)


def _names_unknown_document(query: Query, store: ClauseStore) -> bool:
    """A complete 文号 that no document of the index has, nor any clause quotes."""
    for words, year, number in query.doc_numbers:
        if not words:
            continue
        printed = f"〔{year}〕{number}号"
        tail = words[-2:]
        known = any(
            printed in (d.doc_no or "") and tail in (d.doc_no or "") for d in store.documents
        )
        if not known and not any(f"{tail}{printed}" in clause.text for clause in store.clauses):
            return True
    return False


def _names_missing_clause(query: Query, hits: Sequence[Hit], store: ClauseStore) -> bool:
    """An article (第X条) that the document named with it does not have."""
    articles = [label for label in query.labels if "条" in label]
    if not articles or not (query.titles or query.doc_numbers):
        return False
    sections = {fold_label(c.section) for c in store.clauses_of(store.document_of(hits[0].clause))}
    return not any(
        section.endswith(fold_label(label)) for label in articles for section in sections
    )
