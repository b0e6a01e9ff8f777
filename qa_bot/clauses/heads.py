"""Finding the documents in a file: where each begins and ends, its 文号 and its title.

A document shows itself by a 文号 on a line of its own, with the title above it (国发, 盘政发 …)
or below it under a letterhead (本政发, 银发 …), or by an order (令) and its number. Documents
without a 文号 show themselves by a title that names its region and is followed by 第一条, 第一章
or addressees. What lies outside every document (mastheads, tables of contents, web boilerplate,
colophons) is noise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from qa_bot.clauses import wording as w
from qa_bot.clauses.contents import Number, issue_contents, without_listed
from qa_bot.clauses.lines import Line
from qa_bot.clauses.markers import read_marker
from qa_bot.clauses.numerals import normalise_doc_no
from qa_bot.clauses.orders import first_title, is_bare_order, is_order_number, promulgated

_ORDER_NUMBER = re.compile(
    r"[〔\[（(]\s*\d{4}\s*[〕\]）)]\s*第?\s*\d+\s*号|第\s*[\d一二三四五六七八九十百零〇]+\s*号"
)
_ORDER = re.compile(r"[一-龥\s、]{2,60}(?:令|公告)")
_ORDER_WITH_TITLE = re.compile(
    r"(.{2,40}(?:令|公告).{2,20}号)\s*[（(]([^（）()]{4,60}(?:[（(][^（）()]{2,10}[）)])?)[）)]"
)
_NUMBERED_TITLE = re.compile(
    r"(.{6,}?)\s*[（(](\S{2,20}[〔\[（(]\s*\d{4}\s*[〕\]）)]\s*第?\s*\d+\s*号)[）)]"
)
_MAX_TITLE_LINES = 6
_FURTHEST_FOLLOWER = 16
_PAGE_TITLE_GAP = 4
_OPENING_STYLES = {"part", "chapter", "article", "cn"}


@dataclass(frozen=True, slots=True)
class Head:
    """The head of one document as indices into the file's lines.

    ``lines`` are letterhead, 文号 and title in order of print, ``title_lines`` those of them
    that make up the title; ``body`` is the first line behind the head. ``doc_no_printed``
    keeps the 文号 as the source has it.
    """

    lines: tuple[int, ...]
    body: int
    title: str
    doc_no: str | None
    doc_no_printed: str | None
    title_lines: tuple[int, ...] = ()

    @property
    def start(self) -> int:
        return self.lines[0] if self.lines else self.body


def find_heads(lines: list[Line]) -> list[Head]:
    """The heads of all documents of a file, in order."""
    heads: list[Head] = []
    contents = issue_contents(lines)
    position = 0
    for number in without_listed(lines, _numbers(lines, contents)):
        if number.index < position:
            continue
        named, doc_no = "", number.doc_no
        if (
            heads
            and _bare_number(heads[-1].doc_no) == _bare_number(doc_no)
            and number.index - heads[-1].body <= _PAGE_TITLE_GAP
        ):
            named = heads.pop().title
        head = _numbered_head(lines, number, position)
        if named and head.title == doc_no:
            head = replace(head, title=named)
        heads.append(head)
        position = head.body
    if heads and heads[0].title == heads[0].doc_no:
        heads[0] = replace(heads[0], title=_page_title(lines[: heads[0].start]) or heads[0].title)
    titled: list[Head] = []
    if not heads and lines:
        first = next(iter(_titled_heads(lines, 0, len(lines), None, contents)), None)
        if first is None or any(_is_prose(line) for line in lines[: first.start]):
            heads = [_first_head(lines)]
    bounds = [0, *(h.start for h in heads), len(lines)]
    for n, (start, end) in enumerate(pairwise(bounds)):
        current = heads[n - 1] if n else None
        titled += _titled_heads(lines, current.body if current else start, end, current, contents)
    found = sorted([*heads, *titled], key=lambda head: head.start)
    return [_named_by_order(head, lines) for head in found]


def _bare_number(doc_no: str | None) -> str:
    return (doc_no or "").replace("第", "")


def _named_by_order(head: Head, lines: list[Line]) -> Head:
    """An order whose only title is 国务院令, by what it promulgates."""
    if not is_bare_order(head.title):
        return head
    return replace(head, title=promulgated(lines[head.body :]) or head.title)


def _numbers(lines: list[Line], contents: range) -> list[Number]:
    """Every 文号 that stands alone outside the table of contents."""
    found = []
    for i, line in enumerate(lines):
        if i in contents or line.is_table_row or len(line.text) > 60:
            continue
        printed, width = line.text, 1
        doc_no = normalise_doc_no(printed)
        if doc_no is None and printed[:1] in "（(":
            doc_no = normalise_doc_no(printed.strip("（）() "))
        below = lines[i + 1].text if i + 1 < len(lines) else ""
        if doc_no is None and _ORDER.fullmatch(printed) and _ORDER_NUMBER.fullmatch(below):
            printed, width = f"{printed} {below}", 2
            doc_no = normalise_doc_no(printed)
        if doc_no is None and (match := _ORDER_WITH_TITLE.fullmatch(printed)):
            printed = match[1]
            doc_no = normalise_doc_no(printed)
        if doc_no:
            found.append(Number(i, printed, doc_no, width))
    return found


def _numbered_head(lines: list[Line], number: Number, floor: int) -> Head:
    index, doc_no, printed = number.index, number.doc_no, number.printed
    after = _title_after(lines, number.end)
    start = index
    while start > floor and w.is_letterhead(lines[start - 1].text):
        start -= 1
    if after:
        head = (*range(start, number.end), *after)
        title = w.title_of([lines[i].text for i in after])
        return Head(head, after[-1] + 1, title, doc_no, printed, tuple(after))
    before = _title_before(lines, start, floor)
    title = w.title_of([lines[i].text for i in before])
    if match := _ORDER_WITH_TITLE.fullmatch(lines[index].text):
        title = match[2]
    body = lines[number.end :]
    if not title and is_order_number(doc_no):
        title = promulgated(body)
    title = title or first_title(body)
    head = (*before, *range(start, number.end))
    return Head(head, number.end, title or doc_no, doc_no, printed, tuple(before))


def _title_after(lines: list[Line], start: int) -> list[int]:
    """The title lines below a 文号: up to the addressees, if together they read as a title."""
    taken: list[int] = []
    longest = 0
    for i in range(start, min(start + _MAX_TITLE_LINES, len(lines))):
        text = lines[i].text
        if w.is_addressee(text):
            return taken
        if lines[i].is_table_row or not w.is_title_line(text) or read_marker(text):
            break
        taken.append(i)
        if w.ends_like_title(w.title_of([lines[j].text for j in taken])):
            longest = len(taken)
    return taken[:longest]


def _title_before(lines: list[Line], end: int, floor: int) -> list[int]:
    """The title lines above a 文号: upwards until together they read ``…关于…``."""
    taken: list[int] = []
    for i in range(end - 1, max(floor, end - _MAX_TITLE_LINES) - 1, -1):
        line = lines[i]
        if line.is_table_row or not w.is_title_line(line.text) or w.is_letterhead(line.text):
            break
        if not taken and not (w.ends_like_title(line.text) or w.is_subtitle(line.text)):
            break
        taken.insert(0, i)
        if w.issuer_in(w.title_of([lines[j].text for j in taken])) or line.heading:
            break
    return taken


def _titled_heads(
    lines: list[Line], start: int, end: int, current: Head | None, contents: range
) -> list[Head]:
    """Documents without a 文号 between two others (or in a file that has none at all)."""
    found: list[Head] = []
    i = start
    while i < end:
        if i in contents or not _opens_titled_document(lines, i, end):
            i += 1
            continue
        last = found[-1] if found else current
        context = "".join(line.text for line in lines[last.start : last.body + 8]) if last else ""
        title = w.title_of([lines[i].text])
        if last and (w.mentions(last.title + context, title) or _is_annex(lines, i)):
            i += 1
            continue
        if last is None and i > start + 12 and not w.names_region(title):
            i += 1
            continue
        i = _last_print(lines, i, end, title)
        body = i + 1
        while body < end and w.is_organisation(lines[body].text):
            body += 1
        found.append(
            _with_bracketed_number(Head(tuple(range(i, body)), body, title, None, None, (i,)))
        )
        i = body
    return found


def _opens_titled_document(lines: list[Line], i: int, end: int) -> bool:
    text = lines[i].text
    if lines[i].declared:
        return True
    if (
        lines[i].is_table_row
        or not w.is_title_line(text)
        or not w.ends_like_title(text)
        or read_marker(text)
        or w.is_attachment_list(text)
        or len(text) > 60
        or not (w.names_region(text) or lines[i].heading == 1)
    ):
        return False
    for follower in lines[i + 1 : min(i + _FURTHEST_FOLLOWER, end)]:
        marker = read_marker(follower.text)
        if w.is_promulgation_note(follower.text):
            continue
        if marker:
            return marker.value == 1 and marker.style in _OPENING_STYLES
        if w.is_addressee(follower.text):
            return True
        if len(follower.text) > 60:
            return False
    return False


def _is_annex(lines: list[Line], i: int) -> bool:
    near = [lines[j].text for j in (i - 2, i - 1, i + 1) if 0 <= j < len(lines)]
    return any(w.attachment_label(text) is not None for text in near)


def _last_print(lines: list[Line], i: int, end: int, title: str) -> int:
    """Web pages print a title two or three times; the last print is the document's own."""
    last = i
    for j in range(i, min(i + _MAX_TITLE_LINES, end)):
        if w.is_promulgation_note(lines[j].text):
            break
        if w.title_of([lines[j].text]) == title:
            last = j
    return last


def _first_head(lines: list[Line]) -> Head:
    """A file with neither 文号 nor a telling title: its first title-like line, or its first."""
    for i, line in enumerate(lines[:12]):
        if _is_prose(line):
            break
        if w.is_contents(line.text):
            continue
        if w.is_title_line(line.text) and (w.ends_like_title(line.text) or line.heading == 1):
            i = _last_print(lines, i, len(lines), w.title_of([line.text]))
            return _with_bracketed_number(
                Head((i,), i + 1, w.title_of([line.text]), None, None, (i,))
            )
    return Head((), 0, promulgated(lines) or _first_words(lines), None, None)


def _with_bracketed_number(head: Head) -> Head:
    """A title that ends in its 文号: ``…的通知（银发〔2021〕198号）``."""
    match = _NUMBERED_TITLE.fullmatch(head.title)
    doc_no = normalise_doc_no(match[2]) if match else None
    if match is None or doc_no is None:
        return head
    return replace(head, title=match[1].strip(), doc_no=doc_no, doc_no_printed=match[2])


def _first_words(lines: list[Line]) -> str:
    """What a text without a title is called: its first line, where that is a line of words."""
    text = lines[0].text
    if w.is_contents(text) or read_marker(text) or text[-1] == "。":
        return ""
    return w.title_of([text[:60]])


def _page_title(lines: list[Line]) -> str:
    """The title that a web page prints above the 文号 of its document."""
    titles = (w.title_of([line.text]) for line in lines if w.is_title_line(line.text))
    return next((title for title in titles if w.issuer_in(title) and w.ends_like_title(title)), "")


def _is_prose(line: Line) -> bool:
    """Text of a document rather than what a page puts above it."""
    text = line.text
    if w.is_boilerplate(text) or w.is_promulgation_note(text):
        return False
    if read_marker(text) or w.is_addressee(text) or w.opens_sentence(text):
        return True
    return "。" in text and len(text) > 30
