"""Blanks that a narrow column left go; the one between an article number and its words stays."""

from __future__ import annotations

import pytest

from qa_bot.clauses.lines import tighten
from qa_bot.clauses.parser import parse_text


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("《条例》第二十条 校车 应当每半年", "《条例》第二十条 校车应当每半年"),
        ("（2014年修订） 第 十 五条  供热经营", "（2014年修订）第十五条 供热经营"),
        ("第三章 校车 使用许可", "第三章 校车使用许可"),
        ("根据第二十条 的规定", "根据第二十条的规定"),
        ("依照第十条 第二款", "依照第十条第二款"),
        ("市 公安 局", "市公安局"),
    ],
)
def test_blanks_of_a_cell(printed, read):
    assert tighten(printed) == read


def test_a_heading_that_begins_with_a_digit_is_parted_from_the_marker():
    text = """甲市实施方案
一、进度安排
（一）制定方案。成立领导小组，统筹推进。
（二）分步实施。
——2018年,完成水稻生产功能区划定和上图入库工作。
——2019年9月底前,完成全市任务,逐级完成划定验收工作。
"""
    sections = [clause.section for clause in parse_text(text, "a.txt").clauses]

    assert sections[-2:] == ["一、（二） 2018年", "一、（二） 2019年9月底前"]


def test_a_sentence_on_the_whole_text_is_no_heading():
    text = """甲市通知
一、工作要求
本通知自2017年1月1日起实施。此前有关规定与本通知不一致的，以本通知为准。
本通知由市财政局负责解释。请各单位认真组织学习，抓好贯彻落实。
"""
    assert all("本通知" not in clause.section for clause in parse_text(text, "a.txt").clauses)
