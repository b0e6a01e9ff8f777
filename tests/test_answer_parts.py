"""Questions that ask for several things: each part of its own, whole lists, counted rows."""

from __future__ import annotations

import pytest
from answer_samples import read
from index_samples import clause, document

from qa_bot.answer.counting import counted
from qa_bot.answer.lists import asked_together, opening_clause
from qa_bot.answer.parts import split
from qa_bot.answer.sentences import SentenceChooser
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.hits import Hit
from qa_bot.retrieval.question import Question


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


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        (
            "Who issues school bus plates, and how often must a bus be inspected?",
            ("Who issues school bus plates？", "how often must a bus be inspected？"),
        ),
        (
            "Who issues school bus plates and how long do they last?",
            (
                "Who issues school bus plates？",
                "Who issues school bus plates，how long do they last？",
            ),
        ),
        (
            "校车标牌归谁发？它的有效期是几年？",
            ("校车标牌归谁发？", "校车标牌归谁发，它的有效期是几年？"),
        ),
        ("Which plates and permits does a school bus need?", ()),
    ],
)
def test_english_is_parted_too_and_what_points_back_keeps_what_it_points_at(asked, parts):
    assert parts_of(asked) == parts


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
