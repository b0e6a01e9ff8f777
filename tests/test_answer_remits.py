"""What one body is in charge of: its rows of a document's tables, counted and listed."""

from __future__ import annotations

import pytest
from answer_samples import read
from index_samples import clause, document

from qa_bot.answer.remits import remit
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.hits import Hit
from qa_bot.retrieval.question import Question


@pytest.mark.parametrize(
    ("asked", "said", "sections"),
    [
        (
            "辽滨经开区能批哪些事项？",
            "盘政发〔2023〕9号所列由“辽滨经开区管委会”办理的共105项，以下是前12项。[1]",
            [f"附件 第{number}项" for number in range(1, 13)],
        ),
        (
            "辽滨经开区能办哪些行政备案？",
            "由“辽滨经开区管委会”办理、类型为“行政备案”的共3项。",
            ["附件 第15项", "附件 第16项", "附件 第17项"],
        ),
        (
            "市公安局管哪些新增事项？",
            "由“市公安局”办理、写有“新增”的共2项。",
            ["附件2 第2项", "附件2 第3项"],
        ),
        ("盘锦市教育局新增了什么事项？", "由“市教育局”办理、写有“新增”的共1项。", ["附件2 第1项"]),
        (
            "市应急局下放了哪些奖励事项？",
            "原由“市应急局”实施、类型为“行政奖励”、写有“下放”的共3项。",
            ["附件 第25项", "附件 第26项", "附件 第27项"],
        ),
    ],
)
def test_what_one_body_is_in_charge_of_is_counted_and_listed(bot, asked, said, sections):
    answer = bot.ask(Question(question=asked))
    assert said in answer.answer.partition("\n")[0]
    assert [citation.section for citation in answer.citations] == sections
    assert all(citation.quote in citation.text for citation in answer.citations)


def test_only_tasks_that_a_body_leads_are_listed(bot):
    answer = bot.ask(Question(question="盘锦市司法局牵头哪些任务？"))
    clauses = bot.index.store.clauses
    led = [c for c in clauses if "市司法局" in c.fields.get("牵头单位", "")]
    assert f"牵头单位有“市司法局”的共{len(led)}项" in answer.answer
    assert [c.clause_id for c in answer.citations] == [c.id for c in led[:12]]


@pytest.mark.parametrize(
    "asked",
    [
        "晋城市财政局牵头哪些任务？",
        "市公安局的校车检验是什么事项类型？",
        "盘锦市公安局去年处罚了哪些事项？",
        "办理校车标牌许可市公安局要哪些材料？",
        "盘锦市司法局配合哪些任务？",
    ],
)
def test_no_list_of_a_body_where_something_else_is_asked(bot, asked):
    found = bot.retriever.search(Question(question=asked))
    assert remit(found.query, found.hits, bot.index.store) == []


def test_a_body_of_another_level_and_a_table_with_gaps_are_left_out():
    fields = {"序号": "1", "事项名称": "甲许可", "实施主体": "区财政局"}
    rows = [
        clause(
            "；".join(fields.values()),
            line=number,
            kind="table_row",
            section=f"附件 第{number}项",
            parent_id="a",
            fields=fields,
        )
        for number in (1, 2, 4)
    ]
    hits = [Hit(rows[0], 1.0, 1.0)]
    for known, asked, count in [
        (rows[:2], "区财政局负责哪些事项？", 2),
        (rows[:2], "市财政局负责哪些事项？", 0),
        (rows, "区财政局负责哪些事项？", 0),
    ]:
        store = ClauseStore([document("a.txt", "关于校车的通知", 9)], known)
        assert len(remit(read(asked), hits, store)) == count


@pytest.mark.parametrize(
    ("asked", "body", "count"),
    [
        ("市住建局牵头哪些任务？", "市住房和城乡建设局", 1),
        ("卫健委牵头哪些任务？", "市卫生健康委员会", 1),
        ("市监局牵头哪些任务？", "市市场监管局", 1),
        ("省住建局牵头哪些任务？", "市住房和城乡建设局", 0),
        ("住建委牵头哪些任务？", "市住房和城乡建设局", 0),
        ("建设局牵头哪些任务？", "市住房和城乡建设局", 0),
    ],
)
def test_a_body_may_be_called_by_its_short_form(asked, body, count):
    row = clause(
        f"1. 修路；{body}",
        kind="table_row",
        section="附件 第1项",
        parent_id="a",
        fields={"序号": "1", "重点任务": "修路", "牵头单位": body},
    )
    table = clause("附件 任务表", kind="attachment", section="附件", id="a", line=1)
    store = ClauseStore([document("a.txt", "关于校车的通知", 9)], [table, row])
    assert len(remit(read(asked), [Hit(row, 1.0, 1.0)], store)) == count
