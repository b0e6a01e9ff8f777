"""Where the best clauses of a ranking are all but level, the model that reads them decides."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from qa_bot.index.store import ClauseStore
from qa_bot.reranker_model import ANSWERABILITY
from qa_bot.retrieval.hits import Hit
from qa_bot.retrieval.query import Query
from qa_bot.retrieval.reading import Reader, readings

# So many clauses at most are read, and only those at least so likely as this share of the best.
_MOST = 3
_LEVEL = math.exp(-1)
# What the log-odds of answering count for beside the log-likelihood of the ranking.
_WEIGHT = 0.5


def settle(query: Query, hits: Sequence[Hit], store: ClauseStore, reader: Reader) -> list[Hit]:
    """The hits, those that are level with the best in the order that reading them gives; each place
    keeps the likelihood that it has.

    Nothing is read where a document itself is asked for, for its title stands first on purpose, nor
    where a list is, for its items share what answers among them.
    """
    level = [hit for hit in hits[:_MOST] if hit.score >= hits[0].score * _LEVEL]
    if len(level) < 2 or query.of_document or "list" in query.intents:
        return list(hits)
    texts = [readings(query.meaning, store, hit.clause, 1)[0] for hit in level]
    odds = reader.scores(query.meaning, texts)[:, ANSWERABILITY].tolist()
    read = [replace(hit, read=one) for hit, one in zip(level, odds, strict=True)]
    read.sort(key=lambda hit: -math.log(hit.score) - _WEIGHT * (hit.read or 0.0))
    settled = [replace(hit, score=ranked.score) for hit, ranked in zip(read, level, strict=True)]
    return [*settled, *hits[len(level) :]]
