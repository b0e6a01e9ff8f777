"""Numbers, dates, percentages and amounts of a text, compared by value.

``3万元`` = ``30000元``, ``三万五千`` = ``35000``, ``三十日`` = ``30日``, ``百分之五`` = ``5%``,
``二〇二三年十二月`` = ``2023年12月`` = ``December 2023``. Units are not compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from qa_bot.clauses.numerals import numeral_value
from qa_bot.evaluation.folding import without_markers


@dataclass(frozen=True)
class Quantity:
    """A number, or a date of which some parts may be open."""

    value: Decimal | None = None
    year: int | None = None
    month: int | None = None
    day: int | None = None

    @property
    def is_date(self) -> bool:
        return self.value is None

    @property
    def numbers(self) -> tuple[Decimal, ...]:
        """The numbers that stand in it."""
        parts = (self.value, self.year, self.month, self.day)
        return tuple(Decimal(part) for part in parts if part is not None)


_CN = "零〇○一二三四五六七八九十百千两"
_MONTHS = "january february march april may june july august september october november december"
_MONTH_NAMES = {name[:3]: number for number, name in enumerate(_MONTHS.split(), 1)}
_MONTH = rf"(?P<name>{'|'.join(f'{n[:3]}(?:{n[3:]})?' for n in _MONTHS.split())})\.?"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<y>\d{{4}}|[{_CN}0Oo]{{4}})\s*年(?:\s*(?P<m>\d{{1,2}}|[{_CN}元]{{1,3}})\s*月"
        rf"(?:\s*(?P<d>\d{{1,2}}|[{_CN}]{{1,3}})\s*[日号])?)?",
        rf"(?P<m>\d{{1,2}}|[{_CN}]{{1,2}})\s*月(?:\s*(?P<d>\d{{1,2}}|[{_CN}]{{1,3}})\s*[日号])?",
        r"(?<!\d)(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)",
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+(?P<y>\d{{4}}))?\b",
        rf"\b{_MONTH}(?:\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?)?(?:,?\s+(?P<y>\d{{4}}))\b",
        rf"\b{_MONTH}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b",
    )
)
_CN_PERCENT = re.compile(rf"百分之([{_CN}]+|\d+(?:\.\d+)?)")
_PART = re.compile(
    rf"(?:(?P<arabic>\d+(?:\.\d+)?)\s*|(?P<nth>第?)(?P<chinese>[{_CN}]+))(?P<scale>[百千万亿]*)"
)
_SCALES = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_COUNTED = (
    "个名人位件项条款章节次日天年月周倍元万亿级类种批份套家户所座处台辆亩米公吨张册期届号岁成度组支队"
    "小学工分时"
)
_WORDS = re.compile(
    rf"(?<![\d{_CN}万亿])(?:十分(?!之|钟)|[统唯单同专万逐之]一|一[定般律致并样些直旦下起度时]"
    r"|千方百计|三农|第三方)"
)
_LIST_MARK = re.compile(r"(?m)^\s*(?:\d{1,2}[.、)](?!\d)|\(\d{1,2}\))\s*")


def quantities(text: str, *, answer: bool = False) -> set[Quantity]:
    """Every quantity in a text.

    ``answer``: read it as an answer, in which list numbers, citation marks and Chinese numerals
    that are part of a word (一般, 十分) state no number. Evidence is read generously.
    """
    text = unicodedata.normalize("NFKC", without_markers(text) if answer else text)
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    if answer:
        text = _WORDS.sub(" ", _LIST_MARK.sub("", text))
    found: set[Quantity] = set()
    for pattern in _DATES:
        text = pattern.sub(lambda m: _take_date(m, found), text)
    text = _CN_PERCENT.sub(lambda m: _take(_value(m[1]), found), text)
    return found | {Quantity(value) for value in _numbers(text, answer=answer)}


def supported(quantity: Quantity, evidence: set[Quantity]) -> bool:
    """Does the quantity stand in the evidence? A date may be given there more exactly."""
    if quantity.is_date and any(_within(quantity, other) for other in evidence):
        return True
    plain = {number for other in evidence for number in other.numbers}
    if quantity.is_date:
        return len(quantity.numbers) == 1 and quantity.numbers[0] in plain
    return quantity.numbers[0] in plain


def _within(part: Quantity, whole: Quantity) -> bool:
    return whole.is_date and all(
        getattr(part, name) in (None, getattr(whole, name)) for name in ("year", "month", "day")
    )


def _take_date(match: re.Match[str], found: set[Quantity]) -> str:
    groups = match.groupdict()
    year, month, day = (_integer(groups.get(name)) for name in "ymd")
    if groups.get("name"):
        month = _MONTH_NAMES[groups["name"][:3].lower()]
    if (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 31):
        return match[0]
    found.add(Quantity(year=year, month=month, day=day))
    return " "


def _take(value: Decimal | None, found: set[Quantity]) -> str:
    if value is not None:
        found.add(Quantity(value))
    return " "


def _numbers(text: str, *, answer: bool) -> Iterator[Decimal]:
    """The numbers of a text, with 万 and 亿 and what follows them (三万五千, 1亿2000万) as one."""
    for parts in _compounds(text):
        first = parts[0]
        if first["arabic"]:
            if not answer and len(parts) == 1:
                yield Decimal(first["arabic"])
        elif answer and len(parts) == 1 and not _is_number(first, text):
            continue
        amounts = [amount for part in parts if (amount := _amount(part)) is not None]
        if amounts:
            yield sum(amounts, Decimal())


def _compounds(text: str) -> Iterator[list[re.Match[str]]]:
    parts: list[re.Match[str]] = []
    for part in _PART.finditer(text):
        if parts and not _continues(parts[-1], part):
            yield parts
            parts = []
        parts.append(part)
    if parts:
        yield parts


def _continues(part: re.Match[str], following: re.Match[str]) -> bool:
    """Does ``following`` count what is left below the 万 or 亿 of ``part``?"""
    scale, amount = _scale(part["scale"]), _amount(following)
    adjacent = part.end() == following.start() and not following["nth"]
    return adjacent and scale >= _SCALES["万"] and amount is not None and amount < scale


def _amount(part: re.Match[str]) -> Decimal | None:
    value = _value(part["arabic"] or part["chinese"])
    return None if value is None else value * _scale(part["scale"])


def _is_number(part: re.Match[str], text: str) -> bool:
    """Is a Chinese numeral in an answer a number, not part of a word?"""
    following = text[part.end() : part.end() + 1]
    several = len(part["chinese"]) > 1 and set(part["chinese"]) & set("十百千零〇○")
    counted = following and following in _COUNTED
    return bool(part["nth"] or part["scale"] or several or counted)


def _scale(units: str) -> int:
    product = 1
    for unit in units:
        product *= _SCALES[unit]
    return product


def _value(text: str) -> Decimal | None:
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return Decimal(text)
    value = numeral_value(text)
    return None if value is None else Decimal(value)


def _integer(text: str | None) -> int | None:
    if not text:
        return None
    return numeral_value(text)
