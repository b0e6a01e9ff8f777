"""Issuer, date, 文号 and region, from the note under the title and from the signature."""

from __future__ import annotations

from datetime import date

import pytest

from qa_bot.clauses.model import Document
from qa_bot.clauses.parser import parse_text
from qa_bot.clauses.validity import scope_of

RULES = "第一条 为了规范管理，制定本条例。\n第二条 本条例自公布之日起施行。\n"
CITY = "甲乙市第五届人民代表大会常务委员会第三次会议"
PROVINCE = "丙省第六届人民代表大会常务委员会第38次会议"


def noted(note: str, title: str = "城市供热条例") -> Document:
    (document,) = parse_text(f"# {title}\n{note}\n{RULES}", "a.txt").documents
    return document


@pytest.mark.parametrize(
    "note",
    [
        f"2020年1月2日 {CITY}通过\n2020年3月4日 {PROVINCE}批准",
        f"2020年1月2日 {CITY}通过\n2020年3月4日 经{PROVINCE}批准",
        f"2020年1月2日 经{CITY}通过\n2020年3月4日 {PROVINCE}批准",
        f"（2020年1月2日{CITY}通过 2020年3月4日{PROVINCE}批准）",
    ],
)
def test_who_passed_a_text_issues_it_and_not_who_approved_it(note):
    document = noted(note)

    assert document.issuer == "甲乙市人民代表大会常务委员会"
    assert document.region == "甲乙市"
    assert document.date == date(2020, 3, 4)


@pytest.mark.parametrize(
    ("note", "doc_no", "issuer"),
    [
        (
            "（2014年12月19日环境保护部令第30号公布 自2015年1月1日起施行）",
            "环境保护部令第30号",
            "环境保护部",
        ),
        (
            "(2014年12月19日中国人民银行令〔2014〕第1号公布  自2015年1月1日起施行)",
            "中国人民银行令〔2014〕第1号",
            "中国人民银行",
        ),
        (
            "（2014年12月9日国务院第2次常务会议通过 2014年12月19日中华人民共和国国务院令第6号公布"
            " 自2015年1月1日起施行）",
            "中华人民共和国国务院令第6号",
            "国务院",
        ),
    ],
)
def test_a_note_gives_the_order_its_issuer_and_its_day(note, doc_no, issuer):
    document = noted(note)

    assert (document.doc_no, document.issuer) == (doc_no, issuer)
    assert document.date == date(2014, 12, 19)
    assert document.region == "全国"


@pytest.mark.parametrize(
    ("signature", "issuer"),
    [
        ("公 安 部     证 监 会", "公安部 证监会"),
        ("中国人民银行     公安部", "中国人民银行 公安部"),
        ("中国人民银行 公安部", "中国人民银行 公安部"),
    ],
)
def test_names_in_a_row_are_set_apart_by_one_blank(signature, issuer):
    text = f"关于供热的通知\n甲发〔2023〕5号\n各省：\n请认真执行。\n{signature}\n2023年5月1日\n"
    (document,) = parse_text(text, "a.txt").documents

    assert document.issuer == issuer


@pytest.mark.parametrize(
    ("title", "region"),
    [
        ("甲乙市城镇供热条例", "甲乙市"),
        ("丙丁省城市供热条例", "丙丁省"),
        ("全国银行间债券市场管理办法", "全国"),
        ("中华人民共和国市场登记条例", "全国"),
        ("甲乙市丁丁镇公约", "甲乙市丁丁镇"),
    ],
)
def test_a_region_is_no_word_of_the_matter(title, region):
    assert scope_of(None, title)[0] == region
