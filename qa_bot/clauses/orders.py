"""What an order (令, 公告) is called: by the text that it promulgates, where it has no title."""

from __future__ import annotations

import re

from qa_bot.clauses import wording as w
from qa_bot.clauses.lines import Line

_NUMBER_OF_ORDER = re.compile(r"[一-龥]+(?:令|公告)(?=[〔第])")
_BARE_ORDER = re.compile(r"[一-龥\s、]{0,60}(?:令|公告)(?:\s*[（(][^（）()]{2,20}号[）)])?")
_PROMULGATES = re.compile(r"《([^《》]{4,60})》[^。《》]{0,80}现(?:予以?)?(?:公布|发布|印发)")
_OPENING_LINES = 12


def is_order_number(doc_no: str) -> bool:
    """``中国人民银行令〔2021〕第1号``, but not ``银发〔2021〕1号``."""
    return bool(_NUMBER_OF_ORDER.match(doc_no))


def is_bare_order(title: str) -> bool:
    """Does this title (``中华人民共和国国务院令``) not say what the order is about?"""
    return bool(_BARE_ORDER.fullmatch(title))


def promulgated(body: list[Line]) -> str:
    """``…制定了《X办法》，现予发布`` → ``X办法``: what a text that opens so is about."""
    match = _PROMULGATES.search("".join(line.text for line in body[:_OPENING_LINES]))
    return match[1] if match else ""


def first_title(body: list[Line]) -> str:
    """The first title line of a text, which is that of what it issues."""
    for text in (line.text for line in body[:_OPENING_LINES]):
        if w.is_attachment_list(text) or w.is_leader(text):
            continue
        if w.is_title_line(text) and w.ends_like_title(text):
            return w.title_of([text])
    return ""
