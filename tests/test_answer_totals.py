"""How much a document holds in all: what it says itself, and what is counted by its numbers."""

from __future__ import annotations

import pytest
from answer_samples import read
from index_samples import clause, document

from qa_bot.answer.totals import total
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.question import Question

RULES = "甲市停车管理办法"


def store(*clauses: tuple[str, str, str]) -> ClauseStore:
    """A document of clauses given by kind, section and text."""
    return ClauseStore(
        [document("a.txt", RULES, 99)],
        [
            clause(text, line=line, title=RULES, kind=kind, section=section)
            for line, (kind, section, text) in enumerate(clauses, 2)
        ],
    )


def articles(*sections: str) -> list[tuple[str, str, str]]:
    return [("article", section, f"{section} 停车。") for section in sections]


def rows(*sections: str) -> list[tuple[str, str, str]]:
    return [("table_row", section, f"{section}：停车") for section in sections]


@pytest.mark.parametrize(
    ("held", "asked", "said"),
    [
        (articles("第一条", "第二条", "第二条之一", "第三条"), "甲市停车管理办法有几条？", ["共4条"]),
        (articles("附件 第一条", "附件 第二条"), "停车管理办法一共多少条？", ["附件共2条"]),
        (articles("第一章 第一条", "第二章 第二条"), "停车管理办法共几条", ["共2条"]),
        (rows("附件1 第1项", "附件1 第2项", "附件2 第1项"), "停车管理办法有多少项？",
         ["附件1共2项", "附件2共1项"]),
        ([("attachment", "附件2", "附件2"), *rows("附件1 第1项", "附件2 第1项", "附件2 第2项")],
         "停车管理办法附件2有几个事项？", ["附件2共2项"]),
        (rows("附件 第1项", "附件 第1项（续）"), "停车管理办法有几项？", ["附件共1项"]),
        (rows("附件1 第1项", "附件2 第1项", "附件2 第3项"), "停车管理办法有几项？", ["附件1共1项"]),
        (rows("附件 第1项"), "甲市的停车办法一共有几项？", ["附件共1项"]),
    ],
)  # fmt: skip
def test_what_is_numbered_without_gaps_is_counted(held, asked, said):
    told = total(read(asked), store(*held))
    assert told is not None
    assert [statement.lead.partition("（")[0] for statement in told] == [
        f"《{RULES}》{one}" for one in said
    ]
    assert all("清点" in statement.lead for statement in told)
    assert all(statement.quote in statement.clause.text for statement in told)


@pytest.mark.parametrize(
    ("held", "asked"),
    [
        (articles("第一条", "第三条"), "停车管理办法有几条？"),
        (articles("第一条", "第一条"), "停车管理办法有几条？"),
        (rows("附件 第1项", "附件 第3项"), "停车管理办法有几项？"),
        (
            [("attachment", "附件2", "附件2"), *rows("附件1 第1项", "附件2 第2项")],
            "停车管理办法附件2有几项？",
        ),
        (articles("第一条"), "停车管理办法有几项？"),
    ],
)
def test_nothing_is_told_where_numbers_are_missing(held, asked):
    assert total(read(asked), store(*held)) == []


@pytest.mark.parametrize(
    "asked",
    [
        "停车管理办法里有几项处罚？",
        "停车管理办法第一条有几项？",
        "停车管理办法有哪几条？",
        "停车要满足几条？",
        "乙市养犬管理条例一共多少条？",
        "停车管理办法什么时候施行？",
    ],
)
def test_something_else_is_asked(asked):
    assert total(read(asked), store(*articles("第一条", "第二条"))) is None


@pytest.mark.parametrize(
    ("title", "stated"),
    [("印发停车管理2条措施的通知。", True), ("第2条。", False), ("停车2小时。", False)],
)
def test_what_the_document_says_itself_comes_first(title, stated):
    told = total(
        read("停车管理办法有几条？"),
        store(("paragraph", "标题", title), *articles("第一条", "第二条")),
    )
    assert told is not None
    assert [one.quote for one in told] == [title] * stated + ["第二条 停车。"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("盘政发〔2023〕9号一共多少项？", "附件共105项"),
        ("盘政发〔2023〕8号附件1共有几项？", "附件1共3项"),
        ("晋城城区政府工作规则有多少条？", "城政发〔2023〕5号共46条"),
        ("本政办发〔2019〕40号一共几条措施？", "14条措施"),
        ("How many articles does 本政办发〔2019〕35号 have?", "36 articles"),
    ],
)
def test_totals_are_told_of_the_document_that_is_named(bot, asked, said):
    assert said in bot.ask(Question(question=asked)).answer


@pytest.mark.parametrize(
    ("asked", "unknown"),
    [
        ("城政办发〔2023〕25号一共多少条？", ""),
        ("《中华人民共和国安全生产法》有多少条？", "没有收录《中华人民共和国安全生产法》"),
        ("国办发〔2018〕118号一共多少条？", "没有收录文号为国办发〔2018〕118号的文件"),
    ],
)
def test_no_total_is_told_of_what_is_not_indexed_or_has_none(bot, asked, unknown):
    answer = bot.ask(Question(question=asked))
    assert answer.refused
    assert unknown in answer.answer
