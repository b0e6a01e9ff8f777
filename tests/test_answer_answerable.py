"""When the bot says no: what is named and missing, off-topic questions, near misses."""

from __future__ import annotations

import json
import re

import pytest
from answer_samples import read

from qa_bot.answer.answerable import LEAST_ANSWERABILITY, lacks_fact, less_likely
from qa_bot.answer.refusals import suggestions
from qa_bot.clauses.parser import parse_text
from qa_bot.evaluation.gold import load_gold
from qa_bot.index.lexical import LexicalIndex
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.hits import Hit
from qa_bot.retrieval.homophones import Corrector
from qa_bot.retrieval.query import read_query
from qa_bot.retrieval.question import Question, Turn
from qa_bot.retrieval.regions import Regions
from qa_bot.settings import PROJECT_ROOT


@pytest.mark.parametrize(
    "question",
    [
        "当时罚我的那段录像,我想拷一份回来看看,让不让",
        "本政办发〔2018〕68号要求各部门最晚哪个月在自己网站上开专栏？",
    ],
)
def test_words_unlike_the_documents_do_not_hide_an_answer(bot, question):
    assert not bot.ask(Question(question=question)).refused


def test_odds_are_divided():
    assert less_likely(0.5, 4) == pytest.approx(0.2)
    assert (less_likely(0.0, 4), less_likely(1.0, 4)) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("供热经营许可证的窗口电话是多少？", "not_answerable"),
        ("盘政发〔2023〕99号规定了什么？", "not_answerable"),
        ("盘锦供热公司停业要赔住户多少钱，网址是什么？", "not_answerable"),
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


@pytest.mark.parametrize("question", ["怎么学好英语", "怎么减肥", "股票买什么好", "怎么练腹肌"])
def test_question_of_which_the_documents_know_no_word_is_out_of_scope(bot, question):
    assert bot.ask(Question(question=question)).reason == "out_of_scope"


@pytest.mark.parametrize(
    "question", ["校车咋检验？", "审案子的人手太紧，又不给加编，上头让我们想啥招？"]
)
def test_question_of_which_they_know_some_word_is_not(bot, question):
    assert bot.ask(Question(question=question)).reason != "out_of_scope"


def test_unknown_document_is_named_in_the_refusal(bot):
    answer = bot.ask(Question(question="请问盘政发〔2023〕99号规定了什么？"))
    assert "没有收录文号为盘政发〔2023〕99号的文件" in answer.answer
    known = bot.ask(Question(question="供热经营许可证的窗口电话是多少？"))
    assert known.refused
    assert "文号" not in known.answer
    assert known.suggestions


@pytest.mark.parametrize(
    ("question", "statute"),
    [
        ("《危险化学品安全管理条例》第五十条怎么处罚？", "《危险化学品安全管理条例》"),
        ("危险化学品安全管理条例第50条怎么处罚？", "《危险化学品安全管理条例》"),
        ("安全生产法第九十四条怎么处罚？", "《中华人民共和国安全生产法》"),
        ("行政许可法第五十条说了什么？", "《中华人民共和国行政许可法》"),
        ("《民法典》第一千二百条怎么赔偿？", "《民法典》"),
    ],
)
def test_article_of_a_statute_that_is_only_quoted_is_refused_by_name(bot, question, statute):
    answer = bot.ask(Question(question=question))
    assert answer.refused
    assert f"没有收录{statute}" in answer.answer


@pytest.mark.parametrize(
    ("question", "section"),
    [
        ("《辽宁省城市供热条例》第十六条，停业提前多久申请？", "附件1 第1项"),
        ("《危险化学品安全管理条例》第五十条的处罚现在归谁管？", "附件 第47项"),
    ],
)
def test_what_is_told_of_a_statute_that_is_only_quoted_says_so(bot, question, section):
    answer = bot.ask(Question(question=question))
    assert answer.citations[0].section == section
    assert any("本身没有收录" in note for note in answer.notes)


@pytest.mark.parametrize(
    "question",
    ["杭州的安全生产责任制规定第十二条是什么？", "违反《危险化学品安全管理条例》的处罚归谁管？"],
)
def test_nothing_is_said_of_statutes_where_no_article_of_one_is_asked(bot, question):
    answer = bot.ask(Question(question=question))
    assert not answer.refused
    assert not answer.notes


def test_of_several_things_each_may_stand_in_another_clause(bot):
    def lacks(question):
        found = bot.retriever.search(Question(question=question))
        return lacks_fact(found.query, found.hits, bot.index.store)

    assert lacks("供热单位停业要赔多少钱？")
    assert not lacks("供热单位停业要提前多少日申请？")
    assert not lacks("供热单位停业要提前多少日申请？校车多久检验一次？")


@pytest.mark.parametrize(
    ("question", "section", "said", "missing"),
    [
        ("校车标牌找谁办、要多少钱？", "附件2 第3项", "市公安局", "要多少钱"),
        ("要交多少钱、找谁办，校车标牌？", "附件2 第3项", "市公安局", "要交多少钱"),
        ("校车多久检验一次、检一次多少钱？", "附件2 第2项", "每半年", "检一次多少钱"),
        (
            "宁夏开办市场不登记罚多少钱？罚款交到哪家银行？",
            "第十七条",
            "五千元至一万元",
            "罚款交到哪家银行",
        ),
        (
            "晋城城区区长办公会的纪要几个工作日内出？纪要发到哪个网址？",
            "第六章 十七、",
            "2个工作日",
            "纪要发到哪个网址",
        ),
        ("校车检验归哪个部门，检验站的地址在哪？", "附件2 第2项", "市公安局", "检验站的地址在哪"),
    ],
)
def test_the_part_that_is_there_is_answered_and_the_other_named(
    bot, question, section, said, missing
):
    answer = bot.ask(Question(question=question))
    assert [citation.section for citation in answer.citations] == [section]
    assert said in answer.answer
    assert answer.notes == (f"没有找到写明“{missing}”的条款，所以这一点不作回答。",)


def test_a_part_named_first_still_tells_what_is_asked_about(bot):
    answer = bot.ask(Question(question="校车检验要交多少钱？多久检一次？"))
    assert answer.citations[0].doc_no == "盘政发〔2023〕8号"
    assert "半年" in answer.answer
    assert "校车检验要交多少钱" in answer.notes[0]


@pytest.mark.parametrize(
    "question",
    [
        "校车标牌要花多少钱，你知道吗？",
        "您好，能不能告诉我，校车标牌多少钱？",
        "校车标牌工本费多少钱？窗口电话是多少？",
        "供热单位停业要提前多久申请？由谁批？",
    ],
)
def test_no_part_is_named_where_all_or_none_is_answered(bot, question):
    assert not bot.ask(Question(question=question)).notes


@pytest.mark.parametrize(
    "question",
    [
        "晋城城区的经济普查员一天能拿多少块补助？窗口电话是多少？",
        "在晋城城区举报危化品隐患，一次奖励多少钱，打哪个电话？窗口电话是多少？",
    ],
)
def test_refused_where_nothing_cited_holds_any_part(bot, question):
    answer = bot.ask(Question(question=question))
    assert (answer.refused, answer.reason) == (True, "not_answerable")
    assert answer.answerability < LEAST_ANSWERABILITY


def test_small_talk_is_no_part_that_could_be_answered(bot):
    assert bot.ask(Question(question="校车标牌要花多少钱，你知道吗？")).refused
    assert bot.ask(Question(question="校车标牌工本费多少钱？窗口电话是多少？")).refused


def test_words_above_a_list_hold_its_fact():
    text = """盘政发〔2023〕1号

盘锦市人民政府关于印发停车办法的通知

各县、区人民政府：
    现印发给你们，请遵照执行。
    第一条 有下列行为之一的，处二百元以上五百元以下罚款：
    （一）占用消防通道停放的；
    （二）占用盲道停放的。
盘锦市人民政府
2023年1月5日
"""
    parsed = parse_text(text, "one.txt")
    store = ClauseStore(parsed.documents, parsed.clauses)
    item = next(clause for clause in parsed.clauses if "盲道" in clause.text and clause.parent_id)
    corrector = Corrector(LexicalIndex.build([clause.text for clause in parsed.clauses]))
    for question, lacking in (("占用盲道罚多少钱？", False), ("占用盲道关几天？", True)):
        query = read_query(Question(question=question), Regions(parsed.documents), corrector)
        assert lacks_fact(query, [Hit(item, 1.0, 1.0)], store) is lacking


@pytest.mark.parametrize("asked", ["这办法还有效吗？", "这个许可归谁？", "Is it still valid?"])
def test_what_is_not_named_is_asked_back(bot, asked):
    answer = bot.ask(Question(question=asked))
    assert answer.refused
    assert answer.reason == "unclear_reference"
    assert not answer.citations
    assert answer.suggestions
    assert all(suggestion != asked for suggestion in answer.suggestions)


def test_suggested_questions_can_be_asked(bot):
    for suggestion in bot.ask(Question(question="这个许可归谁？")).suggestions:
        assert bot.ask(Question(question=suggestion)).reason != "unclear_reference"


@pytest.mark.parametrize("history", [(), (Turn(question="校车标牌怎么办理？"),)])
@pytest.mark.parametrize(
    "asked", ["第" * 500, "啊哈" * 200, "？！…" * 50, "校车" * 250, "ha " * 100]
)
def test_what_says_nothing_is_not_answered_though_it_is_long(bot, asked, history):
    answer = bot.ask(Question(question=asked, history=history))
    assert answer.reason == "unclear_reference"
    assert not answer.suggestions


def test_a_word_said_again_and_again_does_not_hide_what_is_asked(bot):
    answer = bot.ask(Question(question="哈" * 20 + "校车标牌找谁发？" + "！" * 20))
    assert answer.citations[0].section == "附件2 第3项"


def test_near_clauses_are_named_without_saying_their_label_twice(bot):
    headings = [c for c in bot.index.store.clauses if c.kind in ("heading", "attachment")]
    assert any(heading.section.startswith("第") for heading in headings)
    for heading in headings:
        (name,) = suggestions(read("校车有何规定"), [Hit(heading, 1.0, 1.0)], bot.index.store)
        assert name.count(heading.section.split()[-1]) == 1


NEAR_MISSES = [
    json.loads(line)
    for line in (PROJECT_ROOT / "eval" / "near_misses.jsonl").read_text("utf-8").splitlines()
]


def test_near_misses_are_well_formed(corpus_dir, bot):
    sections = {(c.doc_no, c.section) for c in bot.index.store.clauses}
    numbers = {number for number, _ in sections}
    gold = {pair.question for pair in load_gold(PROJECT_ROOT / "eval" / "gold").pairs}
    assert len({row["id"] for row in NEAR_MISSES}) == len(NEAR_MISSES)
    assert len({row["question"] for row in NEAR_MISSES} | gold) == len(NEAR_MISSES) + len(gold)
    for row in NEAR_MISSES:
        assert row["kind"] in ("detail", "premise")
        assert row["absent"]
        if "file" in row:
            assert (corpus_dir / row["file"]).is_file()
            assert row["doc_no"] in numbers
            assert "section" not in row or (row["doc_no"], row["section"]) in sections, row
        else:
            assert re.fullmatch(r"c\d{4}", row["near"])


def test_most_near_misses_of_the_gazettes_are_refused(bot):
    asked = [Question(question=row["question"]) for row in NEAR_MISSES if "file" in row]
    refused = [bot.ask(question).refused for question in asked]
    assert sum(refused) / len(refused) > 0.75
