"""Forms of text in which spellings agree, and the keys under which clauses are compared."""

from __future__ import annotations

import re
import unicodedata

from qa_bot.clauses.labels import fold_label
from qa_bot.clauses.numerals import normalise_doc_no

MARKER = re.compile(r"\[\d{1,2}\]")
ClauseKey = tuple[str, str]


def squeeze(text: str) -> str:
    """``text`` without white space: the form in which a quote must stand verbatim."""
    return re.sub(r"\s", "", text)


def fold(text: str) -> str:
    """NFKC, white space removed, lower case: the form in which facts are looked for."""
    return squeeze(unicodedata.normalize("NFKC", text)).lower()


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
