"""The figures of a text by value and unit: 三十日 = 30日 = 30 days, 2万元 = 20000元, 百分之五 = 5%.

A text is first put into one notation (Arabic digits, year-month-day), then read. A figure without
a unit has the unit "". Dates and parts of dates are figures of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from qa_bot.answer.english_figures import chinese_notation
from qa_bot.clauses.numerals import numeral_value
from qa_bot.nfkc import nfkc

DATE = "date"


class Figure(NamedTuple):
    """A number with its unit; a date is written ``2023-11-16``, ``*`` for what is open."""

    value: str
    unit: str

    def __str__(self) -> str:
        return self.value if self.unit == DATE else self.value + self.unit


# What is counted in pieces: 3个 may be said of 3家 or 3项, and the other way round.
_COUNTER = (
    "人次|人|名|位|家|户|个|项|条|款|章|节|次|届|期|张|份|件|种|类|套|台|辆|座|处|所|间|栋|幢|层|场|批|"
    "级|倍|号|组|支|队|篇|门|步|轮|字|页|卷|例|宗|笔|头|只|株|棵|箱|袋|村|岁"
)
_COUNTERS = tuple(_COUNTER.split("|"))
_MEASURES: dict[str, tuple[str, int | Decimal]] = {
    "工作日": ("工作日", 1),
    "个工作日": ("工作日", 1),
    "日": ("日", 1),
    "天": ("日", 1),
    "个月": ("个月", 1),
    "月": ("月", 1),
    "周": ("周", 1),
    "星期": ("周", 1),
    "个星期": ("周", 1),
    "小时": ("小时", 1),
    "个小时": ("小时", 1),
    "分钟": ("分钟", 1),
    "年": ("年", 1),
    "周年": ("年", 1),
    "季度": ("季度", 1),
    "个季度": ("季度", 1),
    "周岁": ("岁", 1),
    "元": ("元", 1),
    "美元": ("美元", 1),
    "%": ("%", 1),
    "‰": ("‰", 1),
    "百分点": ("百分点", 1),
    "个百分点": ("百分点", 1),
    "平方米": ("平方米", 1),
    "平方公里": ("平方米", 1_000_000),
    "立方米": ("立方米", 1),
    "亩": ("亩", 1),
    "公顷": ("公顷", 1),
    "公里": ("米", 1000),
    "米": ("米", 1),
    "厘米": ("米", Decimal("0.01")),
    "吨": ("克", 1_000_000),
    "公斤": ("克", 1000),
    "斤": ("克", 500),
    "克": ("克", 1),
    "度": ("度", 1),
    "分": ("分", 1),
}
_NAMES = sorted([*_MEASURES, *_COUNTERS], key=len, reverse=True)
_UNIT = "|".join(_NAMES)
_SAME = {"名": "人", "位": "人"}
_SCALES = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_LONGEST = 20  # digits of a number that is reckoned with; a longer one is compared as it stands

_DIGIT = "零〇○一二三四五六七八九十百千两"
_CHINESE = re.compile(rf"(?<!\d)(?![百千]分[之点])[{_DIGIT}][{_DIGIT}万亿]*")
_POINT = re.compile(
    rf"(分之)?(?<![{_DIGIT}])([{_DIGIT}]+)点([{_DIGIT}]+)(?(1)|(?=[万亿%‰倍]|个?百分点))"
)
_COUNTED = re.compile(rf"分之|\s*(?:{_UNIT})")
_PLAN = re.compile(r"十[一二三四五]五(?=规划|期间|时期|[”\"』末])")
# A Chinese numeral that is part of a word states no number.
_WORDS = re.compile(
    r"十分(?!之|钟)|[统唯单同专万逐]一|进一步|(?<!分)之一|一(?:次性|[定般律致并样些直旦经站体])|千方百计|百姓|三农|三方"
)
_NOTATION: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?<=\d),(?=\d{3}(?!\d))", ""),
        (r"半(?=个?月|年|天|日|个?小时)", "0.5"),
        (r"元月", "1月"),
        (r"(?<!\d)(\d{4})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})(?!\d)", r"\1年\2月\3日"),
        (r"(?<=[\d年月])\s+(?=[年月日])|(?<=[年月])\s+(?=\d)", ""),
        (r"(月\d{1,2})号", r"\1日"),
        # A range has its unit at the end: 5至10日, 2021—2025年, 11月16日至20日.
        (
            rf"(\d)\s*(?:-|—+|–|~|～|至|到)\s*(?=(?:\d+(?:\.\d+)?)\s*([万亿]*(?:{_UNIT})))",
            r"\1\2至",
        ),
        (r"((?:\d{4}年)?\d{1,2}月)(\d{1,2}日)至(?=\d{1,2}日)", r"\1\2至\1"),
        (r"(\d{4}年)(\d{1,2}月(?:\d{1,2}日)?)至(?=\d{1,2}月)", r"\1\2至\1"),
        (r"百分之(\d+(?:\.\d+)?)", r"\1%"),
        (r"千分之(\d+(?:\.\d+)?)", r"\1‰"),
    )
)
_DATE = re.compile(
    r"(?P<y>(?:19|20)\d\d)年(?:(?P<m>\d{1,2})月(?:(?P<d>\d{1,2})日)?)?|"
    r"(?<!\d)(?P<m2>\d{1,2})月(?:(?P<d2>\d{1,2})日)?"
)
_RATIO = re.compile(r"(?<!\d)\d+(?:\s*:\s*\d+)+")
_SHARE = re.compile(r"(?<!\d)(\d+)分之(\d+)")
_EVERY = re.compile(r"每(\d+(?:\.\d+)?)?个?(工作日|年|季度?|月|周|日|天|小时)")
_NUMBER = re.compile(
    r"(?P<lead>第|附件|附表|专栏|图|表)?\s{0,9}(?<![\d.])(?P<number>\d+(?:\.\d+)?)\s*"
    rf"(?P<scale>(?:[百千万亿](?!分[点之])){{0,2}})\s*(?P<unit>{_UNIT})?"
)
_HEADED = re.compile(
    rf"[(（]\s*(?:单位\s*[:：]\s*)?([百千万亿]{{0,2}})({_UNIT})\s*[)）]|"
    rf"单位\s*[:：]\s*([百千万亿]{{0,2}})({_UNIT})"
)


def figures(text: str) -> set[Figure]:
    """All figures of ``text``."""
    text = _notation(text)
    found = {Figure(match[0], "五年规划") for match in _PLAN.finditer(text)}

    def take(figure: Figure) -> str:
        found.add(figure)
        return " "

    text = _DATE.sub(lambda m: take(_date(m)), text)
    text = _RATIO.sub(lambda m: take(Figure(re.sub(r"\s", "", m[0]), "比")), text)
    text = _SHARE.sub(lambda m: take(Figure(f"{m[2]}/{m[1]}", "")), text)
    for match in _EVERY.finditer(text):
        found.add(Figure(_figure(match[1] or "1", "", "").value, f"每{match[2]}"))
    found.update(_number(match) for match in _NUMBER.finditer(text))
    return found


def missing_figures(sentence: str, sources: Iterable[str]) -> list[Figure]:
    """The figures of ``sentence`` that stand in none of ``sources``."""
    held: set[Figure] = set()
    for source in sources:
        held |= _generously(source)
    return sorted(figures(sentence).difference(_vouched(held)))


def _vouched(held: Iterable[Figure]) -> Iterator[Figure]:
    """What a text that holds these figures bears out: they, parts of them, and other counters."""
    for figure in held:
        value, unit = figure
        yield figure
        yield Figure(value, "")
        yield from (Figure(part, "") for part in _parts(figure))
        if unit == DATE:
            kept = product(*((part, "*") for part in value.split("-")))
            yield from (Figure("-".join(parts), DATE) for parts in kept)
        elif unit == "个":
            yield from (Figure(value, counter) for counter in _COUNTERS)
        elif unit in _COUNTERS:
            yield Figure(value, "个")


def _generously(source: str) -> set[Figure]:
    """The figures of a source; one without a unit also in the units that its table heads name."""
    found = figures(source)
    bare = [f.value for f in found if f.unit == "" and "/" not in f.value]
    heads = {(m[1] or m[3] or "", m[2] or m[4]) for m in _HEADED.finditer(nfkc(source))}
    return found | {_figure(value, scale, unit) for scale, unit in heads for value in bare}


def _notation(text: str) -> str:
    """``text`` with Arabic digits and dates in one form."""
    text = chinese_notation(nfkc(text))
    text = _WORDS.sub(lambda m: "·" * len(m[0]), text)
    text = _POINT.sub(_decimal, text)
    text = _CHINESE.sub(lambda m: _arabic(m, text), text)
    for pattern, replacement in _NOTATION:
        text = pattern.sub(replacement, text)
    return text


def _arabic(match: re.Match[str], text: str) -> str:
    """A Chinese numeral in digits, where it is one: 三十日, 第三, 一百二十, not 一 in a word."""
    numeral = match[0]
    if _PLAN.match(text, match.start()):
        return numeral
    digits = numeral.rstrip("万亿")
    counts = _COUNTED.match(text, match.end()) or text.endswith(
        ("第", "附件", "分之", "专栏"), 0, match.start()
    )
    large = len(numeral) > 1 and re.search("[十百千万亿]", numeral)
    value = _value(digits)
    if value is None or not (counts or large):
        return numeral
    return f"{value}{numeral[len(digits) :]}"


def _decimal(match: re.Match[str]) -> str:
    whole, part = numeral_value(match[2]), numeral_value(match[3])
    return match[0] if whole is None or part is None else f"{match[1] or ''}{whole}.{part}"


def _value(numeral: str) -> int | None:
    """The value of a numeral that may hold 万 and 亿; None where it is a run of digits and units
    in no order (十四五)."""
    if re.search(rf"[十百千][{_DIGIT}]?[一二三四五六七八九两]{{2}}", numeral):
        return None
    total = 0
    for mark, factor in (("亿", 100_000_000), ("万", 10_000)):
        head, found, rest = numeral.partition(mark)
        if found:
            part = numeral_value(head)
            if part is None:
                return None
            total, numeral = total + part * factor, rest.lstrip("零〇")
    if not numeral:
        return total
    last = numeral_value(numeral)
    return None if last is None else total + last


def _date(match: re.Match[str]) -> Figure:
    year, month = match["y"] or "*", match["m"] or match["m2"] or "*"
    day = match["d"] or match["d2"] or "*"
    return Figure("-".join(part.lstrip("0") or part for part in (year, month, day)), DATE)


def _parts(figure: Figure) -> list[str]:
    """The numbers of a date or ratio."""
    return re.split(r"[-:/]", figure.value) if figure.unit in (DATE, "比") else []


def _number(match: re.Match[str]) -> Figure:
    figure = _figure(match["number"], match["scale"], match["unit"] or "")
    return Figure(figure.value, (match["lead"] or "") + figure.unit)


def _figure(number: str, scale: str, unit: str) -> Figure:
    base, factor = _MEASURES.get(unit) or (_SAME.get(unit, unit), 1)
    if len(number) > _LONGEST:
        return Figure(number, base)
    value = Decimal(number) * factor
    for step in scale:
        value *= _SCALES[step]
    return Figure(f"{value.normalize():f}", base)
