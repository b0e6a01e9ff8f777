"""The 文号 that a question names, whole or in part, and the documents that they are of."""

from __future__ import annotations

import re
from typing import NamedTuple

_ISSUER = r"(?<!\d)[一-龥]{2,10}?"
_WHOLE = re.compile(
    rf"({_ISSUER})\s*[〔\[【（(]?\s*((?:19|20)\d\d)\s*年?[〕\]】）)]?\s*(?:年)?\s*第?\s*(\d{{1,4}})\s*号"
)
# Not the 8号 of a day, a building, a window, a bus.
_NUMBER_ALONE = re.compile(
    r"(?<![\d〕\]）)年月])第?\s*(\d{1,4})\s*号(?:文件?|令)?(?![楼线门院栋库房桌窗柜车机井矿路坑馆台])"
)
_NUMBER_OF_DOCUMENT = re.compile(r"第?\s*\d{1,4}\s*号(?:文件?|令)")
# Words of the question that run into the words of a 文号: 请问盘政发, 按照盘政办发.
_LEADING = re.compile(
    r".*(?:请问(?:一下)?|根据|依据|按照?|照着?|关于|对于|查看?|找|看|有没有|[的和与在是有])"
)
# 人民政府公报2019年第5号 is an issue of a gazette and no document.
_GAZETTE = "公报"
# The last word of an issuer's mark; 本溪2019年35号文 names a place instead.
_MARK = re.compile(r"[发办函令字文规议通告复批任纪]$")
_IN_FULL = re.compile("人民(?=政府)")


class DocNumber(NamedTuple):
    """Issuer's words, year and number of a 文号; "" for what was not said."""

    issuer: str
    year: str
    number: str

    @property
    def whole(self) -> bool:
        return bool(self.issuer)

    def __str__(self) -> str:
        return f"{self.issuer}〔{self.year}〕{self.number}号" if self.whole else f"{self.number}号"

    def names(self, doc_no: str | None) -> bool:
        """Is ``doc_no`` the 文号 of which so much is said? Of its issuer the question may say less
        (政办发, 市政府令) or more (盘锦市人民政府盘政发)."""
        if not doc_no or not re.search(rf"(?<!\d){int(self.number)}号$", doc_no):
            return False
        printed = _IN_FULL.sub("", re.split(r"[〔\[\d]", doc_no)[0])
        said = _IN_FULL.sub("", self.issuer)
        same = not said or printed.endswith(said) or bool(printed and said.endswith(printed))
        return same and (not self.year or self.year in doc_no)

    def stands_in(self, text: str) -> bool:
        """Does ``text`` quote this 文号?"""
        if f"〔{self.year}〕" not in text:
            return False
        quoted = re.finditer(rf"[一-龥]{{2,16}}〔{self.year}〕第?\d{{1,4}}号", text)
        return any(self.names(match[0]) for match in quoted)


def doc_numbers(text: str) -> tuple[DocNumber, ...]:
    """The 文号 in ``text``, those named whole first."""
    found = [
        DocNumber(_issuer(match[1]), match[2], match[3])
        for match in _WHOLE.finditer(text)
        if not match[1].endswith(_GAZETTE)
    ]
    rest = _NUMBER_ALONE.finditer(_WHOLE.sub(" ", text))
    found += (DocNumber("", "", match[1]) for match in rest)
    return tuple(sorted(found, key=lambda number: not number.whole))


def _issuer(words: str) -> str:
    issuer = _LEADING.sub("", words)
    return issuer if _MARK.search(issuer) else ""


def without_whole_numbers(text: str) -> str:
    """``text`` without the 文号 that it names whole."""
    return _WHOLE.sub(" ", text)


def with_whole_number(text: str, doc_no: str) -> str:
    """``text`` with ``doc_no`` in the place of the first number that stands alone (8号文)."""
    return _NUMBER_ALONE.sub(doc_no, text, count=1)


def without_numbers(text: str) -> str:
    """``text`` without any number of a document."""
    return _NUMBER_OF_DOCUMENT.sub(" ", without_whole_numbers(text))
