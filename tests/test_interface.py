"""The machine interface as docs/interface.md promises it."""

from __future__ import annotations

import json

import pytest

from qa_bot.answer.model import Answer
from qa_bot.answer.sentences import fold
from qa_bot.clauses.export import structure_lines
from qa_bot.clauses.parser import parse_text
from qa_bot.gazette.reader import read_source
from qa_bot.retrieval.question import Question

ANSWER_FIELDS = {
    "id", "question", "answer", "refused", "mode", "citations", "candidates", "timings_ms",
}  # fmt: skip
CITATION_FIELDS = {"number", "doc_no", "title", "section", "quote", "text", "source"}
CLAUSE_FIELDS = {
    "type", "file", "doc_no", "title", "path", "section", "kind", "text", "start_line", "end_line",
}  # fmt: skip
DOCUMENT_FIELDS = {"type", "file", "doc_no", "title", "issuer", "date", "start_line", "end_line"}
KINDS = {
    "heading", "article", "item", "attachment", "table_row", "roster", "preamble", "signature",
    "paragraph",
}  # fmt: skip
ASKED = ["校车标牌怎么办理？", "本溪民办养老院要办哪些手续？", "晋城城区区长办公会谁主持？"]


@pytest.mark.parametrize("question", ASKED)
def test_answer_object(bot, question):
    data = json.loads(bot.ask(Question(id="q", question=question)).model_dump_json())
    assert data.keys() >= ANSWER_FIELDS
    assert data["id"] == "q"
    assert data["mode"] == "extractive"
    assert len(data["candidates"]) == 20
    scores = [candidate["score"] for candidate in data["candidates"]]
    assert scores == sorted(scores, reverse=True)
    assert data["candidates"][0].keys() >= {"doc_no", "title", "section", "text", "score"}
    assert data["timings_ms"]["total"] > 0
    for number, citation in enumerate(data["citations"], 1):
        assert citation.keys() >= CITATION_FIELDS
        assert citation["number"] == number
        assert f"[{number}]" in data["answer"]
        assert citation["quote"]
        assert citation["quote"] in citation["text"]


def test_source_lines_hold_the_quote(bot, corpus_dir):
    citation = bot.ask(Question(question="晋城城区区长办公会谁主持？")).citations[0]
    lines = read_source(corpus_dir / citation.source.file).split("\n")
    printed = "".join("".join(lines[a - 1 : b]) for a, b in citation.source.lines)
    assert fold(citation.quote) in fold(printed)
    assert citation.source.start_line <= citation.source.end_line


def test_answer_object_round_trips(bot):
    answer = bot.ask(Question(question=ASKED[0]))
    assert Answer.model_validate_json(answer.model_dump_json()) == answer


def test_structure_lines(corpus_dir):
    file = corpus_dir / "panjin-2023-11-12.txt"
    objects = [
        json.loads(line) for line in structure_lines(parse_text(read_source(file), file.name))
    ]
    documents = [o for o in objects if o["type"] == "document"]
    clauses = [o for o in objects if o["type"] == "clause"]
    assert len(documents) == 5
    assert objects[0]["type"] == "document"
    assert all(document.keys() >= DOCUMENT_FIELDS for document in documents)
    assert all(clause.keys() >= CLAUSE_FIELDS for clause in clauses)
    assert {clause["kind"] for clause in clauses} <= KINDS
    assert documents[0]["date"] == "2023-11-16"
    row = next(o for o in clauses if o["section"] == "附件2 第3项")
    assert row["kind"] == "table_row"
    assert "实施主体：市公安局" in row["text"]
    owners = {}
    for o in objects:
        if o["type"] == "document":
            owner = o["doc_no"]
        else:
            owners.setdefault(owner, set()).add(o["doc_no"])
    assert all(found == {doc_no} for doc_no, found in owners.items())
