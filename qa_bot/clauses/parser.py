"""Source text → documents and clauses: the one entry to the parser.

The steps, each in its module: lines → heads (where documents begin) → blocks (tables, rosters,
labels, paragraphs) → tree (markers in sequence, cut text joined) → refine → clauses.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator

from qa_bot.clauses import wording as w
from qa_bot.clauses.blocks import Block, document_blocks
from qa_bot.clauses.heads import Head, find_heads
from qa_bot.clauses.labels import path_of, section_label
from qa_bot.clauses.lines import Line, split_lines
from qa_bot.clauses.model import Clause, Document, LineRange, ParsedFile
from qa_bot.clauses.numerals import DATE, parse_date
from qa_bot.clauses.refine import refine
from qa_bot.clauses.tree import Node, build_tree

PARSER_VERSION = 1


def parse_text(text: str, file: str) -> ParsedFile:
    """All documents and clauses of one source text; ``file`` is the name they will carry."""
    lines = split_lines(text)
    heads = find_heads(lines)
    running = _running_headers(lines, heads)
    documents: list[Document] = []
    clauses: list[Clause] = []
    used: set[int] = set()
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        end = following.start if following else len(lines)
        end = _trim(lines, head, end, following)
        blocks = document_blocks(lines, head, end, running)
        root, noise = build_tree(blocks)
        refine(root)
        document = _document(head, lines, end, blocks, file)
        documents.append(document)
        clauses += _clauses(root, document)
        used |= {line.number for line in lines[head.start : end]} - {n.number for n in noise}
    unused = [line for line in lines if line.number not in used]
    return ParsedFile(
        file=file, documents=tuple(documents), clauses=tuple(clauses), noise=_ranges(unused)
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
    colophon = next((i for i in range(floor, end) if _opens_colophon(lines, i, end)), None)
    if colophon is not None:
        end = colophon
    while end > floor:
        text = lines[end - 1].text
        repeated = following is not None and _repeats(text, following)
        if not (repeated or w.is_boilerplate(text) or w.is_gazette_name(text)):
            break
        end -= 1
    return end


def _opens_colophon(lines: list[Line], i: int, end: int) -> bool:
    """A rule or imprint line from which on nothing but imprint and slogans follows."""
    return w.is_boilerplate(lines[i].text) and all(
        len(line.text) <= 40 and "。" not in line.text and not line.is_table_row
        for line in lines[i:end]
    )


def _repeats(text: str, following: Head) -> bool:
    """Is this line the next document's title (or the place it is from) printed ahead of it?"""
    text = w.title_of([text])
    if text == following.title:
        return True
    issuer = w.issuer_in(following.title) or following.title[:4]
    return w.is_organisation(text) and (text.endswith(issuer) or text.startswith(issuer))


def _document(
    head: Head, lines: list[Line], end: int, blocks: list[Block], file: str
) -> Document:
    signatures = [block for block in blocks if block.kind == "signature"]
    dates = [d for block in signatures for line in block.lines if (d := parse_date(line.text))]
    release = [
        line.text.strip("（）() ")
        for block in signatures
        for line in block.lines
        if w.is_release_mark(line.text)
    ]
    addressee = next((b.text.rstrip(":：") for b in blocks if b.kind == "addressee"), None)
    return Document(
        file=file,
        doc_no=head.doc_no,
        doc_no_printed=head.doc_no_printed,
        title=head.title,
        issuer=_issuer(head, lines, signatures),
        date=dates[0] if dates else None,
        addressee=addressee,
        release=release[0] if release else None,
        start_line=lines[head.start].number,
        end_line=lines[end - 1].number,
    )


def _issuer(head: Head, lines: list[Line], signatures: list[Block]) -> str | None:
    """Who issued it: the signature's organisation, else the title's, else the order's."""
    for block in signatures:
        for line in block.lines:
            name = DATE.sub("", line.text).strip()
            if w.is_organisation(name) and not w.is_leader(name):
                return name
    if issuer := w.issuer_in(head.title):
        return issuer
    for i in head.lines:
        text = lines[i].text
        if w.is_letterhead(text) and (name := re.sub(r"(?:文件|令)$", "", text)):
            return name
    below = lines[head.lines[-1]].text
    return below if below != head.title and w.is_organisation(below) else None


def _clauses(root: Node, document: Document) -> Iterator[Clause]:
    counts: Counter[str] = Counter()
    issued = any(child.role == "issued" for child in root.children)
    cover_numbered = issued and any(c.role == "marked" for c in root.children)
    ids: dict[int, str] = {}
    for node in _walk(root):
        if node.role == "document":
            continue
        section, kind = section_label(node, prefix_issued=cover_numbered), node.kind
        if node.role == "preamble" and issued and node.parent is root:
            section, kind = "正文", "paragraph"
        text, lines = _content(node)
        if not lines:
            continue
        counts[section] += 1
        key = f"{document.file}\n{document.start_line}\n{section}\n{counts[section]}"
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
            text=text,
            parent_id=ids.get(id(node.parent)),
            lines=_ranges(lines),
            spans=tuple(line.span for line in lines),
            fields=dict(node.record.fields) if node.record else {},
        )


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _content(node: Node) -> tuple[str, list[Line]]:
    if node.record:
        return node.record.text, list(node.record.lines)
    paragraphs = node.all_paragraphs
    lines = [line for paragraph in paragraphs for line in paragraph.lines]
    return "\n".join(paragraph.text for paragraph in paragraphs), lines


def _ranges(lines: list[Line]) -> tuple[LineRange, ...]:
    """Lines in reading order → inclusive ranges of line numbers, blank lines bridged."""
    runs: list[list[Line]] = []
    for line in lines:
        if runs and line.ordinal == runs[-1][-1].ordinal + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    return tuple((run[0].number, run[-1].number) for run in runs)
