"""Composing answers from clauses: sentences, table rows, duties, refusals."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest
from answer_samples import read
from index_samples import clause, document

from qa_bot.answer.choosing import telling
from qa_bot.answer.rows import best_named_first, row_statement
from qa_bot.answer.sentences import SentenceChooser, fold
from qa_bot.answer.statutes import quotes_article, statutes_named
from qa_bot.clauses.matters import read_matter
from qa_bot.index.lexical import tokenize
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.hits import Hit
from qa_bot.retrieval.query import Query
from qa_bot.retrieval.question import Question

TEXT = (
    "第五条 会议每年召开一次。经费由市财政局承担。申请人应当在三十日内提交材料。其他事项另行通知。"
)


def query(question: str, *intents: str) -> Query:
    return Query(
        question=question, text=question, keywords=question, language="zh", follow_up=False, dangling=False,
 leaning=False, nameless=False,
        expansion="", places=frozenset(), doc_numbers=(), titles=(), labels=(), intents=frozenset(intents),
    )  # fmt: skip


@pytest.fixture
def chooser() -> SentenceChooser:
    return SentenceChooser([TEXT, "无关的文字。", "另一段文字。"])


@pytest.mark.parametrize(
    ("keywords", "sentence"),
    [
        ("经费谁承担", "经费由市财政局承担。"),
        ("材料何时提交", "申请人应当在三十日内提交材料。"),
        ("会议召开", "第五条 会议每年召开一次。"),
    ],
)
def test_best_sentence_is_verbatim_and_fits(chooser, keywords, sentence):
    assert chooser.best(keywords, frozenset(), TEXT, 20).text == sentence


def test_many_sentences_of_the_kind_asked_for_do_not_outweigh_the_one_that_fits(chooser):
    fits = "经费由市财政局承担。"
    text = fits + "无关" * 30 + "。" + "另一局负责。" * 9
    best = chooser.best("经费谁承担", frozenset({"department"}), text, 60)
    assert best.text.startswith(fits)


def test_bracket_that_names_who_is_not_cut(chooser):
    text = "规范收费。〔牵头单位:区发改局;责任单位:区财政局〕无关的文字很多。"
    best = chooser.best("规范收费", frozenset({"department"}), text, 32)
    assert best.text == "规范收费。〔牵头单位:区发改局;责任单位:区财政局〕"


def test_coverage_counts_rare_words_more(chooser):
    assert chooser.coverage("市财政局", TEXT) == pytest.approx(1)
    assert chooser.coverage("滑雪", TEXT) == 0
    assert chooser.unknown_share("滑雪") == 1


ROW = {
    "序号": "5",
    "事项类型": "行政许可",
    "目录名称": "危险化学品经营许可",
    "业务办理项": "变更企业名称",
    "实施主体": "市应急局",
    "改革方式": "委托下放至辽滨经开区管委会",
}


def row(fields):
    text = "；".join(f"{k} {v}" if k == "序号" else f"{k}：{v}" for k, v in fields.items())
    return clause(text, kind="table_row", fields=fields, matter=read_matter(fields))


def test_delegated_matter_names_who_handles_it_now_and_before(chooser):
    shown, quote = row_statement(query("找谁办", "department"), row(ROW), chooser)
    assert "现由辽滨经开区管委会办理（原实施主体：市应急局）" in shown
    assert quote in row(ROW).text


def test_matter_that_was_not_moved_names_its_body(chooser):
    fields = ROW | {"改革方式": "新增"}
    shown, _ = row_statement(query("找谁办", "department"), row(fields), chooser)
    assert "由市应急局办理" in shown
    assert "原实施主体" not in shown


@pytest.mark.parametrize("change", ["取消", "委托下放", "予以取消"])
def test_body_that_gives_a_matter_up_is_not_said_to_handle_it(chooser, change):
    shown, _ = row_statement(
        query("找谁办", "department"), row(ROW | {"改革方式": change}), chooser
    )
    assert f"{change}（原实施主体：市应急局）" in shown
    assert "由市应急局办理" not in shown


def test_long_field_is_shown_by_its_fitting_sentences(chooser):
    long = (
        "第一条 无关的规定很多很多。" * 8 + "申请人应当在三十日内提交材料。" + "后面还有别的。" * 30
    )
    found = row(ROW | {"设定依据": long})
    shown, quote = row_statement(query("材料何时提交", "date"), found, chooser)
    assert "三十日内提交材料" in shown
    assert quote in found.text
    assert len(shown) < len(found.text)


BUSES = {
    "序号": "3",
    "业务办理项": "校车标牌发放",
    "事项类型": "公共服务",
    "设定依据": "第一条 无关的规定。" * 8
    + "第十五条 申请校车使用许可，应当向教育行政部门提交书面申请。"
    + "第六十条 取得许可后，应当向公安机关领取校车标牌，并提交证明。",
    "实施主体": "市公安局",
    "改革方式": "新增",
}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("校车使用许可在哪个部门申请？", "第十五条"),
        ("校车使用许可向谁申请？", "第十五条"),
        ("校车使用许可的申请交给谁？", "第十五条"),
        ("校车使用许可由哪个部门受理？", "第十五条"),
        ("校车标牌去哪里领取？", "第六十条"),
        ("校车标牌归哪个部门发？", "由市公安局办理"),
        ("停业歇业向谁申请？", "由市公安局办理"),
    ],
)
def test_where_to_apply_comes_first_where_the_row_says_so(chooser, asked, told):
    shown, quote = row_statement(query(asked, "department"), row(BUSES), chooser)
    assert shown.startswith(f"校车标牌发放：{told}")
    assert "由市公安局办理" in shown
    assert quote in row(BUSES).text


def test_where_a_matter_was_moved_who_handles_it_now_comes_first(chooser):
    moved = row(BUSES | {"改革方式": "委托下放至辽滨经开区管委会"})
    shown, _ = row_statement(query("校车使用许可向谁申请？", "department"), moved, chooser)
    assert shown.startswith("校车标牌发放：现由辽滨经开区管委会办理")


def test_row_whose_name_the_question_says_comes_before_one_that_is_as_near(chooser):
    names = ["对化工企业未取得安全使用许可证从事生产的处罚", "对未按规定登记的处罚", "其他"]
    rows = [
        Hit(row(ROW | {"业务办理项": name}).model_copy(update={"id": name}), score, 1.0)
        for name, score in zip(names, (0.4, 0.3, 0.1), strict=True)
    ]
    asked = query("化工厂没登记的处罚", "department")
    best = best_named_first(asked, rows, chooser)
    assert [hit.clause.id for hit in best] == [names[1], names[0], names[2]]
    far = [rows[0], replace(rows[1], score=0.1)]
    assert best_named_first(asked, far, chooser) == far
    other = [Hit(clause("正文。"), 0.5, 1.0), *rows]
    assert best_named_first(asked, other, chooser) == other


LAW = (
    "【法规】《校车安全管理条例》（国务院令第617号）第十四条 申请人应当依照《行政许可法》提出申请。"
    "不符合本条例第十三条规定的，不予许可。第十五条 准予许可的，三日内发证。"
    "《机动车登记规定》第五十八条 申请人应当交验机动车。"
)


def test_statutes_that_a_matter_is_based_on():
    assert statutes_named(LAW) == (
        "《校车安全管理条例》（国务院令第617号）第十四条、第十五条；《机动车登记规定》第五十八条"
    )
    assert statutes_named("按照有关规定办理。") == ""


@pytest.mark.parametrize(
    ("title", "number", "quoted"),
    [
        ("校车安全管理条例", 15, True),
        ("校车安全管理条例", 58, False),
        ("机动车登记规定", 58, True),
        ("民法典", 15, False),
    ],
)
def test_which_article_of_a_statute_is_quoted(title, number, quoted):
    assert quotes_article(row(ROW | {"设定依据": LAW}), title, number) is quoted


def test_basis_is_named_and_not_quoted_at_length(chooser):
    asked = query("设立依据是什么，归谁管", "department", "basis")
    shown, quote = row_statement(asked, row(ROW | {"设定依据": LAW}), chooser)
    assert "依据：《校车安全管理条例》（国务院令第617号）第十四条、第十五条；" in shown
    assert "现由辽滨经开区管委会办理" in shown
    assert "三日内发证" not in shown
    assert quote in row(ROW | {"设定依据": LAW}).text


def test_matter_of_which_a_part_is_handed_over_says_so_at_once(chooser):
    limits = "委托下放三级企业公告；市应急局负责监督检查指导"
    shown, _ = row_statement(
        query("也放给辽滨了吗"), row(ROW | {"事中事后监管措施": limits}), chooser
    )
    assert "（原实施主体：市应急局；仅委托下放三级企业公告）" in shown


def test_short_fields_that_tell_it_stand_without_the_quoted_law(chooser):
    limits = "市应急局负责监督检查指导"
    fields = ROW | {"设定依据": LAW, "事中事后监管措施": limits}
    shown, _ = row_statement(query("以后谁来监管"), row(fields), chooser)
    assert limits in shown
    assert "三日内发证" not in shown
    shown, _ = row_statement(query("几日内发证", "date"), row(fields), chooser)
    assert "三日内发证" in shown


def test_row_of_a_table_without_matters_is_named_by_its_group_and_its_thing(chooser):
    fields = {
        "重点领域": "政府采购",
        "公开事项": "中标公告\n包括:1.采购人名称;2.中标金额。" + "还有别的内容。" * 10,
        "公开时效": "1个工作日内",
        "责任主体": "市财政局",
    }
    shown, _ = row_statement(query("中标公告几天内公开", "date"), row(fields), chooser)
    assert shown == "政府采购 / 中标公告：公开时效：1个工作日内；责任主体：市财政局。"


@pytest.mark.parametrize(
    ("text", "asked", "count"),
    [
        ("为做好校车管理，结合我市实际，制定本方案。", "校车管理谁负责？", 1),
        ("现将《校车管理方案》印发给你们，请认真贯彻执行。", "校车管理谁负责？", 1),
        ("为做好校车管理，结合我市实际，制定本方案。", "校车管理方案依据什么制定？", 2),
        ("市政府决定将校车管理调整至市公安局。", "校车管理谁负责？", 2),
    ],
)
def test_what_a_document_was_made_for_answers_no_other_question(text, asked, count):
    clauses = [clause(text, line=2, section="引言"), clause("校车由市公安局管理。", line=3)]
    store = ClauseStore([document("a.txt", "关于校车的通知", 99)], clauses)
    hits = [Hit(one, 0.5, 0.5) for one in clauses]
    assert len(telling(read(asked), hits, store)) == count


@pytest.mark.parametrize(
    ("asked", "opening"),
    [
        ("晋城城区违规领取的救助资金由哪一级追缴？", "城政办发〔2023〕29号“镇(街道)职责” 三、（二）5.：追缴"),
        ("本溪行政执法公示的事前公开内容有哪些？", "本政办发〔2019〕35号 第五条：事前公开主要是"),
        ("晋城城区开区长办公会，议题谁提出？", "第二章 四：会议议题由区长提出"),
    ],
)  # fmt: skip
def test_a_clause_is_named_once_with_what_it_stands_under(bot, asked, opening):
    assert opening in bot.ask(Question(question=asked)).answer


def test_every_quote_is_verbatim_over_many_questions(bot):
    asked = ["谁负责？", "什么时候完成？", "有哪些措施？", "怎么办理？", "比例是多少？"]
    for each in bot.index.store.documents:
        for words in asked:
            answer = bot.ask(Question(question=f"{each.title}{words}"))
            for citation in answer.citations:
                assert citation.quote in citation.text
                assert fold(citation.quote)
            known = {d.doc_no for d in bot.index.store.documents}
            assert {c.doc_no for c in answer.citations} <= known


def test_random_questions_are_answered_verbatim_cited_and_the_same_again(bot):
    chance = random.Random(7)
    clauses = bot.index.store.clauses
    for _ in range(40):
        words = [w for c in chance.sample(clauses, 2) for w in tokenize(c.text) if len(w) > 1]
        asked = "".join(chance.sample(words, min(6, len(words))))
        question = Question(question=asked + chance.choice(["由谁负责？", "有哪些？", "是多少？"]))
        answer = bot.ask(question)
        marks = {int(mark) for mark in re.findall(r"\[(\d+)\]", answer.answer)}
        assert marks == {citation.number for citation in answer.citations}
        for citation in answer.citations:
            assert citation.quote
            assert citation.quote in citation.text
        again = bot.ask(question)
        assert again.model_copy(update={"timings_ms": {}}) == answer.model_copy(
            update={"timings_ms": {}}
        )
