"""Tables of contents and lists: what they name begins elsewhere, or not in this file at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest

from qa_bot.clauses import wording as w
from qa_bot.clauses.flat_tables import flat_table_lines
from qa_bot.clauses.lines import Line
from qa_bot.clauses.markers import RANK, read_marker
from qa_bot.clauses.numerals import normalise_doc_no

_LEADERS = re.compile(r"[.．…·\s]*[（(]?\d*[）)]?$")
_FEWEST_ENTRIES = 2
_LONGEST_ENTRY = 4
_LONGEST_TITLE = 100
_LABEL = re.compile(r"[一-龥\s]{1,6}[:：]")
_REST_OF_SENTENCE = re.compile(r"[、，,。；;）)》]|[的和及与等]|文?件?(?:精神|要求|规定)")


@dataclass(frozen=True, slots=True)
class Number:
    """A 文号 that stands alone: on ``width`` lines from ``index``, as printed and normalised."""

    index: int
    printed: str
    doc_no: str
    width: int = 1

    @property
    def end(self) -> int:
        return self.index + self.width


def issue_contents(lines: list[Line]) -> range:
    """The table of contents of the issue: from 目录 to the first 文号 that stands alone, or, where
    its entries stand so, to the first that comes again."""
    for i, line in enumerate(lines):
        if w.is_contents(line.text):
            return range(i, _repeated_entry(lines, i + 1) or _first_number(lines, i + 1) or i)
    return range(0)


def _repeated_entry(lines: list[Line], start: int) -> int | None:
    seen: set[str] = set()
    for i, line in enumerate(lines[start:], start):
        if _is_text(line):
            return None
        doc_no = normalise_doc_no(_LEADERS.sub("", line.text))
        if doc_no in seen:
            return i
        if doc_no:
            seen.add(doc_no)
    return None


def _first_number(lines: list[Line], start: int) -> int | None:
    return next((i for i in range(start, len(lines)) if normalise_doc_no(lines[i].text)), None)


def without_listed(lines: list[Line], numbers: list[Number]) -> list[Number]:
    """``numbers`` without those that a flattened table, a list or a sentence names."""
    flat = flat_table_lines(lines)
    numbers = [number for number in numbers if number.index not in flat]
    kept: list[Number] = []
    listed: Number | None = None
    for number, following in zip_longest(numbers, numbers[1:]):
        named = (
            _only_named(lines, number, following)
            or _goes_on(lines, listed, number)
            or _introduced(lines, number.index)
            or _within_sentence(lines, number)
        )
        if kept and named and not _is_addressed(lines, number.end):
            listed = number
        else:
            kept.append(number)
    return kept


def _only_named(lines: list[Line], number: Number, following: Number | None) -> bool:
    """Does no text stand between this 文号 and the title of the next one?"""
    if following is None or following.doc_no == number.doc_no:
        return False
    between = lines[number.end : following.index - 1]
    return not any(_is_text(line) or read_marker(line.text) for line in between)


def _goes_on(lines: list[Line], listed: Number | None, number: Number) -> bool:
    """Does this 文号 stand in the same list as the one ``listed`` before it?"""
    if listed is None or number.index - listed.index >= _LONGEST_ENTRY:
        return False
    return not any(map(_is_text, lines[listed.end : number.index]))


def _introduced(lines: list[Line], index: int) -> bool:
    """Does a line above announce a list (废止下列文件：), and not only label a field (文号：)?"""
    for line in lines[max(0, index - _LONGEST_ENTRY) : index][::-1]:
        if line.text.endswith((":", "：")):
            return not _LABEL.fullmatch(line.text)
        if _is_text(line):
            return False
    return False


def _within_sentence(lines: list[Line], number: Number) -> bool:
    """Is this 文号 a part of the sentence above or below it: 根据《…》 / （…号） / 的要求？"""
    above = lines[number.index - 1].text if number.index else ""
    below = lines[number.end].text if number.end < len(lines) else ""
    return w.opens_sentence(above) or bool(_REST_OF_SENTENCE.match(below))


def _is_addressed(lines: list[Line], start: int) -> bool:
    """Do addressees follow, a title at most in between?"""
    for line in lines[start : start + _LONGEST_ENTRY]:
        if w.is_addressee(line.text):
            return True
        if not w.is_title_line(line.text):
            return False
    return False


def _is_text(line: Line) -> bool:
    """Does this line belong to the text of a document, and not to a list of titles?"""
    text = line.text
    return (
        line.is_table_row
        or "。" in text
        or len(text) > _LONGEST_TITLE
        or w.is_addressee(text)
        or w.is_date_line(text)
        or w.attachment_label(text) is not None
    )


def listed_divisions(lines: list[Line]) -> set[int]:
    """The ordinals of lines that list the chapters of a text which has them again below."""
    names = [_division(line) for line in lines]
    last = {name: i for i, name in enumerate(names) if name}
    listed: set[int] = set()
    i = 0
    while i < len(lines):
        j = i
        while j < len(lines) and names[j] and last[names[j]] > j:
            j += 1
        if j - i >= _FEWEST_ENTRIES:
            first = i - 1 if i and w.is_contents(lines[i - 1].text) else i
            listed.update(range(first, j))
        i = max(j, i + 1)
    return listed


def _division(line: Line) -> str:
    """The words of a chapter or section line, without blanks, dot leaders and page number."""
    if line.is_table_row or len(line.text) > 60:
        return ""
    marker = read_marker(line.text)
    if not marker or marker.rank >= RANK["article"]:
        return ""
    return re.sub(r"\s", "", _LEADERS.sub("", line.text))
