"""The extractive answerer: an answer made of the clauses' own words, without a language model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa_bot.answer.citing import Composed, cite, whole_text
from qa_bot.answer.model import Citation
from qa_bot.answer.rows import row_statement
from qa_bot.answer.sentences import SentenceChooser
from qa_bot.clauses.model import Clause
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.features import is_bare
from qa_bot.retrieval.query import Query
from qa_bot.retrieval.retriever import Hit

_SHORT = 260
_LONG = 600
_NEAR = 0.25
_TWO_SIDED = {"compare", "list"}
_WANTS_ALL = {"list", "procedure"}


class ExtractiveAnswerer:
    """Answers from the best clauses of a ranking; the same input gives the same answer."""

    def __init__(self, store: ClauseStore, chooser: SentenceChooser) -> None:
        self._store = store
        self._chooser = chooser

    def compose(self, query: Query, hits: Sequence[Hit]) -> Composed:
        """An answer from ``hits`` (best first, at least one)."""
        statements: list[str] = []
        citations: list[Citation] = []
        for number, hit in enumerate(self._chosen(query, hits), 1):
            clause = hit.clause
            shown, quote = self._statement(query, clause)
            citations.append(cite(self._store, clause, quote, number))
            lead = f"{clause.doc_no or f'《{clause.title}》'} {clause.section}"
            joint = "：" if query.language == "zh" else ": "
            statements.append(f"{lead}{joint}{shown} [{number}]")
        return Composed("\n\n".join(statements), tuple(citations))

    def _chosen(self, query: Query, hits: Sequence[Hit]) -> list[Hit]:
        """The best hit, and for questions with two sides the next that comes near it."""
        hits = self._telling(query, hits)
        best, chosen = hits[0], [hits[0]]
        if query.intents & _TWO_SIDED:
            near = (
                hit
                for hit in hits[1:4]
                if hit.score >= _NEAR * best.score
                and best.clause.id not in (hit.clause.id, hit.clause.parent_id)
                and hit.clause.id != best.clause.parent_id
            )
            chosen += [hit for hit, _ in zip(near, range(1), strict=False)]
        return chosen

    def _telling(self, query: Query, hits: Sequence[Hit]) -> Sequence[Hit]:
        """The hits that say something; names alone only where a document is asked for."""
        if query.intents & {"document", "issued"}:
            return hits
        telling = [
            hit
            for hit in hits
            if not is_bare(hit.clause)
            or len(whole_text(self._store, hit.clause)) > len(hit.clause.text)
        ]
        return telling or hits

    def _statement(self, query: Query, clause: Clause) -> tuple[str, str]:
        """What is said of a clause, and the quote that it rests on."""
        if clause.fields:
            return row_statement(query, clause, self._chooser)
        text = whole_text(self._store, clause)
        limit = _LONG if query.intents & _WANTS_ALL else _SHORT
        if len(text) <= limit:
            return _shown(text), text
        quote = self._chooser.best(query.wording, query.intents, text, _SHORT).text
        duties = _duties(clause) if "department" in query.intents else ""
        return _shown(quote) + duties, quote


def _duties(clause: Clause) -> str:
    """Who must do what the clause orders, in brackets: （牵头：…；配合：…）."""
    named = [f"{duty.role}：{'、'.join(duty.bodies)}" for duty in clause.duties]
    return f"（{'；'.join(named)}）" if named else ""


def _shown(quote: str) -> str:
    return re.sub(r"\s*\n\s*", "\n", quote)
