"""The language-model answerer: an OpenAI-compatible model words the answer, code vouches for it.

The model sees clauses under keys (E1, E2, …) and may only name keys; the code writes 文号,
section and quote. A sentence is handed on only when it has been verified against the clauses
whose keys it names.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from string import Template
from typing import TYPE_CHECKING

from qa_bot.answer.citing import Composed, cite
from qa_bot.answer.endpoint import Endpoint, NoModelAnswer
from qa_bot.answer.exhibits import Exhibit, as_prompt, exhibits
from qa_bot.answer.model import Citation, Partial, Usage
from qa_bot.answer.sentences import SentenceChooser
from qa_bot.answer.statements import Statement, sentences, statements
from qa_bot.answer.verify import UNCHECKED_ENGLISH, carried, is_chinese, unsupported
from qa_bot.clauses.model import Clause
from qa_bot.index.store import ClauseStore
from qa_bot.index.whole import whole_text
from qa_bot.retrieval.hits import Hit
from qa_bot.retrieval.query import Query
from qa_bot.visible import visible

if TYPE_CHECKING:
    from llama_index.core.llms import ChatMessage

_QUOTE = 220
# The least share of a reply, in characters, that must pass for what is left to be an answer.
_LEAST_LEFT = 0.5
_LANGUAGES = {"zh": "中文", "en": "English"}
_STRAY_MARK = re.compile(r"\[\s*E?\d{1,3}\s*\]")
_EMPHASIS = re.compile(r"\*\*|__|^[^\S\n]*(?:#+|[-*•])[^\S\n]+", re.MULTILINE)
NO_ANSWER = "NO_ANSWER"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of asking the model: an answer, or why there is none."""

    usage: Usage
    composed: Composed | None = None
    failure: NoModelAnswer | None = None


class ModelAnswerer:
    """Answers from the hits of a search in the words of a language model."""

    def __init__(
        self,
        endpoint: Endpoint,
        prompts: dict[str, Template],
        store: ClauseStore,
        chooser: SentenceChooser,
        budget: int,
    ) -> None:
        self._endpoint = endpoint
        self._prompts = prompts
        self._store = store
        self._chooser = chooser
        self._budget = budget

    def stream(self, query: Query, hits: Sequence[Hit]) -> Generator[Partial, None, Outcome]:
        """The answer as far as it is verified, sentence by sentence; returns what came of it."""
        evidence = exhibits(self._store, hits, self._budget)
        draft = _Draft(query, evidence, self._store, self._chooser)
        usage = Usage()
        try:
            reply = self._endpoint.ask(self._messages(query, evidence))
            try:
                for statement in statements(reply):
                    if draft.add(statement):
                        yield draft.partial()
            finally:
                usage = reply.usage
            return Outcome(usage, draft.finished())
        except NoModelAnswer as failure:
            return Outcome(usage, failure=failure)

    def _messages(self, query: Query, evidence: Sequence[Exhibit]) -> list[ChatMessage]:
        from llama_index.core.llms import ChatMessage

        user = self._prompts["answer"].substitute(
            evidence=as_prompt(evidence),
            question=visible(query.text),
            language=_LANGUAGES[query.language],
        )
        return [
            ChatMessage(role="system", content=self._prompts["system"].substitute()),
            ChatMessage(role="user", content=user),
        ]


class _Draft:
    """An answer in the making: what passed, with its citations, and how much did not."""

    def __init__(
        self,
        query: Query,
        evidence: Sequence[Exhibit],
        store: ClauseStore,
        chooser: SentenceChooser,
    ) -> None:
        self._query = query
        self._evidence = evidence
        self._store = store
        self._chooser = chooser
        self._kept: list[str] = []
        self._citations: list[Citation] = []
        self._dropped: list[str] = []

    def add(self, statement: Statement) -> bool:
        """Take over what of a statement can be verified; is there any?"""
        cited = [
            self._evidence[key - 1] for key in statement.keys if 0 < key <= len(self._evidence)
        ]
        known = bool(cited) and len(cited) == len(statement.keys)
        parts = sentences(_EMPHASIS.sub("", visible(statement.text)))
        passed = []
        for position, sentence in enumerate(parts):
            last = position == len(parts) - 1
            if known and self._passes(sentence, cited, last=last):
                passed.append(sentence)
            else:
                self._dropped.append(sentence)
        if passed:
            said = self._joint.join(passed)
            marks = (f"[{self._number(exhibit.clause, said)}]" for exhibit in cited)
            self._kept.append(said + "".join(marks))
        return bool(passed)

    def partial(self) -> Partial:
        return Partial(answer=self._text, citations=tuple(self._citations))

    def finished(self) -> Composed:
        """The answer; ``NoModelAnswer`` where the model found none or too little can be verified."""
        if any(NO_ANSWER in sentence for sentence in self._dropped):
            raise NoModelAnswer(
                "no_answer", "模型认为证据不足", "the model found no answer in the clauses"
            )
        kept, dropped = len(self._text), sum(map(len, self._dropped))
        if kept == 0 or kept < _LEAST_LEFT * (kept + dropped):
            raise NoModelAnswer(
                "unverified",
                "模型的回答大部分未能通过核对",
                "most of the model's answer could not be verified",
            )
        notes = []
        if self._dropped:
            count = len(self._dropped)
            notes.append(
                f"模型有 {count} 句话未能通过核对，已略去。({count} unverified sentence(s) left out.)"
            )
        if not all(map(is_chinese, self._kept)):
            notes.append(UNCHECKED_ENGLISH)
        return Composed(self._text, tuple(self._citations), tuple(notes))

    @property
    def _joint(self) -> str:
        return "" if self._query.language == "zh" else " "

    @property
    def _text(self) -> str:
        return self._joint.join(self._kept)

    def _passes(self, sentence: str, cited: Sequence[Exhibit], *, last: bool) -> bool:
        """May this sentence be shown? In Chinese the keys at the end of a statement hold for all
        its sentences, since each is compared; in English only for the one before them."""
        sources = [exhibit.source for exhibit in cited]
        if _STRAY_MARK.search(sentence) or unsupported(sentence, sources):
            return False
        if is_chinese(sentence):
            return carried(sentence, sources, self._chooser.coverage)
        return last and self._query.language == "en"

    def _number(self, clause: Clause, said: str) -> int:
        text = whole_text(self._store, clause)
        quote = self._chooser.best(said, frozenset(), text, _QUOTE).text
        for citation in self._citations:
            if (citation.clause_id, citation.quote) == (clause.id, quote):
                return citation.number
        self._citations.append(cite(self._store, clause, quote, len(self._citations) + 1))
        return self._citations[-1].number
