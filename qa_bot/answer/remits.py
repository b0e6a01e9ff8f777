"""What one body is in charge of: all rows of a document's tables that name it, counted and listed.

``辽滨经开区能批哪些事项？``, ``市司法局牵头哪些任务？`` A body stands in the columns for who does what
(实施主体, 牵头单位) or is the one that a matter was handed over to (委托下放至…).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa_bot.answer.counting import numbered_rows
from qa_bot.answer.rows import BODY_COLUMN, deciding_run, row_name, short_text
from qa_bot.answer.statement import Statement
from qa_bot.clauses.model import Clause
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.hits import Hit
from qa_bot.retrieval.query import Query

_MOST = 12
_LOOKED_AT = 10
_LEAST_NAME = 3

_KIND = "许可|备案|处罚|奖励|确认|审批|公共服务"
_THING = rf"(?:事项?|{_KIND}|权力|职权|权限|任务)"
_ASKS = re.compile(
    rf"(?:哪些|哪几[项个]|什么|啥|(?:多少|几)[项个])(?:(?!材料|条件|部门|单位|手续|程序|标准)[一-龥]){{0,6}}?{_THING}|"
    rf"{_THING}(?:一?共|总共|都|分别)?(?:有|是|包括)(?:哪些|哪几|什么|(?:多少|几)[项个])|"
    r"[能可](?:以|够)?[批办管审罚](?:理|准|批)?(?:哪些|哪几|什么|啥|多少|几[项个])"
)
# What is left of the question without these words and the body says which of its rows are meant.
_GENERAL = re.compile(
    rf"{_THING}|政务服务|行政|行为|工作|重点|负责|牵头|主管|责任|单位|作为|承担|承接|接手|实施|行使|办理|管理|"
    r"可以|能够|有权|一共|总共|哪几|哪些|多少|包括|分别|目前|如今|方面|有关|相关|涉及|关于|针对|"
    r"[接批办管审罚能可都给由归到至有是几项个的了和对]|\W"
)
_HANDED_ON = re.compile(r"下放|委托|移交|划转|交出|放给|放了")
_ROLE = re.compile(r"牵头|责任(?=单位|部门|人)|配合|协[同助]|监督|监管")
# Bodies stand apart by a sign, or run together: 市司法局市市场监管局.
_BETWEEN = re.compile(r"[、，,；;\s]+|(?<=[局委办厅院会])(?=[省市县区][一-龥])")
_LEVEL = re.compile(r"^[省市县区](?=[一-龥]{2})")
_END = re.compile(r"[局厅委办](?:员会|公室)?$")
_SEAT = re.compile(r"(?:管委会|管理委员会|人民政府|政府|办事处)$")
_TEXTS = {
    "now": "{document}所列由“{bodies}”办理{such}的共{count}项",
    "before": "{document}所列原由“{bodies}”实施{such}的共{count}项",
    "role": "{document}所列{columns}有“{bodies}”{such}的共{count}项",
}
_FIRST = "，以下是前{shown}项"


@dataclass(frozen=True, slots=True)
class _Held:
    """A row that ``body`` has a ``part`` in: a key of ``_TEXTS``, and the column for it."""

    row: Clause
    body: str
    part: str
    column: str


def remit(query: Query, hits: Sequence[Hit], store: ClauseStore) -> list[Statement]:
    """The rows of the best document whose tables name the body of which ``query`` asks what it is
    in charge of: how many there are, and the first of them by name. [] where that is not asked, no
    row is meant, or the rows' numbers have gaps."""
    if query.language != "zh" or not _ASKS.search(query.question):
        return []
    for hit in hits[:_LOOKED_AT]:
        if any(_parts(query.question, hit.clause)):
            return _told(*_meant(query, _held(query, hit.clause, store)))
    return []


def _held(query: Query, clause: Clause, store: ClauseStore) -> list[_Held]:
    """All that the bodies named have to do with the rows of the document's tables."""
    found: list[_Held] = []
    tables = {row.parent_id: row for row in store.clauses_of(store.document_of(clause))}
    for first in tables.values():
        for row in numbered_rows(first, store):
            found += _parts(query.question, row)
    return found


def _parts(question: str, row: Clause) -> Iterator[_Held]:
    """What the bodies that the question names have to do with the row."""
    if row.matter:
        bodies = {"now": row.matter.body, "before": row.matter.body_before}
        found = [(part, "", value) for part, value in bodies.items() if value]
    else:
        found = [("role", c, value) for c, value in row.fields.items() if BODY_COLUMN.search(c)]
    for part, column, value in found:
        for body in _BETWEEN.split(value):
            if any(_is_said(name, body, question) for name in _names(body, question)):
                yield _Held(row, body, part, column)


def _names(body: str, question: str) -> list[str]:
    """``市应急局`` is called 应急局 too, ``辽滨经开区管委会`` 辽滨经开区, and ``市住房和城乡建设局`` 住建局 where the
    question does."""
    core = _LEVEL.sub("", body)
    names = [core, _SEAT.sub("", core)]
    if end := _END.search(core):
        known = core[: end.start()] + end[0][0]
        words = re.finditer(rf"(?={re.escape(core[0])}([一-龥]{{1,3}}{known[-1]}))", question)
        names += [name for word in words if shortens(name := core[0] + word[1], known)]
    return [name for name in dict.fromkeys(names) if len(name) >= _LEAST_NAME]


def shortens(short: str, name: str) -> bool:
    """Are the characters of ``short`` some of those of ``name``, in their order?"""
    left = iter(name)
    return all(character in left for character in short)


def _is_said(name: str, body: str, question: str) -> bool:
    """Does the question say the name, and not that of a body of another level?"""
    said = re.search(rf"([省市县区])?{re.escape(name)}", question)
    return bool(said and (not said[1] or body == name or body[0] == said[1]))


def _meant(query: Query, held: Sequence[_Held]) -> tuple[list[_Held], str]:
    """Those of the rows that the question means, of one part of the body in them, of the type and
    with the words that it names; and which those are, in words."""
    parts = ("before", "now") if _HANDED_ON.search(query.question) else ("now", "before")
    of_part = [[one for one in held if one.part == part] for part in (*parts, "role")]
    meant = next(filter(None, of_part), [])
    if role := _ROLE.search(query.question):
        meant = [one for one in meant if role[0] in one.column]
    types = dict.fromkeys(
        kind
        for one in meant
        for word in re.findall(f"{_KIND}|[罚奖]", query.question)
        if word in (kind := _type(one.row))
    )
    left = query.keywords
    said = {name for one in held for name in _names(one.body, query.question)}
    for name in sorted(said, key=len, reverse=True):
        left = left.replace(name, " ")
    words = [word for word in _GENERAL.sub(" ", left).split() if len(word) > 1]
    such = [f"、类型为“{'”“'.join(types)}”"] if types else []
    return [
        one
        for one in meant
        if (not types or _type(one.row) in types)
        and all(word in short_text(one.row) for word in words)
    ], "".join([*such, *(f"、写有“{word}”" for word in words)])


def _type(row: Clause) -> str:
    return (row.matter.type if row.matter else None) or ""


def _told(held: Sequence[_Held], such: str) -> list[Statement]:
    rows = list({one.row.id: one.row for one in held}.values())
    if not rows:
        return []
    lead = _TEXTS[held[0].part].format(
        document=rows[0].doc_no or f"《{rows[0].title}》",
        bodies="、".join(dict.fromkeys(one.body for one in held)),
        columns="或".join(dict.fromkeys(one.column for one in held)),
        such=such,
        count=len(rows),
    )
    if len(rows) > _MOST:
        lead += _FIRST.format(shown=_MOST)
    return [
        Statement(_named(row), row, deciding_run(row), "" if at else lead)
        for at, row in enumerate(rows[:_MOST])
    ]


def _named(row: Clause) -> str:
    return f"{row_name(row)}（{_type(row)}）" if _type(row) else row_name(row)
