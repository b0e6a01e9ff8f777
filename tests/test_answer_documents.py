"""Questions about documents themselves: whether one is in force, what ended it, which one it is."""

from __future__ import annotations

from datetime import date

import pytest
from index_samples import document

from qa_bot.answer.force import Forces
from qa_bot.bot import Bot
from qa_bot.clauses.model import Mention, Validity
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.question import Question


def on(day: date, corpus_settings, bot) -> Bot:
    return Bot(corpus_settings.model_copy(update={"today": day}), index=bot.index)


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


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("晋城城区政府工作规则从哪天起施行？", "城政发〔2023〕5号自2023年7月20日起施行"),
        ("城政发〔2023〕5号还有效吗？", "城政发〔2023〕5号自2023年7月20日起施行"),
        ("宁夏市场登记管理办法什么时候开始执行的？", "自1994年8月8日起施行"),
        ("When did 城政发〔2023〕5号 take effect?", "takes effect on 2023-07-20"),
    ],
)
def test_the_day_of_its_issue_is_told_beside_the_words_that_name_no_day(bot, question, day):
    answer = bot.ask(Question(question=question))
    told, signed = answer.citations
    assert "自发布之日起施行" in told.quote
    assert day in answer.answer
    assert signed.section == "落款"


@pytest.mark.parametrize(
    "question",
    [
        "杭州市安全生产责任制规定什么时候施行？",
        "城政办发〔2023〕26号还有效吗？",
        "城政发〔2023〕5号一共多少条？",
    ],
)
def test_no_day_is_told_that_is_printed_or_not_asked_for(bot, question):
    assert "落款" not in bot.ask(Question(question=question)).answer


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("《中华人民共和国安全生产法》现在还有效吗？", "没有收录《中华人民共和国安全生产法》"),
        ("国办发〔2018〕118号还有效吗？", "没有收录文号为国办发〔2018〕118号的文件"),
        ("国办发〔2018〕118号是什么时候印发的？", "没有收录文号为国办发〔2018〕118号的文件"),
        ("国办发〔2018〕118号是关于什么的？", "没有收录文号为国办发〔2018〕118号的文件"),
        ("辽政发〔2023〕9号还有效吗？", "没有收录文号为辽政发〔2023〕9号的文件"),
        ("盘锦市养犬管理条例还有效吗？", ""),
        ("校车安全管理条例还有效吗？", ""),
        ("义务教育法还有效吗？", ""),
        ("杭州市安全生产条例还有效吗？", ""),
        ("Is the School Bus Safety Regulation still in force?", ""),
        ("国办发〔2018〕118号第二十条说什么？", "没有收录文号为国办发〔2018〕118号的文件"),
        ("《中华人民共和国安全生产法》第十条规定了什么？", "没有收录《中华人民共和国安全生产法》"),
        ("盘锦市人民政府2016年的人民政府工作规则作废了吗？", ""),
    ],
)
def test_nothing_is_said_of_the_force_of_a_document_that_is_not_indexed(bot, question, unknown):
    answer = bot.ask(Question(question=question))
    assert answer.refused
    assert unknown in answer.answer


@pytest.mark.parametrize(
    ("question", "section"),
    [
        ("城政发〔2016〕18号还有效吗？", "第八章 四十六、"),
        ("城政发〔2016〕18号第二十条怎么规定的？", "第八章 四十六、"),
        ("晋城城区旧的政府工作规则还能用吗？", "第八章 四十六、"),
        ("盘政发〔2023〕8号什么时候生效？", "落款"),
        ("城政发〔2023〕7号什么时候发布的？", "落款"),
        ("杭州的安全生产规定还有效吗？", "第三十三条"),
        ("Is the Hangzhou work safety regulation still in force?", "第三十三条"),
        ("晋城城区9月8号起施行的养老保险补贴方案还有效吗？", "七、组织保障"),
        (
            "本溪行政执法公示办法里，法规修改或者废止以后多少个工作日内要更新公示信息？",
            "第二十六条",
        ),
    ],
)
def test_force_is_told_where_it_is_asked_for_and_only_there(bot, question, section):
    assert bot.ask(Question(question=question)).citations[0].section == section


@pytest.mark.parametrize(
    ("question", "section"),
    [
        ("本政办发〔2019〕35号第三十四条说了什么？", "第三十四条"),
        ("本政办发〔2019〕35号第5条是怎么规定的？", "第五条"),
        ("本政办发〔2019〕35号第三十五条第二项是什么？", "第三十五条第（二）项"),
        ("杭州市人民政府令〔2003〕第200号第十二条规定了什么？", "第十二条"),
        ("《本溪市行政执法公示办法》第十条说什么？", "第十条"),
        ("城政发〔2023〕5号第四十六条怎么说？", "第八章 四十六、"),
        ("杭州的安全生产责任制规定第十二条是什么？", "第十二条"),
        ("附件1第2项现在归谁管？", "附件1 第2项"),
        ("城政发〔2023〕8号第五条说什么？", "第二章 五、"),
        ("城政发〔2023〕7号第十四条讲什么？", "三、（二）14."),
        ("城政发〔2023〕6号专栏3第7项是什么？", "专栏3 第7项"),
        ("忻政发〔2012〕9号四（三）是什么？", "四、（三）"),
        ("本政办发〔2019〕21号第三部分写什么？", "三、工作规则"),
        ("城政办发〔2023〕31号第（九）条说的是什么？", "二、（九）"),
        ("What does Article 14 of 本政办发〔2019〕35号 say?", "第十四条"),
        ("盘政发〔2023〕9号附件第18项的监管措施是什么？", "附件 第18项"),
        ("本政办发〔2019〕33号第三十二条第三款讲什么？", "第三十二条"),
        ("本政办发〔2019〕35号里违反第五条会怎么处理？", "第三十五条"),
    ],
)
def test_clause_named_by_document_and_label_is_cited(bot, question, section):
    assert bot.ask(Question(question=question)).citations[0].section == section


@pytest.mark.parametrize(
    "question",
    [
        "杭州市安全生产责任制规定第三十四条是什么？",
        "盘政发〔2023〕9号附件第106项是什么？",
        "盘政发〔2023〕8号附件3有什么？",
        "城政发〔2023〕6号专栏10写了什么？",
    ],
)
def test_section_that_a_document_does_not_have_is_named_in_the_refusal(bot, question):
    answer = bot.ask(Question(question=question))
    assert answer.refused
    assert "已收录的文件中没有" in answer.answer


@pytest.mark.parametrize(
    "question",
    ["供热经营许可证还是在双台子区办吗？", "兴隆台区行政审批局还办供热许可吗？"],
)
def test_matter_that_was_moved_is_never_shown_under_its_old_body_alone(bot, question):
    assert "现由" in bot.ask(Question(question=question)).answer


def test_number_that_several_documents_have_is_asked_back(bot):
    answer = bot.ask(Question(question="8号文是关于什么的？"))
    assert answer.reason == "unclear_reference"
    assert "盘政发〔2023〕8号是关于什么的？" in answer.suggestions
    assert not bot.ask(Question(question="盘锦的8号文是关于什么的？")).refused
    assert not bot.ask(Question(question="8号文里校车标牌归谁发？")).refused


@pytest.mark.parametrize(
    "question",
    ["委托下放给辽滨经开区的行政许可要几个工作日办完？", "辽滨经开区行政处罚要几个执法人员在场？"],
)
def test_rows_are_not_counted_where_something_else_is(bot, question):
    assert "项，其中" not in bot.ask(Question(question=question)).answer


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


def test_document_is_not_repealed_by_an_older_one_nor_before_the_day():
    title = "甲市养犬管理办法"

    def of(file, year, effective):
        ends = Mention(title=title, doc_no=None, clause_id=f"{file}-2")
        said = Validity(repeals=(ends,), effective=effective)
        return document(file, title, 3).model_copy(
            update={"date": date(year, 1, 1), "validity": said}
        )

    old, new = of("a.txt", 2010, date(2010, 2, 1)), of("b.txt", 2020, date(2020, 2, 1))
    forces = Forces(ClauseStore([old, new], []))
    assert forces.of(old, date(2020, 1, 31)).kind == "effective"
    assert forces.of(old, date(2020, 2, 1)).kind == "repealed"
    assert forces.of(new, date(2020, 2, 1)).kind == "effective"


def test_which_document_is_answered_by_title_and_number(bot):
    answer = bot.ask(Question(question="哪份文件规定了本溪的河长制工作任务？文号是什么？"))
    assert "本政办发〔2019〕44号" in answer.answer
    assert [citation.section for citation in answer.citations] == ["标题"]


def test_which_document_is_answered_by_its_date_too_where_that_is_asked(bot):
    answer = bot.ask(Question(question="本溪的河长制工作任务是哪份文件，哪天印发的？"))
    assert "本政办发〔2019〕44号" in answer.answer
    assert "2019年8月23日" in answer.answer
