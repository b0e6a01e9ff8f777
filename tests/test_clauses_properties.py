"""Whatever the text, it parses, in linear time, and no character is lost or stands twice."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_bot.clauses.lookup import find_clause, find_document
from qa_bot.clauses.model import ParsedFile
from qa_bot.clauses.parser import parse_text
from qa_bot.clauses.references import label_steps
from qa_bot.errors import NotFoundError

PIECES = [
    "第一条", "第二条", "第十二条之一", "第一章 总则", "一、", "二、总体要求", "（一）", "(二)", "1.", "2.", "（1）", "①",
    "附件", "附件1", "附件：1.甲清单", "专栏1 重点", "表1", "序号", "目录", "\t", "\n", "\n\n", " ", "\u3000", "**", "# ",
    "- ", "<p>", "</p>", "<br>", "<td>", "|", "---", ":::", "&emsp;", "。", "；", "：", "，", "甲市人民政府", "2023年5月1日",
    "甲政发〔2023〕5号", "关于印发方案的通知", "各县（区）人民政府：", "（此件公开发布）", "组 长:", "张 三 市长", "自2024年1月1日起施行",
    "有效期五年", "同时废止", "《某办法》", "责任单位:市财政局", "为了规范管理，制定本办法", "3个工作日", "\ufeff", "\u200b", "\x0c",
]  # fmt: skip

texts = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(PIECES), max_size=120).map("".join),
    st.lists(st.sampled_from([p for p in PIECES if "\n" not in p]), max_size=60).map("\n".join),
)


def check(text: str) -> ParsedFile:
    parsed = parse_text(text, "a.txt")
    spans = sorted([s for c in parsed.clauses for s in c.spans] + list(parsed.noise_spans))
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    joined = "".join(text[start:end] for start, end in spans)
    assert re.sub(r"[\s\ufeff]", "", joined) == re.sub(r"[\s\ufeff]", "", text)
    assert all(clause.lines and clause.section for clause in parsed.clauses)
    return parsed


@given(texts)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_parses_and_nothing_is_lost(text):
    check(text)


@given(texts, texts)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_reference_is_answered_or_refused(text, reference):
    parsed = parse_text(text, "a.txt")
    label_steps(reference)
    for find, items in ((find_document, parsed.documents), (find_clause, parsed.clauses)):
        with suppress(NotFoundError):
            assert find(items, reference) in items


@pytest.mark.parametrize(
    "text",
    ["第" * 300_000, "（" * 300_000, "甲乙丙丁，" * 60_000, "**a" * 100_000, "<!--" * 80_000, " " * 300_000,
     "[a](" * 80_000, "-" * 300_000 + "x", "一、（一）1." * 30_000],
    ids=["第", "（", "one line", "bold", "comment", "blanks", "links", "rule", "markers"],
)  # fmt: skip
def test_long_lines_take_linear_time(text):
    started = time.perf_counter()
    check(text)

    assert time.perf_counter() - started < 3


@pytest.mark.parametrize(
    "line",
    ["第一条 甲乙丙。\n", "甲乙丙丁戊己庚辛壬癸甲乙\n", "甲\t乙\t丙\n", "序号\n", "来源：甲\n", "附件1\n甲办法\n", "目录\n第一章 甲\n",
     "1\t乙\t丙\n\n甲文字。\n\n", "专栏1 甲\n乙\n", "组长：甲 乙\n丙 丁\n", "甲政发〔2023〕5号\n", "2023年1月1日\n"],
)  # fmt: skip
def test_many_lines_take_linear_time(line):
    def seconds(count: int) -> float:
        started = time.perf_counter()
        check(line * count + "长" * 60)
        return time.perf_counter() - started

    small, large = seconds(1_000), seconds(8_000)

    assert large < 8 * small * 4 + 1
