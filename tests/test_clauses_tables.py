"""Tables of web pages and text: merged cells, captions, headers of two rows."""

from __future__ import annotations

import pytest

from qa_bot.clauses.parser import parse_text
from qa_bot.errors import SourceError
from qa_bot.gazette.html import html_text

HEAD = "<p>甲市人民政府关于调整事项的决定</p><p>甲政发〔2023〕5号</p><p>一、事项清单</p>"
NAMES = "<tr><td>序号</td><td>事项名称</td><td>类型</td><td>实施主体</td></tr>"


def table_of(rows: str):
    """The heading clause and the rows of a table in a web page."""
    text = html_text(f"<body>{HEAD}<table>{rows}</table></body>")
    clauses = parse_text(text, "a.html").clauses
    return (
        next(c for c in clauses if c.section == "一、事项清单"),
        [c for c in clauses if c.kind == "table_row"],
    )


def test_a_body_merged_over_two_rows_is_that_of_both():
    _, rows = table_of(
        NAMES
        + "<tr><td>1</td><td>甲许可</td><td>行政许可</td><td rowspan=2>市公安局</td></tr>"
        + "<tr><td>2</td><td>乙许可</td><td>行政许可</td></tr>"
        + "<tr><td>3</td><td>丙许可</td><td>行政许可</td><td></td></tr>"
    )

    assert [row.matter.body for row in rows] == ["市公安局", "市公安局", None]


def test_a_cell_merged_over_rows_and_columns_fills_its_first_column_only():
    assert html_text(
        "<table><tr><td rowspan=2 colspan=2>甲</td><td>乙</td></tr><tr><td>丙</td></tr></table>"
    ) == ("甲\t\t乙\n甲\t\t丙\n")


def test_rows_under_one_merged_number_are_told_apart():
    _, rows = table_of(
        NAMES
        + "<tr><td rowspan=2>1</td><td>甲许可</td><td>行政许可</td><td>市公安局</td></tr>"
        + "<tr><td>甲备案</td><td>行政备案</td><td>市教育局</td></tr>"
    )

    assert [row.section for row in rows] == ["一、 第1项", "一、 第1项（甲备案）"]
    assert rows[1].matter.body == "市教育局"


@pytest.mark.parametrize(
    "caption",
    ["<tr><td colspan=4>甲市事项清单</td></tr>", "<caption>甲市事项清单</caption>"],
)
def test_a_caption_is_no_header(caption):
    heading, rows = table_of(
        f"{caption}{NAMES}<tr><td>1</td><td>甲许可</td><td>行政许可</td><td>市公安局</td></tr>"
    )

    assert "\n甲市事项清单\n序号　事项名称　类型　实施主体" in heading.text
    assert [row.section for row in rows] == ["一、 第1项"]
    assert rows[0].fields["实施主体"] == "市公安局"


def test_a_header_of_two_rows_names_the_columns_by_its_lower_one():
    _, rows = table_of(
        "<tr><td rowspan=2>序号</td><td colspan=2>事项</td><td rowspan=2>实施主体</td></tr>"
        "<tr><td>名称</td><td>类型</td></tr>"
        "<tr><td>1</td><td>甲许可</td><td>行政许可</td><td>市公安局</td></tr>"
    )

    assert dict(rows[0].fields) == {
        "序号": "1",
        "名称": "甲许可",
        "类型": "行政许可",
        "实施主体": "市公安局",
    }


@pytest.mark.parametrize(
    "bodies",
    [
        "市司法局 市市场监管局 市营商环境 建设局",
        "市司法局<br>市市场监管局<br>市营商环境 建设局",
    ],
)
def test_bodies_apart_in_a_cell_stay_apart(bodies):
    _, rows = table_of(
        "<tr><td>序号</td><td>任务</td><td>牵头单位</td></tr>"
        f"<tr><td>1</td><td>建设平台</td><td>{bodies}</td></tr>"
    )

    assert rows[0].fields["牵头单位"] == "市司法局 市市场监管局 市营商环境建设局"
    assert rows[0].duties[0].bodies == ("市司法局", "市市场监管局", "市营商环境建设局")


def test_a_first_row_of_data_with_gaps_leaves_the_next_row_data():
    text = "甲市通知\n一、名单\n张三\t局长\t\n李四\t科长\t市局\n"
    rows = [c for c in parse_text(text, "a.txt").clauses if c.kind == "table_row"]

    assert len(rows) == 2


def test_merged_cells_within_merged_cells_do_not_multiply():
    page = "甲" * 1000
    for _ in range(6):
        page = f"<table><tr><td rowspan=100>{page}</td><td>乙</td></tr>{'<tr></tr>' * 99}</table>"

    with pytest.raises(SourceError, match="过多"):
        html_text(page)
