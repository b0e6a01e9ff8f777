"""Small pieces of HTML; text is escaped unless it is ``Html`` already."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable, Sequence


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def tag(name: str, *children: str, **attributes: str | float) -> Html:
    """``tag("td", "a < b", class_="n")`` → ``<td class="n">a &lt; b</td>``."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
    )
    return Html(f"<{name}{written}>{join(children)}</{name}>")


def join(parts: Iterable[str]) -> Html:
    return Html("".join(p if isinstance(p, Html) else html.escape(p) for p in parts))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Html:
    """A table; cells that are numbers stand to the right."""
    body = [tag("tr", *(_cell(cell) for cell in row)) for row in rows]
    top = tag("tr", *(tag("th", name) for name in head))
    return tag("div", tag("table", tag("thead", top), tag("tbody", *body)), class_="scroll")


def marked(text: str, needles: Iterable[str], class_: str = "hit") -> Html:
    """``text`` with every needle highlighted, found as facts are: folded, blanks aside."""
    spans = _spans(text, needles)
    parts: list[str] = []
    at = 0
    for start, end in spans:
        if start > at:
            parts.append(text[at:start])
        if end > at:
            parts.append(tag("mark", text[max(start, at) : end], class_=class_))
            at = end
    return join([*parts, text[at:]])


def _spans(text: str, needles: Iterable[str]) -> list[tuple[int, int]]:
    folded, positions = _folded_with_positions(text)
    spans = []
    for needle in needles:
        wanted, _ = _folded_with_positions(needle)
        at = folded.find(wanted) if wanted else -1
        while at >= 0:
            spans.append((positions[at], positions[at + len(wanted) - 1] + 1))
            at = folded.find(wanted, at + len(wanted))
    return sorted(spans)


def _folded_with_positions(text: str) -> tuple[str, list[int]]:
    """Character by character NFKC, lower case, blanks dropped; and where each came from."""
    folded, positions = [], []
    for at, character in enumerate(text):
        for piece in unicodedata.normalize("NFKC", character).lower():
            if not piece.isspace():
                folded.append(piece)
                positions.append(at)
    return "".join(folded), positions


def _cell(cell: str) -> Html:
    numeric = cell[:1] in "0123456789+-[—✓✗" and len(cell) < 24
    return (
        tag("td", cell, class_="n") if numeric and not isinstance(cell, Html) else tag("td", cell)
    )
