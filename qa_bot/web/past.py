"""Earlier conversations of the browser: the list, taking one up again, deleting, voting."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias, TypeVar

import gradio as gr
from fastapi import Request

from qa_bot.web.browser import owner_of
from qa_bot.web.escape import button, safe
from qa_bot.web.history import History, Kept
from qa_bot.web.strings import Language, text
from qa_bot.web.turns import REASONS, Exchange

_log = logging.getLogger(__name__)
_Found = TypeVar("_Found")
Asker: TypeAlias = gr.Request | Request


class Past:
    """The history as one browser may see it; without a history, or where it fails, nothing is kept
    and nothing found, and nobody's conversation is disturbed."""

    def __init__(self, history: History | None, keep_days: int) -> None:
        self._history = history
        self._keep_days = keep_days

    def keep(self, request: Asker, name: str, turn: int, exchange: Exchange) -> Exchange:
        """Keep an exchange; gives it with the turn that it is kept as."""
        kept = self._use(request, lambda store, who: store.keep(who, name, turn, exchange), None)
        return replace(exchange, kept=kept)

    def exchanges(self, request: Asker, name: str) -> list[Exchange]:
        """A conversation of this browser; empty where there is none of that name."""
        return self._use(request, lambda store, who: store.exchanges(who, name), [])

    def forget(self, request: Asker, name: str) -> None:
        self._use(request, lambda store, who: store.forget(who, name), None)

    def voted(
        self,
        request: Asker,
        name: str,
        exchanges: Sequence[Exchange],
        turn: int,
        vote: int,
        reason: str,
    ) -> list[Exchange]:
        """The exchanges with a vote on one of them, which is kept."""
        vote = max(-1, min(1, vote))
        reason = reason if reason in REASONS else ""
        if not 0 <= turn < len(exchanges):
            return list(exchanges)
        kept = exchanges[turn].kept
        if kept is not None:
            self._use(request, lambda store, who: store.vote(who, name, kept, vote, reason), None)
        voted = replace(exchanges[turn], vote=vote, reason=reason)
        return [*exchanges[:turn], voted, *exchanges[turn + 1 :]]

    def html(self, request: Asker, name: str, language: Language) -> str:
        """The export of the open conversation, and the list of all."""
        kept: list[Kept] = self._use(request, lambda store, who: store.conversations(who), [])
        if not kept:
            return ""
        export = _export(name, language) if name in {each.id for each in kept} else ""
        rows = "".join(_row(each, language) for each in kept)
        return (
            f'{export}<details class="qb-history"><summary>{text(language, "history", count=len(kept))}'
            f"</summary><p>{text(language, 'history_text', days=self._keep_days)}</p><ul>{rows}</ul></details>"
        )

    def _use(
        self, request: Asker, what: Callable[[History, str], _Found], otherwise: _Found
    ) -> _Found:
        """What the history gives to the owner of a request; ``otherwise`` where it gives nothing."""
        who = owner_of(request.request if isinstance(request, gr.Request) else request)
        if not self._history or not who:
            return otherwise
        try:
            return what(self._history, who)
        except (OSError, sqlite3.Error, ValueError):
            _log.exception("the history failed")
            return otherwise


def _row(kept: Kept, language: Language) -> str:
    opened = button(kept.title, kind="link", act="resume", conversation=kept.id)
    title = f"{text(language, 'forget')}：{kept.title}"
    forget = button(text(language, "forget"), act="forget", conversation=kept.id, title=title)
    return f"<li>{opened}<span>{kept.changed:%Y-%m-%d}</span>{forget}</li>"


def _export(name: str, language: Language) -> str:
    links = "".join(
        f'<a class="qb-button" href="conversations/{safe(name)}.{ending}?lang={language}" download>'
        f"{label}</a>"
        for ending, label in (("md", "Markdown"), ("docx", "Word"))
    )
    return f'<p class="qb-actions qb-export"><span>{text(language, "save_as")}</span>{links}</p>'
