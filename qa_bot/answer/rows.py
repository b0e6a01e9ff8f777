"""What a table row says in answer to a question: its fields, and who handles a matter now."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa_bot.answer.sentences import Passage, SentenceChooser, sentences_of
from qa_bot.answer.statutes import statutes_named
from qa_bot.clauses.model import Clause, Matter
from qa_bot.retrieval.hits import Hit
from qa_bot.retrieval.query import Query

_LONG_FIELD = 80
_LONGEST_NAME = 60
_PASSAGE = 260
# How much more of the question (0…1) a long field must hold than what is shown without it.
_ADDS = 0.12
# Which share of the best row's likelihood another row must have to be looked at beside it.
_NEAR = 0.5
_NUMBER_COLUMNS = {"序号", "编号", "序"}
BODY_COLUMN = re.compile(
    r"(?:实施|责任|承接|行使)主体|(?:责任|牵头|承办|主办|实施|承接|主管|负责)(?:单位|部门|机关)|审批(?:部门|机关)"
)
_NAME_COLUMN = re.compile(r"(?:事项|任务|指标|项目|名称|内容|措施)$")
_OPENING = re.compile(r"(?:\d{1,3}\s*[.．、]\s*)?[^。；;：:\n]+")
_WHO = {"department", "procedure"}
_FIGURES = {"date", "number"}
_WORDS = {"list", "procedure"}
_FIGURE = re.compile(r"\d|[一二三四五六七八九十]+(?:个|日|天|月|年|次)|长期|持续|每[年半季月]")
_ASKS_COLUMN = (
    ("监管", re.compile(r"监[管督]|还管|管不管|管什么|管哪些")),
    (
        "类型",
        re.compile(r"类型|[哪什]\S{0,2}类|算\S{0,4}(?:许可|处罚|确认|备案|奖励|服务)|属于|性质"),
    ),
)
_ASKS_MOVE = re.compile(r"下放|放[给到权]|委托|移交|划转|调整[到至给]|承接|原来|以前")
_ASKS_BASIS = re.compile(
    r"依据|根据|第几条|哪[一个部条项]*(?:法律|法规|条例|规定)|\bbas(?:is|ed)\b"
)
# Who takes an application or grants it need not be who handles the matter.
_ASKS_STEP = re.compile(
    r"(?:申请|提交|递交|受理|批准|审查)\S{0,4}[给到向由谁哪]|[向由到给]\S{0,6}(?:申请|提交|递交|受理|批准)"
)
# Where to apply and where to fetch what is granted, and the words of a law that say so.
_ASKS_WHERE = re.compile(
    r"[在向去到上找给由归]?[谁哪](?:(?!规定|法律|条例)\S){0,8}?(?:申请|提交|递交|受理|领取)|"
    r"(?:申请|提交|递交|领取)\S{0,6}?[给到向][谁哪]"
)
_FETCH = "领取"
_APPLIED_FOR = re.compile(r"[向到由][^。；;，,]{2,40}?(?:申请|提交|递交|受理)")
_FETCHED = re.compile(rf"[向到][^。；;，,]{{2,40}}?{_FETCH}")
# Such a share of the question's words a sentence must hold to be told first.
_LEAST_TOLD = 0.3
# The body that is named gives the matter up, and to whom is not said.
_GIVEN_UP = re.compile(r"(?:予以|直接|全部|部分|委托)?(?:取消|停止|废止|不再|下放|移交|划转)")
# What limits a matter that was handed over to a part of it.
_PART_ONLY = re.compile(r"(?:^|[；;。])\s*((?:仅|只)?(?:委托下放|下放|委托|限于)[^；;。]{2,60})")


def row_statement(
    query: Query, clause: Clause, chooser: SentenceChooser, limit: int = _PASSAGE
) -> tuple[str, str]:
    """What the row says, led by its name, and the quote that it rests on.

    Of long fields the sentences that fit the question are shown, where the rest does not tell it.
    Of a matter with such a field only the short fields are shown that say something to it. Where it
    is asked where to apply, and the row says so, that comes first.
    """
    name, fields = _named_fields(clause)
    handled = _handled_now(query, clause.matter)
    if clause.matter and handled:
        bodies = {clause.matter.body, clause.matter.body_before}
        fields = [(column, value) for column, value in fields if value not in bodies]
    basis = _basis(query, clause.matter)
    where = _where_to_apply(query, clause, chooser)
    passage = where or _passage(query, clause, chooser, limit)
    if not where and _told(query, clause, fields, basis):
        passage = ""
    if clause.matter and (passage or basis):
        fields = [field for field in fields if _fits(query, name, field, chooser)]
    facts = "；".join(f"{column}：{value.rstrip('。；')}" for column, value in fields)
    said = (where, handled, basis, facts) if where else (handled, basis, facts, passage)
    parts = [part.rstrip("。；") for part in said if part]
    return f"{name}：{'。'.join(parts)}。", passage or deciding_run(clause)


def best_named_first(query: Query, hits: Sequence[Hit], chooser: SentenceChooser) -> Sequence[Hit]:
    """The hits; where the best is a row of a list of matters and others of that list are near, that
    row of them first whose name has most in common with the question."""
    best = hits[0]
    if best.clause.matter is None:
        return hits
    near = [
        (hit, hit.clause.matter.name)
        for hit in hits
        if hit.clause.matter
        and hit.clause.parent_id == best.clause.parent_id
        and hit.score >= _NEAR * best.score
    ]
    first = max(near, key=lambda one: _in_common(query, one[1], chooser))[0]
    return [first, *(hit for hit in hits if hit is not first)]


def _in_common(query: Query, name: str, chooser: SentenceChooser) -> float:
    """How much of the question the name holds and of the name the question: harmonic mean."""
    held, said = chooser.coverage(query.wording, name), chooser.coverage(name, query.wording)
    return 2 * held * said / (held + said) if held + said else 0.0


def row_name(clause: Clause) -> str:
    """What the row is about, in its own words."""
    return _named_fields(clause)[0]


def short_text(clause: Clause) -> str:
    """The row without its long fields, of which most are quoted law."""
    return "；".join(value for value in clause.fields.values() if len(value) <= _LONG_FIELD)


def _named_fields(clause: Clause) -> tuple[str, list[tuple[str, str]]]:
    """The row's name and its other short fields.

    The name is that of its matter; else that of the group and of the thing in it; else the value
    that most columns repeat, or the first.
    """
    fields = [(k, v) for k, v in clause.fields.items() if v and k not in _NUMBER_COLUMNS]
    short = [(k, v) for k, v in fields if len(v) <= _LONG_FIELD] or fields[:1]
    if clause.matter:
        name = clause.matter.name
        return name, [(column, value) for column, value in short if value != name]
    values = [value for _, value in short]
    group = max(values, key=values.count, default=clause.text)
    thing = next((v for k, v in fields if _NAME_COLUMN.search(k) and v != group), "")
    opening = match[0].strip() if (match := _OPENING.match(thing)) else ""
    if not 0 < len(opening) <= _LONGEST_NAME:
        opening = ""
    rest = [(k, v) for k, v in short if v not in (group, opening)]
    return " / ".join(filter(None, (group, opening))), rest


def _told(query: Query, clause: Clause, fields: list[tuple[str, str]], basis: str) -> bool:
    """Do the row's short fields tell all that the question asks for?"""
    body = any(BODY_COLUMN.search(column) for column in clause.fields)
    told = [body] if "department" in query.intents or _ASKS_MOVE.search(query.question) else []
    if _ASKS_BASIS.search(query.question):
        told.append(bool(basis))
    if _ASKS_STEP.search(query.question):
        told.append(False)
    if query.intents & _FIGURES and not basis:
        told.append(any(_FIGURE.search(value) for _, value in fields))
    if query.intents & _WORDS:
        told.append(False)
    if any(_is_asked(query, column) for column, _ in fields):
        told.append(True)
    return bool(told) and all(told)


def _is_asked(query: Query, column: str) -> bool:
    """Does the question name the column, or ask in other words for what stands in it?"""
    meant = any(part in column and asks.search(query.question) for part, asks in _ASKS_COLUMN)
    return meant or column in query.question


def _fits(query: Query, name: str, field: tuple[str, str], chooser: SentenceChooser) -> bool:
    """Does the question ask for the field's column, or hold words of it that ``name`` lacks?"""
    column, value = field
    return _is_asked(query, column) or _adds(query, name, column + value, chooser)


def _adds(query: Query, shown: str, more: str, chooser: SentenceChooser) -> bool:
    """Does ``more`` hold a good deal of the question that ``shown`` does not?"""
    before = chooser.coverage(query.wording, shown)
    return bool(more) and chooser.coverage(query.wording, f"{shown}\n{more}") - before >= _ADDS


def deciding_run(clause: Clause) -> str:
    """The run of short fields, as the row's text has it, that names who handles the matter; all
    of a row that has no long field."""
    runs: list[str] = [""]
    for column, value in clause.fields.items():
        part = f"{column} {value}" if column in _NUMBER_COLUMNS else f"{column}：{value}"
        if not value:
            continue
        if len(value) > _LONG_FIELD:
            runs.append("")
        else:
            runs[-1] += f"；{part}" if runs[-1] else part
    deciding = [run for run in runs if BODY_COLUMN.search(run)]
    return (deciding or [run for run in runs if run] or [clause.text])[-1]


def _handled_now(query: Query, matter: Matter | None) -> str:
    """Who handles the matter now, who did before, and whether only a part of it was handed over:
    where the question asks for that, and always where the matter was moved."""
    if matter is None or matter.body is None:
        return ""
    asked = query.intents & _WHO or _ASKS_MOVE.search(query.question)
    if not asked and not matter.body_before:
        return ""
    if not matter.body_before and _GIVEN_UP.match(matter.change or ""):
        return f"{matter.change}（原实施主体：{matter.body}）"
    if not matter.body_before:
        return f"由{matter.body}办理"
    part = _PART_ONLY.search(matter.supervision or "")
    limits = f"；仅{part[1]}" if part else ""
    return f"现由{matter.body}办理（原实施主体：{matter.body_before}{limits}）"


def _basis(query: Query, matter: Matter | None) -> str:
    """The statutes and articles that the matter is based on, where the question asks for them."""
    if matter is None or not matter.basis or not _ASKS_BASIS.search(query.question):
        return ""
    named = statutes_named(matter.basis)
    return f"依据：{named}" if named else ""


def _where_to_apply(query: Query, clause: Clause, chooser: SentenceChooser) -> str:
    """The sentence of the row's long fields that says to whom one applies, where that is asked; ""
    where none is near the question, or the matter was moved: it names who took applications before."""
    moved = clause.matter and clause.matter.body_before
    if moved or not _ASKS_WHERE.search(query.question):
        return ""
    says_where = _FETCHED if _FETCH in query.question else _APPLIED_FOR
    told = [
        chooser.best_sentence(query.wording, sentence)
        for value in _long(clause)
        for sentence in sentences_of(value)
        if says_where.search(sentence)
    ]
    best = max(told, key=lambda passage: passage.score, default=Passage("", 0.0))
    return best.text if best.score >= _LEAST_TOLD else ""


def _passage(query: Query, clause: Clause, chooser: SentenceChooser, limit: int) -> str:
    """The best sentences of the row's long fields."""
    return max(
        (chooser.best(query.wording, query.intents, value, limit) for value in _long(clause)),
        key=lambda p: p.score,
        default=Passage("", 0.0),
    ).text


def _long(clause: Clause) -> list[str]:
    return [value for value in clause.fields.values() if len(value) > _LONG_FIELD]
