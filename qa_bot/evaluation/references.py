"""文号 and 第X条 that a text names, and whether the corpus knows them."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import lru_cache

from qa_bot.clauses.numerals import NUMERAL, numeral_value
from qa_bot.evaluation.folding import squeeze
from qa_bot.evaluation.truth import Library

_DOC_NO = re.compile(r"([一-龥]{0,16})[〔\[(【﹝［（]((?:19|20)\d\d)[〕\])】﹞］）]第?(\d+)号")
_ORDER = re.compile(
    rf"第?(\d+|{NUMERAL})号(?:国务院|主席)?令|令(?:[〔\[]\d{{4}}[〕\]])?第?(\d+|{NUMERAL})号"
)
_ARTICLE = re.compile(rf"第(\d+|{NUMERAL})条")
_UNSURE_ISSUER = 3


class KnownReferences:
    """Every 文号 and order number that stands anywhere in the corpus."""

    def __init__(self, texts: list[str]) -> None:
        self._issuers: dict[tuple[str, str], set[tuple[str, bool]]] = defaultdict(set)
        self._orders: set[int] = set()
        for text in texts:
            for issuer, delimited, number in _doc_nos(text):
                self._issuers[number].add((issuer, delimited))
            self._orders |= _orders(text)

    def has_doc_no(self, issuer: str, delimited: bool, number: tuple[str, str]) -> bool:
        """Is there this number of this issuer? Words may run into an issuer on its left."""
        return any(
            _same_issuer(issuer, delimited, known, exact)
            for known, exact in self._issuers.get(number, ())
        )

    def has_order(self, number: int) -> bool:
        return number in self._orders


@lru_cache(maxsize=4)
def known_references(library: Library) -> KnownReferences:
    """What the corpus knows; computed once for a library."""
    numbers = [document.doc_no for document in library.documents if document.doc_no]
    return KnownReferences([*numbers, library.text])


def unknown_references(text: str, known: KnownReferences) -> set[str]:
    """The 文号 and order numbers in ``text`` that the corpus does not know."""
    unknown = {
        f"{issuer}〔{number[0]}〕{number[1]}号"
        for issuer, delimited, number in _doc_nos(text)
        if not known.has_doc_no(issuer, delimited, number)
    }
    return unknown | {f"第{n}号令" for n in _orders(text) if not known.has_order(n)}


def article_references(text: str) -> set[int]:
    """The numbers of the articles (第X条) that a text names."""
    values = (numeral_value(match) for match in _ARTICLE.findall(_plain(text)))
    return {value for value in values if value is not None}


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _doc_nos(text: str) -> list[tuple[str, bool, tuple[str, str]]]:
    """(issuer as far as Chinese characters go, is its left edge sure, (year, number))."""
    found = []
    for line in _plain(text).splitlines():
        bare = squeeze(line)
        for match in _DOC_NO.finditer(bare):
            delimited = len(match[1]) < 16
            found.append((match[1], delimited, (match[2], str(int(match[3])))))
    return found


def _same_issuer(left: str, left_exact: bool, right: str, right_exact: bool) -> bool:
    if left == right:
        return True
    shared = 0
    while shared < min(len(left), len(right)) and left[-1 - shared] == right[-1 - shared]:
        shared += 1
    if shared == len(right) and right_exact and shared:
        return True
    if shared == len(left) and left_exact and shared:
        return True
    return shared > _UNSURE_ISSUER


def _orders(text: str) -> set[int]:
    matches = _ORDER.findall(squeeze(_plain(text)))
    values = (numeral_value(left or right) for left, right in matches)
    return {value for value in values if value is not None}
