"""A table that was printed one cell a paragraph: 序号, the column names, then 1, its cells, 2, …

Rows are cut at their running numbers. Within a row the cells are matched to columns by what
stands in the same column of the other rows: longer and shorter rows are laid over the columns
so that the likeness is greatest, and what they then hold teaches the next round. A row that
holds its columns twice or more is cut into sub-rows that share its number.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import pairwise

from qa_bot.clauses.lines import Line
from qa_bot.clauses.records import Record, Table

Grams = frozenset[str]
Profile = list[Counter[Grams]]
Cell = list[Line]

_CONTINUES = re.compile(r"^(?:[2-9]|1\d)\s*[.．、](?!\d)")
_PREDICATE = re.compile(r"^(?:主要)?(?:包括|内容)[:：]")
_OPENS_LIST = re.compile(r"(?:^|[。:：])\s*1\s*[.．、](?!\d)")
_ROUNDS = 3
_MOST_CELLS = 60
_FEWEST_COLUMNS, _MOST_COLUMNS = 2, 20
_LEAST_LIKENESS = 0.3
_EMPTY_FIRST, _EMPTY, _SHARED = -0.25, -1.0, -0.2


def read_flat_table(lines: list[Line]) -> Table:
    """The records of a flattened table; ``lines`` begin with 序号."""
    first = next(i for i, line in enumerate(lines) if line.text == "1")
    columns = [line.text for line in lines[:first]]
    spaced = lines[1].number > lines[0].number + 1
    rows = [(row[0], _cells(row[1:], spaced)) for row in _rows(lines[first:])]
    width = len(columns) - 1
    profile = _taught([cells for _, cells in rows if len(cells) in (width, width - 1)], width)
    for _ in range(_ROUNDS):
        laid = [part for _, cells in rows for part in _sub_rows(cells, width, profile)]
        profile = _profile(laid)
    table = Table(columns, header=lines[:first])
    above = ""
    for number, cells in rows:
        parts = _sub_rows(cells, width, profile)
        for n, part in enumerate(parts):
            values = [_text(column) for column in part]
            values[0] = above = values[0] or above
            record = Record(
                number.text, dict(zip(columns, [number.text, *values], strict=True)), []
            )
            if n:
                record.part = values[1].split("\n")[0]
            record.take(
                ([] if n else [number])
                + [line for column in part for cell in column for line in cell]
            )
            table.records.append(record)
    return table


def flat_table_lines(lines: list[Line]) -> set[int]:
    """The indices of the lines of all flattened tables, as far as their running numbers go."""
    found: set[int] = set()
    for start, line in enumerate(lines):
        if line.text != "序号" or start in found:
            continue
        row = _number_from(lines, start + 1, 1, _MOST_COLUMNS)
        columns = row - start if row else 0
        last = row
        while row:
            last, number = row, int(lines[row].text) + 1
            row = _number_from(lines, row + 1, number, _MOST_CELLS)
        if last and columns >= _FEWEST_COLUMNS:
            found |= set(range(start, min(last + columns, len(lines))))
    return found


def _number_from(lines: list[Line], start: int, number: int, most: int) -> int | None:
    """Where ``number`` stands on a line of its own, at most so many lines on."""
    texts = enumerate((line.text for line in lines[start : start + most]), start)
    return next((i for i, text in texts if text == str(number)), None)


def _rows(lines: list[Line]) -> list[list[Line]]:
    rows: list[list[Line]] = []
    for line in lines:
        if line.text == str(len(rows) + 1):
            rows.append([line])
        else:
            rows[-1].append(line)
    return rows


def _cells(lines: list[Line], spaced: bool) -> list[Cell]:
    """Lines of a row → its cells: doubled merged cells once, numbered continuations joined.

    ``spaced``: blank lines stand between cells, so that lines without one are of the same cell.
    """
    cells: list[Cell] = []
    previous: Line | None = None
    for line in lines:
        touches = spaced and previous is not None and line.number <= previous.number + 1
        goes_on = bool(cells) and (
            cells[-1][-1].text == line.text
            or touches
            or bool(_PREDICATE.match(line.text))
            or (bool(_CONTINUES.match(line.text)) and bool(_OPENS_LIST.search(_text(cells[-1:]))))
        )
        if goes_on:
            cells[-1].append(line)
        else:
            cells.append([line])
        previous = line
    return cells


def _text(cells: list[Cell]) -> str:
    """The words of the cells that share a column; what a merged cell printed twice once."""
    text, previous = "", None
    for cell in cells:
        for line in cell:
            if previous is None:
                text = line.text
            elif previous.text != line.text:
                joined = line.number > previous.number + 1 and bool(_CONTINUES.match(line.text))
                text += ("" if joined else "\n") + line.text
            previous = line
    return text


def _taught(rows: list[list[Cell]], width: int) -> Profile:
    """What rows of the regular length hold in each column, the last columns first to be sure of."""
    return _profile([[[]] * (width - len(row)) + [[cell] for cell in row] for row in rows])


def _profile(rows: list[list[list[Cell]]]) -> Profile:
    width = len(rows[0]) if rows else 0
    profile: Profile = [Counter() for _ in range(width)]
    for row in rows:
        for column, cells in enumerate(row):
            for cell in cells:
                profile[column][_grams(_text([cell]))] += 1
    return profile


@lru_cache(maxsize=4096)
def _grams(text: str) -> Grams:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1)) or frozenset({text})


def _likeness(text: str, column: Counter[Grams], own: Counter[Grams]) -> float:
    """0…1: how much ``text`` looks like what the column holds in other rows (Dice on bigrams)."""
    grams = _grams(text)
    others = (o for o, count in column.items() if count > own[o])
    return max((2 * len(grams & o) / (len(grams) + len(o)) for o in others), default=0.0)


def _sub_rows(cells: list[Cell], width: int, profile: Profile) -> list[list[list[Cell]]]:
    """The row laid over the columns, as several rows where it holds them several times over."""
    if not profile or len(cells) > _MOST_CELLS:
        return [_in_order(cells, width)] if width else []
    own = Counter(_grams(_text([cell])) for cell in cells)
    extra, rest = divmod(len(cells) - width, width - 1) if width > 1 else (0, 1)
    if extra > 0 and rest == 0:
        cuts = [0, *range(width, len(cells) + 1, width - 1)]
        parts = [[[cell] for cell in cells[a:b]] for a, b in pairwise(cuts)]
        parts[1:] = [[[], *part] for part in parts[1:]]
        alike = [
            _likeness(_text(column), profile[k], own)
            for part in parts
            for k, column in enumerate(part)
            if k
        ]
        if sum(alike) >= _LEAST_LIKENESS * len(alike):
            return parts
    return [_align(cells, width, profile, own)]


def _in_order(cells: list[Cell], width: int) -> list[list[Cell]]:
    """One cell a column as they come; the last takes what is left over."""
    empty: list[list[Cell]] = [[] for _ in range(width - 1 - len(cells))]
    return [[cell] for cell in cells[: width - 1]] + empty + [cells[width - 1 :]]


def _align(
    cells: list[Cell], width: int, profile: Profile, own: Counter[Grams]
) -> list[list[Cell]]:
    """Lay ``cells`` over the columns in order; neighbours may share a column, the first may stay
    empty (a merged cell above)."""
    count = len(cells)
    alike = [[_likeness(_text([cell]), column, own) for cell in cells] for column in profile]
    worst = float("-inf")
    best = [[worst] * (count + 1) for _ in range(width + 1)]
    cut = [[0] * (count + 1) for _ in range(width + 1)]
    best[0][0] = 0.0
    for column in range(width):
        for end in range(count + 1):
            for start in range(end + 1):
                if best[column][start] == worst:
                    continue
                score = best[column][start] + _fit(
                    cells[start:end], alike[column][start:end], column
                )
                if score > best[column + 1][end]:
                    best[column + 1][end], cut[column + 1][end] = score, start
    bounds = [count]
    for column in range(width, 0, -1):
        bounds.append(cut[column][bounds[-1]])
    return [cells[a:b] for a, b in pairwise(reversed(bounds))]


def _fit(cells: list[Cell], alike: list[float], column: int) -> float:
    if not cells:
        return _EMPTY_FIRST if column == 0 else _EMPTY
    score = sum(alike) / len(cells) + _SHARED * (len(cells) - 1)
    if column == 0 and any("。" in line.text for cell in cells for line in cell):
        score -= 0.5
    return score
