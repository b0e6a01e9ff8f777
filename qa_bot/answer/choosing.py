"""Which clauses the answer rests on: the best of the ranking, or the best for each thing asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa_bot.answer.citing import whole_text
from qa_bot.answer.parts import split
from qa_bot.clauses.model import Clause
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.features import is_bare
from qa_bot.retrieval.query import Query
from qa_bot.retrieval.question import Question
from qa_bot.retrieval.retriever import Hit, Retrieved

Search = Callable[[Question], Retrieved]

# By how much another clause must beat the best one on a part of the question to be cited for it.
_MARGIN = 0.25
_MARGIN_COMPARED = 0.0
# Within how much of the best clause one of another region is shown beside it.
_MARGIN_REGION = 0.05


@dataclass(frozen=True, slots=True)
class Chosen:
    """A clause, what it is to answer, and the ranking that it was chosen from."""

    query: Query
    clause: Clause
    hits: Sequence[Hit]


def choose(
    question: Question, found: Retrieved, search: Search, store: ClauseStore
) -> list[Chosen]:
    """The clauses to answer from, at least one, in the order in which things are asked."""
    told = telling(found.query, found.hits, store)
    best = told[0].clause
    chosen: list[Chosen] = []
    parts = split(found.query)
    for part in parts.questions:
        asked = search(question.model_copy(update={"question": part}))
        hits = telling(asked.query, asked.hits, store)
        if not parts.compared:
            of_document = store.document_of(best)
            hits = [hit for hit in hits if store.document_of(hit.clause) == of_document]
        clause = _for_part(best, hits, _MARGIN_COMPARED if parts.compared else _MARGIN)
        if all(not _akin(clause, other.clause) for other in chosen):
            chosen.append(Chosen(asked.query, clause, asked.hits))
    if len(chosen) > 1:
        return chosen
    if not parts.questions and (other := _of_another_region(found.query, told, store)):
        return [Chosen(found.query, clause, found.hits) for clause in (best, other)]
    return [Chosen(found.query, chosen[0].clause if chosen else best, found.hits)]


def telling(query: Query, hits: Sequence[Hit], store: ClauseStore) -> Sequence[Hit]:
    """The hits that say something; names alone only where a document is asked for."""
    if query.intents & {"document", "issued"}:
        return hits
    return [hit for hit in hits if _tells(hit.clause, store)] or hits


def _tells(clause: Clause, store: ClauseStore) -> bool:
    if clause.kind == "signature":
        return False
    return not is_bare(clause) or len(whole_text(store, clause)) > len(clause.text)


def _of_another_region(query: Query, hits: Sequence[Hit], store: ClauseStore) -> Clause | None:
    """Where the question is of no place or document, the clause of another place that is as near
    as the best."""
    if query.places or query.doc_numbers or query.titles or query.follow_up:
        return None
    region = _region(hits[0].clause, store)
    for hit in hits:
        if hits[0].score - hit.score > _MARGIN_REGION:
            return None
        if region and _region(hit.clause, store) not in (None, region):
            return hit.clause
    return None


def _region(clause: Clause, store: ClauseStore) -> str | None:
    validity = store.document_of(clause).validity
    return validity.region if validity else None


def _for_part(best: Clause, hits: Sequence[Hit], margin: float) -> Clause:
    """The best clause of the whole question, unless another is clearly better for the part."""
    score = next((hit.score for hit in hits if hit.clause.id == best.id), None)
    if not hits or (score is not None and hits[0].score - score < margin):
        return best
    return hits[0].clause


def _akin(one: Clause, other: Clause) -> bool:
    """The same clause, or one right below the other."""
    return one.id in (other.id, other.parent_id) or one.parent_id == other.id
