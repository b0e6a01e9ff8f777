"""A record of a table, and how the records of one physical row share the characters of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from qa_bot.clauses import markup
from qa_bot.clauses.lines import Line, tighten
from qa_bot.clauses.model import Span

NUMBER_COLUMNS = frozenset({"序号", "编号", "序", "项目编号", "编码", "No.", "NO."})
_BETWEEN_BODIES = re.compile(
    r"(?:(?<=[局委办厅院会署联])|(?<=中心|政府|部门|公司|集团|银行|支队|大队))\s+(?=[省市县区州各])"
)
_SEGMENT_END = re.compile(r"</p>|<br\s*/?>|\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Segment:
    """One paragraph of a table cell, without mark-up, and where it begins in the source."""

    text: str
    start: int


Segments = list[Segment]


@dataclass(slots=True)
class Record:
    """One record: its printed (or counted) number, its fields in column order, its place.

    ``part`` names an unnumbered sub-row among those that share one number.
    """

    number: str
    fields: dict[str, str]
    lines: list[Line]
    spans: list[Span] = field(default_factory=list)
    part: str = ""

    @property
    def text(self) -> str:
        """The record as a sentence that reads on its own: ``序号 3；名称：…；实施主体：…``."""
        parts = [
            f"{name} {value}" if name in NUMBER_COLUMNS else f"{name}：{value}"
            for name, value in self.fields.items()
            if value
        ]
        return "；".join(parts)

    def take(self, lines: list[Line]) -> None:
        """Own these lines whole."""
        self.lines += lines
        self.spans += [line.span for line in lines]


@dataclass(slots=True)
class Table:
    """``header`` are the lines that name the columns; their reprints belong to nothing.

    ``caption`` are the rows of one cell above them.
    """

    columns: list[str]
    records: list[Record] = field(default_factory=list)
    header: list[Line] = field(default_factory=list)
    caption: list[Line] = field(default_factory=list)


def cells_of(line: Line) -> list[Segments]:
    """The cells of a row, each as its paragraphs."""
    return [_segments(cell.start, cell.raw) for cell in line.cells]


def joined(segments: Segments) -> str:
    """The words of a cell; bodies that stand in paragraphs of their own stay apart."""
    lines = "\n".join(segment.text for segment in segments)
    return " ".join(part.replace("\n", "") for part in _BETWEEN_BODIES.split(lines))


def share(line: Line, owners: list[tuple[int, Record]]) -> None:
    """Divide the characters of ``line``: each owner has those from its offset to the next's."""
    merged: list[tuple[int, Record]] = []
    for start, record in sorted(owners, key=lambda owner: owner[0]):
        if not merged or merged[-1][1] is not record:
            merged.append((start, record))
    if not merged:
        return
    bounds = [line.span[0], *(start for start, _ in merged[1:]), line.span[1]]
    for (_, record), span in zip(merged, pairwise(bounds), strict=True):
        record.spans.append(span)
        if line not in record.lines[-1:]:
            record.lines.append(line)


def _segments(start: int, raw: str) -> Segments:
    found: Segments = []
    position = 0
    for end in [*(m.end() for m in _SEGMENT_END.finditer(raw)), len(raw)]:
        words = markup.unbold(markup.plain(raw[position:end])).strip()
        text = " ".join(map(tighten, _BETWEEN_BODIES.split(words)))
        if text:
            found.append(Segment(text, start + position))
        position = end
    return found
