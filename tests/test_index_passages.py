from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_samples import clause, parse_lines
from llama_index.core.schema import Document, MetadataMode

from qa_bot.index.node_parser import ClauseNodeParser
from qa_bot.index.passages import core_of_title, passages_of, split_sentences

SENTENCES = st.text(alphabet="校车管理。；！？”a ", min_size=0, max_size=300)


@pytest.mark.parametrize(
    ("title", "core"),
    [
        (
            "盘锦市人民政府关于调整和新增一批政务服务事项的决定",
            "盘锦市 调整和新增一批政务服务事项",
        ),
        ("本溪市人民政府办公室关于印发《本溪市公示办法》的通知", "本溪市公示办法"),
        ("国务院办公厅关于转发甲部门意见的通知", "国务院 甲部门意见"),
        ("杭州市安全生产责任制规定", "杭州市安全生产责任制规定"),
    ],
)
def test_core_of_title(title, core):
    assert core_of_title(title) == core


def test_tiny_clause_carries_title_and_headings_without_markers():
    tiny = clause("执行。", title="本溪市公示办法", path=("第二章 公开程序", "第七条"))
    (passage,) = passages_of(tiny)
    assert passage.text == "本溪市公示办法 公开程序\n执行。"
    assert (passage.id, passage.clause_id) == ("a.txt-2#1", "a.txt-2")


def test_heading_that_opens_the_clause_is_not_repeated():
    text = "二、主要任务。全面推进。"
    (passage,) = passages_of(clause(text, title="方案", path=("二、主要任务",)))
    assert passage.text == f"方案\n{text}"


def test_long_clause_is_split_at_sentence_ends_only():
    sentence = "县级以上人民政府应当加强校车安全管理" * 3 + "。"
    passages = passages_of(clause(sentence * 20))
    bodies = [passage.text.split("\n", 1)[1] for passage in passages]
    assert "".join(bodies) == sentence * 20
    assert len(bodies) > 1
    assert all(body.endswith("。") for body in bodies)
    assert [passage.id for passage in passages] == [
        f"a.txt-2#{n}" for n in range(1, len(passages) + 1)
    ]


@given(SENTENCES, st.integers(1, 60))
def test_split_loses_nothing_and_keeps_the_limit(text, limit):
    pieces = split_sentences(text, limit)
    assert "".join(pieces) == text
    assert all(len(piece) <= limit for piece in pieces)
    assert all(pieces) or not text


@given(st.text(max_size=900), st.text(max_size=300), st.lists(st.text(max_size=200), max_size=5))
def test_passages_keep_the_limit_whatever_the_clause(text, title, path):
    passages = passages_of(clause(text, title=title, path=tuple(path)), max_chars=100)
    assert passages
    assert all(len(passage.text) <= 100 for passage in passages)


def test_text_without_sentence_ends_is_cut_at_the_limit():
    passages = passages_of(clause("校" * 950, title="校车管理办法"), max_chars=100)
    assert max(len(passage.text) for passage in passages) == 100
    assert "".join(passage.text.split("\n")[1] for passage in passages) == "校" * 950


def test_node_parser_yields_stable_nodes_with_flat_metadata():
    parser = ClauseNodeParser(parse=parse_lines, max_chars=40)
    gazette = Document(text="决定\n甲。\n" + "乙应当办理。" * 20, metadata={"file": "a.txt"})
    nodes = parser.get_nodes_from_documents([gazette])
    assert [node.node_id for node in nodes] == [
        node.node_id for node in parser.get_nodes_from_documents([gazette])
    ]
    assert len({node.node_id for node in nodes}) == len(nodes) > 2
    assert {node.metadata["clause_id"] for node in nodes} == {"a.txt-2", "a.txt-3"}
    assert nodes[0].metadata["doc_no"] == ""
    assert all(isinstance(value, str) for node in nodes for value in node.metadata.values())
    assert all(node.ref_doc_id == gazette.node_id for node in nodes)
    assert all(node.get_content(MetadataMode.EMBED) == node.text for node in nodes)
