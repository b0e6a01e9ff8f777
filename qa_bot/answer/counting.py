"""How many rows of a table have a certain value, where that can be counted for certain."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa_bot.answer.statement import Statement
from qa_bot.clauses.model import Clause
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.hits import Hit
from qa_bot.retrieval.query import Query

_HOW_MANY = re.compile(
    r"(?:多少|(?<![那这前头后好])几)\s*(?:个|项|条|类|行|件)\s*"
    r"(?=$|[？?，,。；;是的归由]|属于|事项|政务|服务|权力|任务|措施|(?:行政)?(?:许可|处罚|备案|审批))|"
    r"how many (?:items|matters|rows|tasks)",
    re.IGNORECASE,
)
_ROW = re.compile(r"第(\d+)项$")
_LOOKED_AT = 5
_LEAST_VALUE = 3
_TEXTS = {
    "zh": "{table}共{all}项，其中{column}为“{value}”的{count}项",
    "en": "{table} has {all} rows; {count} of them have “{value}” as {column}",
}


def counted(query: Query, hits: Sequence[Hit], store: ClauseStore) -> list[Statement]:
    """How many rows of the best document have the value that ``query`` names, first and last of them
    cited; [] where that is not asked, or the rows' numbers have gaps."""
    if not _HOW_MANY.search(query.question):
        return []
    best = hits[0].clause
    for hit in hits[:_LOOKED_AT]:
        if (hit.clause.file, hit.clause.title) != (best.file, best.title):
            continue
        rows = numbered_rows(hit.clause, store)
        for column, value in hit.clause.fields.items():
            if not rows or len(value) < _LEAST_VALUE or value not in query.text:
                continue
            having = [row for row in rows if row.fields.get(column) == value]
            if len(having) < 2:
                continue
            said = _TEXTS[query.language].format(
                table=hit.clause.section.split(" ")[0],
                all=len(rows),
                column=column,
                value=value,
                count=len(having),
            )
            first, last = _name(having[0], value), _name(having[-1], value)
            return [
                Statement(first, having[0], first, said),
                Statement(last, having[-1], last),
            ]
    return []


def _name(row: Clause, value: str) -> str:
    """What the row is about, in its own words: its last field before the one that is counted."""
    before = list(row.fields.values())[: list(row.fields.values()).index(value)]
    return next((name for name in reversed(before) if len(name) >= _LEAST_VALUE), value)


def numbered_rows(clause: Clause, store: ClauseStore) -> list[Clause]:
    """All rows of the table that ``clause`` is a row of, where they are numbered without gaps."""
    if clause.kind != "table_row" or clause.parent_id is None:
        return []
    rows = [row for row in store.children(clause.parent_id) if row.kind == "table_row"]
    numbers = [int(match[1]) for row in rows if (match := _ROW.search(row.section))]
    return rows if numbers == list(range(1, len(rows) + 1)) else []
