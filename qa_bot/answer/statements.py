"""A model's reply as it comes, cut into statements: some sentences and the keys that follow them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_MARK = r"[\[【]\s*E\s*\d+(?:\s*[,，、;；和]?\s*E?\s*\d+)*\s*[\]】]"
_KEY = re.compile(r"\d+")
_STATEMENT = re.compile(
    rf"(?P<text>.*?)(?P<marks>{_MARK}(?:\s*{_MARK})*)(?P<stop>[。．.!！?？;；]?)", re.DOTALL
)
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
    buffer = ""
    for piece in spoken(pieces):
        buffer += piece
        while (match := _STATEMENT.match(buffer)) and _FOLLOWED.match(buffer, match.end()):
            yield _statement(match)
            buffer = buffer[match.end() :]
    while match := _STATEMENT.match(buffer):
        yield _statement(match)
        buffer = buffer[match.end() :]
    if buffer.strip():
        yield Statement(buffer.strip())


def sentences(text: str) -> list[str]:
    """The sentences of ``text``, Chinese or English, with their full stops."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def _statement(match: re.Match[str]) -> Statement:
    keys = tuple(dict.fromkeys(int(key) for key in _KEY.findall(match["marks"])))
    return Statement((match["text"] + match["stop"]).strip(), keys)


def spoken(pieces: Iterable[str]) -> Iterator[str]:
    """The reply without the thoughts that some models write before it (``<think>…</think>``)."""
    opening, closing = _THOUGHT
    held = ""
    waiting = True
    for piece in pieces:
        if not waiting:
            yield piece
            continue
        held += piece
        start = held.lstrip()
        if start.startswith(opening):
            _, closed, spoken = start.partition(closing)
            if not closed:
                continue
            held = spoken
        elif opening.startswith(start):
            continue
        waiting = False
        yield held
    if waiting and not held.lstrip().startswith(opening):
        yield held
