"""Where a part of a document ends: what stands behind it belongs to something else."""

from __future__ import annotations

from datetime import date

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
