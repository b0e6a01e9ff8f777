"""Rows of lists of government matters (事项清单) under names that do not vary.

The lists name their columns differently and put them in another order; what a column means is
looked up here. Where the row says that the matter is moved, ``body`` is the new body.
"""

from __future__ import annotations

import re

from qa_bot.clauses.model import Matter

_NAMES = (
    *(
        "业务办理项",
        "子项名称",
        "事项名称",
        "实施清单项",
        "目录主项",
        "目录名称",
        "主项名称",
        "项目名称",
    ),
    *(
        "职权名称",
        "权力名称",
        "许可事项名称",
        "行政许可事项名称",
        "审批事项",
        "许可事项",
        "服务事项名称",
    ),
)
_TYPES = (
    "事项类型",
    "项目类型",
    "职权类型",
    "类型",
    "权力类型",
    "事项类别",
    "权力类别",
    "职权类别",
    "审批类别",
)
_BODIES = (
    *("实施主体", "实施机关", "实施单位", "实施部门", "审批部门", "审批机关", "行使主体"),
    *("原实施主体", "原实施机关", "原实施部门", "原审批部门", "下放部门", "委托机关", "委托部门"),
)
_TAKERS = (
    *(
        "承接方",
        "承接主体",
        "承接单位",
        "承接部门",
        "承接机关",
        "受委托机关",
        "受委托单位",
        "接收单位",
    ),
    *(
        "调整后实施主体",
        "调整后实施机关",
        "调整后实施部门",
        "下放后实施主体",
        "下放后实施机关",
        "下放后审批部门",
    ),
)
_CHANGES = (
    "改革方式",
    "调整方式",
    "下放方式",
    "放权方式",
    "调整意见",
    "处理意见",
    "处理决定",
    "调整内容",
    "调整情况",
)
_BASES = ("设定依据", "设立依据", "实施依据", "审批依据", "行使依据", "法律依据", "依据")
_SUPERVISION = ("加强事中事后监管措施", "事中事后监管措施", "监管措施", "事中事后监管", "监管要求")
_MOVED = re.compile(
    r"(?:(?:委托)?(?:下放|划转|移交|调整)(?:至|到|给|为由|由)|下放(?=[省市县区乡镇街各])|"
    r"委托(?:至|给|由)?(?!下放|实施|行使|办理|管理)|改由|交由)"
    r"\s*([^，,。；;]{2,40}?)(?:实施|行使|办理|审批|管理|承接)?$"
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
