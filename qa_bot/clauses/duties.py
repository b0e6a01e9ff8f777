"""Who must do what a clause orders, and by when.

Read are brackets (``（责任单位：…；完成时限：…）``, ``(市财政局牵头,市农委配合;2018年7月起)``,
``。(区交通局)``),
sentences (``此项工作由监察局牵头,编办协办。``), the opening of a paragraph that gives one body's
duties (``市财政局:负责…``), the heading of a list of them (``(二)镇(街道)职责``) and the columns of
a table of tasks.
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
_TAIL = re.compile(
    r"(.+?)(?:等?部门)?(?:按(?:照)?(?:各自)?职责(?:分工)?)?(牵头负责|牵头|负责|配合|参与|协办|主办)$"
)
_ASSIGNS = re.compile(r"(?:牵头|负责|配合)(?:[,，;；]|$)|牵头")
_BODY = re.compile(
    r"(?:[省市县区州各]|全)[一-龥]{1,16}(?:局|委|办|厅|部门|政府|公司|中心|法院|检察院|银行|院|会|联|部|单位|分局|大队)|"
    r"各?[镇乡县][(（<〈、]?(?:街道|乡|镇|区)[)）>〉]?(?:人民政府|政府|办事处)?"
)
_SENTENCE = re.compile(
    r"(?:此项|该项|本项|上述|以上)?工作由([^，,。；;]{2,80}?)(牵头负责|牵头|负责|主办)(?![一-龥])"
    r"(?:[，,、]\s*(?:由)?([^，,。；;]{2,80}?)(配合|协办|参与))?"
)
_OPENING = re.compile(
    r"^([一-龥、（()）]{2,24}?(?:部门|局|委|办|办公室|政府|公司|中心|银行|处|厅|院|会))\s*(?:[:：]\s*)?(牵头负责|牵头|负责)"
)
_HEADED = re.compile(
    r"(?:[（(]?(?:\d+|[一二三四五六七八九十]+)[)）、.．]\s*)?(?P<body>[一-龥、]{1,20}?(?:局|委|办|部门|政府|公司|中心|银行|处|厅|院|会|"
    r"专班|小组|[办公教研]室|街道|社区|[镇乡村县市区]|机构|单位|企业|[（(][一-龥、]{1,8}[)）]))"
    r"的?(?:主要|工作|管理|监管|安全)*职责(?:分工)?"
)
_NOBODY = re.compile(r"(?:各|有关|相关|成员|部门|单位|机构)+")
_DEADLINE = re.compile(
    r"(?:\d{4}\s*年.{0,24}?(?:底|前|日|月|完成|持续.*|推进|完善)|持续.{0,6}|长期.{0,6}|每年.{0,12}|.{1,6}月底前.{0,6})"
    r"[)）。]?"
)
_BETWEEN = re.compile(r"[、，,\s]+")
_COLUMNS: tuple[tuple[str, DutyRole], ...] = (
    ("牵头单位", "牵头"),
    ("牵头部门", "牵头"),
    ("主办单位", "牵头"),
    ("责任单位", "责任"),
    ("责任部门", "责任"),
    ("责任主体", "责任"),
    ("实施主体", "责任"),
    ("承办单位", "责任"),
    ("责任处室", "责任"),
    ("配合单位", "配合"),
    ("配合部门", "配合"),
    ("参与单位", "配合"),
    ("协办单位", "配合"),
    ("监督单位", "监督"),
)

Found = tuple[tuple[Duty, ...], tuple[str, ...]]


def read_duties(text: str, paragraph: bool, heading: str = "") -> Found:
    """Duties and deadlines in the text of a clause; ``paragraph``: it may open with its body;
    ``heading``: of the list that it stands in."""
    duties: list[Duty] = []
    deadlines: list[str] = []
    for _, found, until in _marks(text):
        duties += found
        deadlines += until
    if paragraph and (opening := _OPENING.match(text)):
        duties += _duty(opening[2], opening[1])
    headed = _HEADED.fullmatch(heading)
    if not duties and headed and not _NOBODY.fullmatch(headed["body"]):
        duties += _duty("责任", headed["body"])
    return tuple(dict.fromkeys(duties)), tuple(dict.fromkeys(deadlines))


def duties_within(text: str, quote: str) -> tuple[Duty, ...]:
    """Of the duties that brackets and sentences of ``text`` assign, those for what ``quote``, a
    part of it, says: each assigns what stands before it."""
    begin = max(text.find(quote), 0)
    duties: list[Duty] = []
    before = 0
    for end, found, _ in _marks(text):
        if before < begin + len(quote) and end > begin:
            duties += found
        before = end
    return tuple(dict.fromkeys(duties))


def _marks(text: str) -> list[tuple[int, list[Duty], list[str]]]:
    """Where each bracket or sentence that assigns something ends, its duties and deadlines."""
    marks: list[tuple[int, list[Duty], list[str]]] = []
    for end, behind, inside in _brackets(text):
        duties: list[Duty] = []
        deadlines: list[str] = []
        if _LABELLED.search(inside) or _DEADLINE_LABEL.search(inside) or _ASSIGNS.search(inside):
            _read_bracket(inside, duties, deadlines)
        elif behind and all(map(_BODY.fullmatch, _BETWEEN.split(inside))):
            duties += _duty("责任", inside)
        elif _DEADLINE.fullmatch(inside):
            deadlines.append(inside)
        if duties or deadlines:
            marks.append((end, duties, deadlines))
    for match in _SENTENCE.finditer(text):
        duties = _duty(match[2], match[1])
        if match[3]:
            duties += _duty(match[4], match[3])
        marks.append((match.end(), duties, []))
    return sorted(marks, key=lambda mark: mark[0])


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


def _brackets(text: str) -> Iterator[tuple[int, bool, str]]:
    """Where the outermost brackets end, whichever kinds open and close them, whether they stand
    behind a sentence, and what is in them."""
    depth, start = 0, 0
    for i, character in enumerate(text):
        if character in _OPEN:
            if depth == 0:
                start = i + 1
            depth += 1
        elif character in _CLOSE and depth:
            depth -= 1
            if depth == 0 and i - start <= _LONGEST_BRACKET:
                behind = text[: start - 1].rstrip().endswith(("。", "；", ";"))
                yield i + 1, behind, text[start:i].replace("\n", "")


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
