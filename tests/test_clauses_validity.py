"""Since when, until when, instead of what and on what basis a document is in force."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from qa_bot.clauses.model import Validity
from qa_bot.clauses.parser import parse_text
from qa_bot.clauses.validity import scope_of, since_issue
from qa_bot.gazette.reader import read_source

CORPUS = Path(__file__).parents[1] / "corpus"


def validity(body: str) -> Validity:
    text = f"甲市人民政府关于印发办法的通知\n甲政发〔2023〕5号\n各县：\n{body}\n甲市人民政府\n2023年5月1日\n"
    (document,) = parse_text(text, "a.txt").documents
    assert document.validity is not None
    return document.validity


@pytest.mark.parametrize(
    ("sentence", "effective"),
    [
        ("一、本办法自2024年1月1日起施行。", date(2024, 1, 1)),
        ("一、本办法自2024 年 1 月 1 日起正式实施。", date(2024, 1, 1)),
        ("一、本办法自二〇二四年一月一日起施行。", date(2024, 1, 1)),
        ("一、本办法自印发之日起施行。", date(2023, 5, 1)),
        ("一、本办法自发布之日起执行。", date(2023, 5, 1)),
        ("一、许可证自2024年1月1日取得。", None),
        ("一、《安全生产法》自公布之日起施行。", None),
        ("一、新修订的《安全生产法》自2024年1月1日起施行。", None),
        ("一、新环境保护法自2024年1月1日起施行。", None),
        ("一、原环境保护法（自2024年1月1日起施行）规定：未依照本法报批的，处罚。", None),
        ("一、依照《安全生产法》，本办法自2024年1月1日起施行。", date(2024, 1, 1)),
        ("一、各县应当在2024年1月1日前完成。", None),
    ],
)
def test_the_day_on_which_it_enters_into_force(sentence, effective):
    found = validity(sentence)

    assert found.effective == effective
    assert (found.effective_clause is not None) == (effective is not None)


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("本办法自发布之日起施行。", True),
        ("本规则自 印发 之日起正式实施，有效期2年。", True),
        ("本条例自通过之日起施行。", False),
        ("本办法自2024年1月1日起施行。", False),
        ("自发布之日起三十日内报送。", False),
    ],
)
def test_a_text_in_force_since_the_day_of_its_issue(text, since):
    assert since_issue(text) == since


@pytest.mark.parametrize(
    ("sentence", "term", "expires"),
    [
        ("一、本办法自2023年9月8日起施行,有效期五年。", "五年", date(2028, 9, 7)),
        ("一、本办法自2024年2月29日起施行，有效期为1年。", "1年", date(2025, 2, 27)),
        ("一、本办法自2024年1月1日起施行，有效期至2026年12月31日。", None, date(2026, 12, 31)),
        ("一、本办法自印发之日起施行，有效期2年。", "2年", date(2025, 4, 30)),
        ("一、许可证有效期为三年。", None, None),
        ("一、本文件有效期至2026年12月31日。", None, date(2026, 12, 31)),
        ("一、市场登记办法自2024年1月1日起施行，有效期2年。", "2年", date(2025, 12, 31)),
        ("一、本登记办法有效期至2026年12月31日。", None, date(2026, 12, 31)),
        ("一、具备本条例规定条件的，予以延续，执业注册有效期为5年。", None, None),
        ("一、本办法自2023年9月8日起施行，许可证有效期五年。", None, None),
    ],
)
def test_the_last_day_in_force(sentence, term, expires):
    found = validity(sentence)

    assert (found.term, found.expires) == (term, expires)


def test_what_it_repeals():
    found = validity(
        "一、本办法自印发之日起施行。《甲市旧办法》（甲政发[2016]18号）、甲政发〔2010〕3号同时废止。"
    )

    assert [(m.title, m.doc_no) for m in found.repeals] == [
        ("甲市旧办法", "甲政发〔2016〕18号"),
        (None, "甲政发〔2010〕3号"),
    ]


@pytest.mark.parametrize(
    ("sentence", "repealed"),
    [
        ("一、根据《国务院关于取消一批事项的决定》，我市甲收费项目停止执行。", []),
        ("一、依据《立法法》和《甲市规章制定办法》，《甲市养犬规定》予以废止。", ["甲市养犬规定"]),
        ("一、根据《关于修改甲规定的决定》修正的《甲市养犬规定》同时废止。", ["甲市养犬规定"]),
    ],
)
def test_the_basis_of_a_repeal_is_not_repealed(sentence, repealed):
    assert [mention.title for mention in validity(sentence).repeals] == repealed


def test_what_it_is_based_on():
    found = validity("根据《中华人民共和国某法》和《某省条例》（某政发〔2020〕1号），制定本办法。")

    assert [(m.title, m.doc_no) for m in found.basis] == [
        ("中华人民共和国某法", None),
        ("某省条例", "某政发〔2020〕1号"),
    ]


@pytest.mark.parametrize(
    ("issuer", "region", "level"),
    [
        ("国务院办公厅", "全国", "国家"),
        ("中国人民银行", "全国", "部门"),
        ("辽宁省人民政府", "辽宁省", "省级"),
        ("宁夏回族自治区人民政府", "宁夏回族自治区", "省级"),
        ("北京市人民代表大会常务委员会", "北京市", "省级"),
        ("盘锦市人民政府办公室", "盘锦市", "市级"),
        ("晋城市城区人民政府", "晋城市城区", "县级"),
        ("某公司", None, None),
        (None, None, None),
    ],
)
def test_region_and_level_come_from_the_issuer(issuer, region, level):
    assert scope_of(issuer, "") == (region, level)


def test_a_title_that_names_no_issuer_is_of_no_region():
    assert scope_of(None, "关于加强城市管理工作的意见") == (None, None)


def test_the_corpus_says_what_the_guide_found():
    parsed = parse_text(read_source(CORPUS / "jincheng-chengqu-2023-03.txt"), "x")
    sections = {clause.id: clause.section for clause in parsed.clauses}
    by_number = {d.doc_no: d.validity for d in parsed.documents}
    plan, rules, silent = (
        by_number[f"城政{n}号"] for n in ("办发〔2023〕26", "发〔2023〕5", "发〔2023〕7")
    )

    assert plan is not None
    assert (plan.effective, plan.term, plan.expires) == (date(2023, 9, 8), "五年", date(2028, 9, 7))
    assert sections[plan.effective_clause or ""] == "七、组织保障"
    assert rules is not None
    assert [m.doc_no for m in rules.repeals] == ["城政发〔2016〕18号"]
    assert silent is not None
    assert (silent.effective, silent.expires, silent.repeals) == (None, None, ())
