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


@pytest.mark.parametrize(
    ("question", "leaning"),
    [
        ("那谁来审批？", True),
        ("床位呢？", True),
        ("罚多少？", True),
        ("要是碰上急事呢，也得等到那会儿？", True),
        ("如果不服呢", True),
        ("校车标牌怎么办理呢？", False),
        ("红烧肉怎么做才好吃", False),
    ],
)
def test_what_has_no_question_of_its_own_leans_on_the_one_before(bot, question, leaning):
    asked = Question(question=question, history=(Turn(question=BUSES),))
    assert bot.retriever.understand(asked).leaning is leaning


def test_a_question_that_leans_brings_the_one_that_it_leans_on(bot):
    history = tuple(Turn(question=text) for text in ("供热谁管？", BUSES, "那要几天？"))
    text = bot.retriever.understand(Question(question="归谁管？", history=history)).text
    assert BUSES in text
    assert "那要几天" in text
    assert "供热" not in text


def test_a_place_holds_until_another_is_named(bot):
    history = (Turn(question="盘锦的校车标牌怎么办？"), Turn(question="校车要检验吗？"))
    asked = bot.retriever.understand(Question(question="多久检验一次？", history=history))
    assert asked.places == bot.retriever.understand(Question(question="盘锦")).places
