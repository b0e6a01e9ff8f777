"""A model's reply as it comes, cut into statements: some sentences and the keys that follow them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_INSIDE = r"[\s\d,，、;；和E]{0,99}"
_MARK = rf"[\[【]\s{{0,9}}E\s{{0,9}}\d{_INSIDE}[\]】]"
_KEY = re.compile(r"\d+")
_MARKS = re.compile(rf"(?P<marks>{_MARK}(?:\s*{_MARK})*)(?P<stop>[。．.!！?？;；]?)")
_BEGUN = re.compile(rf"[\[【]{_INSIDE}\Z")
# A statement is complete once something follows that is not one more mark or its full stop.
_FOLLOWED = re.compile(r"\s*[^\s\[【。．.!！?？;；]")
_SENTENCE_END = re.compile(r"(?<=[。！？!?；;\n])|(?<=[.])\s+(?=[A-Z])")
_THOUGHT = ("<think>", "</think>")


@dataclass(frozen=True, slots=True)
class Statement:
    """Sentences with the keys named after the last of them; no keys where none was named."""

    text: str
    keys: tuple[int, ...] = ()


def statements(pieces: Iterable[str]) -> Iterator[Statement]:
    """The statements of a reply, each as soon as it is complete; last what names no key."""
    said, start, read = "", 0, 0  # given up to ``start``, no mark left before ``read``
    for piece in spoken(pieces):
        said += piece
        while (match := _MARKS.search(said, read)) and _FOLLOWED.match(said, match.end()):
            yield _statement(match, start)
            start = read = match.end()
        pending = match or _BEGUN.search(said, read)
        read = pending.start() if pending else len(said)
    for match in _MARKS.finditer(said, start):
        yield _statement(match, start)
        start = match.end()
    if rest := said[start:].strip():
        yield Statement(rest)


def sentences(text: str) -> list[str]:
    """The sentences of ``text``, Chinese or English, with their full stops."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def _statement(match: re.Match[str], start: int) -> Statement:
    """The words of a reply from ``start`` to the marks that ``match`` found, and their keys."""
    text = match.string[start : match.start()] + match["stop"]
    return Statement(text.strip(), tuple(dict.fromkeys(map(int, _KEY.findall(match["marks"])))))


def spoken(pieces: Iterable[str]) -> Iterator[str]:
    """The reply without the thoughts that some models write before it (``<think>…</think>``)."""
    opening, closing = _THOUGHT
    coming = iter(pieces)
    held = ""
    for piece in coming:
        held = (held + piece).lstrip()
        if len(held) >= len(opening):
            break
    if held.startswith(opening):
        while closing not in held:
            more = next(coming, None)
            if more is None:
                return
            held = held[1 - len(closing) :] + more
        held = held.partition(closing)[2]
    yield held
    yield from coming
