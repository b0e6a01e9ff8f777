"""Which lines of a roster answer a question; the words that open a list stand with its item."""

from __future__ import annotations

import pytest
from answer_samples import read
from index_samples import clause, document

from qa_bot.answer.members import member_statement
from qa_bot.clauses.rosters import read_roster
from qa_bot.index.store import ClauseStore
from qa_bot.index.whole import list_lead

LINES = (
    "组 长:王一 市长\n副组长:李 二 副市长\n张三 副市长\n"
    "成 员:赵四 市财政事务服务中心主任\n钱五 市商务局副局长\n孙六 市中医医院院长\n"
    "周七 兴隆台区区长\n吴八 兴隆台区卫生健康局局长"
)
ROSTER = clause(
    LINES, kind="roster", members=read_roster(LINES), title="关于建立中医药工作联席会议的通知"
)


@pytest.mark.parametrize(
    ("asked", "shown", "line"),
    [
        ("组长是谁？", "组长：王一 市长", "组 长:王一 市长"),
        ("副组长是谁？", "副组长：李二 副市长；副组长：张三 副市长", "副组长:李 二 副市长"),
        ("财政口派的谁？", "成员：赵四 市财政事务服务中心主任", "成 员:赵四 市财政事务服务中心主任"),
        ("中医药联席会里商务局的是谁？", "成员：钱五 市商务局副局长", "钱五 市商务局副局长"),
        ("李二是什么职务？", "副组长：李二 副市长", "副组长:李 二 副市长"),
        (
            "兴隆台的是谁？",
            "成员：周七 兴隆台区区长；成员：吴八 兴隆台区卫生健康局局长",
            "周七 兴隆台区区长",
        ),
    ],
)  # fmt: skip
def test_who_it_is(asked, shown, line):
    assert member_statement(read(asked), ROSTER) == (shown, line)


@pytest.mark.parametrize(
    "asked", ["税务局派了谁？", "成员有哪些？", "办公室副主任是谁？", "中医药联席会议管什么？"]
)
def test_all_of_it_where_which_member_is_meant_is_not_certain(asked):
    assert member_statement(read(asked), ROSTER) is None


def test_item_of_a_list_has_the_words_that_open_the_list():
    article = clause("第六条 有下列情形之一的，应当审核：\n一般程序均应审核。", kind="article")
    item = clause("（二）涉及重大权益的；", line=3, kind="item", parent_id=article.id)
    paragraph = clause("另行规定。", line=4, kind="paragraph", parent_id=article.id)
    store = ClauseStore([document("a.txt", "通知", 99)], [article, item, paragraph])

    assert list_lead(store, item) == "第六条 有下列情形之一的，应当审核："
    assert list_lead(store, paragraph) == list_lead(store, article) == ""
