"""Lines of the page in its own voice; what says how something went is spoken by screen readers."""

from __future__ import annotations

from qa_bot.errors import QaBotError
from qa_bot.web.escape import safe


def hint_html(words: str) -> str:
    return f'<p class="qb-hint">{safe(words)}</p>'


def status_html(words: str, *, waiting: bool = False) -> str:
    kind = "qb-waiting" if waiting else "qb-hint"
    return f'<p class="{kind}" role="status">{safe(words)}</p>'


def problem_html(error: QaBotError | str) -> str:
    return f'<p class="qb-refusal error" role="alert">{safe(error)}</p>'
