"""The 文号 that a question names, whole or in part, and the documents that they are of."""

from __future__ import annotations

import re
from typing import NamedTuple

_ISSUER = r"[一-龥]{2,10}?"
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
        (政办发) or more (盘锦市人民政府盘政发)."""
        if not doc_no or not re.search(rf"(?<!\d){int(self.number)}号$", doc_no):
            return False
        printed = re.split(r"[〔\[\d]", doc_no)[0]
        same = not self.issuer or printed.endswith(self.issuer)
        same = same or bool(printed and self.issuer.endswith(printed))
        return same and (not self.year or self.year in doc_no)

    def stands_in(self, text: str) -> bool:
        """Does ``text`` quote this 文号?"""
        if f"〔{self.year}〕" not in text:
            return False
        quoted = re.finditer(rf"[一-龥]{{2,16}}〔{self.year}〕第?\d{{1,4}}号", text)
        return any(self.names(match[0]) for match in quoted)


def doc_numbers(text: str) -> tuple[DocNumber, ...]:
    """The 文号 in ``text``, those named whole first."""
    whole = [
        DocNumber(_LEADING.sub("", match[1]), match[2], match[3])
        for match in _WHOLE.finditer(text)
        if not match[1].endswith(_GAZETTE)
    ]
    rest = _NUMBER_ALONE.finditer(_WHOLE.sub(" ", text))
    return (*whole, *(DocNumber("", "", match[1]) for match in rest))


def without_whole_numbers(text: str) -> str:
    """``text`` without the 文号 that it names whole."""
    return _WHOLE.sub(" ", text)


def with_whole_number(text: str, doc_no: str) -> str:
    """``text`` with ``doc_no`` in the place of the first number that stands alone (8号文)."""
    return _NUMBER_ALONE.sub(doc_no, text, count=1)


def without_numbers(text: str) -> str:
    """``text`` without any number of a document."""
    return _NUMBER_OF_DOCUMENT.sub(" ", without_whole_numbers(text))
