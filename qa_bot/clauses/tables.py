"""Table rows → one record a row, whatever page breaks and OCR did to them.

Handled: headers reprinted at page breaks, a header glued to data, rows turned on their side
(one line a field), cells of a merged first column carried down, several numbered records in
one physical row, rows that only spill over from the row above, a caption above the header, and
a header of two rows.
"""

from __future__ import annotations

import re
from itertools import pairwise

from qa_bot.clauses.lines import Line
from qa_bot.clauses.records import (
    NUMBER_COLUMNS,
    Record,
    Segment,
    Segments,
    Table,
    cells_of,
    joined,
    share,
)

_GLUED_NUMBER = re.compile(r"^(\d{1,3})\s*[.．、](?!\d)")
_LONGEST_HEADER_CELL = 20
_MOST_CAPTIONS = 3
_TOTAL = re.compile(r"[合总小]\s*计")


def read_rows(rows: list[Line], known: Table | None = None) -> Table:
    """The records of ``rows``; ``known`` is the table that they continue after a page break."""
    return _Rows(rows, known).read()


def continues(rows: list[Line], known: Table) -> bool:
    """Do these rows go on with ``known`` (same header, or none and the same width)?"""
    first = cells_of(rows[0])
    return _header_matches(first, known.columns) > 0 or (
        len(first) == len(known.columns) and not _is_header(first)
    )


def _is_header(cells: list[Segments]) -> bool:
    texts = [joined(cell) for cell in cells]
    return all(texts) and all(
        len(t) <= _LONGEST_HEADER_CELL and not _GLUED_NUMBER.match(t) and not t.isdigit()
        for t in texts
    )


def _header_row(rows: list[list[Segments]]) -> int | None:
    """Where the header stands: in the first row, or below captions or its own upper half."""
    for i, cells in enumerate(rows[: _MOST_CAPTIONS + 1]):
        if _is_header(cells):
            return i
        if not (_is_caption(cells) or _reaches_down(cells, rows[i + 1 : i + 2])):
            break
    return None


def _is_caption(cells: list[Segments]) -> bool:
    return bool(cells[0]) and not any(cells[1:])


def _reaches_down(cells: list[Segments], below: list[list[Segments]]) -> bool:
    """Does the number column of an upper header row go on in the row below?"""
    pairs = ((joined(a), joined(b)) for row in below for a, b in zip(cells, row, strict=False))
    return any(a == b and a in NUMBER_COLUMNS for a, b in pairs)


def _header_matches(cells: list[Segments], columns: list[str]) -> int:
    return sum(bool(c) and c[0].text == name for c, name in zip(cells, columns, strict=False))


class _Rows:
    def __init__(self, rows: list[Line], known: Table | None) -> None:
        self.rows = rows
        self.cells = [cells_of(row) for row in rows]
        self.table = known or Table([])
        self.leftover: dict[str, str] = {}
        self.leftover_lines: list[Line] = []
        self.group: list[Record] = list(self.table.records[-1:])
        self.main = 0

    def read(self) -> Table:
        table = self.table
        i = 0
        if not table.columns:
            header = _header_row(self.cells)
            if header is None:
                table.columns = [f"第{n}列" for n in range(1, len(self.cells[0]) + 1)]
            else:
                table.columns = _distinct([joined(cell) for cell in self.cells[header]])
                i = header + 1
                for row, cells in zip(self.rows[:i], self.cells, strict=False):
                    (table.caption if _is_caption(cells) else table.header).append(row)
        self.main = self._main_column()
        while i < len(self.rows):
            i = self._row(i)
        table.header += self.leftover_lines
        self._number_sub_rows()
        return table

    def _number_sub_rows(self) -> None:
        """Rows whose number is missing, or merged with the one above, share that number."""
        main = self.table.columns[self.main]
        for above, record in pairwise(self.table.records):
            values = [value for value in record.fields.values() if value]
            if not values or not above.number or _TOTAL.match(values[0]):
                continue
            merged = (record.number, record.fields[main]) == (above.number, above.fields[main])
            if merged or (not record.number and main in NUMBER_COLUMNS):
                record.number = above.number
                new = (v for v in values if v not in above.fields.values())
                record.part = next(new, values[0])[:20]

    def _main_column(self) -> int:
        """The column that tells where a record begins: the number, or the numbered text."""
        columns = self.table.columns
        for i, name in enumerate(columns):
            if name in NUMBER_COLUMNS:
                return i
        numbered = [
            sum(i < len(row) and bool(_numbered_segments(row[i])) for row in self.cells)
            for i in range(len(columns))
        ]
        return numbered.index(max(numbered)) if any(numbered) else 0

    def _row(self, i: int) -> int:
        line, cells, columns = self.rows[i], self.cells[i], self.table.columns
        if _header_matches(cells, columns) * 2 >= len(columns):
            self._reprinted_header(line, cells)
            return i + 1
        if self._is_turned(i):
            return self._turned(i)
        if cells and joined(cells[0]) == columns[0]:
            cells = _without_header_words(cells, columns)
        self._data(line, self._fitted(cells))
        return i + 1

    def _fitted(self, cells: list[Segments]) -> list[Segments]:
        """As many cells as columns; what stands beyond the last column goes to the last."""
        width = len(self.table.columns)
        last = [segment for cell in cells[width - 1 :] for segment in cell]
        return (cells[: width - 1] + [last] + [[] for _ in range(width)])[:width]

    def _reprinted_header(self, line: Line, cells: list[Segments]) -> None:
        leftover = {}
        for name, cell in zip(self.table.columns, cells, strict=False):
            rest = joined(cell[1:] if cell and cell[0].text == name else cell)
            if rest and rest != name:
                leftover[name] = rest
        if leftover:
            self.leftover |= leftover
            self.leftover_lines.append(line)

    def _is_turned(self, i: int) -> bool:
        """A record on its side: ``序号 3``, and below it a line for each of the other columns."""
        columns, cells = self.table.columns, self.cells[i]
        if len(cells) < 2 or joined(cells[0]) != columns[0] or not joined(cells[1]).isdigit():
            return False
        below = [joined(row[0]) for row in self.cells[i + 1 : i + len(columns)]]
        return sum(name in columns[1:] for name in below) >= len(columns) // 2

    def _turned(self, i: int) -> int:
        columns = self.table.columns
        fields: dict[str, str] = {}
        start = i
        while i < len(self.rows):
            name = joined(self.cells[i][0])
            if name not in columns or name in fields:
                break
            fields[name] = next((joined(c) for c in self.cells[i][1:] if c), "")
            i += 1
        record = Record(fields[columns[0]], {name: fields.get(name, "") for name in columns}, [])
        record.take(self.rows[start:i])
        self.table.records.append(record)
        self.group = [record]
        return i

    def _data(self, line: Line, cells: list[Segments]) -> None:
        columns, main = self.table.columns, self.main
        number_column = columns[main] in NUMBER_COLUMNS
        alone = cells[main] and not any(c for k, c in enumerate(cells) if k != main)
        if number_column and alone and self.group and not self.group[-1].number:
            self.group[-1].number = joined(cells[main])
            self.group[-1].fields[columns[main]] = joined(cells[main])
            self.group[-1].take([line])
            return
        if not cells[main] and self.group and not number_column:
            self._spill(line, cells)
            return
        texts = [joined(cell) for cell in cells]
        self._carry_down(texts)
        starts = _numbered_segments(cells[main])
        if number_column or len(starts) < 2:
            self.group = [self._record(texts, number_column)]
            self.group[0].take([*self.leftover_lines, line])
        else:
            self.group = self._split(line, cells, texts, starts)
        self.table.records += self.group
        self.leftover, self.leftover_lines = {}, []

    def _carry_down(self, texts: list[str]) -> None:
        if self.table.records:
            above = self.table.records[-1].fields
            for k in range(self.main):
                texts[k] = texts[k] or above[self.table.columns[k]]

    def _record(self, texts: list[str], number_column: bool) -> Record:
        columns, main = self.table.columns, self.main
        texts = [
            text or self.leftover.get(name, "") for text, name in zip(texts, columns, strict=True)
        ]
        glued = _GLUED_NUMBER.match(texts[main])
        if number_column:
            number = texts[main]
        else:
            number = glued[1] if glued else str(len(self.table.records) + 1)
        return Record(number, dict(zip(columns, texts, strict=True)), [])

    def _split(
        self, line: Line, cells: list[Segments], texts: list[str], starts: list[int]
    ) -> list[Record]:
        """Several numbered records in one row: each takes its own share where cells allow."""
        bounds = [*starts, len(cells[self.main])]
        own = [joined(cells[self.main][a:b]) for a, b in pairwise(bounds)]
        records, owners = [], []
        for n, text in enumerate(own):
            shares = [
                text if k == self.main else cell[n].text if len(cell) == len(own) else texts[k]
                for k, cell in enumerate(cells)
            ]
            record = self._record(shares, number_column=False)
            records.append(record)
            owners.append((cells[self.main][starts[n]].start, record))
        for k, cell in enumerate(cells):
            if k != self.main and cell:
                each = len(cell) == len(own)
                owners += [(s.start, records[n if each else 0]) for n, s in enumerate(cell)]
        share(line, owners)
        return records

    def _spill(self, line: Line, cells: list[Segments]) -> None:
        """Cells without a record of their own: to the records above that lack them, else added."""
        owners: list[tuple[int, Record]] = []
        for name, cell in zip(self.table.columns, cells, strict=True):
            if not cell:
                continue
            lacking = self._lacking(name, joined(cell))
            if lacking and len(cell) == len(lacking):
                for record, segment in zip(lacking, cell, strict=True):
                    record.fields[name] = segment.text
                    owners.append((segment.start, record))
            else:
                target = lacking[0] if lacking else self.group[-1]
                added = [s.text for s in cell if s.text != target.fields[name]]
                target.fields[name] = " ".join(filter(None, [target.fields[name], *added]))
                owners.append((cell[0].start, target))
        if owners:
            share(line, owners)

    def _lacking(self, name: str, spilled: str) -> list[Record]:
        """The records that wait for this cell. Where several shared one cell and another value
        spills over, the shared one was the first record's own."""
        values = {record.fields[name] for record in self.group}
        if len(self.group) > 1 and len(values) == 1 and values != {spilled}:
            for record in self.group[1:]:
                record.fields[name] = ""
        return [record for record in self.group if not record.fields[name]]


def _distinct(names: list[str]) -> list[str]:
    """Column names, told apart where the header prints one twice."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}{seen[name]}")
    return result


def _without_header_words(cells: list[Segments], columns: list[str]) -> list[Segments]:
    """A row into which the header was glued: drop its words, and cells that held nothing else."""
    kept: list[Segments] = []
    for position, cell in enumerate(cells):
        rest = [segment for segment in cell if segment.text not in columns]
        in_place = position < len(columns) and cell[:1] and cell[0].text == columns[position]
        if rest or not cell or in_place:
            kept.append(rest)
    return kept


def _numbered_segments(cell: list[Segment]) -> list[int]:
    return [k for k, segment in enumerate(cell) if _GLUED_NUMBER.match(segment.text)]
