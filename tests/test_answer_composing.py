"""Answers of several parts, of documents themselves, with contradictions; refusals that ask back."""

from __future__ import annotations

import random
import re
from datetime import date

import pytest
from index_samples import clause, document

from qa_bot.answer.choosing import telling
from qa_bot.answer.conflicts import Contradictions, said_elsewhere
from qa_bot.answer.counting import counted
from qa_bot.answer.force import Forces
from qa_bot.answer.lists import asked_together, opening_clause
from qa_bot.answer.parts import split
from qa_bot.answer.sentences import SentenceChooser
from qa_bot.answer.statement import Statement
from qa_bot.bot import Bot
from qa_bot.clauses.model import Mention, Validity
from qa_bot.index.lexical import LexicalIndex, tokenize
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.homophones import Corrector
from qa_bot.retrieval.query import Query, read_query
from qa_bot.retrieval.question import Question
from qa_bot.retrieval.regions import Regions
from qa_bot.retrieval.retriever import Hit


def read(asked: str) -> Query:
    corrector = Corrector(LexicalIndex.build(["无"]))
    return read_query(Question(question=asked), Regions([]), corrector)


def parts_of(asked: str) -> tuple[str, ...]:
    return split(read(asked)).questions


def test_what_is_asked_one_after_the_other_is_parted_with_what_leads_up_to_it():
    assert parts_of("管理市场的，登记归哪个局？发营业执照又归哪个局？") == (
        "管理市场的，登记归哪个局？",
        "管理市场的，发营业执照又归哪个局？",
    )


def test_what_is_asked_first_is_not_asked_again_with_the_rest():
    assert parts_of("校车标牌找谁发？驾驶人的资格又由谁审核？") == (
        "校车标牌找谁发？",
        "驾驶人的资格又由谁审核？",
    )


@pytest.mark.parametrize(
    "asked",
    [
        "开网吧离学校得多远？最晚开到几点钟？",
        "规则适不适用学校？学校退出要提前几天说？",
        "旷工多少天会被解聘？自己想走要提前几天说？",
    ],
)
def test_every_way_of_asking_parts_a_question(asked):
    assert len(parts_of(asked)) == 2


def test_what_names_nothing_of_its_own_belongs_to_what_is_asked_before():
    assert parts_of("设备移交给谁、由谁监督？基金要是有缺口谁来补？") == (
        "设备移交给谁，由谁监督？",
        "基金要是有缺口谁来补？",
    )


def test_things_compared_are_parted():
    assert parts_of("执法清单和抽查清单，公示前分别送谁审？") == (
        "执法清单，公示前分别送谁审？",
        "抽查清单，公示前分别送谁审？",
    )


@pytest.mark.parametrize(
    "asked", ["校车标牌怎么办理？", "甲和乙是什么？", "申请要交哪些材料，谢谢"]
)
def test_one_question_stays_whole(asked):
    assert parts_of(asked) == ()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            "晋城城区管危化品，办登记归哪个局？给这些企业发营业执照又归哪个局？",
            ["区应急管理局", "区行政审批局"],
        ),
        (
            "晋城城区剧毒化学品购买证谁发？危化品的毒性鉴定归谁管？",
            ["区公安分局", "区卫体局"],
        ),
    ],
)
def test_parts_rest_on_clauses_of_their_own(bot, asked, said):
    answer = bot.ask(Question(question=asked))
    assert len({citation.clause_id for citation in answer.citations}) == 2
    assert all(body in answer.answer for body in said)


@pytest.mark.parametrize(
    "asked",
    [
        "宁夏市场起名有啥限制？刻公章、银行开户凭什么办？",
        "我们县每年的涉农整合方案定下来以后，要先报谁备案才能动手？项目干完了还有哪些手续？",
    ],
)
def test_one_clause_that_holds_both_is_cited_alone(bot, asked):
    assert len(bot.ask(Question(question=asked)).citations) == 1


def test_things_compared_come_from_the_documents_that_are_near_the_question(bot):
    answer = bot.ask(Question(question="盘锦医疗集团里，编办和人社局各干什么？"))
    assert {c.section for c in answer.citations} == {
        "附件 三、市委编办",
        "附件 三、市人力资源社会保障局",
    }


def test_all_items_are_given_where_a_list_is_asked_for(bot):
    answer = bot.ask(Question(question="忻州这轮审批改革分哪几个步骤，各自起止时间？"))
    assert [c.section for c in answer.citations] == [f"四、（{n}）" for n in "一二三四"]
    assert all(day in answer.answer for day in ("5月10日", "5月25日", "6月20日"))


def test_one_item_is_given_where_one_is_asked_for(bot):
    answer = bot.ask(Question(question="忻州审批改革里，电子监察系统的建立是几月几日到几月几日？"))
    assert [c.section for c in answer.citations] == ["四、（三）"]


def listing(opens: str, kind: str = "heading") -> tuple[ClauseStore, list[Hit]]:
    """A clause that opens a list of three items, and the items as they are ranked."""
    head = clause(opens, line=2, kind=kind)
    items = [
        clause(text, line=line, kind="item", parent_id=head.id)
        for line, text in enumerate(("登记", "审核", "公示"), 3)
    ]
    store = ClauseStore([document("a.txt", "关于校车的通知", 99)], [head, *items])
    return store, [Hit(item, 0.3, 0.5) for item in items]


@pytest.mark.parametrize(
    ("asked", "opens", "kind", "count"),
    [
        ("分哪几步办？", "三、办理步骤", "heading", 3),
        ("分哪几步办？", "三、办理步骤如下：", "item", 3),
        ("公示在哪一步？", "三、办理步骤", "heading", 0),
        ("分哪几步办？", "三、办理步骤由市公安局规定。", "item", 0),
    ],
)
def test_items_are_a_list_where_all_are_asked_for_and_something_opens_it(asked, opens, kind, count):
    store, hits = listing(opens, kind)
    assert len(asked_together(read(asked), hits, store)) == count


def test_an_item_that_is_near_alone_is_no_list():
    store, hits = listing("三、办理步骤")
    alone = [Hit(hits[0].clause, 0.8, 0.5), Hit(hits[1].clause, 0.1, 0.5)]
    assert asked_together(read("分哪几步办？"), alone, store) == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("设立保安公司应当具备哪些条件？", "第八条"),
        ("保安公司的注册资本有哪些要求？", "第（一）项"),
        ("设立保安公司应当有多少注册资本？", "第（一）项"),
    ],
)
def test_an_item_gives_way_to_the_list_where_its_opening_words_are_asked_for(asked, found):
    whole = clause("设立保安公司，应当具备下列条件：", line=2, section="第八条")
    item = clause(
        "（一）有不低于100万元的注册资本；",
        line=3,
        kind="item",
        section="第（一）项",
        parent_id=whole.id,
    )
    store = ClauseStore([document("a.txt", "关于校车的通知", 99)], [whole, item])
    chooser = SentenceChooser(one.text for one in store.clauses)
    assert opening_clause(read(asked), item, store, chooser.coverage).section == found


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
        ("晋城城区低保发错了人或者被人冒领，这笔钱由哪一级去要回来？", "城政办发〔2023〕29号“镇(街道)职责” 三、（二）5.：追缴"),
        ("本溪行政执法公示的事前公开内容有哪些？", "本政办发〔2019〕35号 第五条：事前公开主要是"),
        ("晋城城区开区长办公会，议题谁提出？", "第二章 四：会议议题由区长提出"),
    ],
)  # fmt: skip
def test_a_clause_is_named_once_with_what_it_stands_under(bot, asked, opening):
    assert opening in bot.ask(Question(question=asked)).answer


STATUTE = "《供热条例》第十六条"
RULE = "确需停业或者歇业的，供热单位应当在停业开始{}前向供热行政主管部门提出申请。"


def quoting(line: int, term: str, source: str = STATUTE, **changes):
    return clause(source + RULE.format(term), line=line, **changes)


def contradictions(*clauses) -> Contradictions:
    return Contradictions(ClauseStore([document("a.txt", "关于校车的通知", 99)], clauses))


def test_two_quotations_of_one_article_with_another_figure_contradict_each_other():
    one, two = quoting(2, "六十日"), quoting(3, "六个月")
    other = contradictions(one, two).of(one, one.text)
    assert other
    assert other.clause == two


@pytest.mark.parametrize(
    "two",
    [
        quoting(3, "60日"),
        quoting(3, "六个月", "《供热条例》第十七条"),
        quoting(3, "六个月", "《供水条例》第十六条"),
        quoting(3, "六个月", ""),
    ],
    ids=["same value", "another article", "another statute", "no statute"],
)
def test_what_may_speak_of_something_else_is_no_contradiction(two):
    one = quoting(2, "六十日")
    assert contradictions(one, two).of(one, one.text) is None


def test_text_and_table_of_one_document_contradict_each_other():
    one, two = quoting(2, "六十日", ""), quoting(3, "六个月", "", kind="table_row")
    assert contradictions(one, two).of(one, one.text)


def test_contradiction_in_the_corpus_is_shown_with_both_places(bot):
    answer = bot.ask(Question(question="供热企业停业要提前多久申请？"))
    assert "六个月前" in answer.answer
    assert "六十日前" in answer.answer
    assert "数字不同" in answer.answer
    assert {c.section for c in answer.citations} == {"附件1 第1项", "附件1 第2项"}


def on(day: date, corpus_settings, bot) -> Bot:
    return Bot(corpus_settings.model_copy(update={"today": day}), index=bot.index)


def test_contradiction_in_what_is_not_asked_is_left_out(bot):
    answer = bot.ask(Question(question="供热经营许可证能不能转给别人？"))
    assert "不得擅自转让" in answer.answer
    assert "数字不同" not in answer.answer


def test_another_document_with_other_dates_is_shown_beside(bot):
    answer = bot.ask(Question(question="晋城城区医院的创伤中心哪年建成？"))
    assert {c.doc_no for c in answer.citations} == {"城政办发〔2023〕24号", "城政办发〔2023〕28号"}
    assert "2024年完成卒中中心、创伤中心建设" in answer.answer
    assert "创伤(2025年底建成)" in answer.answer


@pytest.mark.parametrize(
    ("other", "title", "count"),
    [
        ("校车每月清洗3次。", "关于清洗的通知", 1),
        ("校车每月清洗2次。", "关于清洗的通知", 0),
        ("校车每月清洗。", "关于清洗的通知", 0),
        ("渔船另行年审3次。", "关于清洗的通知", 0),
        ("校车每月清洗3次。", "关于校车的通知", 0),
    ],
    ids=["other figure", "same figure", "no figure", "another thing", "same document"],
)
def test_only_another_document_with_other_figures_for_the_same_is_shown(other, title, count):
    one = clause("校车每月清洗2次。", line=2)
    two = clause(other, file="b.txt" if title != one.title else "a.txt", line=3, title=title)
    documents = [document("a.txt", one.title, 99), document("b.txt", "关于清洗的通知", 99)]
    store = ClauseStore(documents, [one, two])
    chooser = SentenceChooser(c.text for c in store.clauses)
    hits = [Hit(one, 0.9, 0.5), Hit(two, 0.1, 0.5)]
    said = said_elsewhere(
        read("校车每月清洗多少次？"), Statement(one.text, one, one.text), hits, store, chooser
    )
    assert len(list(said)) == count


@pytest.mark.parametrize(
    ("day", "verdict"),
    [
        (date(2023, 8, 1), "尚未施行"),
        (date(2028, 9, 7), "有效（有效期至2028年9月7日"),
        (date(2028, 9, 8), "已过有效期"),
    ],
)
def test_still_in_force_is_answered_for_the_day(corpus_settings, bot, day, verdict):
    asked = Question(question="城政办发〔2023〕26号还有效吗？")
    answer = on(day, corpus_settings, bot).ask(asked)
    assert answer.answer.startswith(verdict)
    assert "有效期五年" in answer.citations[0].quote


def test_answer_from_an_expired_document_says_so(corpus_settings, bot):
    asked = Question(question="晋城城区被征地农民养老保险补贴的筹资标准是多少？")
    assert "期满" not in on(date(2028, 9, 7), corpus_settings, bot).ask(asked).answer
    later = on(date(2028, 9, 8), corpus_settings, bot).ask(asked)
    assert "注意：该文件已于2028年9月7日期满" in later.answer


def test_document_without_a_term_is_not_called_valid(bot):
    answer = bot.ask(Question(question="盘政发〔2023〕9号还有效吗？"))
    assert answer.answer.startswith("文件未写明施行日期和有效期")
    assert {c.doc_no for c in answer.citations} == {"盘政发〔2023〕9号"}


def test_document_that_is_not_indexed_but_ended_by_an_indexed_one(bot):
    answer = bot.ask(Question(question="晋城城区2016年的政府工作规则作废了吗？"))
    assert answer.answer.startswith("已不再有效（见城政发〔2023〕5号）")
    assert "停止执行" in answer.citations[0].quote


def test_repealed_document_names_what_repeals_it():
    old = document("a.txt", "关于校车的通知", 3)
    ends = Mention(title=old.title, doc_no=None, clause_id="b.txt-2")
    new = document("b.txt", "关于校车的办法", 3).model_copy(
        update={"validity": Validity(repeals=(ends,))}
    )
    forces = Forces(ClauseStore([old, new], []))
    force = forces.of(old, date(2026, 1, 1))
    assert (force.kind, force.by, force.clause_id) == ("repealed", "《关于校车的办法》", "b.txt-2")
    assert forces.of(new, date(2026, 1, 1)).kind == "unstated"


def test_which_document_is_answered_by_title_and_number(bot):
    answer = bot.ask(Question(question="哪份文件规定了本溪的河长制工作任务？文号是什么？"))
    assert "本政办发〔2019〕44号" in answer.answer
    assert [citation.section for citation in answer.citations] == ["标题"]


def test_which_document_is_answered_by_its_date_too_where_that_is_asked(bot):
    answer = bot.ask(Question(question="本溪的河长制工作任务是哪份文件，哪天印发的？"))
    assert "本政办发〔2019〕44号" in answer.answer
    assert "2019年8月23日" in answer.answer


def test_rows_of_a_kind_are_counted(bot):
    answer = bot.ask(Question(question="委托下放给辽滨经开区的行政处罚一共几项？"))
    assert "共105项" in answer.answer
    assert "78项" in answer.answer


def test_rows_are_not_counted_where_numbers_are_missing():
    def row(line: int, number: int):
        fields = {"事项": f"事项{number}号", "类型": "行政许可"}
        return clause("行", line=line, kind="table_row", parent_id="t", fields=fields).model_copy(
            update={"section": f"附件 第{number}项"}
        )

    query = read("行政许可有几项？")
    for numbers, known in (((1, 2, 3), True), ((1, 2, 4), False)):
        rows = [row(line, number) for line, number in enumerate(numbers, 2)]
        hits = [Hit(rows[0], 1.0, 1.0)]
        assert bool(counted(query, hits, ClauseStore([], rows))) is known


def test_rows_of_another_document_than_the_best_are_not_counted(bot):
    answer = bot.ask(Question(question="盘政发〔2023〕8号新增的校车检验，行政许可有几项？"))
    assert "共105项" not in answer.answer
    answer = bot.ask(Question(question="新增的那几项里，校车标牌发放算行政许可吗？"))
    assert "事项类型：公共服务" in answer.answer


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
