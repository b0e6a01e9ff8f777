"""English numbers, units and dates in the notation of Chinese text: 30 days → 30日."""

from __future__ import annotations

import re

_MONTHS = "january february march april may june july august september october november december"
_MONTH = {name[:3]: number for number, name in enumerate(_MONTHS.split(), 1)}
_NAMES = "|".join(f"{name[:3]}(?:{name[3:]})?" if name[3:] else name for name in _MONTHS.split())
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
_WORDS: dict[str, float] = {word: value for value, word in enumerate(_ONES.split())}
_WORDS |= {"half a": 0.5, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70}
_WORDS |= {"eighty": 80, "ninety": 90, "hundred": 100}
_UNITS = {
    r"(?:working|business)[ -]days?": "个工作日",
    r"(?:calendar[ -])?days?": "日",
    "weeks?": "周",
    "months?": "个月",
    "quarters?": "季度",
    "years? old|years? of age": "岁",
    "years?": "年",
    "hours?": "小时",
    "minutes?": "分钟",
    "yuan|RMB|CNY": "元",
    "per ?cent|percent": "%",
    "percentage points?": "百分点",
    "times": "次",
    "people|persons": "人",
    "households": "户",
    "items": "项",
    "mu": "亩",
    "km|kilomet(?:er|re)s?": "公里",
    "square met(?:er|re)s?": "平方米",
    "tons?|tonnes?": "吨",
}
_UNIT = "|".join(_UNITS)
_REFERENCES = {"articles?": "条", "items?": "项", "paragraphs?|clauses?": "款", "chapters?": "章"}

_COUNT = re.compile(
    rf"\b(?P<tens>[a-z]+ty)?-?(?P<word>{'|'.join(_WORDS)})\b(?=[ -]+(?:{_UNIT})\b)", re.IGNORECASE
)
_DAY_FIRST = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({_NAMES})\.?,?\s+(\d{{4}})\b", re.I
)
_MONTH_FIRST = re.compile(
    rf"\b({_NAMES})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(\d{{4}}))?\b", re.I
)
_MONTH_ONLY = re.compile(rf"\b({_NAMES})\.?,?\s+(\d{{4}})\b", re.I)
_SCALED = re.compile(
    r"(?<![\d.])(\d{1,20}(?:\.\d{1,20})?)\s+(thousand|million|billion)\b", re.IGNORECASE
)
_CURRENCY = re.compile(
    r"(?:RMB|CNY|[¥￥])\s*(\d+(?:[.,]\d+)*[百千万亿]*)(?![.,]?[\d百千万亿]|\s*元)", re.IGNORECASE
)
_MEASURED = tuple(
    (re.compile(rf"(?<=[\d百千万亿])[ -]*(?:{words})\b", re.IGNORECASE), unit)
    for words, unit in _UNITS.items()
)
_REFERENCE = tuple(
    (re.compile(rf"\b(?:{words})\s+(?:No\.?\s*)?(\d+)", re.IGNORECASE), rf"第\1{unit}")
    for words, unit in _REFERENCES.items()
)
_ATTACHED = re.compile(r"\b(?:annex|attachment|appendix)\s+(?:No\.?\s*)?(\d+)", re.IGNORECASE)


def chinese_notation(text: str) -> str:
    """``text`` with its English figures rewritten; all else stays."""
    if not re.search("[A-Za-z¥￥]", text):
        return text
    text = _COUNT.sub(_counted, text)
    text = _DAY_FIRST.sub(lambda m: f"{m[3]}年{_month(m[2])}月{m[1]}日", text)
    text = _MONTH_FIRST.sub(
        lambda m: f"{m[3] + '年' if m[3] else ''}{_month(m[1])}月{m[2]}日", text
    )
    text = _MONTH_ONLY.sub(lambda m: f"{m[2]}年{_month(m[1])}月", text)
    text = _SCALED.sub(_scaled, text)
    text = _CURRENCY.sub(r"\1元", text)
    for pattern, replacement in (*_REFERENCE, (_ATTACHED, r"附件\1"), *_MEASURED):
        text = pattern.sub(replacement, text)
    return text


def _month(name: str) -> int:
    return _MONTH[name[:3].lower()]


def _counted(match: re.Match[str]) -> str:
    tens = _WORDS.get((match["tens"] or "").lower(), 0)
    return f"{tens + _WORDS[match['word'].lower()]:g}"


def _scaled(match: re.Match[str]) -> str:
    factor = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
    return f"{float(match[1]) * factor[match[2].lower()]:.0f} "
