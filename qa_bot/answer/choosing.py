"""Which clauses the answer rests on: the best of the ranking, or the best for each thing asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa_bot.answer.lists import asked_together, opening_clause
from qa_bot.answer.parts import split
from qa_bot.clauses.model import Clause
from qa_bot.index.store import ClauseStore
from qa_bot.index.whole import whole_text
from qa_bot.retrieval.features import is_bare
from qa_bot.retrieval.hits import Hit
from qa_bot.retrieval.lexicon import load_lexicon
from qa_bot.retrieval.query import Query
from qa_bot.retrieval.question import Question
from qa_bot.retrieval.retriever import Retrieved

Search = Callable[[Question], Retrieved]
Coverage = Callable[[str, str], float]

# By how much another clause must be likelier than those that are cited anyway to be cited for a
# part of the question, by how much more of the words of that part it must hold, and from what
# likelihood on the words do not count. Each of the things compared is likely to have its own clause.
_LIKELIER = 0.2
_LIKELIER_COMPARED = 0.1
_HOLDS_MORE = 0.02
_CERTAIN = 0.9
# What an introduction is for, and what is asked of it: not the matter itself.
_FORMALITY = re.compile(
    r"(?:为|根据|按照|依据)[^。]*(?:制定|提出)[^。]*[。：:]\s*|[^。]*印发给你们[^。]*。\s*"
)
_ASKS_WHY = re.compile(
    r"依据|根据|按照|目的|为什么|为何|为了|背景|精神|简称|指|什么意思|[”」\"][，,]?(?:到底|究竟)?(?:是|叫)|"
    r"\b(?:why|based|basis|pursuant|purpose|mean|means|stand for)\b",
    re.IGNORECASE,
)
# Within how much of the best clause one of another region is shown beside it.
_MARGIN_REGION = 0.05


@dataclass(frozen=True, slots=True)
class Chosen:
    """A clause, what it is to answer, and the ranking that it was chosen from; ``item``: as one of
    a list, all of which is asked for."""

    query: Query
    clause: Clause
    hits: Sequence[Hit]
    item: bool = False


def choose(
    question: Question, found: Retrieved, search: Search, store: ClauseStore, coverage: Coverage
) -> list[Chosen]:
    """The clauses to answer from, at least one, in the order in which things are asked.

    A clause of its own for a part of the question must add something: what is asked in one breath
    often stands in one clause.
    """
    told = telling(found.query, found.hits, store)
    best = told[0].clause
    chosen: list[Chosen] = []
    parts = split(found.query)
    for part in parts.questions:
        asked = search(question.model_copy(update={"question": part}))
        hits = telling(asked.query, asked.hits, store)
        if not parts.compared:
            hits = [hit for hit in hits if store.document_of(hit.clause) == store.document_of(best)]
        elif len(found.query.doc_numbers) < 2:
            near = {hit.clause.id for hit in found.hits}
            hits = [hit for hit in hits if hit.clause.id in near]
        known = [best, *(other.clause for other in chosen)]
        words = f"{part} {' '.join(load_lexicon().expand(part))}"

        def held(clause: Clause, words: str = words) -> float:
            return coverage(words, f"{' '.join(clause.path)} {whole_text(store, clause)}")

        likelier = _LIKELIER_COMPARED if parts.compared else _LIKELIER
        clause = _for_part(known, hits, held, likelier)
        if all(not _akin(clause, other.clause) for other in chosen):
            chosen.append(Chosen(asked.query, clause, asked.hits))
    if len(chosen) > 1:
        return chosen
    if items := asked_together(found.query, told, store):
        return [Chosen(found.query, item, found.hits, item=True) for item in items]
    if not parts.questions and (other := _of_another_region(found.query, told, store)):
        return [Chosen(found.query, clause, found.hits) for clause in (best, other)]
    clause = chosen[0].clause if chosen else best
    return [Chosen(found.query, opening_clause(found.query, clause, store, coverage), found.hits)]


def telling(query: Query, hits: Sequence[Hit], store: ClauseStore) -> Sequence[Hit]:
    """The hits that say something: names alone only where a document is asked for, why a document
    was made only where that is asked."""
    if query.of_document:
        return hits
    telling = [hit for hit in hits if _tells(hit.clause, store)] or hits
    if _ASKS_WHY.search(query.question):
        return telling
    return [hit for hit in telling if not _is_formality(hit.clause)] or telling


def _is_formality(clause: Clause) -> bool:
    """``为贯彻…，制定本方案。``, ``现将…印发给你们…。``"""
    return clause.section in ("引言", "正文") and bool(_FORMALITY.fullmatch(clause.text))


def _tells(clause: Clause, store: ClauseStore) -> bool:
    if clause.kind == "signature":
        return False
    return not is_bare(clause) or len(whole_text(store, clause)) > len(clause.text)


def _of_another_region(query: Query, hits: Sequence[Hit], store: ClauseStore) -> Clause | None:
    """Where the question is of no place or document, the clause of another place that is as near
    as the best."""
    if query.places or query.doc_numbers or query.titles or query.follow_up:
        return None
    region = store.document_of(hits[0].clause).region
    for hit in hits:
        if hits[0].score - hit.score > _MARGIN_REGION:
            return None
        if region and store.document_of(hit.clause).region not in (None, region):
            return hit.clause
    return None


def _for_part(
    known: Sequence[Clause],
    hits: Sequence[Hit],
    held: Callable[[Clause], float],
    likelier: float,
) -> Clause:
    """The likeliest of the clauses that are ``known``, unless another of ``hits`` is so much
    likelier for the part and holds more of its words."""
    likely = {hit.clause.id: hit.score for hit in hits}
    likeliest = max(known, key=lambda clause: likely.get(clause.id, 0.0))
    least = likely.get(likeliest.id, 0.0) + likelier
    most = max(map(held, known)) + _HOLDS_MORE
    for hit in hits:
        if hit.score < least:
            break
        if hit.score >= _CERTAIN or held(hit.clause) >= most:
            return hit.clause
    return likeliest


def _akin(one: Clause, other: Clause) -> bool:
    """The same clause, or one right below the other."""
    return one.id in (other.id, other.parent_id) or one.parent_id == other.id
