from __future__ import annotations

import pytest
from index_samples import clause, document

from qa_bot.errors import NotFoundError
from qa_bot.index.store import ClauseStore


@pytest.fixture
def store() -> ClauseStore:
    return ClauseStore(
        [
            document("a.txt", "通知", 4),
            document("a.txt", "通知", 9, first_line=5),
            document("b.txt", "通知", 9),
        ],
        [
            clause("甲", "a.txt", 2, title="通知"),
            clause("乙", "a.txt", 3, title="通知", parent_id="a.txt-2"),
            clause("丙", "a.txt", 4, title="通知", parent_id="a.txt-2"),
            clause("丁", "a.txt", 7, title="通知"),
            clause("戊", "b.txt", 7, title="通知", fields={"事项类型": "行政许可"}),
        ],
    )


def test_round_trip(store, tmp_path):
    store.save(tmp_path)
    loaded = ClauseStore.load(tmp_path)
    assert loaded.documents == store.documents
    assert loaded.clauses == store.clauses


def test_lookup(store):
    assert store.clause("a.txt-3").text == "乙"
    assert store.row("b.txt-7") == 4
    assert [child.text for child in store.children("a.txt-2")] == ["乙", "丙"]
    assert store.children("a.txt-3") == ()
    with pytest.raises(NotFoundError, match="zzz"):
        store.clause("zzz")


def test_namesakes_are_told_apart_by_file_and_line(store):
    texts = [[c.text for c in store.clauses_of(document)] for document in store.documents]
    assert texts == [["甲", "乙", "丙"], ["丁"], ["戊"]]
    assert store.document_of(store.clause("a.txt-7")) == store.documents[1]


def test_part_of_one_file(store):
    documents, clauses = store.of_file("b.txt")
    assert [d.file for d in documents] == [c.file for c in clauses] == ["b.txt"]
    assert store.of_file("c.txt") == ([], [])
