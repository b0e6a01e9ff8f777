"""The verifier: what of a sentence must stand in the clauses, and what is no difference."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qa_bot.answer.figures import figures
from qa_bot.answer.verify import is_chinese, unsupported

CLAUSE = (
    "盘政发〔2023〕8号 关于调整政务服务事项的通知 盘锦市人民政府 2023-11-16 附件2 第2项\n"
    "校车使用许可由市公安局会同市交通运输局办理，自受理之日起三十日内作出决定，收费2万元，"
    "自二〇二三年十一月十六日起施行，有效期5年，达标率不低于百分之三十。"
    "不得使用未取得校车标牌的车辆接送学生。依据《校车安全管理条例》第二十二条。"
)


@pytest.mark.parametrize(
    "same",
    [
        "30日内作出决定",
        "三十天内作出决定",
        "收费20000元",
        "收费20,000元",
        "收费二万元",
        "自2023年11月16日起施行",
        "自2023-11-16起施行",
        "2023年11月施行",
        "11月16日施行",
        "有效期五年",
        "不低于30%",
        "不低于30％",
        "依据第22条",
        "附件二第二项",
        "盘政发[2023]8号",
        "由公安局办理",
        "由盘锦市公安局办理",
        "联系市公安局和交通运输局",
        "盘锦市政府",
        "不得使用未取得校车标牌的车辆",
        "a decision within 30 days, from November 16, 2023, valid for five years",
        "The fee is RMB 20,000 under Article 22, at least 30 percent",
    ],
)
def test_the_same_in_other_words_is_supported(same):
    assert unsupported(same, [CLAUSE]) == []


@pytest.mark.parametrize(
    ("other", "missing"),
    [
        ("60日内作出决定", "60日"),
        ("30个工作日内作出决定", "30工作日"),
        ("3个月内作出决定", "3个月"),
        ("within 30 working days", "30工作日"),
        ("within sixty days", "60日"),
        ("收费2元", "2元"),
        ("收费2万美元", "20000美元"),
        ("自2023年11月17日起施行", "2023-11-17"),
        ("自2022年11月16日起施行", "2022-11-16"),
        ("有效期十五年", "15年"),
        ("不低于30个百分点", "30百分点"),
        ("不低于百分之三十五", "35%"),
        ("依据第22款", "22第款"),
        ("依据第23条", "23第条"),
        ("每年办理", "1每年"),
        ("依据盘政发〔2099〕7号", "依据盘政发〔2099〕7号"),
        ("依据辽政发〔2023〕8号", "依据辽政发〔2023〕8号"),
        ("由市税务局办理", "税务局"),
        ("由省公安局办理", "由省公安局"),
        ("由本溪市公安局办理", "本溪市公安局"),
        ("由铁路公安局办理", "铁路公安局"),
        ("可以使用未取得校车标牌的车辆", "使用未取"),
        ("不得由市公安局办理", "由市公安"),
    ],
)
def test_what_the_clause_does_not_say_is_named(other, missing):
    (found,) = unsupported(other, [CLAUSE])
    assert missing in found


def test_a_figure_is_sought_in_the_cited_clauses_alone():
    assert unsupported("60日", [CLAUSE, "应当在六十日内答复"]) == []


def test_figures_leave_plain_words_alone():
    assert figures("统一规划，一般十分重要，一次性告知，进一步完善") == set()
    assert figures("第二十二条第三款") == {("22", "第条"), ("3", "第款")}
    assert figures("“十四五”规划") != figures("“十三五”规划")


def test_ranges_have_their_unit_and_year_on_both_ends():
    assert figures("5至10个工作日") == figures("5个工作日—10个工作日")
    assert figures("2023年11月16日至20日") == figures("2023年11月16日至2023年11月20日")
    assert figures("2021—2025年") == figures("2021年至2025年")
    assert figures("3:4:3的比例") != figures("4:3:3的比例")


def test_a_number_under_a_head_with_a_unit_is_that_amount():
    assert unsupported("投资500万元", ["总投资（万元）：500"]) == []
    assert unsupported("投资500元", ["总投资（万元）：500"]) == ["500元"]


@pytest.mark.parametrize(
    ("said", "held"),
    [
        (
            "编号1234567890123456789012345678901234567891",
            "编号1234567890123456789012345678901234567890",
        ),
        ("a fee of 1" + "0" * 400 + " million", "费用"),
        ("为5" + "亿" * 200_000, "为5元"),
        ("收费￥20000元", "收费￥2000元"),
    ],
)
def test_a_number_of_any_length_is_compared(said, held):
    assert unsupported(said, [held])
    assert unsupported(said, [said]) == []


def test_an_amount_with_two_signs_is_one_amount():
    assert unsupported("收费￥20000元", ["收费2万元"]) == []


def test_english_is_told_from_chinese_with_numbers_and_names():
    assert is_chinese("由市公安局（PSB）办理")
    assert not is_chinese("School buses are handled by 市公安局.")


UNITS = [
    "日",
    "个工作日",
    "个月",
    "小时",
    "元",
    "万元",
    "%",
    "人",
    "户",
    "项",
    "公里",
    "岁",
    "平方米",
    "次",
]
NUMBERS = st.integers(min_value=2, max_value=9999)


def chinese(number: int) -> str:
    """``number`` (1…9999) in Chinese numerals."""
    text, zero = "", False
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            text += ("零" if zero and text else "") + "零一二三四五六七八九"[digit] + unit
        zero = digit == 0
    return re.sub("^一十", "十", text)


FORMS = st.sampled_from([str, "{:,}".format, chinese])


@given(NUMBERS, st.sampled_from(UNITS), FORMS, FORMS)
def test_a_number_is_found_in_every_notation(number, unit, ours, theirs):
    assume(unit != "%" or chinese not in (ours, theirs))
    assert unsupported(f"为{ours(number)}{unit}", [f"应为{theirs(number)}{unit}。"]) == []


@given(NUMBERS, NUMBERS, st.sampled_from(UNITS), FORMS, FORMS)
def test_a_changed_number_is_always_caught(number, changed, unit, ours, theirs):
    assume(number != changed)
    assume(unit != "%" or chinese not in (ours, theirs))
    clause = f"由市公安局办理，期限{theirs(number)}{unit}，依据第三十一条。"
    assert unsupported(f"期限{ours(changed)}{unit}", [clause])


@given(NUMBERS, st.sampled_from(UNITS), st.sampled_from(UNITS), FORMS)
def test_a_swapped_unit_is_always_caught(number, unit, other, form):
    assume(unit != other and "%" not in (unit, other) and {unit, other} != {"元", "万元"})
    assert unsupported(f"期限{form(number)}{other}", [f"期限{form(number)}{unit}。"])


DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2049, 12, 31))
DATE_FORMS = st.sampled_from(["{0:%Y年%m月%d日}", "{0.year}年{0.month}月{0.day}日", "{0:%Y-%m-%d}"])


@given(DAYS, DAYS, DATE_FORMS, DATE_FORMS)
def test_a_date_is_the_same_only_as_a_whole(day, other, ours, theirs):
    missing = unsupported(f"自{ours.format(day)}起施行", [f"于{theirs.format(other)}施行"])
    assert bool(missing) == (day != other)


@given(st.integers(2000, 2029), st.integers(1, 200), st.integers(2000, 2029), st.integers(1, 200))
def test_a_doc_number_is_the_same_only_as_a_whole(year, number, other_year, other):
    missing = unsupported(
        f"依据盘政发〔{year}〕{number}号", [f"《通知》（盘政发〔{other_year}〕{other}号）"]
    )
    assert bool(missing) == ((year, number) != (other_year, other))
