"""What a table row says in answer to a question: its fields, and who handles a matter now."""

from __future__ import annotations

import re

from qa_bot.answer.sentences import SentenceChooser
from qa_bot.clauses.model import Clause
from qa_bot.retrieval.query import Query

_LONG_FIELD = 80
_PASSAGE = 260
_NUMBER_COLUMNS = {"序号", "编号", "序"}
_BODY = re.compile(r"实施主体|责任单位|责任主体|牵头单位|主管部门|承办单位|实施机关")
_WHO = {"department", "procedure"}
_DETAIL = {"procedure", "date", "number", "list"}


def row_statement(
    query: Query, clause: Clause, chooser: SentenceChooser, limit: int = _PASSAGE
) -> tuple[str, str]:
    """What the row says, led by its name, and the quote that it rests on.

    Long fields are shown by the sentences that fit the question.
    """
    name, fields = _named_fields(clause)
    handled = _handled_now(clause) if query.intents & _WHO else ""
    passage = _passage(query, clause, chooser, limit)
    if passage and clause.matter and "department" not in query.intents:
        fields = [(column, value) for column, value in fields if column in query.question]
    if handled and clause.matter:
        bodies = {clause.matter.body, clause.matter.body_before}
        fields = [(column, value) for column, value in fields if value not in bodies]
    facts = "；".join(f"{column}：{value.rstrip('。；')}" for column, value in fields)
    parts = [part.rstrip("。；") for part in (handled, facts, passage) if part]
    return f"{name}：{'。'.join(parts)}。", passage or _deciding_run(clause)


def _named_fields(clause: Clause) -> tuple[str, list[tuple[str, str]]]:
    """The row's name (that of its matter, else the value that most columns repeat, else the first)
    and its other short fields."""
    fields = [(k, v) for k, v in clause.fields.items() if v and k not in _NUMBER_COLUMNS]
    short = [(k, v) for k, v in fields if len(v) <= _LONG_FIELD] or fields[:1]
    values = [value for _, value in short]
    name = clause.matter.name if clause.matter else max(values, key=values.count)
    return name, [(column, value) for column, value in short if value != name]


def _deciding_run(clause: Clause) -> str:
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
    deciding = [run for run in runs if _BODY.search(run)]
    return (deciding or [run for run in runs if run] or [clause.text])[-1]


def _handled_now(clause: Clause) -> str:
    """Who handles the matter now, and who did before, where the row says that it was moved."""
    matter = clause.matter
    if matter is None or matter.body is None:
        return ""
    before = f"（原实施主体：{matter.body_before}）" if matter.body_before else ""
    return f"{'现' if before else ''}由{matter.body}办理{before}"


def _passage(query: Query, clause: Clause, chooser: SentenceChooser, limit: int) -> str:
    """The best sentences of the row's long fields, where the question wants more than a name."""
    long = [value for value in clause.fields.values() if len(value) > _LONG_FIELD]
    if not long or not (query.intents & _DETAIL or "department" not in query.intents):
        return ""
    return max(
        (chooser.best(query.wording, query.intents, value, limit) for value in long),
        key=lambda p: p.score,
    ).text
