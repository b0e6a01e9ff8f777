"""Asking: one question of a conversation answered step by step, as the page shows it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date

from qa_bot.answer.model import Answer
from qa_bot.bot import Bot
from qa_bot.errors import QaBotError
from qa_bot.retrieval.question import Question, Turn
from qa_bot.web.catalog import Catalog, catalog_of, region_of
from qa_bot.web.escape import safe
from qa_bot.web.examples import example_questions
from qa_bot.web.sources import no_source_html, source_html
from qa_bot.web.strings import Language, text
from qa_bot.web.turns import (
    Exchange,
    examples_html,
    partial_html,
    pieces,
    turn_html,
    waiting_html,
)

_REMEMBERED = 6
_PAUSE_S = 0.04
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """The exchange in progress as HTML; ``done`` is set with the last step."""

    html: str
    done: Exchange | None = None


class Conversation:
    """Asks a bot on behalf of the page and renders what comes of it; holds no user's data."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    @property
    def catalog(self) -> Catalog:
        return catalog_of(self.bot.index.store)

    @property
    def today(self) -> date:
        return self.bot.settings.today or date.today()

    async def ask(
        self, question: str, earlier: Sequence[Exchange], language: Language, region: str = ""
    ) -> AsyncIterator[Step]:
        """Waiting, the answer sentence by sentence, and the finished exchange."""
        waiting = "composing" if self.bot.mode == "llm" else "searching"
        yield Step(waiting_html(question, text(language, waiting), language))
        exchange = await asyncio.to_thread(self._exchange, question, earlier, language, region)
        answer = exchange.answer
        if answer and not answer.refused:
            for written in pieces(answer.answer):
                html = partial_html(question, written, answer.citations, len(earlier), language)
                yield Step(html)
                await asyncio.sleep(_PAUSE_S)
        yield Step("", exchange)

    def log_html(self, exchanges: Sequence[Exchange], language: Language, name: str = "") -> str:
        """All finished exchanges, or the welcome where there are none."""
        examples = self.examples(language)
        if not exchanges:
            return self._welcome(examples, language)
        last = len(exchanges) - 1
        turns = "".join(
            turn_html(exchange, turn, language, examples[:3] if turn == last else ())
            for turn, exchange in enumerate(exchanges)
        )
        label = text(language, "conversation")
        return (
            f'<div class="qb-log" role="log" aria-live="off" aria-label="{label}" '
            f'data-conversation="{safe(name)}">{turns}</div>'
        )

    def panel_html(
        self, exchanges: Sequence[Exchange], turn: int, number: int, language: Language
    ) -> str:
        """The source panel for citation ``number`` of a turn; empty where there is none such."""
        if 0 <= turn < len(exchanges):
            answer = exchanges[turn].answer
            if answer and 1 <= number <= len(answer.citations):
                return source_html(
                    self.catalog, answer.citations, turn, number, language, self.today
                )
        return no_source_html(language)

    def examples(self, language: Language) -> tuple[str, ...]:
        return example_questions(self.catalog, language)

    def _exchange(
        self, question: str, earlier: Sequence[Exchange], language: Language, region: str
    ) -> Exchange:
        history = tuple(
            Turn(question=past.question, answer=past.answer.answer)
            for past in earlier[-_REMEMBERED:]
            if past.answer
        )
        try:
            placed = f"{region}：{question}" if region and question.strip() else question
            answer = self.bot.ask(Question(question=placed, history=history))
            return Exchange(question, self._of_region(answer, question, region, language))
        except QaBotError as error:
            return Exchange(question, error=str(error))
        except Exception:
            _log.exception("a question failed")
            return Exchange(question, error=text(language, "unexpected"))

    def _of_region(self, answer: Answer, question: str, region: str, language: Language) -> Answer:
        """The answer to the question as it was typed; says so where another region is cited."""
        store = self.catalog.store
        cited = [store.clause(citation.clause_id) for citation in answer.citations]
        places = {region_of(store.document_of(clause)) for clause in cited}
        notes = answer.notes
        if region and places and region not in places:
            notes = (*notes, text(language, "other_region", region=region))
        return answer.model_copy(update={"question": question, "notes": notes})

    def _welcome(self, examples: Sequence[str], language: Language) -> str:
        store = self.catalog.store
        counts = {"documents": len(store.documents), "clauses": len(store.clauses)}
        return (
            f'<div class="qb-welcome"><h2>{text(language, "welcome")}</h2>'
            f"<p>{text(language, 'welcome_text', **counts)}</p>"
            f"{examples_html(examples, language)}</div>"
        )
