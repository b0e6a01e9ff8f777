"""Foreign text (documents, questions, models) made harmless before it enters the page."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from qa_bot.visible import visible

_TEMPLATE = str.maketrans({"{": "&#123;", "}": "&#125;", "$": "&#36;", "`": "&#96;"})


def safe(text: object) -> str:
    """``text`` as HTML text or attribute value.

    Characters that are not seen are dropped; braces and dollar signs are written as entities,
    since the page's HTML passes through a template engine in the browser.
    """
    return escape(visible(str(text))).translate(_TEMPLATE)


def lines(text: str) -> str:
    """``text`` with its line breaks kept."""
    return safe(text).replace("\n", "<br>")


def marked(text: str, span: tuple[int, int] | None) -> str:
    """``text`` with the characters ``[start, end)`` in ``<mark>``."""
    if span is None or span[0] >= span[1]:
        return lines(text)
    start, end = span
    return f"{lines(text[:start])}<mark>{lines(text[start:end])}</mark>{lines(text[end:])}"


def quote_span(text: str, quote: str) -> tuple[int, int] | None:
    """Where ``quote`` stands in ``text``."""
    at = text.find(quote) if quote else -1
    return (at, at + len(quote)) if at >= 0 else None


def attributes(pairs: Iterable[tuple[str, object]]) -> str:
    """HTML attributes, values escaped; those that are None are left out."""
    return "".join(f' {name}="{safe(value)}"' for name, value in pairs if value is not None)


def button(label: str, *, kind: str = "quiet", title: str | None = None, **data: object) -> str:
    """A button for the page's script; ``data`` become ``data-`` attributes. ``label`` is text."""
    pairs = [("data-" + name.replace("_", "-"), value) for name, value in data.items()]
    extra = attributes([*pairs, ("aria-label", title), ("title", title)])
    return f'<button type="button" class="qb-button {kind}"{extra}>{safe(label)}</button>'
