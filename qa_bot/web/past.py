"""Earlier conversations of the browser: the list, taking one up again, deleting, voting."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

import gradio as gr

from qa_bot.web.browser import browser_of
from qa_bot.web.escape import button, safe
from qa_bot.web.history import History, Kept
from qa_bot.web.strings import Language, text
from qa_bot.web.turns import REASONS, Exchange

_log = logging.getLogger(__name__)


class Past:
    """The history as one browser may see it; without a history it does nothing."""

    def __init__(self, history: History | None, keep_days: int) -> None:
        self._history = history
        self._keep_days = keep_days

    def keep(self, request: gr.Request, name: str, turn: int, exchange: Exchange) -> None:
        """Keep an exchange; a failure is logged and disturbs nobody's conversation."""
        if self._history and (browser := _browser(request)):
            try:
                self._history.keep(browser, name, turn, exchange)
            except sqlite3.Error:
                _log.exception("an exchange was not kept")

    def exchanges(self, request: gr.Request, name: str) -> list[Exchange]:
        """A conversation of this browser; empty where there is none of that name."""
        browser = _browser(request)
        return self._history.exchanges(browser, name) if self._history and browser else []

    def forget(self, request: gr.Request, name: str) -> None:
        if self._history and (browser := _browser(request)):
            self._history.forget(browser, name)

    def voted(
        self,
        request: gr.Request,
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
        if self._history and (browser := _browser(request)):
            self._history.vote(browser, name, turn, vote, reason)
        voted = replace(exchanges[turn], vote=vote, reason=reason)
        return [*exchanges[:turn], voted, *exchanges[turn + 1 :]]

    def html(self, request: gr.Request | None, name: str, language: Language) -> str:
        """The export of the open conversation, and the list of all."""
        browser = _browser(request)
        if not self._history or not browser:
            return ""
        kept = self._history.conversations(browser)
        export = _export(name, language) if name in {each.id for each in kept} else ""
        if not kept:
            return ""
        rows = "".join(_row(each, language) for each in kept)
        return (
            f'{export}<details class="qb-history"><summary>{text(language, "history", count=len(kept))}'
            f"</summary><p>{text(language, 'history_text', days=self._keep_days)}</p><ul>{rows}</ul></details>"
        )


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


def _browser(request: gr.Request | None) -> str:
    return browser_of(dict(request.cookies)) if request is not None else ""
