"""Source text → documents and clauses: the one entry to the parser.

The steps, each in its module: lines → heads (where documents begin) → blocks (tables, rosters,
labels, paragraphs) → tree (markers in sequence, cut text joined) → refine → clauses.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from qa_bot.clauses import wording as w
from qa_bot.clauses.contents import listed_divisions
from qa_bot.clauses.describe import describe
from qa_bot.clauses.duties import read_duties, row_duties
from qa_bot.clauses.glue import unglue
from qa_bot.clauses.heads import Head, find_heads
from qa_bot.clauses.labels import path_of, section_label
from qa_bot.clauses.lines import Line, split_lines
from qa_bot.clauses.markers import read_marker
from qa_bot.clauses.matters import read_matter
from qa_bot.clauses.model import Clause, ClauseKind, Document, LineRange, ParsedFile
from qa_bot.clauses.nodes import Node
from qa_bot.clauses.reading import document_blocks
from qa_bot.clauses.refine import refine
from qa_bot.clauses.rosters import read_roster
from qa_bot.clauses.tree import build_tree
from qa_bot.clauses.validity import read_validity

PARSER_VERSION = 7


def parse_text(text: str, file: str) -> ParsedFile:
    """All documents and clauses of one source text; ``file`` is the name they will carry."""
    lines, bare = split_lines(text)
    lines = unglue(lines, text)
    heads = find_heads(lines)
    running = _running_headers(lines, heads)
    listed = listed_divisions(lines)
    documents: list[Document] = []
    clauses: list[Clause] = []
    used: set[int] = set()
    for head, following in zip_longest(heads, heads[1:]):
        end = following.start if following else len(lines)
        end = _trim(lines, head, end, following)
        blocks = document_blocks(lines, head, end, running, listed)
        root = build_tree(blocks)
        refine(root)
        used |= {line.ordinal for node in root.walk() for line in node.lines}
        document = describe(head, lines, end, blocks, file)
        same_line = sum(other.start_line == document.start_line for other in documents)
        own = list(_clauses(root, document, same_line))
        documents.append(document.model_copy(update={"validity": read_validity(document, own)}))
        clauses += own
    noise = sorted(
        [line for line in lines if line.ordinal not in used] + bare, key=lambda n: n.span
    )
    numbers = {line.number for line in noise} - {lines[i].number for i in used}
    return ParsedFile(
        file=file,
        documents=tuple(documents),
        clauses=tuple(clauses),
        noise=_number_ranges(sorted(numbers), {line.number for line in [*lines, *bare]}),
        noise_spans=tuple(line.span for line in noise),
    )


def _running_headers(lines: list[Line], heads: list[Head]) -> set[str]:
    """What is printed at page tops: the gazette's name, wherever it stands alone."""
    first = heads[0].start if heads else 0
    names = {line.text for line in lines[:first] if w.is_gazette_name(line.text)}
    names |= {m[0] for n in names if (m := re.match(r".{2,30}?公\s*报", n))}
    return {re.sub(r"\s", "", name) for name in names}


def _trim(lines: list[Line], head: Head, end: int, following: Head | None) -> int:
    """Take off what trails behind a document: boilerplate, colophon, the next one's repeats."""
    floor = head.body
    end = _colophon(lines, floor, end)
    while end > floor:
        text = lines[end - 1].text
        repeated = following is not None and _repeats(text, following)
        if not (repeated or w.is_boilerplate(text) or w.is_gazette_name(text)):
            break
        end -= 1
    return end


def _colophon(lines: list[Line], floor: int, end: int) -> int:
    """Where nothing but imprint and slogans follows, to the end; ``end`` if there is no colophon."""
    first = end
    while first > floor and _is_imprint(lines[first - 1]):
        first -= 1
    return next((i for i in range(first, end) if w.is_boilerplate(lines[i].text)), end)


def _is_imprint(line: Line) -> bool:
    text = line.text
    if len(text) > 40 or "。" in text or line.is_table_row:
        return False
    of_text = read_marker(text) or w.attachment_label(text) or w.opens_roster(text)
    return not (of_text or w.is_date_line(text))


def _repeats(text: str, following: Head) -> bool:
    """Is this line the next document's title (or the place it is from) printed ahead of it?"""
    text = w.title_of([text])
    if text == following.title:
        return True
    issuer = w.issuer_in(following.title) or following.title[:4]
    return w.is_organisation(text) and (text.endswith(issuer) or text.startswith(issuer))


def _clauses(root: Node, document: Document, same_line: int) -> Iterator[Clause]:
    """The clauses of a document before which so many others begin on the same line."""
    start = f"{document.start_line}.{same_line}" if same_line else f"{document.start_line}"
    counts: Counter[str] = Counter()
    issued = any(child.role == "issued" for child in root.children)
    cover_numbered = issued and any(c.role == "marked" for c in root.children)
    ids: dict[int, str] = {}
    for node in root.walk():
        if node.role == "document":
            continue
        section, kind = section_label(node, prefix_issued=cover_numbered), node.kind
        if node.role == "preamble" and issued and node.parent is root:
            section, kind = "正文", "paragraph"
        lines = node.lines
        if not lines:
            continue
        counts[section] += 1
        key = f"{document.file}\n{start}\n{section}\n{counts[section]}"
        ids[id(node)] = hashlib.sha256(key.encode()).hexdigest()[:16]
        if kind == "item" and node.paragraphs and all(p.is_heading for p in node.all_paragraphs):
            kind = "heading"
        yield Clause(
            id=ids[id(node)],
            file=document.file,
            doc_no=document.doc_no,
            title=document.title,
            path=path_of(node),
            section=section,
            kind=kind,
            text=node.text,
            parent_id=ids.get(id(node.parent)),
            lines=_ranges(lines),
            spans=tuple(node.spans),
            **_structure(node, kind),
        )


def _structure(node: Node, kind: ClauseKind) -> dict[str, Any]:
    """The typed parts of a clause: cells, members, duties, the matter of a row."""
    if node.record:
        fields = dict(node.record.fields)
        duties, deadlines = row_duties(fields)
        matter = read_matter(fields)
        return {"fields": fields, "duties": duties, "deadlines": deadlines, "matter": matter}
    if kind == "roster":
        lines = "\n".join(p.text for p in node.all_paragraphs if not p.is_heading)
        return {"members": read_roster(lines)}
    heading = next(iter(path_of(node)[-2:-1]), "")
    duties, deadlines = read_duties(node.text, paragraph=kind == "paragraph", heading=heading)
    return {"duties": duties, "deadlines": deadlines}


def _ranges(lines: list[Line]) -> tuple[LineRange, ...]:
    """Lines in reading order → inclusive ranges of line numbers, blank lines bridged."""
    runs: list[list[Line]] = []
    for line in lines:
        if runs and line.ordinal == runs[-1][-1].ordinal + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    return tuple((run[0].number, run[-1].number) for run in runs)


def _number_ranges(numbers: list[int], printed: set[int]) -> tuple[LineRange, ...]:
    """Line numbers → inclusive ranges, bridged over blank lines (those not ``printed``)."""
    ranges: list[LineRange] = []
    for number in numbers:
        if ranges and not any(n in printed for n in range(ranges[-1][1] + 1, number)):
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return tuple(ranges)
