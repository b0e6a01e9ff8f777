"""When the bot says no: what is named and missing, off-topic questions, kinds of fact not held."""

from __future__ import annotations

import pytest

from qa_bot.answer.answerable import LEAST_ANSWERABILITY
from qa_bot.retrieval.facts import STRICT
from qa_bot.retrieval.question import Question, Turn


def wants(question: str, text: str) -> bool:
    """Does ``text`` hold every kind of fact that ``question`` asks for?"""
    return all(held.search(text) for asked, held in STRICT if asked.search(question))


@pytest.mark.parametrize(
    ("question", "text", "holds"),
    [
        ("每月补多少元？", "每人每月补贴200元", True),
        ("每月补多少元？", "给予运营补贴", False),
        ("罚多少？", "处以五千元至一万元罚款", True),
        ("交多少工本费？", "应当办理变更登记", False),
        ("窗口电话是多少？", "监察室(电话:024-23860625)", True),
        ("窗口电话是多少？", "由管委会负责", False),
        ("几个工作日内答复？", "在3个工作日内回复", True),
        ("几个工作日内答复？", "1.采购人名称;2.联系方式", False),
        ("要提前多久申请？", "在供热期开始六十日前", True),
        ("要提前多少天报？", "由市政府办公室承办", False),
        ("是几月几号开的？", "每年至少召开一次", False),
        ("从哪一天起？", "自2004年1月1日起施行", True),
        ("由哪家银行代发？", "资金发放", False),
        ("谁来管？", "由市公安局负责", True),
    ],
)
def test_a_kind_of_fact_must_stand_in_the_clause(question, text, holds):
    assert wants(question, text) is holds


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("供热经营许可证的窗口电话是多少？", "not_answerable"),
        ("盘政发〔2023〕99号规定了什么？", "not_answerable"),
        ("红烧肉怎么做才好吃", "out_of_scope"),
        ("Tell me a joke", "out_of_scope"),
    ],
)
def test_refused_with_a_reason_and_no_citation(bot, question, reason):
    answer = bot.ask(Question(question=question))
    assert (answer.refused, answer.reason) == (True, reason)
    assert not answer.citations


@pytest.mark.parametrize(
    "question", ["供热单位停业要提前多久申请？", "校车多久检验一次？", "不办市场登记罚多少？"]
)
def test_answerable_question_is_not_refused(bot, question):
    assert not bot.ask(Question(question=question)).refused


@pytest.mark.parametrize("question", ["今晚吃什么", "那美国总统是谁？", "How tall is it?"])
def test_off_topic_follow_up_is_not_answered_from_the_earlier_clause(bot, question):
    answer = bot.ask(Question(question=question, history=(Turn(question="校车标牌怎么办理？"),)))
    assert answer.refused
    assert answer.answerability < LEAST_ANSWERABILITY


def test_answerability_is_high_where_the_clause_answers(bot):
    answer = bot.ask(Question(question="供热单位停业要提前多久申请？"))
    assert LEAST_ANSWERABILITY < answer.answerability <= 1
