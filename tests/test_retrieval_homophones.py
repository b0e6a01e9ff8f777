"""Homophone typos are set right by the words of the indexed documents."""

from __future__ import annotations

import pytest

from qa_bot.index.lexical import LexicalIndex
from qa_bot.retrieval.homophones import Corrector
from qa_bot.retrieval.question import Question

TEXTS = [
    "校车使用许可由市公安局审批。",
    "状态良好的校车。",
    "申请人向乡镇卫生院提出申请。",
    "检查结果在辽滨互认。",
]


@pytest.fixture(scope="module")
def corrector() -> Corrector:
    return Corrector(LexicalIndex.build(TEXTS))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("公按局管吗", "公安局管吗"),
        ("怎么申晴", "怎么申请"),
        ("乡阵卫生院", "乡镇卫生院"),
        ("减查结过", "检查结过"),
    ],
)
def test_a_pair_that_no_document_holds_gives_way_to_its_homophone(corrector, typed, meant):
    assert corrector.correct(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "哪个文号的文件",
        "公安局审批校车",
        "本政办发〔2018〕51号的组长",
        "我想去北京旅游",
        "School bus 2023",
        "",
        "申",
        "他们的和我们的",
    ],
)
def test_other_text_is_left_alone(corrector, text):
    assert corrector.correct(text) == text


def test_typo_finds_the_clause(bot):
    found = bot.retriever.search(Question(question="笑车标牌怎么办里，公按局管吗？"))
    assert found.hits[0].clause.section == "附件2 第3项"
    assert found.query.question == "笑车标牌怎么办里，公按局管吗？"
