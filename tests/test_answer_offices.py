"""Who holds an office: by name, and only of the body or group that is asked about."""

from __future__ import annotations

import pytest
from answer_samples import read
from index_samples import clause, document

from qa_bot.answer.offices import officer
from qa_bot.answer.sentences import SentenceChooser
from qa_bot.clauses.rosters import read_roster
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.hits import Hit
from qa_bot.retrieval.question import Question

TITLE = "甲市人民政府办公室关于建立停车管理领导小组的通知"
LINES = (
    "组 长:王一 市委副书记\n副组长:张三 副市长\n李二 副市长\n"
    "成 员:赵四 市财政局局长\n周七 东山区区长\n西山区区长\n吴八 市政协副主席"
)
ROSTER = clause(LINES, kind="roster", title=TITLE, path=("名单",), members=read_roster(LINES))
TEAMS = clause(
    "停车收费推进组组长由市财政局局长担任。停车设施推进组组长由市城管局副局长孙六担任。",
    title=TITLE,
    line=3,
)


@pytest.fixture
def told():
    store = ClauseStore([document("a.txt", TITLE, 99)], [ROSTER, TEAMS])
    chooser = SentenceChooser([TITLE, LINES, TEAMS.text, "垃圾分类。", "河道治理。"])
    hits = [Hit(TEAMS, 0.9, 1.0), Hit(ROSTER, 0.5, 1.0)]
    return lambda asked: officer(read(asked), hits, store, chooser)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("停车管理领导小组组长是谁？", "组长：王一 市委副书记"),
        ("停车管理领导小组副组长叫什么名字？", "副组长：张三 副市长；副组长：李二 副市长"),
        ("东山区区长是谁？", "成员：周七 东山区区长"),
        ("东山区的区长叫什么名字？", "成员：周七 东山区区长"),
        ("市财政局局长是谁？", "成员：赵四 市财政局局长"),
        ("停车设施推进组组长是谁？", "停车设施推进组组长由市城管局副局长孙六担任。"),
    ],
)
def test_who_it_is(told, asked, shown):
    (statement,) = told(asked)
    assert (statement.text, statement.lead) == (shown, "")
    assert statement.quote in statement.clause.text


def test_post_without_a_name_is_told_as_such(told):
    (statement,) = told("停车收费推进组组长是谁？")
    assert "没有写姓名" in statement.lead


@pytest.mark.parametrize(
    "asked",
    [
        "西山区区长是谁？",
        "北山区区长是谁？",
        "区长是谁？",
        "政协主席是谁？",
        "领导小组组长是谁？",
        "垃圾分类领导小组组长是谁？",
        "停车管理联席会议组长是谁？",
        "停车管理领导小组办公室主任是谁？",
    ],
)
def test_nobody_is_told_where_no_line_names_one_for_that_office(told, asked):
    assert told(asked) == []


@pytest.mark.parametrize("asked", ["组长由谁担任？", "区长出差谁代理？", "领导小组有哪些成员？"])
def test_something_else_is_asked(told, asked):
    assert told(asked) is None


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("大洼区区长是谁？", None),
        ("市中医医院院长是谁？", None),
        ("社会救助工作领导小组组长是谁？", None),
        ("领导小组组长是谁？", None),
        ("兴隆台区区长是谁？", "尹久辉"),
        ("盘锦市市长是谁？", "邢鹏"),
        ("两区划定工作领导小组组长是谁？", "隋显利"),
        ("本政办发〔2018〕51号的领导小组组长是谁？", "隋显利"),
        ("两区划定推进组组长是谁？", "市农委主任"),
        ("两区建设推进组组长是谁？", "边涛"),
    ],
)
def test_office_holders_of_the_corpus(bot, asked, said):
    answer = bot.ask(Question(question=asked))
    assert answer.refused is (said is None)
    assert said is None or said in answer.answer
