"""What a document says of itself: issuer, date, 文号, addressees, release mark."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from qa_bot.clauses import wording as w
from qa_bot.clauses.blocks import Block, BlockKind
from qa_bot.clauses.heads import Head
from qa_bot.clauses.lines import Line, tighten
from qa_bot.clauses.model import Document
from qa_bot.clauses.numerals import DATE, normalise_doc_no, parse_date

_TAKES_EFFECT = re.compile(rf"(?:自|从|于)?\s*{DATE.pattern}\s*起?\s*(?:施行|实施)")
_PROMULGATES = re.compile(r"(?:公布|发布)[)）。]?$")
_PASSED_BY = re.compile(
    rf"{DATE.pattern}\s*经?(?P<name>[^\d，。]{{0,30}}?)第[一二三四五六七八九十\d]+届\s*"
    r"(?P<body>(?:全国)?人民代表大会(?:常务委员会)?)(?!(?:(?!\d{4}年).)*批准)"
)
_SPACED = re.compile(r"\S(?:\s\S)+")
_STATE_COUNCIL = re.compile(r"国务院")


def describe(head: Head, lines: list[Line], end: int, blocks: list[Block], file: str) -> Document:
    """The document with this head; ``end`` is the index behind its last line."""
    signed = _texts(blocks, "signature")
    notes = _texts(blocks, "note")
    order = next((order for note in notes if (order := w.order_in_note(note))), None)
    release = next((t.strip("（）() ") for t in signed if w.is_release_mark(t)), None)
    addressee = next((b.text.rstrip(":：") for b in blocks if b.kind == "addressee"), None)
    return Document(
        file=file,
        doc_no=head.doc_no or (normalise_doc_no(order) if order else None),
        doc_no_printed=head.doc_no_printed or order,
        title=head.title or Path(file).stem,
        issuer=_signatory(signed)
        or _named(head, lines)
        or _passed_by(notes)
        or (w.issuer_of_order(order) if order else None),
        date=_date(signed, notes),
        addressee=addressee,
        release=release,
        start_line=lines[head.start].number,
        end_line=lines[max(end - 1, head.start)].number,
    )


def _texts(blocks: list[Block], kind: BlockKind) -> list[str]:
    return [line.text for block in blocks if block.kind == kind for line in block.lines]


def _date(signed: list[str], notes: list[str]) -> date | None:
    """The date of the signature; else the last on which the text was passed, changed or issued."""
    for text in signed:
        if day := parse_date(text):
            return day
    days = [day for note in notes if (day := _last_date(_TAKES_EFFECT.sub("", note)))]
    return max(days, default=None)


def _last_date(text: str) -> date | None:
    days = [day for match in DATE.finditer(text) if (day := parse_date(match[0]))]
    return days[-1] if days else None


def _signatory(signed: list[str]) -> str | None:
    """The organisations of the first signature, one or several to a line."""
    names: list[str] = []
    for text in signed:
        name = DATE.sub("", text).strip()
        if w.is_organisation(name) and not w.is_leader(name):
            names.append(name)
        elif names:
            break
        if DATE.search(text):
            break
    return " ".join(map(_unspaced, names)) or None


def _unspaced(names: str) -> str:
    """``公 安 部     证 监 会`` → ``公安部 证监会``: a row of names set apart or spaced out."""
    words = re.split(r"\s{2,}", names)
    return " ".join(re.sub(r"\s", "", word) if _SPACED.fullmatch(word) else word for word in words)


def _named(head: Head, lines: list[Line]) -> str | None:
    """The issuer that the title names, else the order's or the letterhead's, else the line below."""
    if issuer := w.issuer_in(head.title):
        return issuer
    for i in head.lines:
        if issuer := w.issuer_of_order(lines[i].text):
            return tighten(issuer)
    below = lines[head.lines[-1]].text if head.lines else ""
    return below if below != head.title and w.is_organisation(below) else None


def _passed_by(notes: list[str]) -> str | None:
    """The last body that the note under the title names as having passed or issued the text,
    and not only approved it (批准)."""
    for note in reversed(notes):
        if match := _PASSED_BY.search(note):
            return (match["name"] + match["body"]).strip()
        if _PROMULGATES.search(note) and _STATE_COUNCIL.search(note):
            return "国务院"
    return "国务院" if any(_STATE_COUNCIL.search(note) for note in notes) else None
