"""Tab-separated table rows → one record a row, whatever page breaks and OCR did to them.

Handled: headers reprinted at page breaks, a header glued to data, rows turned on their side
(one line a field), cells of a merged first column carried down, several numbered records in
one physical row, and rows that only spill over from the row above.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from qa_bot.clauses.lines import Line, strip_tags, tighten

_SEGMENT = re.compile(r"</p>\s*<p>|\n")
_GLUED_NUMBER = re.compile(r"^(\d{1,3})\s*[.．、](?!\d)")
_NUMBER_COLUMNS = {"序号", "编号", "序", "项目编号"}
_LONGEST_HEADER_CELL = 20

Cell = list[str]
"""The paragraphs of one table cell, without mark-up and without the blanks of narrow columns."""


@dataclass(slots=True)
class Record:
    """One record: its printed (or counted) number, its fields in column order, its lines."""

    number: str
    fields: dict[str, str]
    lines: list[Line]

    @property
    def text(self) -> str:
        """The record as a sentence that reads on its own: ``序号 3；名称：…；实施主体：…``."""
        parts = [
            f"{name} {value}" if name in _NUMBER_COLUMNS else f"{name}：{value}"
            for name, value in self.fields.items()
            if value
        ]
        return "；".join(parts)


@dataclass(slots=True)
class Table:
    """``header`` are the lines that name the columns, ``repeats`` their reprints."""

    columns: list[str]
    records: list[Record] = field(default_factory=list)
    header: list[Line] = field(default_factory=list)
    repeats: list[Line] = field(default_factory=list)


def read_rows(rows: list[Line], known: Table | None = None) -> Table:
    """The records of ``rows``; ``known`` is the table that they continue after a page break."""
    return _Rows(rows, known).read()


def continues(rows: list[Line], known: Table) -> bool:
    """Do these rows go on with ``known`` (same header, or none and the same width)?"""
    first = _cells(rows[0])
    return _header_matches(first, known.columns) > 0 or (
        len(first) == len(known.columns) and not _is_header(first)
    )


def _cells(line: Line) -> list[Cell]:
    return [[t for s in _SEGMENT.split(c) if (t := tighten(strip_tags(s)))] for c in line.cells]


def _joined(cell: Cell) -> str:
    return "".join(cell)


def _is_header(cells: list[Cell]) -> bool:
    texts = [_joined(cell) for cell in cells]
    return all(texts) and all(
        len(t) <= _LONGEST_HEADER_CELL and not _GLUED_NUMBER.match(t) and not t.isdigit()
        for t in texts
    )


def _header_matches(cells: list[Cell], columns: list[str]) -> int:
    return sum(bool(c) and c[0] == name for c, name in zip(cells, columns, strict=False))


class _Rows:
    def __init__(self, rows: list[Line], known: Table | None) -> None:
        self.rows = rows
        self.table = known or Table([])
        self.leftover: dict[str, str] = {}
        self.group: list[Record] = list(self.table.records[-1:])

    def read(self) -> Table:
        table = self.table
        i = 0
        if not table.columns:
            first = _cells(self.rows[0])
            if _is_header(first):
                table.columns = [_joined(cell) for cell in first]
                table.header.append(self.rows[0])
                i = 1
            else:
                table.columns = [f"第{n}列" for n in range(1, len(first) + 1)]
        while i < len(self.rows):
            i = self._row(i)
        return table

    @property
    def main(self) -> int:
        """The column that tells where a record begins: the number, or the numbered text."""
        columns = self.table.columns
        for i, name in enumerate(columns):
            if name in _NUMBER_COLUMNS:
                return i
        numbered = [
            sum(i < len(r.cells) and bool(_GLUED_NUMBER.search(strip_tags(r.cells[i]).strip())) for r in self.rows)
            for i in range(len(columns))
        ]
        return numbered.index(max(numbered)) if any(numbered) else 0

    def _row(self, i: int) -> int:
        line = self.rows[i]
        cells = _cells(line)
        columns = self.table.columns
        matches = _header_matches(cells, columns)
        if matches * 2 >= len(columns):
            self._reprinted_header(line, cells)
            return i + 1
        if self._is_turned(i):
            return self._turned(i)
        if cells and _joined(cells[0]) == columns[0]:
            cells = _without_header_words(cells, columns)
        self._data(line, (cells + [[]] * len(columns))[: len(columns)])
        return i + 1

    def _reprinted_header(self, line: Line, cells: list[Cell]) -> None:
        for name, cell in zip(self.table.columns, cells, strict=False):
            rest = _joined(cell[1:] if cell[:1] == [name] else cell)
            if rest and rest != name:
                self.leftover[name] = rest
        if self.leftover:
            self.table.header.append(line)
        else:
            self.table.repeats.append(line)

    def _is_turned(self, i: int) -> bool:
        """A record on its side: ``序号 3``, and below it a line for each of the other columns."""
        columns = self.table.columns
        cells = _cells(self.rows[i])
        if len(cells) < 2 or _joined(cells[0]) != columns[0] or not _joined(cells[1]).isdigit():
            return False
        below = [_joined(_cells(r)[0]) for r in self.rows[i + 1 : i + len(columns)]]
        return sum(name in columns[1:] for name in below) >= len(columns) // 2

    def _turned(self, i: int) -> int:
        columns = self.table.columns
        fields: dict[str, str] = {}
        start = i
        while i < len(self.rows):
            cells = _cells(self.rows[i])
            name = _joined(cells[0])
            if name not in columns or name in fields:
                break
            fields[name] = next((_joined(c) for c in cells[1:] if c), "")
            i += 1
        ordered = {name: fields.get(name, "") for name in columns}
        record = Record(fields[columns[0]], ordered, list(self.rows[start:i]))
        self.table.records.append(record)
        self.group = [record]
        return i

    def _data(self, line: Line, cells: list[Cell]) -> None:
        columns, main = self.table.columns, self.main
        number_column = columns[main] in _NUMBER_COLUMNS
        if number_column and self.group and not self.group[-1].number:
            if cells[main] and not any(c for k, c in enumerate(cells) if k != main):
                self.group[-1].number = _joined(cells[main])
                self.group[-1].fields[columns[main]] = _joined(cells[main])
                self.group[-1].lines.append(line)
                return
        if not cells[main] and self.group and not number_column:
            self._spill(line, cells)
            return
        self._carry_down(cells, main)
        starts = _numbered_segments(cells[main])
        if number_column or len(starts) < 2:
            self.group = [self._record(line, [_joined(c) for c in cells], main, number_column)]
        else:
            self.group = self._split(line, cells, main, starts)
        self.table.records += self.group
        self.leftover = {}

    def _carry_down(self, cells: list[Cell], main: int) -> None:
        if self.table.records:
            above = self.table.records[-1].fields
            for k in range(main):
                cells[k] = cells[k] or [above[self.table.columns[k]]]

    def _record(self, line: Line, texts: list[str], main: int, number_column: bool) -> Record:
        columns = self.table.columns
        for k, name in enumerate(columns):
            texts[k] = texts[k] or self.leftover.get(name, "")
        glued = _GLUED_NUMBER.match(texts[main])
        if number_column:
            number = texts[main]
        else:
            number = glued[1] if glued else str(len(self.table.records) + 1)
        return Record(number, dict(zip(columns, texts, strict=True)), [line])

    def _split(self, line: Line, cells: list[Cell], main: int, starts: list[int]) -> list[Record]:
        """Several numbered records in one row: each takes its own share where cells allow."""
        bounds = [*starts, len(cells[main])]
        own = [_joined(cells[main][a:b]) for a, b in zip(bounds, bounds[1:], strict=False)]
        records = []
        for n, text in enumerate(own):
            texts = [
                text if k == main else cell[n] if len(cell) == len(own) else _joined(cell)
                for k, cell in enumerate(cells)
            ]
            records.append(self._record(line, texts, main, number_column=False))
        return records

    def _spill(self, line: Line, cells: list[Cell]) -> None:
        """Cells without a record of their own: to the records above that lack them, else added."""
        for name, cell in zip(self.table.columns, cells, strict=True):
            if not cell:
                continue
            lacking = self._lacking(name, _joined(cell))
            if lacking and len(cell) == len(lacking):
                for record, text in zip(lacking, cell, strict=True):
                    record.fields[name] = text
            else:
                target = lacking[0] if lacking else self.group[-1]
                added = [text for text in cell if text != target.fields[name]]
                target.fields[name] = " ".join(filter(None, [target.fields[name], *added]))
        self.group[-1].lines.append(line)

    def _lacking(self, name: str, spilled: str) -> list[Record]:
        """The records that wait for this cell. Where several shared one cell and another value
        spills over, the shared one was the first record's own."""
        values = {record.fields[name] for record in self.group}
        if len(self.group) > 1 and len(values) == 1 and values != {spilled}:
            for record in self.group[1:]:
                record.fields[name] = ""
        return [record for record in self.group if not record.fields[name]]


def _without_header_words(cells: list[Cell], columns: list[str]) -> list[Cell]:
    """A row into which the header was glued: drop its words, and cells that held nothing else."""
    kept: list[Cell] = []
    for position, cell in enumerate(cells):
        rest = [text for text in cell if text not in columns]
        in_place = position < len(columns) and cell[:1] == [columns[position]]
        if rest or not cell or in_place:
            kept.append(rest)
    return kept


def _numbered_segments(cell: Cell) -> list[int]:
    return [k for k, text in enumerate(cell) if _GLUED_NUMBER.match(text)]
