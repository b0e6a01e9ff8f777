"""How people write a section label, as steps that can be compared: ``附件2第3项``, ``二（三）1``."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from qa_bot.clauses.numerals import NUMERAL, numeral_value
from qa_bot.nfkc import nfkc

_N = rf"(?:{NUMERAL}|\d{{1,4}})"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_STEP = re.compile(
    rf"\s*(?:附\s?(?P<scope>[件表录式图])(?:\s*(?P<scope_n>\d{{1,2}}(?!\s*[.、)])|\d{{1,2}}$)|(?P<scope_cn>{_N}))?"
    rf"|附\s*(?P<bare_scope>\d{{1,2}})(?!\s*[.、)])"
    rf"|专\s*栏\s*(?P<box>{_N})|表\s*-?\s*(?P<table>{_N})"
    rf"|《(?P<title>[^》]+)》"
    rf"|第\s*\(?\s*(?P<n>{_N})\s*\)?\s*(?P<unit>分编|编|章|节|条|款|项|目|段|号|行|点)(?:\s*之\s*(?P<sub>{_N}))?"
    rf"|(?P<bare>{_N})\s*(?P<bare_unit>章|节|条|款)"
    rf"|\(\s*(?P<paren>{_N})\s*\)\s*[、.]?(?:项|目|点)?"
    rf"|(?P<circled>[{_CIRCLED}])"
    rf"|(?P<plain>{_N})\s*(?:(?P<mark>[、.,])|项|目|点|条目|(?=$|[\s(])))\s*"
)
_SCOPE_AND_NUMBER = re.compile(rf"^(\s*附\s*件)\s*({_N}\s*、)")
_BLANKS = re.compile(r"\s+(?=\S)")
_SEPARATORS = re.compile(r"[\s、,.:;的之-]+")
_PUNCTUATION = re.compile(r"[\s《》“”\"'、.,，。:：;；·\-—（）()\[\]〔〕]")
DIVISIONS = frozenset({"编", "分编", "章", "节"})
_ITEMS = frozenset({"号", "括", "点"})
_NUMBERED_UNITS = frozenset({"项", "目", "号", "行", "点"})


class Step(NamedTuple):
    """One step of a label: its ``kind`` and number (or words).

    Item numbers are 括 （一） or 点 1. as they are written, or 号 where that is left open (第一项).
    """

    kind: str
    value: str

    def agrees(self, other: Step) -> bool:
        """May both name the same step?"""
        if self.value != other.value:
            return False
        kinds = {self.kind, other.kind}
        return len(kinds) == 1 or ("号" in kinds and kinds <= _ITEMS)


LabelKey = tuple[Step, ...]


@lru_cache(maxsize=10_000)
def label_key(label: str) -> LabelKey:
    """The same for all spellings of a label: ``第5条``, ``第五条``; ``第（二）项``, ``第二项``."""
    steps = label_steps(label)
    return tuple(Step("号", step.value) if step.kind in _ITEMS else step for step in steps)


def within_divisions(key: LabelKey) -> LabelKey:
    """``第八章 四十六、`` as it is cited without its chapter."""
    return tuple(step for step in key if step.kind not in DIVISIONS)


def as_item(key: LabelKey) -> LabelKey:
    """第X条 as people call item X of a text that has no articles."""
    return tuple(Step("号", step.value) if step.kind == "条" else step for step in key)


def agree(first: tuple[Step, ...], second: tuple[Step, ...]) -> bool:
    """May both ways be the same?"""
    return len(first) == len(second) and all(map(Step.agrees, first, second))


def label_steps(label: str) -> tuple[Step, ...]:
    """``附件2第3项`` → 附件 2, 号 3; ``二、（三）1.`` → 点 2, 括 3, 点 1; words come as they are."""
    text = "".join(c if c in _CIRCLED else unicodedata.normalize("NFKC", c) for c in label.strip())
    steps: list[Step] = []
    position = 0
    while position < len(text):
        match = _step_at(text, position)
        if match is None:
            end = _end_of_words(text, position)
            folded = fold_words(text[position:end])
            steps += [Step("文", folded)] if folded else []
            position = end
        else:
            steps.append(_step(match))
            position = match.end()
            if separators := _SEPARATORS.match(text, position):
                position = separators.end()
    return tuple(steps)


def readings(label: str) -> list[tuple[Step, ...]]:
    """What ``label`` may mean: 附件三、 is the third attachment, or 三、 of the only one."""
    apart = _SCOPE_AND_NUMBER.sub(r"\1 \2", label)
    return list(dict.fromkeys([label_steps(label), label_steps(apart)]))


def fold_words(text: str) -> str:
    """Words without width, blanks and punctuation, so that spellings of them agree."""
    return _PUNCTUATION.sub("", nfkc(text)).lower()


def _step_at(text: str, position: int) -> re.Match[str] | None:
    match = _STEP.match(text, position)
    return match if match and match.group().strip() else None


def _end_of_words(text: str, position: int) -> int:
    """The end of the words at ``position``: a blank behind which the label goes on with a number."""
    for match in _BLANKS.finditer(text, position + 1):
        if _step_at(text, match.end()):
            return match.end()
    return len(text)


def _step(match: re.Match[str]) -> Step:
    if kind := match["scope"]:
        return Step(f"附{kind}", _number(match["scope_n"] or match["scope_cn"]))
    if match["bare_scope"]:
        return Step("附件", _number(match["bare_scope"]))
    if match["box"]:
        return Step("专栏", _number(match["box"]))
    if match["table"]:
        return Step("表", _number(match["table"]))
    if match["title"]:
        return Step("题", fold_words(match["title"]))
    if match["circled"]:
        return Step("点", str(_CIRCLED.index(match["circled"]) + 1))
    if match["bare"]:
        return Step(match["bare_unit"], _number(match["bare"]))
    if unit := match["unit"]:
        kind = "号" if unit in _NUMBERED_UNITS else unit
        value = _number(match["n"]) + (f"之{_number(match['sub'])}" if match["sub"] else "")
        return Step(kind, value)
    if match["paren"]:
        return Step("括", _number(match["paren"]))
    return Step("点" if match["mark"] else "号", _number(match["plain"]))


def _number(text: str | None) -> str:
    return str(numeral_value(text)) if text else ""
