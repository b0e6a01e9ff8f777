"""Lines of a source text, cleaned of mark-up, with their place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa_bot.clauses import markup
from qa_bot.clauses.markers import refers
from qa_bot.clauses.markup import RawLine
from qa_bot.clauses.model import Span
from qa_bot.clauses.numerals import NUMERAL

_HEADING = re.compile(r"^(#{1,6})\s+")
_BULLET = re.compile(r"^[-*•+]\s+")
_CJK = r"[\u4e00-\u9fff〇“”‘’《》〈〉（）()、，。；：,;:—〔〕]"
_SPACE_IN_CJK = re.compile(
    rf"(?<={_CJK})\s+(?=[\u4e00-\u9fff〇“《〈（(〔\d])|(?<=\d)\s+(?=[\u4e00-\u9fff])"
)
_ARTICLE_NUMBER = re.compile(rf"第[{NUMERAL[1:-2]}\s]+[编章节条](?:之{NUMERAL})?$")
_LONGEST_NUMBER = 16
_TABBED_MARKER = re.compile(r"\s*(?:#|(?:\*\*)?第\s*\S{1,8}?\s*[编章节条])")
_PIPE_ROW = re.compile(r"\s*\|.*\|\s*")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table row as printed, and where it begins in the source text."""

    start: int
    raw: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line, or one paragraph of several that HTML put on one physical line.

    ``number`` counts the physical lines of the file from 1, ``ordinal`` the Line objects from 0.
    ``span`` is its ``[start, end)`` in the source text without the line feed, ``text`` what is
    left when mark-up and outer blanks are gone, ``bold`` the words that it opens with in bold,
    ``heading`` its Markdown heading depth (0 for none), ``cells`` the cells of a table row.
    ``declared``: the front matter names this as the title; ``bullet``: it opened with a dash.
    """

    number: int
    ordinal: int
    span: Span
    text: str
    heading: int = 0
    bold: str = ""
    cells: tuple[Cell, ...] = ()
    declared: bool = False
    bullet: bool = False

    @property
    def is_table_row(self) -> bool:
        return len(self.cells) > 1


def tighten(text: str) -> str:
    """Remove the blanks that a broken line or a narrow column left between Chinese characters.

    The blank between a quoted article or chapter number and its words stays.
    """
    return _SPACE_IN_CJK.sub(_kept, text.strip())


def _kept(blank: re.Match[str]) -> str:
    start, end = blank.span()
    number = _ARTICLE_NUMBER.search(blank.string[max(0, start - _LONGEST_NUMBER) : start])
    return " " if number and not refers(blank.string[end : end + 2]) else ""


def split_lines(text: str) -> tuple[list[Line], list[Line]]:
    """The lines of ``text`` that hold words, and those that hold only mark-up."""
    lines: list[Line] = []
    bare: list[Line] = []
    for raw in markup.raw_lines(text):
        if raw.markup:
            bare.append(Line(raw.number, -1, (raw.start, raw.start + len(raw.text)), ""))
            continue
        line = _clean(len(lines), raw)
        if line.text or line.is_table_row:
            lines.append(line)
        elif raw.text.strip():
            bare.append(line)
    return lines, [line for line in bare if text[slice(*line.span)].strip()]


def _clean(ordinal: int, raw: RawLine) -> Line:
    span = (raw.start, raw.start + len(raw.text))
    if raw.declared:
        title = markup.front_matter_title(raw.text)
        return Line(raw.number, ordinal, span, title, heading=1, declared=True)
    cells = _cells(raw)
    if len(cells) > 1:
        words = " ".join(markup.plain(cell.raw).strip() for cell in cells).strip()
        return Line(raw.number, ordinal, span, words, cells=cells if words else ())
    body = markup.plain(raw.text).strip()
    heading = _HEADING.match(body)
    depth = len(heading[1]) if heading else 0
    bullet = None if heading else _BULLET.match(body)
    if opening := heading or bullet:
        body = body[opening.end() :]
    text = markup.unbold(body).strip()
    bold = markup.opening_bold(body)
    return Line(raw.number, ordinal, span, text, depth, bold, bullet=bool(bullet))


def _cells(raw: RawLine) -> tuple[Cell, ...]:
    """Tab-separated cells, or those of a Markdown table row between pipes."""
    if "\t" in raw.text and raw.text.strip() and not _TABBED_MARKER.match(raw.text):
        return _cut(raw.text, raw.start, "\t")
    if "|" in raw.text and _PIPE_ROW.fullmatch(raw.text):
        opened, closed = raw.text.index("|") + 1, raw.text.rindex("|")
        return _cut(raw.text[opened:closed], raw.start + opened, "|")
    return ()


def _cut(text: str, start: int, separator: str) -> tuple[Cell, ...]:
    cells = []
    for part in text.split(separator):
        cells.append(Cell(start, part))
        start += len(part) + 1
    return tuple(cells)
