"""Where documents begin: never at a 文号 that a table, a list or a table of contents cites."""

from __future__ import annotations

import pytest

from qa_bot.clauses.parser import parse_text

DECISION = """甲市人民政府关于废止部分规范性文件的决定
甲政发〔2023〕5号
各县（区）人民政府：
经研究，决定废止下列文件。
{}
甲市人民政府
2023年5月1日
"""
NEXT = """甲市人民政府关于加强供热管理的通知
甲政发〔2023〕6号
各县（区）人民政府：
一、加强管理。各县区要落实责任。
甲市人民政府
2023年6月1日
"""
TABLE = """附件
废止文件目录
序号
文件名称
文号
1
甲市出租车管理办法
甲政发〔2001〕5号
2
甲市养犬管理规定
甲政发〔2002〕6号
3
甲市人民政府关于殡葬管理的通知
甲政办发〔2003〕7号
"""
NOTICE = """甲市人民政府关于禁止燃放的公告
甲政告〔2023〕1号
为了安全，现公告如下。
甲市人民政府
2023年7月1日
"""
LIST = """甲市出租车管理办法
甲政发〔2001〕5号
甲市养犬管理规定
甲政发〔2002〕6号"""
DOCUMENTS = [
    ("甲政发〔2023〕5号", "甲市人民政府关于废止部分规范性文件的决定"),
    ("甲政发〔2023〕6号", "甲市人民政府关于加强供热管理的通知"),
]


def documents(text: str) -> list[tuple[str | None, str]]:
    return [(d.doc_no, d.title) for d in parse_text(text, "a.txt").documents]


@pytest.mark.parametrize("blank", ["\n", "\n\n"])
def test_the_rules_that_a_flattened_table_lists_are_no_documents(blank):
    text = (DECISION.format("特此决定。") + TABLE + NEXT).replace("\n", blank)
    rows = [c for c in parse_text(text, "a.txt").clauses if c.kind == "table_row"]

    assert documents(text) == DOCUMENTS
    assert [row.fields["文号"] for row in rows[:2]] == ["甲政发〔2001〕5号", "甲政发〔2002〕6号"]


@pytest.mark.parametrize(
    "text",
    [
        DECISION.format(LIST),
        DECISION.format(LIST.replace("甲市出", "1.甲市出").replace("甲市养", "2.甲市养")),
        DECISION.format("特此决定。") + f"附件\n废止文件目录\n{LIST}\n",
    ],
    ids=["in the text", "numbered", "attached"],
)
def test_the_rules_that_a_list_names_are_no_documents(text):
    assert documents(text + NEXT) == DOCUMENTS


def test_a_document_without_addressees_behind_another_is_found():
    found = documents(DECISION.format("特此决定。") + NOTICE + NEXT)

    assert [number for number, _ in found] == [
        "甲政发〔2023〕5号",
        "甲政告〔2023〕1号",
        "甲政发〔2023〕6号",
    ]


CONTENTS = "\n".join(f"{title}\n{number}" for number, title in DOCUMENTS)


@pytest.mark.parametrize("page", ["", " (1)", "……3"])
@pytest.mark.parametrize("heading", ["", "市政府文件\n"])
def test_a_table_of_contents_whose_numbers_stand_alone_opens_no_document(heading, page):
    contents = CONTENTS.replace("5号", f"5号{page}")
    text = f"目 录\n{heading}{contents}\n{DECISION.format('特此决定。')}{NEXT}"
    parsed = parse_text(text, "a.txt")

    assert documents(text) == DOCUMENTS
    assert [d.addressee for d in parsed.documents] == ["各县（区）人民政府"] * 2
    assert parsed.documents[0].start_line == text[: text.index("各县")].count("\n") - 1


@pytest.mark.parametrize(
    "body",
    [
        "决定废止下列文件：\n甲政发〔2001〕5号\n上述文件停止执行。",
        "决定废止下列文件：\n甲政发〔2001〕5号\n甲政发〔2002〕6号\n上述文件停止执行。",
        "决定废止下列文件：\n甲市养犬管理规定\n甲政发〔2001〕5号\n上述文件停止执行。",
        f"决定废止下列文件：\n{LIST}\n上述文件停止执行。",
        "一、废止下列文件：\n甲政发〔2001〕5号\n二、修改下列文件：\n甲政发〔2003〕5号\n三、本决定自公布之日起施行。",
        "根据《甲市人民政府工作规则》\n（甲政发〔2001〕5号）\n的要求，现将有关事项通知如下。",
        "各县区要落实《甲市人民政府关于供热的通知》\n（甲政发〔2001〕5号）\n精神，加强管理。",
    ],
    ids=["one", "bare list", "one title", "titles", "two lists", "basis", "sentence"],
)
def test_numbers_that_a_text_cites_and_goes_on_behind_are_no_documents(body):
    assert documents(DECISION.format(body) + NEXT) == DOCUMENTS


def test_a_document_behind_a_list_of_repealed_ones_is_found_by_its_addressees():
    text = DECISION.format("决定废止下列文件：\n甲政发〔2001〕5号").replace(
        "甲市人民政府\n2023年5月1日\n", ""
    )

    assert documents(text + NEXT) == DOCUMENTS


RULES = "第一条 为了规范管理，制定本办法。\n第二条 本办法自公布之日起施行。\n"


@pytest.mark.parametrize(
    ("opening", "title"),
    [
        (
            "甲部令〔2001〕第4号\n根据《乙法》、\n《丙法》\n等规定，制定了《甲管理办法》，现予发布。\n",
            "甲管理办法",
        ),
        (
            "甲部令〔2001〕第4号\n《甲管理办法》已经通过，现予公布。\n附件：甲管理办法\n",
            "甲管理办法",
        ),
        (
            "甲部公告〔2001〕第4号\n根据《乙办法》（甲部令〔2000〕第2号发布），公告如下。\n",
            "甲部公告〔2001〕第4号",
        ),
        ("中华人民共和国国务院令\n《甲管理条例》已经通过，现予公布。\n", "甲管理条例"),
        ("根据\n《乙管理办法》\n，制定了\n《甲管理办法》\n，现予发布。\n", "甲管理办法"),
        ("日起施行。\n", "a"),
    ],
    ids=["quoted", "attached", "cited", "bare", "broken", "fragment"],
)
def test_an_order_is_called_by_what_it_promulgates(opening, title):
    assert [name for _, name in documents(opening + RULES)] == [title]


def test_a_number_printed_with_and_without_its_ordinal_is_one_document():
    text = f"甲部公告〔2020〕6号（甲办法）\n甲部公告\n〔2020〕第6号\n现公告如下。\n{RULES}"

    assert [number for number, _ in documents(text)] == ["甲部公告〔2020〕第6号"]


@pytest.mark.parametrize("heading", ["", "# "])
def test_a_title_printed_again_behind_its_note_costs_no_line(heading):
    note = "2020年1月2日 甲市第五届人民代表大会常务委员会第三次会议通过"
    parsed = parse_text(f"{heading}甲市供热条例\n{note}\n甲市供热条例\n{RULES}", "a.txt")

    assert [c.section for c in parsed.clauses] == ["标题", "题注", "第一条", "第二条"]
    assert parsed.documents[0].issuer == "甲市人民代表大会常务委员会"
