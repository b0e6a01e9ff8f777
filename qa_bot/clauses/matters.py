"""Rows of lists of government matters (事项清单) under names that do not vary.

The lists name their columns differently and put them in another order; what a column means is
looked up here. Where the row says that the matter is moved, ``body`` is the new body.
"""

from __future__ import annotations

import re

from qa_bot.clauses.model import Matter

_NAMES = ("业务办理项", "事项名称", "实施清单项", "目录主项", "目录名称", "项目名称", "职权名称")
_TYPES = ("事项类型", "项目类型", "职权类型", "类型", "权力类型")
_BODIES = ("实施主体", "实施机关", "实施单位", "审批部门", "原实施主体", "下放部门")
_TAKERS = ("承接方", "承接主体", "承接单位", "承接部门", "调整后实施主体")
_CHANGES = ("改革方式", "调整方式", "下放方式", "调整意见", "处理决定")
_BASES = ("设定依据", "实施依据", "法律依据", "依据")
_SUPERVISION = ("加强事中事后监管措施", "事中事后监管措施", "监管措施")
_MOVED = re.compile(
    r"(?:委托下放至|委托下放给|下放至|下放给|调整至|调整为由|划转至|委托)\s*([^，,。；;]{2,40}?)(?:实施)?$"
)


def read_matter(fields: dict[str, str]) -> Matter | None:
    """The matter that a table row describes, or None where the table is no list of matters."""
    name, kind = _first(fields, _NAMES), _first(fields, _TYPES)
    body, change = _first(fields, _BODIES), _first(fields, _CHANGES)
    if not name or not (kind or change):
        return None
    moved = _MOVED.search(change or "")
    taker = _first(fields, _TAKERS) or (moved[1] if moved else None)
    return Matter(
        name=name,
        type=kind,
        body=taker or body,
        body_before=body if taker else None,
        change=change,
        basis=_first(fields, _BASES),
        supervision=_first(fields, _SUPERVISION),
    )


def _first(fields: dict[str, str], columns: tuple[str, ...]) -> str | None:
    return next((value for column in columns if (value := fields.get(column))), None)
