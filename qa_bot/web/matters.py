"""All rows of the lists of government matters (事项清单): search, order, export."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import lazy_pinyin
from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from qa_bot.clauses.references import fold_words
from qa_bot.errors import QuestionError
from qa_bot.index.store import ClauseStore

COLUMNS = ("name", "type", "body", "body_before", "change", "source")
LONGEST_WORDS = 100
_MOST_TERMS = 8
_ALIKE = 0.7
_SPREAD = 0.8
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class MatterRow:
    """One matter, with the document and row that it stands in; ``""`` where nothing is printed."""

    name: str
    type: str
    body: str
    body_before: str
    change: str
    source: str
    title: str
    clause_id: str


@lru_cache(maxsize=2)
def all_matters(store: ClauseStore) -> tuple[MatterRow, ...]:
    """Every matter of the store, in reading order."""
    return tuple(
        MatterRow(
            name=clause.matter.name,
            type=clause.matter.type or "",
            body=clause.matter.body or "",
            body_before=clause.matter.body_before or "",
            change=clause.matter.change or "",
            source=f"{clause.doc_no or f'《{clause.title}》'} {clause.section}",
            title=clause.title,
            clause_id=clause.id,
        )
        for clause in store.clauses
        if clause.matter
    )


def find_matters(
    rows: Iterable[MatterRow],
    words: str = "",
    *,
    type: str = "",
    body: str = "",
    change: str = "",
) -> list[MatterRow]:
    """The rows that fit; with ``words`` (misspelt ones too) best first, else in their order.

    Raises ``QuestionError`` where the words are too long or too many.
    """
    terms = _terms(words)
    fitting = [
        row
        for row in rows
        if type in ("", row.type) and body in ("", row.body) and change in ("", row.change)
    ]
    if not terms:
        return fitting
    likeness = [(min(_likeness(*term, row) for term in terms), row) for row in fitting]
    if any(value == 1 for value, _ in likeness):
        return [row for value, row in likeness if value == 1]
    near = [pair for pair in likeness if pair[0] >= _ALIKE]
    return [row for _, row in sorted(near, key=lambda pair: -pair[0])]


def ordered(
    rows: Sequence[MatterRow], column: str, descending: bool = False
) -> Sequence[MatterRow]:
    """``rows`` by one column in the order of pinyin; as they are where there is no such column.

    Rows without a value come last either way.
    """
    if column not in COLUMNS:
        return rows
    empty = [row for row in rows if not getattr(row, column)]
    filled = [row for row in rows if getattr(row, column)]
    return sorted(filled, key=lambda row: _pinyin(getattr(row, column)), reverse=descending) + empty


def as_csv(rows: Iterable[MatterRow], heads: Sequence[str]) -> bytes:
    """The rows for a spreadsheet program: UTF-8 with a mark, no cell that it would compute."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(heads)
    for row in rows:
        cells = _cells(row)
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return written.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Iterable[MatterRow], heads: Sequence[str]) -> bytes:
    """The rows as an Excel workbook, all cells text."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    sheet.append(list(heads))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for at, row in enumerate(rows, 2):
        for column, value in enumerate(_cells(row), 1):
            cell = sheet.cell(row=at, column=column, value=_CONTROL.sub("", value))
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCDEFG", (48, 14, 28, 28, 28, 30, 48), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cells(row: MatterRow) -> list[str]:
    return [*(getattr(row, column) for column in COLUMNS), row.title]


def _terms(words: str) -> list[tuple[str, list[str]]]:
    """The words that are looked for, each with its sound."""
    parts = words[:LONGEST_WORDS].split()
    if len(words) > LONGEST_WORDS or len(parts) > _MOST_TERMS:
        raise QuestionError(
            f"查找的内容最多 {LONGEST_WORDS} 个字符、{_MOST_TERMS} 个词，请缩短后再试。"
            f"(at most {LONGEST_WORDS} characters and {_MOST_TERMS} words can be looked for: shorten it.)"
        )
    return [(folded, lazy_pinyin(folded)) for part in parts if (folded := fold_words(part))]


def _likeness(term: str, sound: list[str], row: MatterRow) -> float:
    """1 where a field has the term; else how much of it the best field has, in that order, by
    its characters or by their sound."""
    fields = (row.name, row.type, row.body, row.body_before, row.change, row.source, row.title)
    best = 0.0
    for field in fields:
        folded = fold_words(field)
        if term in folded:
            return 1.0
        best = max(best, _nearness(list(term), list(folded)))
    return max(best, _nearness(sound, list(_pinyin(fold_words(row.name)))))


def _nearness(term: list[str], field: list[str]) -> float:
    """The share of ``term`` found in ``field`` in order, less where it is scattered."""
    if not field:
        return 0.0
    share = LCSseq.similarity(term, field) / len(term)
    together = fuzz.partial_ratio(term, field) / 100
    return min(0.99, share * (_SPREAD + (1 - _SPREAD) * together))


@lru_cache(maxsize=20_000)
def _pinyin(text: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(text))
