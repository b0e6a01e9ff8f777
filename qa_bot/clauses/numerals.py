"""Chinese numerals, dates and 文号 in the many ways in which gazettes print them."""

from __future__ import annotations

import re
from datetime import date

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")}
_DIGITS |= {"〇": 0, "○": 0, "O": 0, "o": 0, "0": 0, "两": 2, "元": 1}
_LONGEST_NUMBER = 20
_UNITS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = r"[零〇○一二三四五六七八九十百千两]+"

_DIGIT_CLASS = "零〇○Oo0一二三四五六七八九"
DATE = re.compile(
    rf"(?P<y>\d{{4}}|[{_DIGIT_CLASS}]{{4}})\s*年\s*"
    rf"(?P<m>\d{{1,2}}|[元十一二三四五六七八九]{{1,2}})\s*月\s*"
    rf"(?P<d>\d{{1,2}}|[十一二三四五六七八九]{{1,3}})\s*日"
)

_SPACED = re.compile(
    r"(?<=[零〇○Oo0一二三四五六七八九十年月])\s+(?=[零〇○Oo0一二三四五六七八九十年月日])"
)
_OPEN, _CLOSE = r"[〔\[［（(【{﹝]", r"[〕\]］）)】}﹞]"
_YEAR_AND_NUMBER = rf"{_OPEN}\s*((?:19|20)\d\d)\s*{_CLOSE}\s*(第)?\s*(\d{{1,6}})\s*号"
_DOC_NO = re.compile(rf"([一-龥]{{1,16}}?(?:\s*[一-龥]{{1,8}})?)\s*{_YEAR_AND_NUMBER}")


def numeral_value(text: str) -> int | None:
    """The value of ``二十三``, ``一千一百六十四``, ``二〇一二`` or ``12``; None if it is none, or
    longer than any number that means something."""
    text = re.sub(r"\s", "", text)
    if not 0 < len(text) <= _LONGEST_NUMBER:
        return None
    if text.isdecimal():
        return int(text)
    if any(c not in _DIGITS and c not in _UNITS for c in text):
        return None
    if not any(c in _UNITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total, current = 0, 0
    for c in text:
        if c in _UNITS:
            total += (current or 1) * _UNITS[c]
            current = 0
        else:
            current = _DIGITS[c]
    return total + current


def parse_date(text: str) -> date | None:
    """The first full date in ``text`` (``2023年12月2日``, ``二O一二年四月十七日``), or None."""
    for match in DATE.finditer(_SPACED.sub("", text)):
        year, month, day = (numeral_value(match[g]) for g in "ymd")
        try:
            return date(year or 0, month or 0, day or 0)
        except ValueError:
            continue
    return None


def normalise_doc_no(text: str) -> str | None:
    """``盘政发[2023] 8 号`` → ``盘政发〔2023〕8号``; None where ``text`` is no 文号."""
    if "号" not in text:
        return None
    compact = re.sub(r"\s", "", text)
    match = _DOC_NO.fullmatch(compact)
    if match:
        issuer, year, ordinal, number = match.groups()
        return f"{issuer}〔{year}〕{ordinal or ''}{int(number)}号"
    match = re.fullmatch(rf"([一-龥]{{2,30}}令)第?({NUMERAL}|\d+)号", compact)
    number = numeral_value(match[2]) if match else None
    return f"{match[1]}第{number}号" if match and number is not None else None
