"""Asking: one question of a conversation answered step by step, as the page shows it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date

from qa_bot.answer.model import Answer, Partial
from qa_bot.errors import QaBotError
from qa_bot.retrieval.question import Question, Turn
from qa_bot.visible import visible
from qa_bot.web.catalog import Catalog, catalog_of
from qa_bot.web.escape import safe
from qa_bot.web.examples import example_questions
from qa_bot.web.service import Service
from qa_bot.web.sources import no_source_html, source_html
from qa_bot.web.strings import Language, text
from qa_bot.web.turns import (
    Exchange,
    examples_html,
    partial_html,
    turn_html,
    waiting_html,
)

_REMEMBERED = 6


@dataclass(frozen=True, slots=True)
class Step:
    """The exchange in progress as HTML, and as it would stand if it were stopped now.

    ``done`` is set with the last step.
    """

    html: str
    so_far: Exchange
    done: bool = False


class Conversation:
    """Asks a bot on behalf of the page and renders what comes of it; holds no user's data."""

    def __init__(self, service: Service) -> None:
        self.bot = service.bot
        self._service = service

    @property
    def catalog(self) -> Catalog:
        return catalog_of(self.bot.index.store)

    @property
    def today(self) -> date:
        return self.bot.settings.today or date.today()

    async def ask(
        self, question: str, earlier: Sequence[Exchange], language: Language, region: str = ""
    ) -> AsyncGenerator[Step, None]:
        """Waiting, the answer as far as it has come, and the finished exchange."""
        question = visible(question)
        waiting = "composing" if self.bot.mode == "llm" else "searching"
        nothing = Exchange(question, error=text(language, "stopped"))
        yield Step(waiting_html(question, text(language, waiting), language), nothing)
        asked = Question(question=question, history=_history(earlier), region=region)
        try:
            async with aclosing(self._service.stream(asked)) as items:
                async for item in items:
                    if isinstance(item, Answer):
                        yield Step("", Exchange(question, item), done=True)
                    else:
                        html = partial_html(question, item, len(earlier), language)
                        yield Step(html, _stopped(question, item, language))
        except QaBotError as error:
            yield Step("", Exchange(question, error=str(error)), done=True)

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

    def _welcome(self, examples: Sequence[str], language: Language) -> str:
        store = self.catalog.store
        counts = {"documents": len(store.documents), "clauses": len(store.clauses)}
        return (
            f'<div class="qb-welcome"><h2>{text(language, "welcome")}</h2>'
            f"<p>{text(language, 'welcome_text', **counts)}</p>"
            f"{examples_html(examples, language)}</div>"
        )


def _history(earlier: Sequence[Exchange]) -> tuple[Turn, ...]:
    return tuple(
        Turn(question=past.question, answer=past.answer.answer)
        for past in earlier[-_REMEMBERED:]
        if past.answer
    )


def _stopped(question: str, partial: Partial, language: Language) -> Exchange:
    """What was written when the reader stopped it; it says that it is not all."""
    answer = Answer(
        id=None,
        question=question,
        answer=partial.answer,
        refused=False,
        mode="llm",
        citations=partial.citations,
        notes=(text(language, "cut_short"),),
    )
    return Exchange(question, answer)
