"""Automatic numbers of Word: it keeps ``第一条`` out of the text and counts it when it shows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

_DEEPEST = 8
_MOST_STYLES = 20
_CHINESE = frozenset(
    {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographDigital"}
)


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a list: how its number is written, the label with ``%1``, its first number.

    ``style`` is the paragraph style that it numbers; it starts anew behind a level above
    ``restart``.
    """

    kind: str
    text: str
    start: int
    style: str
    restart: int


@dataclass(frozen=True, slots=True)
class _List:
    """A list of the document; those of one ``abstract`` list count on together.

    ``starts`` are the levels that it begins anew, each with its first number.
    """

    abstract: str
    levels: dict[int, _Level]
    starts: dict[int, int]


class Numbers:
    """Counts the numbered paragraphs of a document, which come in order of print."""

    def __init__(self, document: Any) -> None:
        self.lists = _lists(document)
        self.counts: dict[str, list[int]] = defaultdict(lambda: [0] * (_DEEPEST + 1))
        self.begun: set[tuple[str, int]] = set()
        self.styles: dict[str | None, list[Any]] = {}

    def label(self, paragraph: Any) -> str:
        """The number of the next paragraph as it is shown before its text; empty without one."""
        number_id, depth = self._place(paragraph)
        numbering = self.lists.get(number_id)
        if numbering is None or depth not in numbering.levels:
            return ""
        counts = self._count(number_id, numbering, depth)
        text = numbering.levels[depth].text
        for n in range(depth + 1):
            level = numbering.levels.get(n)
            kind, start = (level.kind, level.start) if level else ("decimal", 1)
            text = text.replace(f"%{n + 1}", _written(counts[n] or start, kind))
        return text + " " if text[-1:].isalnum() else text

    def _place(self, paragraph: Any) -> tuple[str, int]:
        """The list and the level of a paragraph, its own or those of its style."""
        styles = self._styles(paragraph)
        elements = [paragraph._p, *(style.element for style in styles)]
        found = [e.pPr.numPr for e in elements if e.pPr is not None and e.pPr.numPr is not None]
        number_id = next((str(n.numId.val) for n in found if n.numId is not None), "")
        depth = next((n.ilvl.val for n in found if n.ilvl is not None), None)
        if depth is None:
            levels = self.lists[number_id].levels if number_id in self.lists else {}
            names = [style.style_id for style in styles]
            depth = next((n for n, level in levels.items() if level.style in names), 0)
        return number_id, min(depth, _DEEPEST)

    def _styles(self, paragraph: Any) -> list[Any]:
        """The style of a paragraph and those that it is based on, the nearest first."""
        style_id = paragraph._p.style
        if style_id not in self.styles:
            self.styles[style_id] = list(islice(_chain(paragraph.style), _MOST_STYLES))
        return self.styles[style_id]

    def _count(self, number_id: str, numbering: _List, depth: int) -> list[int]:
        counts, levels = self.counts[numbering.abstract], numbering.levels
        if depth in numbering.starts and (number_id, depth) not in self.begun:
            counts[depth] = numbering.starts[depth]
        else:
            counts[depth] = counts[depth] + 1 if counts[depth] else levels[depth].start
        self.begun.add((number_id, depth))
        for n in range(depth + 1, _DEEPEST + 1):
            if n not in levels or depth < levels[n].restart:
                counts[n] = 0
        return counts


def _chain(style: Any) -> Iterator[Any]:
    while style is not None:
        yield style
        style = style.base_style


def _lists(document: Any) -> dict[str, _List]:
    """The lists of a document by their numbers."""
    from docx.oxml.ns import qn

    try:
        root = document.part.numbering_part.element
    except (KeyError, NotImplementedError, AttributeError):
        return {}
    abstract = {
        item.get(qn("w:abstractNumId")): _levels(item) for item in root.findall(qn("w:abstractNum"))
    }
    lists = {}
    for number in root.findall(qn("w:num")):
        name = _value(number, "abstractNumId")
        levels, starts = dict(abstract.get(name, {})), {}
        for override in number.findall(qn("w:lvlOverride")):
            depth = int(override.get(qn("w:ilvl")))
            levels |= _levels(override)
            if start := _value(override, "startOverride"):
                starts[depth] = int(start)
        lists[number.get(qn("w:numId"))] = _List(name, levels, starts)
    return lists


def _levels(parent: Any) -> dict[int, _Level]:
    from docx.oxml.ns import qn

    levels = {}
    for level in parent.findall(qn("w:lvl")):
        depth = int(level.get(qn("w:ilvl")))
        kind = _value(level, "numFmt")
        if kind not in ("", "bullet", "none"):
            levels[depth] = _Level(
                kind,
                _value(level, "lvlText"),
                int(_value(level, "start") or 1),
                _value(level, "pStyle"),
                int(_value(level, "lvlRestart") or depth),
            )
    return levels


def _value(parent: Any, tag: str) -> str:
    """The ``w:val`` of a child; empty where there is none."""
    from docx.oxml.ns import qn

    child = parent.find(qn(f"w:{tag}"))
    return "" if child is None else child.get(qn("w:val")) or ""


def _written(number: int, kind: str) -> str:
    if kind not in _CHINESE or not 0 < number < 10_000:
        return str(number)
    words = ""
    for unit, value in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, number = divmod(number, value)
        if digit:
            words += "零一二三四五六七八九"[digit] + unit
        elif words and words[-1] != "零":
            words += "零"
    words = words.rstrip("零")
    return words[1:] if words.startswith("一十") else words
