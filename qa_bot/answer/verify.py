"""Checking a sentence against the clauses that it cites: every figure must stand there.

Figures are compared by value and unit, so 三十日 is 30日 but neither is 30个工作日.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from qa_bot.clauses.numerals import NUMERAL, numeral_value

_UNITS = (
    "个工作日|工作日|小时|分钟|个月|个百分点|百分点|万元|亿元|万亩|平方米|公里|千米|"
    "日|天|月|年|元|项|条|款|章|节|人|名|次|家|个|户|%|分|倍|亩|岁|级|号|周|季度|届|期|张|份"
)
_SAME = {"天": "日", "个工作日": "工作日", "名": "人", "个百分点": "百分点"}
_FIGURE = re.compile(rf"(?<![\d.])(\d+(?:[.,]\d+)*)\s*({_UNITS})?|({NUMERAL})\s*({_UNITS})")
# The two characters before the bracket tell one series from another (政发, 办发, 政办 …).
_DOC_NO = re.compile(r"[一-龥]{2}〔\d{4}〕\d+号")

Figure = tuple[str, str]


def figures(text: str) -> set[Figure]:
    """The (value, unit) pairs of all numbers in ``text``; the unit is "" where it has none."""
    found = set()
    for arabic, unit, chinese, chinese_unit in _FIGURE.findall(unicodedata.normalize("NFKC", text)):
        if arabic:
            value = arabic.replace(",", "").rstrip(".")
            found.add((value, _SAME.get(unit, unit)))
        elif (number := numeral_value(chinese)) is not None:
            found.add((str(number), _SAME.get(chinese_unit, chinese_unit)))
    return found


def unsupported(sentence: str, sources: Iterable[str]) -> list[str]:
    """What of ``sentence`` stands in none of ``sources``: figures and 文号, as text."""
    joined = "\n".join(sources)
    held = figures(joined)
    values = {value for value, _ in held}
    missing = [
        value + unit
        for value, unit in sorted(figures(sentence))
        if (value, unit) not in held and not (unit == "" and value in values)
    ]
    flat = re.sub(r"\s", "", joined)
    return missing + [number for number in _DOC_NO.findall(sentence) if number not in flat]
