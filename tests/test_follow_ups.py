"""What follows on an earlier question, and what is a topic of its own."""

from __future__ import annotations

import pytest

from qa_bot.retrieval.question import Question, Turn

BUSES = "校车标牌怎么办理？"


def ask(bot, question: str, earlier: str):
    return bot.ask(Question(question=question, history=(Turn(question=earlier),)))


@pytest.mark.parametrize("question", ["那谁来审批？", "由哪个部门办理？", "它归谁管？"])
def test_what_points_back_is_about_the_earlier_question(bot, question):
    answer = ask(bot, question, BUSES)
    assert not answer.refused
    assert "市公安局" in answer.answer
    assert answer.citations[0].section == "附件2 第3项"


@pytest.mark.parametrize(
    ("earlier", "question"),
    [
        ("晋城城区区长办公会由谁主持？", "供热经营许可现在归谁批？"),
        (BUSES, "区长办公会由谁召集和主持？"),
    ],
)
def test_a_new_topic_is_not_mixed_with_the_earlier_one(bot, earlier, question):
    answer = ask(bot, question, earlier)
    assert not answer.refused
    assert answer.answer == bot.ask(Question(question=question)).answer


@pytest.mark.parametrize(
    ("earlier", "question"),
    [
        (BUSES, "今天天气怎么样？"),
        (BUSES, "红烧肉怎么做才好吃"),
        ("How do I get school bus plates?", "What is the weather today?"),
    ],
)
def test_what_the_documents_know_nothing_of_is_refused_after_a_good_question_too(
    bot, earlier, question
):
    assert ask(bot, question, earlier).reason == "out_of_scope"
