"""The questions that must be answered rightly, on the real corpus, with the real chain."""

from __future__ import annotations

import pytest

from qa_bot.retrieval.question import Question, Turn

BUSES = "盘政发〔2023〕8号"

RIGHT = [
    ("校车标牌怎么办理？", BUSES, "附件2 第3项", ["市公安局"]),
    ("How do I get school bus plates?", BUSES, "附件2 第3项", ["市公安局"]),
    ("校车多久检验一次？哪个部门管？", BUSES, "附件2 第2项", ["每半年", "市公安局"]),
    ("供热经营许可现在归谁批？", BUSES, "附件1 第1项", ["市住房和城乡建设局"]),
    (
        "危险化学品经营许可变更企业名称，在辽滨找谁办？",
        "盘政发〔2023〕9号",
        "附件 第5项",
        ["辽滨经开区管委会", "市应急局"],
    ),
    (
        "杭州的安全生产责任制规定从哪天起施行？",
        "杭州市人民政府令〔2003〕第200号",
        None,
        ["2004年1月1日"],
    ),
]


@pytest.mark.parametrize(("question", "doc_no", "section", "named"), RIGHT)
def test_answer_names_and_cites_what_it_must(bot, question, doc_no, section, named):
    answer = bot.ask(Question(question=question))
    assert not answer.refused
    first = answer.citations[0]
    assert first.doc_no == doc_no
    assert section in (None, first.section)
    assert all(name in answer.answer for name in named)


def test_commencement_can_be_cited_to_the_article(bot):
    answer = bot.ask(Question(question="杭州的安全生产责任制规定第三十三条说什么？"))
    assert answer.citations[0].section == "第三十三条"
    assert "2004年1月1日" in answer.answer


@pytest.mark.parametrize(
    "question",
    ["巴黎今天天气怎么样？", "What is the weather in Paris today?", "帮我写一首关于春天的诗"],
)
def test_off_topic_question_is_refused_politely(bot, question):
    answer = bot.ask(Question(question=question))
    assert answer.refused
    assert answer.reason == "out_of_scope"
    assert not answer.citations
    assert "《" in answer.answer, "it says what can be asked"


def test_follow_up_is_understood_from_the_history(bot):
    history = (Turn(question="校车标牌怎么办理？"),)
    answer = bot.ask(Question(question="领的时候要带哪些证明？", history=history))
    assert answer.citations[0].section == "附件2 第3项"


def test_document_and_article_that_do_not_exist_are_refused(bot):
    unknown = bot.ask(Question(question="盘政发〔2023〕99号规定了什么？"))
    assert unknown.refused
    assert unknown.reason == "not_answerable"
    missing = bot.ask(
        Question(question="《本溪市行政执法全过程记录实施办法》第四十五条怎么规定的？")
    )
    assert missing.refused


def test_the_same_question_gives_the_same_answer(bot):
    first, second = (bot.ask(Question(question="供热经营许可现在归谁批？")) for _ in range(2))
    assert first.answer == second.answer
    assert first.citations == second.citations
