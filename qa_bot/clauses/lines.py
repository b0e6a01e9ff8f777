"""Physical lines of a source text, cleaned of mark-up, with their place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa_bot.clauses.model import Span

_BLANKS = str.maketrans({"\u00a0": " ", "\u3000": " ", "\u200b": None, "\ufeff": None, "\r": None})
_HEADING = re.compile(r"^(#{1,6})\s+")
_BULLET = re.compile(r"^[-*•]\s+")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_TAG = re.compile(r"</?(?:p|br|span|div|strong|b|font)\b[^<>]*>", re.IGNORECASE)
_CJK = r"[\u4e00-\u9fff〇“”‘’《》〈〉（）()、，。；：,;:—〔〕]"
_SPACE_IN_CJK = re.compile(rf"(?<={_CJK})\s+(?=[\u4e00-\u9fff〇“《〈（(〔\d])|(?<=\d)\s+(?=[\u4e00-\u9fff])")


@dataclass(frozen=True, slots=True)
class Line:
    """One physical line.

    ``number`` counts all lines of the file from 1, ``ordinal`` those that are not blank.
    ``span`` is its ``[start, end)`` in the source text without the line feed, ``text`` what is
    left when mark-up and outer blanks are gone, ``bold`` the words that it opens with in bold,
    ``heading`` its Markdown heading depth (0 for none), ``cells`` its tab-separated cells.
    """

    number: int
    ordinal: int
    span: Span
    text: str
    heading: int
    bold: str
    cells: tuple[str, ...]

    @property
    def is_table_row(self) -> bool:
        return len(self.cells) > 1


def tighten(text: str) -> str:
    """Remove the blanks that a broken line or a narrow column left between Chinese characters."""
    return _SPACE_IN_CJK.sub("", text.strip())


def strip_tags(text: str) -> str:
    return _TAG.sub("", text)


def split_lines(text: str) -> list[Line]:
    """The non-blank lines of ``text`` in order; numbers count every physical line from 1."""
    lines: list[Line] = []
    start = 0
    for number, raw in enumerate(text.split("\n"), 1):
        line = _clean(number, len(lines), start, raw)
        if line.text or line.is_table_row:
            lines.append(line)
        start += len(raw) + 1
    return lines


def _clean(number: int, ordinal: int, start: int, raw: str) -> Line:
    span = (start, start + len(raw))
    body = raw.translate(_BLANKS)
    if body.count("\t") and body.strip("\t "):
        cells = tuple(cell.strip() for cell in body.split("\t"))
        return Line(number, ordinal, span, " ".join(strip_tags(c) for c in cells).strip(), 0, "", cells)
    body = strip_tags(body).strip()
    heading = _HEADING.match(body)
    depth = len(heading[1]) if heading else 0
    body = body[heading.end() :] if heading else _BULLET.sub("", body)
    bold = _BOLD.match(body)
    text = _BOLD.sub(r"\1", body).strip()
    return Line(number, ordinal, span, text, depth, bold[1].strip() if bold else "", (text,))
