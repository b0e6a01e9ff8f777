"""Where a part of a document ends: what stands behind it belongs to something else."""

from __future__ import annotations

import re
from datetime import date

import pytest

from qa_bot.clauses.nodes import overlap
from qa_bot.clauses.parser import parse_text

HEAD = "甲市人民政府关于某某工作的通知\n甲政发〔2023〕5号\n各县（区）人民政府：\n"
SIGNED = "甲市人民政府\n2023年5月1日\n"


def parsed(body: str):
    found = parse_text(HEAD + body, "a.txt")
    return found.documents, {clause.section: clause for clause in found.clauses}


def test_an_address_amid_the_text_cuts_nothing_off():
    body = (
        "一、报名时间为十日。\n二、报名方式\n请现场报名。\n地址：甲市市民中心三楼\n邮编：124010\n"
        f"三、其他事项\n（一）逾期不予受理。\n{SIGNED}附件1\n报名名单\n张三\n李四\n"
    )
    (document,), clauses = parsed(body)
    assert document.date == date(2023, 5, 1)
    assert "三、（一）" in clauses
    assert "张三" in clauses["附件1"].text or any("张三" in c.text for c in clauses.values())


def test_an_address_before_the_signature_leaves_the_signature():
    (document,), clauses = parsed(
        f"请认真执行。\n联系电话：0427-1234567\n地址：甲市大街1号\n{SIGNED}"
    )
    assert document.date == date(2023, 5, 1)
    assert "落款" in clauses


def test_a_roster_ends_where_another_part_begins():
    body = (
        f"一、成立领导小组。\n{SIGNED}附件1\n领导小组成员名单\n组长：张三 市长\n成员：李四 市教育局局长\n"
        "王五 市公安局局长\n附件2\n重点任务分工表\n序号\t任务\t单位\n1\t甲事\t市教育局\n2\t乙事\t市公安局\n"
        "附件3\n工作方案\n一、总体要求\n坚持依法。\n"
    )
    _, clauses = parsed(body)
    rosters = [clause for clause in clauses.values() if clause.members]
    assert [len(clause.members) for clause in rosters] == [3]
    assert clauses["附件2 第1项"].fields["单位"] == "市教育局"
    assert any(section.startswith("附件3 一") for section in clauses)


def test_a_flattened_table_ends_at_the_next_item_and_at_the_signature():
    rows = "序号\n事项\n主体\n1\n甲许可\n市教育局\n2\n乙许可\n市国土局\n"
    (document,), clauses = parsed(
        f"一、事项清单\n{rows}二、工作要求\n各县（区）要高度重视。\n{SIGNED}"
    )
    assert document.date == date(2023, 5, 1)
    assert all("工作要求" not in v for c in clauses.values() for v in c.fields.values())
    assert any(section.startswith("二、") for section in clauses)


def test_text_behind_tabs_is_no_table():
    _, clauses = parsed(
        "\t一、总体要求\n\t坚持依法办事。\n\t（一）依法。\n\t二、保障措施\n\t加强领导。\n"
    )
    assert not any(clause.fields for clause in clauses.values())
    assert any(section.startswith("二、") for section in clauses)


def test_documents_that_begin_on_one_line_have_clauses_of_their_own():
    page = "<p>甲市人民政府关于甲事的通知</p><p>甲政发〔2023〕{}号</p><p>各县（区）人民政府：</p><p>一、好。</p>"
    found = parse_text(page.format(1) + page.format(2), "a.txt")
    ids = [clause.id for clause in found.clauses]
    assert len(set(ids)) == len(ids)


def test_a_reference_broken_behind_its_first_character_opens_no_item():
    _, clauses = parsed(
        "第一条 依法办事。\n第二条 有本办法第一条第\n（二）项规定情形的，不予受理。\n"
    )
    assert "项规定情形的" in clauses["第二条"].text


def test_figures_are_not_taken_for_words_printed_twice():
    assert overlap("半径14", "14334.379") == 0
    assert overlap("公共服务", "服务体系") == 2


IMPRINT = "主题词：供热 管理 通知\n抄送：市委。\n甲市人民政府办公室2023年5月2日印发"


@pytest.mark.parametrize(
    "imprint",
    [
        f"{IMPRINT}\n",
        f"附件：供热办法{IMPRINT}\n",
        "联系人：张三  联系电话：66194063（共印9份）甲市人民政府办公室2023年5月2日印发\n",
        IMPRINT,
    ],
    ids=["lines", "glued to the list", "contact", "glued to the label"],
)
def test_an_imprint_before_the_attachment_is_noise(imprint):
    found = parse_text(
        f"{HEAD}一、加强管理。\n二、请认真执行。\n{SIGNED}{imprint}附件\n供热办法\n第一条 依法供热。\n",
        "a.txt",
    )
    text = "\n".join(clause.text for clause in found.clauses)

    assert not re.search("主题词|抄送|印发|联系人", text)
    assert "附件 第一条" in [clause.section for clause in found.clauses]


def test_an_address_in_the_web_is_noise():
    _, clauses = parsed(
        "第一条 依法供热。\n第二条 自印发之日起施行。\n<https://www.example.gov.cn/a>\n"
    )

    assert clauses["第二条"].text == "第二条 自印发之日起施行。"


def test_the_paragraphs_of_an_article_stay_in_it():
    body = (
        "第一条 市住建部门负责供热管理。\n市财政部门应当安排经费。\n"
        "供热单位应当公开标准。标准变更的，应当提前三十日公告。\n"
        "第二条 下列单位：\n（一）甲；\n（二）乙。\n第三条 施行。\n"
    )
    _, clauses = parsed(body)

    assert [section for section in clauses if section.startswith("第")] == [
        "第一条",
        "第二条",
        "第二条第（一）项",
        "第二条第（二）项",
        "第三条",
    ]
    assert clauses["第一条"].text.count("\n") == 2
