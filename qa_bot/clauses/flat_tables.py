"""A table that was printed one cell a paragraph: 序号, the column names, then 1, its cells, 2, …

Rows are cut at their running numbers. Within a row the cells are matched to columns by what
the regular rows of the same table look like: a row with exactly one cell a column teaches what
stands in each column; longer rows are laid over the columns so that the likeness is greatest.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import pairwise

from qa_bot.clauses.lines import Line
from qa_bot.clauses.tables import Record, Table

Grams = frozenset[str]
Profile = list[Counter[Grams]]

_CONTINUES = re.compile(r"^(?:[2-9]|1\d)\s*[.．、](?!\d)")
_PREDICATE = re.compile(r"^(?:主要)?(?:包括|内容)[:：]")
_OPENS_LIST = re.compile(r"(?:^|[。:：])\s*1\s*[.．、](?!\d)")


def read_flat_table(lines: list[Line]) -> Table:
    """The records of a flattened table; ``lines`` begin with 序号."""
    first = next(i for i, line in enumerate(lines) if line.text == "1")
    columns = [line.text for line in lines[:first]]
    rows = _rows(lines[first:])
    width = len(columns) - 1
    cells = [_merge(row[1:]) for row in rows]
    profile = _profile(cells, width)
    table = Table(columns, header=lines[:first])
    above: list[str] = []
    for row, row_cells in zip(rows, cells, strict=True):
        values = _align(row_cells, width, profile)
        values[0] = values[0] or (above[0] if above else "")
        above = values
        fields = dict(zip(columns, [row[0].text, *values], strict=True))
        table.records.append(Record(row[0].text, fields, row))
    return table


def _rows(lines: list[Line]) -> list[list[Line]]:
    rows: list[list[Line]] = []
    for line in lines:
        if line.text == str(len(rows) + 1):
            rows.append([line])
        else:
            rows[-1].append(line)
    return rows


def _merge(lines: list[Line]) -> list[str]:
    """Lines of a row → its cells: doubled merged cells once, numbered continuations joined."""
    cells: list[str] = []
    previous: Line | None = None
    for line in lines:
        touches = previous is not None and line.number == previous.number + 1
        if cells and cells[-1] == line.text:
            pass
        elif cells and _PREDICATE.match(line.text):
            cells[-1] += "\n" + line.text
        elif cells and (touches or (_CONTINUES.match(line.text) and _OPENS_LIST.search(cells[-1]))):
            cells[-1] = f"{cells[-1]}\n{line.text}" if touches else cells[-1] + line.text
        else:
            cells.append(line.text)
        previous = line
    return cells


def _profile(rows: list[list[str]], width: int) -> Profile:
    """What regular rows hold in each column, the last columns first to be sure of."""
    profile: Profile = [Counter() for _ in range(width)]
    for row in rows:
        if len(row) in (width, width - 1):
            for column, text in zip(range(width - 1, -1, -1), reversed(row), strict=False):
                profile[column][_grams(text)] += 1
    return profile


@cache
def _grams(text: str) -> Grams:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1)) or frozenset({text})


def _likeness(text: str, column: Counter[Grams], taught: bool) -> float:
    """0…1: how much ``text`` looks like what the column holds in other rows (Dice on bigrams).

    ``taught``: the row is one of those that the column learnt from, so it does not vouch for itself.
    """
    grams = _grams(text)
    others = (o for o, count in column.items() if o != grams or count > taught)
    return max((2 * len(grams & o) / (len(grams) + len(o)) for o in others), default=0.0)


def _align(cells: list[str], width: int, profile: Profile) -> list[str]:
    """Lay ``cells`` over the columns in order; neighbours may share a column, the first may stay
    empty (a merged cell above)."""
    count = len(cells)
    taught = count in (width, width - 1)
    # best[c][k]: likeness of laying the first k cells over the first c columns
    best = [[float("-inf")] * (count + 1) for _ in range(width + 1)]
    cut = [[0] * (count + 1) for _ in range(width + 1)]
    best[0][0] = 0.0
    for column in range(1, width + 1):
        for k in range(count + 1):
            for start in range(k + 1):
                if best[column - 1][start] == float("-inf"):
                    continue
                score = best[column - 1][start] + _fit(cells[start:k], column - 1, profile, taught)
                if score > best[column][k]:
                    best[column][k], cut[column][k] = score, start
    bounds = [count]
    for column in range(width, 0, -1):
        bounds.append(cut[column][bounds[-1]])
    return ["\n".join(cells[a:b]) for a, b in pairwise(reversed(bounds))]


def _fit(cells: list[str], column: int, profile: Profile, taught: bool) -> float:
    if not cells:
        return -0.25 if column == 0 else -1.0
    score = sum(_likeness(cell, profile[column], taught) for cell in cells) / len(cells)
    if column == 0 and any("。" in cell for cell in cells):
        score -= 0.5
    return score - 0.2 * (len(cells) - 1)
