"""The markers that open a clause: 第X条, 一、 （一） 1. （1） ① and their kin.

A marker is only a *candidate* here; whether it opens a clause depends on the sequence of its
siblings, which the tree decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from qa_bot.clauses.numerals import NUMERAL, numeral_value

# From the outermost level to the innermost.
STYLES = (
    "part",
    "subpart",
    "chapter",
    "section",
    "article",
    "cn",
    "cn_paren",
    "arabic",
    "arabic_paren",
    "circled",
)
RANK = {style: rank for rank, style in enumerate(STYLES)}
_DIVISION = {"编": "part", "分编": "subpart", "章": "chapter", "节": "section"}
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

_NUMBER = rf"(?:{NUMERAL}|\d+)"
_ARTICLE = re.compile(
    rf"第\s*({NUMERAL}|\d+|[{NUMERAL[1:-2]}\s]+?)\s*条(?:\s*之\s*({NUMERAL}))?(?P<gap>[\s:：.．、]*)"
)
_DIVISION_RE = re.compile(rf"第\s*({_NUMBER})\s*(分编|编|章|节)(?P<gap>[\s:：.．、]*)")
_CN = re.compile(rf"({NUMERAL})\s*[、．.](?!\d)\s*")
_CN_PAREN = re.compile(rf"[（(]\s*({NUMERAL})\s*[）)]\s*[、.．]?\s*")
_ARABIC = re.compile(r"([0-9０-９]{1,3})\s*[.．、](?![0-9０-９])\s*")
_ARABIC_PAREN = re.compile(r"[（(]\s*([0-9０-９]{1,2})\s*[）)]\s*|([0-9０-９]{1,2})[）)]\s*")
_OPENERS = frozenset("第（(0123456789０１２３４５６７８９" + _CIRCLED) | frozenset(NUMERAL[1:-2])
# What follows the marker when it is a reference inside a sentence, not a marker.
_REFERENCE = re.compile(
    r"^(?:的|规定|所|至|和|与|及|或|、|，|,|第|款|项|中|之|以|条|修改|删去|改为|作为|[”》〉）)])"
)
# What follows a number that a broken line parted from its 第: 第一条第 / （二）项规定的.
_REST_OF_REFERENCE = re.compile(r"项(?!目)|款(?!项)|目(?![标的录前])")


@dataclass(frozen=True, slots=True)
class Marker:
    """A clause marker: its style, its value, how it is cited, and the text behind it.

    ``sub`` is the second number of 第X条之N (0 where there is none).
    """

    style: str
    value: int
    label: str
    rest: str
    sub: int = 0

    @property
    def rank(self) -> int:
        return RANK[self.style]


def refers(rest: str) -> bool:
    """Does ``rest``, behind an article or chapter number, go on as a reference to it does?"""
    return bool(_REFERENCE.match(rest))


@lru_cache(maxsize=4096)
def read_marker(text: str) -> Marker | None:
    """The marker that ``text`` opens with, or None."""
    if text[:1] not in _OPENERS:
        return None
    if match := _ARTICLE.match(text):
        return _division(text, match, "article", "条")
    if match := _DIVISION_RE.match(text):
        return _division(text, match, _DIVISION[match[2]], match[2])
    if match := _CN_PAREN.match(text):
        return _numbered("cn_paren", match, match[1], "（{}）", text)
    if match := _CN.match(text):
        return _numbered("cn", match, match[1], "{}、", text)
    if match := _ARABIC.match(text):
        return _numbered("arabic", match, str(int(match[1])), "{}.", text)
    if match := _ARABIC_PAREN.match(text):
        number = str(int(match[1] or match[2]))
        return _numbered("arabic_paren", match, number, "（{}）", text)
    if text[0] in _CIRCLED:
        return Marker("circled", _CIRCLED.index(text[0]) + 1, text[0], text[1:].strip())
    return None


def _division(text: str, match: re.Match[str], style: str, unit: str) -> Marker | None:
    rest = text[match.end() :]
    if not match["gap"] and refers(rest):
        return None
    number = re.sub(r"\s", "", match[1])
    value = numeral_value(number)
    if value is None:
        return None
    label, sub = f"第{number}{unit}", 0
    if style == "article" and match[2]:
        label, sub = f"{label}之{match[2]}", numeral_value(match[2]) or 0
    return Marker(style, value, label, rest.strip(), sub)


def _numbered(style: str, match: re.Match[str], number: str, form: str, text: str) -> Marker | None:
    value = numeral_value(number)
    rest = text[match.end() :].strip()
    if not value or _REST_OF_REFERENCE.match(rest):
        return None
    return Marker(style, value, form.format(number), rest)
