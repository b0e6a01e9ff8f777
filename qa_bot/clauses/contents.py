"""Tables of contents: of an issue, and of a law that lists its chapters before its text."""

from __future__ import annotations

import re

from qa_bot.clauses import wording as w
from qa_bot.clauses.lines import Line
from qa_bot.clauses.markers import RANK, read_marker
from qa_bot.clauses.numerals import normalise_doc_no

_LEADERS = re.compile(r"[.．…·\s]*[（(]?\d*[）)]?$")
_FEWEST_ENTRIES = 2


def issue_contents(lines: list[Line]) -> range:
    """The table of contents of the issue: from 目录 to the first 文号 that stands alone."""
    for i, line in enumerate(lines):
        if w.is_contents(line.text):
            for j in range(i + 1, len(lines)):
                if normalise_doc_no(lines[j].text):
                    return range(i, j)
            return range(i, i)
    return range(0)


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
