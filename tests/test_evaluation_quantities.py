"""Numbers and references are compared by value."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qa_bot.evaluation.quantities import Quantity, quantities, supported
from qa_bot.evaluation.references import (
    KnownReferences,
    article_references,
    unknown_references,
)


def holds(stated: str, evidence: str) -> bool:
    """Is every quantity of ``stated`` in ``evidence``?"""
    found = quantities(stated, answer=True)
    assert found, stated
    return all(supported(quantity, quantities(evidence)) for quantity in found)


@pytest.mark.parametrize(
    ("stated", "evidence"),
    [
        ("30日内", "自收到申请之日起三十日内"),
        ("二十日", "20日"),
        ("30000元", "罚款3万元"),
        ("3万元", "罚款三万元"),
        ("3.5亿元", "350000000元"),
        ("35000元", "罚款三万五千元"),
        ("三万五千元", "罚款35000元"),
        ("12000万元", "1亿2000万元"),
        ("一亿二千万元", "1亿2000万元"),
        ("3万5千元", "三万五千元"),
        ("三万一千元", "31000元"),
        ("三亿零五百户", "300000500户"),
        ("十二月二十一日", "12月21日"),
        ("1,200户", "1200户"),
        ("5%", "百分之五"),
        ("85%", "残疾人康复服务覆盖率(%)；2025年：≥85"),
        ("2023年12月2日", "二〇二三年十二月二日"),
        ("2003年11月30日", "二00三年十一月三十日"),
        ("24 November 2003", "已经2003年11月24日审议通过"),
        ("December 2023", "2023年12月2日"),
        ("2003-11-24", "2003年11月24日"),
        ("9月30日", "2018年9月30日前"),
        ("2018年", "2018年9月30日前"),
        ("两个月", "2个月"),
        ("第22条", "第二十二条"),
        ("3：4：3", "以3:4:3比例"),
        ("a 27th meeting", "第27次常务会议"),
    ],
)
def test_equal_by_value(stated: str, evidence: str) -> None:
    assert holds(stated, evidence)


@pytest.mark.parametrize(
    ("stated", "evidence"),
    [
        ("60日内", "30日内"),
        ("3万元", "3000元"),
        ("2023年12月3日", "2023年12月2日"),
        ("2023年9月30日", "2018年9月30日和2023年"),
        ("9月1日", "2018年9月30日和2019年1月"),
        ("百分之六", "5%"),
        ("5000元", "三万五千元"),
        ("2000万元", "1亿2000万元"),
        ("3万元", "3万5000元"),
        ("第二十三条", "第二十二条"),
    ],
)
def test_different_by_value(stated: str, evidence: str) -> None:
    assert not holds(stated, evidence)


def test_words_list_marks_and_citation_marks_state_no_number() -> None:
    assert quantities("1. 一般由市公安局统一办理，十分重要。[2]", answer=True) == set()


def test_amounts_that_stand_side_by_side_are_not_added() -> None:
    assert quantities("3万5万，第三万第五条、2千米", answer=True) == {
        Quantity(Decimal(number)) for number in (30_000, 50_000, 30_000, 5, 2000)
    }


def test_a_bare_chinese_numeral_counts_before_a_unit() -> None:
    assert quantities("每年召开一次", answer=True) == {Quantity(Decimal(1))}


def test_articles_by_value() -> None:
    assert article_references("第二十二条和第23条，第三项") == {22, 23}


KNOWN = KnownReferences(
    ["盘政发〔2023〕8号", "（国发〔2019〕11号）", "杭州市人民政府令〔2003〕第200号"]
)


@pytest.mark.parametrize(
    "text", ["根据盘政发〔2023〕8号", "盘政发[2023] 8 号", "国发〔2019〕11号", "200号令"]
)
def test_known_references(text: str) -> None:
    assert not unknown_references(text, KNOWN)


@pytest.mark.parametrize(
    "text", ["盘政发〔2023〕9号", "城政发〔2023〕8号", "根据本政发〔2023〕8号", "第201号令"]
)
def test_unknown_references(text: str) -> None:
    assert unknown_references(text, KNOWN)
