"""Is the answer there at all? What makes the bot say no instead of citing something near.

Checked in turn: a 文号 or an article that the question names and the index lacks; a question in
English of which the lexicon knows no word; a kind of fact (money, a telephone number, …) of which
the best clause holds none; and last a calibrated probability, which rests on what a model reads in
the best clause beside the question, and on how near the two are. It is lowered where the question
is far from every clause.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from qa_bot.answer.choosing import telling
from qa_bot.answer.force import ended_elsewhere
from qa_bot.answer.model import RefusalReason
from qa_bot.answer.parts import asking, split
from qa_bot.answer.sentences import SentenceChooser
from qa_bot.answer.statutes import article_elsewhere, quotes_article
from qa_bot.answer.totals import asks_total
from qa_bot.clauses.model import Clause
from qa_bot.index.store import ClauseStore
from qa_bot.index.whole import whole_text
from qa_bot.reranker_model import ANSWERABILITY
from qa_bot.retrieval.facts import STRICT, Kind
from qa_bot.retrieval.hits import Hit
from qa_bot.retrieval.lexicon import load_lexicon
from qa_bot.retrieval.query import Query, things_in
from qa_bot.retrieval.reading import Reader, readings
from qa_bot.retrieval.retriever import Retrieved
from qa_bot.retrieval.sections import labelled

# Below this nearness (see ``nearness``) a question seems not to be about the documents: an answer has
# so many times lower odds then.
LEAST_NEARNESS = 0.38
IF_FAR = 4.0
# Below this probability the bot refuses. It costs about three answers in a hundred, a higher one more
# (`python -m eval.calibrate_refusals`, ``docs/retrieval.md``).
LEAST_ANSWERABILITY = 0.16
# A follow-up of whose own words the documents hold fewer is about something else than they are.
_LEAST_KNOWN = 0.1
_LOOKED_AT = 3
# So many parts of a long clause are read, the second where the first has no higher log-odds.
_PARTS_READ = 2
_ANSWERS = 1.0

# What is asked of a document itself stands in its title, preamble or signature, which are near to
# no question.
_OF_DOCUMENT = {"document", "issued", "basis"}

_ASKS_WHAT_IT_IS = re.compile(
    r"[号》](?:文件?)?(?:主要|到底|究竟)?(?:是|讲|说|叫)[关于了的个]{0,3}(?:什么|啥)"
)

SIGNALS = ("read", "clause", "english")


@dataclass(frozen=True, slots=True)
class Verdict:
    """How likely (0…1) the documents hold the answer, and why to refuse; None where to answer.

    ``unstated`` are the pieces of the question for want of which it is refused.
    """

    answerability: float
    reason: RefusalReason | None = None
    unstated: tuple[str, ...] = ()


def judge(
    found: Retrieved, store: ClauseStore, chooser: SentenceChooser, reader: Reader
) -> Verdict:
    """Can the question be answered from what was found?"""
    if verdict := certain(found, store, chooser):
        return verdict
    chance = answerability(signals(found, store, reader))
    far = is_far(found, store, chooser)
    if far:
        chance = less_likely(chance, IF_FAR)
    elif found.query.intents & _OF_DOCUMENT:
        chance = max(chance, LEAST_ANSWERABILITY)
    if chance >= LEAST_ANSWERABILITY:
        return Verdict(chance)
    return Verdict(chance, "out_of_scope" if far else "not_answerable")


def is_far(found: Retrieved, store: ClauseStore, chooser: SentenceChooser) -> bool:
    """Is the question, as far as words and nearness tell, not about the documents?"""
    query, hits = found.query, found.hits
    strange = query.language == "zh" and _is_strange(query, chooser)
    return strange or nearness(query, hits, store, chooser) < LEAST_NEARNESS


def _is_strange(query: Query, chooser: SentenceChooser) -> bool:
    """Do the question's own words, whatever was asked before, mean nothing to the documents? Of one
    that stands alone, and names none of their places or numbers, no word at all may be known."""
    if query.follow_up:
        known = 1 - chooser.unknown_share(query.question)
        return known < _LEAST_KNOWN and not query.nameless
    named = query.places or query.doc_numbers or query.titles or query.labels
    return not named and chooser.unknown_share(query.wording) >= 1


def certain(found: Retrieved, store: ClauseStore, chooser: SentenceChooser) -> Verdict | None:
    """What needs no probability: what is sure to be missing counts as 0; what is asked of an indexed
    document by its 文号 about the document itself, or of an article about nothing but what it says,
    as 1; None for all else."""
    query, hits = found.query, found.hits
    if not hits:
        return Verdict(0.0, "nothing_found")
    if query.alike(store.documents):
        return Verdict(0.0, "unclear_reference")
    if any(
        n.whole and n.names(old.doc_no)
        for n in query.doc_numbers
        for old, _ in ended_elsewhere(store)
    ):
        return Verdict(1.0)
    if unknown_document(query, hits, store) or missing_section(query, store):
        return Verdict(0.0, "not_answerable")
    complete = any(number.whole for number in query.doc_numbers)
    if complete and query.intents & {"validity", *_OF_DOCUMENT}:
        return Verdict(1.0)
    named = _is_named(query, hits[0].clause, store)
    if named and _says_nothing_else(query):
        return Verdict(1.0)
    if query.language == "en" and not named and not load_lexicon().expand(query.question):
        return Verdict(0.0, "out_of_scope")
    best = telling(query, hits, store)
    if lacks_fact(query, best, store):
        return Verdict(0.0, "not_answerable", unstated(query, _looked_at(query, best), store))
    return Verdict(1.0) if named else None


def lacks_fact(query: Query, hits: Sequence[Hit], store: ClauseStore) -> bool:
    """Is a kind of fact asked for of which the best clause holds none? Where several things are
    asked, each may stand in another clause."""
    return _lacked(query.question, _looked_at(query, hits), store)


def unstated(query: Query, clauses: Sequence[Clause], store: ClauseStore) -> tuple[str, ...]:
    """Where several things are asked, those that ask for a kind of fact which none of ``clauses``
    holds."""
    return tuple(piece for piece in asking(query) if _lacked(piece, clauses, store))


def _looked_at(query: Query, hits: Sequence[Hit]) -> list[Clause]:
    """Where the facts are sought: in the best clause, or where several things are asked in the
    best few."""
    several = len(_kinds_asked(query.question)) > 1 or len(split(query).questions) > 1
    return [hit.clause for hit in hits[: _LOOKED_AT if several else 1]]


def _lacked(asked: str, clauses: Sequence[Clause], store: ClauseStore) -> bool:
    """Is a kind of fact asked for of which none of the clauses holds any?"""
    texts = [_with_lead(clause, store) for clause in clauses]
    return not all(any(kind.held.search(text) for text in texts) for kind in _kinds_asked(asked))


def _kinds_asked(asked: str) -> list[Kind]:
    return [kind for kind in STRICT if kind.asked.search(asked)]


def _with_lead(clause: Clause, store: ClauseStore) -> str:
    """The clause with all below it, behind the words that open the list it stands in; of a roster
    how many it names, too."""
    lead = store.clauses[store.row(clause.parent_id)].text if clause.parent_id else ""
    members = f"{len(clause.members)}人" if clause.members else ""
    return f"{lead}\n{whole_text(store, clause)}\n{members}"


def signals(found: Retrieved, store: ClauseStore, reader: Reader) -> list[float]:
    """What the calibrated probability rests on, in the order of ``SIGNALS``: the log-odds that the
    best clause answers the question, its cosine to the question, the question's language."""
    query = found.query
    best = telling(query, found.hits, store)[0]
    return [_read(query, best, store, reader), best.similarity, float(query.language == "en")]


def _read(query: Query, hit: Hit, store: ClauseStore, reader: Reader) -> float:
    """The log-odds that the clause answers the question: of its parts the best, of which no more are
    read once one does."""
    odds = [] if hit.read is None else [hit.read]
    for text in readings(query.meaning, store, hit.clause, _PARTS_READ)[len(odds) :]:
        if odds and odds[0] > _ANSWERS:
            break
        odds.append(float(reader.scores(query.meaning, [text])[0, ANSWERABILITY]))
    return max(odds)


def answerability(values: Sequence[float]) -> float:
    """The probability (0…1) that a question with these ``SIGNALS`` is answered by its hits."""
    weights = _weights()
    logit = sum(weights[name] * value for name, value in zip(SIGNALS, values, strict=True))
    return 1 / (1 + math.exp(-logit - weights["bias"]))


def less_likely(chance: float, times: float) -> float:
    """The probability (0…1) that has so many times lower odds than ``chance``."""
    return chance / (chance + times * (1 - chance))


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


def unknown_document(query: Query, hits: Sequence[Hit], store: ClauseStore) -> str:
    """What the question names that is not indexed: a whole 文号 that no document has nor any clause
    quotes; where its force, its date, what it is or how many articles it has is asked for also one
    that clauses only quote, or a title; a title of which an article is asked that the best clause does
    not quote; "" where there is none. What an indexed document says that it repeals is known."""
    ended = [mention for mention, _ in ended_elsewhere(store)]
    known = {d.doc_no for d in store.documents} | {mention.doc_no for mention in ended}
    of_itself = (
        query.intents & {"validity", "issued"}
        or _ASKS_WHAT_IT_IS.search(query.question)
        or asks_total(query)
        or (query.labels and _says_nothing_else(query))
    )
    for number in query.doc_numbers:
        if not number.whole or any(map(number.names, known)):
            continue
        if of_itself or not any(number.stands_in(clause.text) for clause in store.clauses):
            return str(number)
    titles = [d.title for d in store.documents] + [mention.title or "" for mention in ended]
    unknown = (t for t in query.titles if not any(t in title for title in titles))
    return next((f"《{title}》" for title in unknown if of_itself), _unquoted(query, hits, store))


def _unquoted(query: Query, hits: Sequence[Hit], store: ClauseStore) -> str:
    """The statute, not indexed itself, of which an article is asked that the best clause does not
    quote; who is in charge may be told without it."""
    asked = None if "department" in query.intents else article_elsewhere(query, store)
    if not asked or (hits and quotes_article(hits[0].clause, *asked)):
        return ""
    return f"《{asked[0]}》"


def missing_section(query: Query, store: ClauseStore) -> str:
    """The first label (第X条, 附件3) that no document has which the question names with it, behind
    the name of such a document; "" where there is none."""
    if not query.labels:
        return ""
    named = [document for document in store.documents if query.names(document)]
    if any(not any(title in d.title for d in named) for title in query.titles):
        return ""  # it may be a label of that other document
    for label in query.labels if named else ():
        if not any(labelled(label, store.clauses_of(document)) for document in named):
            return f"{named[0].reference} {label}"
    return ""


def _is_named(query: Query, clause: Clause, store: ClauseStore) -> bool:
    """Does the question name the clause by document and label?"""
    document = store.document_of(clause)
    if not query.labels or not query.names(document):
        return False
    return any(clause in labelled(one, store.clauses_of(document)) for one in query.labels)


def _says_nothing_else(query: Query) -> bool:
    """Is nothing asked but what the document or section says that the question names?"""
    return not re.search(r"\w", things_in(re.sub("《.*?》", " ", query.keywords)))
