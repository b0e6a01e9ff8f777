"""The extractive answerer: an answer made of the clauses' own words, without a language model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from qa_bot.answer.choosing import Chosen, Search, choose
from qa_bot.answer.citing import Composed
from qa_bot.answer.conflicts import Contradictions, said_elsewhere
from qa_bot.answer.counting import counted
from qa_bot.answer.documents import named_document
from qa_bot.answer.lists import listed, wants_all
from qa_bot.answer.members import member_statement
from qa_bot.answer.numbering import numbered
from qa_bot.answer.offices import officer
from qa_bot.answer.parts import asking
from qa_bot.answer.remits import remit
from qa_bot.answer.rows import best_named_first, row_statement
from qa_bot.answer.sentences import SentenceChooser, opening_run
from qa_bot.answer.statement import Statement
from qa_bot.answer.totals import total
from qa_bot.answer.validity import ValidityAnswerer
from qa_bot.clauses.duties import duties_within
from qa_bot.clauses.model import Clause
from qa_bot.index.store import ClauseStore
from qa_bot.index.whole import list_lead, whole_text
from qa_bot.retrieval.hits import Hit
from qa_bot.retrieval.query import Query
from qa_bot.retrieval.question import Question
from qa_bot.retrieval.retriever import Retrieved

_SHORT = 280
_LEAST_EACH = 100
_LONG = 600
_DIFFERS = {
    "zh": "注意：另有一处说法相同而数字不同",
    "en": "Note: another place says the same with a different figure",
}


class ExtractiveAnswerer:
    """Answers from the best clauses of a ranking; the same input gives the same answer.

    ``search`` finds clauses for the parts of a question, ``today`` tells what is in force.
    """

    def __init__(
        self,
        store: ClauseStore,
        chooser: SentenceChooser,
        search: Search,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._store = store
        self._chooser = chooser
        self._search = search
        self._today = today
        self._validity = ValidityAnswerer(store, chooser)
        self._contradictions = Contradictions(store)

    def compose(self, question: Question, found: Retrieved) -> Composed:
        """An answer from what was found (at least one clause)."""
        return numbered(self._store, found.query, list(self._statements(question, found)))

    def of_document(self, query: Query, hits: Sequence[Hit]) -> list[Statement]:
        """The answer where a document itself is asked for: its force, number or name, how much
        it or a table of it holds, what its tables give to one body, or who holds an office; []
        where something else is asked."""
        return (
            self._validity.asked(query, hits, self._today())
            or named_document(query, hits[0].clause, self._store)
            or total(query, self._store)
            or counted(query, hits, self._store)
            or remit(query, hits, self._store)
            or officer(query, hits, self._store, self._chooser)
            or []
        )

    def untold(self, query: Query, hits: Sequence[Hit]) -> bool:
        """Is nothing asked but the force of a document, how much it holds or who holds an office, of
        which nothing can be told for certain?"""
        if asking(query):
            return False
        if self._validity.asks_now(query):
            return not (self._validity.former(query) or self.of_document(query, hits))
        told = total(query, self._store), officer(query, hits, self._store, self._chooser)
        return [] in told

    def _statements(self, question: Question, found: Retrieved) -> Iterator[Statement]:
        if former := self._validity.former(found.query):
            yield from former
            return
        hits = best_named_first(found.query, found.hits, self._chooser)
        found = replace(found, hits=hits)
        chosen = choose(question, found, self._search, self._store, self._chooser.coverage)
        said: list[Statement] = []
        for one in chosen:
            direct = self.of_document(one.query, one.hits)
            said += direct or [self._of_clause(one, len(chosen))]
        statements = list({(one.clause.id, one.text): one for one in said}.values())
        yield from statements
        yield from self._validity.since(found.query, statements)
        if len(chosen) == 1 and len(statements) == 1:
            yield from said_elsewhere(
                found.query, statements[0], found.hits, self._store, self._chooser
            )
        yield from self._caveats(found.query, statements)

    def _caveats(self, query: Query, statements: Sequence[Statement]) -> Iterator[Statement]:
        """What contradicts the statements in what is asked, and that a document of theirs is out of
        force."""
        language = query.language
        cited = {statement.clause.id for statement in statements}
        for statement in statements:
            other = self._contradictions.of(statement.clause, statement.text)
            if not other or other.clause.id in cited:
                continue
            asked = self._chooser.best_sentence(query.wording, statement.text).score
            if 2 * self._chooser.coverage(query.wording, other.text) >= asked:
                cited.add(other.clause.id)
                yield Statement(other.text, other.clause, other.text, _DIFFERS[language])
        for document in dict.fromkeys(self._store.document_of(s.clause) for s in statements):
            for warning in self._validity.warning(language, document, self._today()):
                if warning.clause.id not in cited:
                    yield warning

    def _of_clause(self, chosen: Chosen, count: int) -> Statement:
        """What is said of one of ``count`` clauses, and the quote that it rests on."""
        query, clause = chosen.query, chosen.clause
        limit = _SHORT if count == 1 else max(_LONG // count, _LEAST_EACH)
        if clause.fields:
            shown, quote = row_statement(query, clause, self._chooser, limit)
            return Statement(shown, clause, quote)
        if clause.members and (members := member_statement(query, clause)):
            shown, quote = members
            return Statement(shown, clause, quote)
        text = whole_text(self._store, clause)
        if chosen.item:
            quote = text if len(text) <= _LONG // count else opening_run(text, limit)
            return Statement(_shown(quote) + _responsible(query, clause, quote), clause, quote)
        if len(text) <= (_LONG // count if wants_all(query) else limit):
            return self._quoted(query, clause, text)
        if wants_all(query) and (items := listed(clause, self._store)):
            return items
        quote = self._chooser.best(query.wording, query.intents, text, limit).text
        return self._quoted(query, clause, quote)

    def _quoted(self, query: Query, clause: Clause, quote: str) -> Statement:
        """The quote with what it needs to be understood: what opens its list, and who must do it."""
        lead = list_lead(self._store, clause)
        shown = f"{lead}{_shown(quote)}{_responsible(query, clause, quote)}"
        return Statement(shown, clause, quote)


def _responsible(query: Query, clause: Clause, quote: str) -> str:
    """Who must do what is quoted, in brackets, where that is asked and the quote does not name
    them: （牵头：…；配合：…）."""
    if "department" not in query.intents:
        return ""
    elsewhere = set(duties_within(clause.text, clause.text)) - set(
        duties_within(clause.text, quote)
    )
    named = [
        f"{duty.role}：{'、'.join(duty.bodies)}"
        for duty in clause.duties
        if duty not in elsewhere and not all(body in quote for body in duty.bodies)
    ]
    return f"（{'；'.join(named)}）" if named else ""


def _shown(quote: str) -> str:
    return re.sub(r"\s*\n\s*", "\n", quote)
