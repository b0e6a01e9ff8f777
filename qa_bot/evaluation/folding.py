"""Forms of text in which spellings agree, and the keys under which clauses are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from qa_bot.clauses.labels import fold_label
from qa_bot.clauses.numerals import normalise_doc_no

MARKER = re.compile(r"\[\d{1,2}\]")
_LIST_MARK = re.compile(r"(?m)(?:^|(?<=[。;]))\s*\d{1,2}\.(?=\d)")
_NUMERAL = r"\d零〇○一二三四五六七八九十百千两万亿"
_NO_NUMBER_BEFORE = rf"(?:(?<![{_NUMERAL}])|(?<=[统唯单同专逐之]一))(?<!\d\.)(?<![{_NUMERAL}]点)"
_NO_NUMBER_AFTER = rf"(?![{_NUMERAL}]|\.\d|,\d{{3}}(?!\d)|点[{_NUMERAL}])"
ClauseKey = tuple[str, str]


def squeeze(text: str) -> str:
    """``text`` without white space: the form in which a quote must stand verbatim."""
    return re.sub(r"\s", "", text)


def fold(text: str) -> str:
    """NFKC, white space removed, lower case: the form in which facts are looked for."""
    return squeeze(unicodedata.normalize("NFKC", text)).lower()


def states(text: str, words: str) -> bool:
    """Do ``words`` stand in ``text``, both folded, and not as a part of a longer number?"""
    plain = unicodedata.normalize("NFKC", text).lower()
    pattern = _pattern(fold(words))
    return bool(pattern.search(plain) or pattern.search(_LIST_MARK.sub("\n", plain)))


@cache
def _pattern(folded: str) -> re.Pattern[str]:
    """White space may stand anywhere in the words, and parts the numbers beside them."""
    pattern = r"\s*".join(map(re.escape, folded))
    if re.match(r"\d{3}(?!\d)", folded):
        pattern = rf"(?<!\d,){pattern}"
    if re.match(f"[{_NUMERAL}]", folded):
        pattern = _NO_NUMBER_BEFORE + pattern
    if re.search(f"[{_NUMERAL}]$", folded):
        pattern += _NO_NUMBER_AFTER
    return re.compile(pattern)


def without_markers(text: str) -> str:
    """An answer's text without its citation marks ``[1]``."""
    return MARKER.sub("", text)


def document_key(doc_no: str | None, title: str | None) -> str:
    """The normalised 文号, or the folded title where the document has none."""
    if doc_no:
        return normalise_doc_no(doc_no) or fold(doc_no)
    return fold(title or "").strip("《》")


def clause_key(doc_no: str | None, title: str | None, section: str) -> ClauseKey:
    """What makes two citations the same: document and folded section label."""
    return document_key(doc_no, title), fold_label(section)


def longest_common_run(left: str, right: str) -> int:
    """Length of the longest run of characters that stands in both texts."""
    best = 0
    for start in range(len(left)):
        while start + best < len(left) and left[start : start + best + 1] in right:
            best += 1
    return best
