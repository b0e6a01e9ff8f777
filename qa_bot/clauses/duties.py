"""Who must do what a clause orders, and by when.

Read are brackets (``（责任单位：…；完成时限：…）``, ``(市财政局牵头,市农委配合;2018年7月起)``),
sentences (``此项工作由监察局牵头,编办协办。``), the opening of a paragraph that gives one body's
duties (``市财政局:负责…``) and the columns of a table of tasks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa_bot.clauses.model import Duty, DutyRole

_OPEN, _CLOSE = "（(〔【[", "）)〕】]"
_LONGEST_BRACKET = 600
_LABELS: tuple[tuple[str, DutyRole], ...] = (
    ("牵头", "牵头"),
    ("主办", "牵头"),
    ("责任", "责任"),
    ("负责", "责任"),
    ("落实", "责任"),
    ("实施主体", "责任"),
    ("配合", "配合"),
    ("参与", "配合"),
    ("协办", "配合"),
    ("协同", "配合"),
    ("监督", "监督"),
)
_LABELLED = re.compile(
    r"(牵头|责任|配合|参与|监督|主办|协办|落实|实施)(?:单位|部门|主体|机构)?(?:及|和)?(?:单位|部门)?\s*[:：]\s*"
)
_DEADLINE_LABEL = re.compile(r"(?:完成时限|完成时间|时限要求|时限)\s*[:：]?\s*")
_TAIL = re.compile(r"(.+?)(牵头负责|牵头|负责|配合|参与|协办|主办)$")
_SENTENCE = re.compile(
    r"(?:此项|该项|本项|上述|以上)?工作由([^，,。；;]{2,80}?)(牵头负责|牵头|负责|主办)(?![一-龥])"
    r"(?:[，,、]\s*(?:由)?([^，,。；;]{2,80}?)(配合|协办|参与))?"
)
_OPENING = re.compile(
    r"^([一-龥、（()）]{2,24}?(?:部门|局|委|办|办公室|政府|公司|中心|银行|处|厅|院|会))\s*(?:[:：]\s*)?(牵头负责|牵头|负责)"
)
_DEADLINE = re.compile(
    r"(?:\d{4}\s*年.{0,24}?(?:底|前|日|月|完成|持续.*|推进|完善)|持续.{0,6}|长期.{0,6}|每年.{0,12}|.{1,6}月底前.{0,6})"
    r"[)）。]?"
)
_BETWEEN = re.compile(r"[、，,\s]+")
_COLUMNS: tuple[tuple[str, DutyRole], ...] = (
    ("牵头单位", "牵头"),
    ("牵头部门", "牵头"),
    ("责任单位", "责任"),
    ("责任部门", "责任"),
    ("责任主体", "责任"),
    ("实施主体", "责任"),
    ("配合单位", "配合"),
)

Found = tuple[tuple[Duty, ...], tuple[str, ...]]


def read_duties(text: str, paragraph: bool) -> Found:
    """Duties and deadlines in the text of a clause; ``paragraph``: it may open with its body."""
    duties: list[Duty] = []
    deadlines: list[str] = []
    for inside in _brackets(text):
        if _LABELLED.search(inside) or _DEADLINE_LABEL.search(inside) or "牵头" in inside:
            _read_bracket(inside, duties, deadlines)
        elif _DEADLINE.fullmatch(inside):
            deadlines.append(inside)
    for match in _SENTENCE.finditer(text):
        duties += _duty(match[2], match[1])
        if match[3]:
            duties += _duty(match[4], match[3])
    if paragraph and (opening := _OPENING.match(text)):
        duties += _duty(opening[2], opening[1])
    return tuple(dict.fromkeys(duties)), tuple(dict.fromkeys(deadlines))


def row_duties(fields: dict[str, str]) -> Found:
    """Duties and deadlines in the columns of a table row."""
    duties = [
        duty
        for column, role in _COLUMNS
        if fields.get(column)
        for duty in _duty(role, fields[column])
    ]
    deadlines = [
        value for name, value in fields.items() if _DEADLINE_LABEL.fullmatch(name) and value
    ]
    return tuple(duties), tuple(deadlines)


def _brackets(text: str) -> Iterator[str]:
    """What stands in the outermost brackets, whichever kinds open and close them."""
    depth, start = 0, 0
    for i, character in enumerate(text):
        if character in _OPEN:
            if depth == 0:
                start = i + 1
            depth += 1
        elif character in _CLOSE and depth:
            depth -= 1
            if depth == 0 and i - start <= _LONGEST_BRACKET:
                yield text[start:i].replace("\n", "")


def _read_bracket(inside: str, duties: list[Duty], deadlines: list[str]) -> None:
    for part in re.split(r"[;；]", inside):
        labels = list(_LABELLED.finditer(part))
        if match := _DEADLINE_LABEL.match(part):
            deadlines.append(part[match.end() :].strip())
        elif labels:
            ends = [label.start() for label in labels[1:]] + [len(part)]
            for label, end in zip(labels, ends, strict=True):
                duties += _duty(label[1], part[label.end() : end])
        elif _DEADLINE.fullmatch(part.strip()):
            deadlines.append(part.strip())
        else:
            _read_phrase(part, duties)


def _read_phrase(part: str, duties: list[Duty]) -> None:
    """``市财政局牵头,市农委、市水务局配合``: the names up to each verb."""
    bodies: list[str] = []
    for piece in re.split(r"[，,]", part):
        bodies.append(piece)
        if match := _TAIL.fullmatch(piece.strip()):
            bodies[-1] = match[1]
            duties += _duty(match[2], "、".join(bodies))
            bodies = []


def _duty(label: str, names: str) -> list[Duty]:
    role = next((role for word, role in _LABELS if word in label), None)
    bodies = tuple(filter(None, (name.strip(" ：:。") for name in _BETWEEN.split(names))))
    return [Duty(role=role, bodies=bodies)] if role and bodies else []
