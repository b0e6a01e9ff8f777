"""The whole corpus, line by line: nothing is lost, nothing stands twice."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from qa_bot.clauses.lookup import find_clause
from qa_bot.clauses.model import ParsedFile
from qa_bot.clauses.parser import parse_text
from qa_bot.gazette.reader import read_source

CORPUS = sorted((Path(__file__).parents[1] / "corpus").glob("*.txt"))


@pytest.fixture(scope="module", params=CORPUS, ids=lambda path: path.stem)
def read(request) -> tuple[str, ParsedFile]:
    text = read_source(request.param)
    return text, parse_text(text, request.param.name)


def spans(parsed: ParsedFile) -> list[tuple[int, int]]:
    return sorted([s for c in parsed.clauses for s in c.spans] + list(parsed.noise_spans))


def test_spans_never_overlap(read):
    _, parsed = read

    assert all(first[1] <= second[0] for first, second in pairwise(spans(parsed)))


def test_spans_and_noise_give_back_the_text(read):
    text, parsed = read
    joined = "".join(text[start:end] for start, end in spans(parsed))

    assert re.sub(r"\s", "", joined) == re.sub(r"\s", "", text)


def test_every_line_that_is_no_noise_belongs_to_a_clause(read):
    text, parsed = read
    noise = {n for first, last in parsed.noise for n in range(first, last + 1)}
    owners: dict[int, set[str]] = {}
    start = 0
    bounds = []
    for line in text.split("\n"):
        bounds.append((start, start + len(line)))
        start += len(line) + 1
    for clause in parsed.clauses:
        lines = {n for first, last in clause.lines for n in range(first, last + 1)}
        for number in lines:
            first, last = bounds[number - 1]
            if any(a < last and first < b for a, b in clause.spans):
                owners.setdefault(number, set()).add(clause.id)
    shared = {n for n, ids in owners.items() if len(ids) > 1}
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            assert (number in noise) != (number in owners), (number, line[:40])
    assert all("\t" in text.split("\n")[n - 1] for n in shared)


def test_every_character_of_a_clause_comes_from_its_spans(read):
    text, parsed = read
    for clause in parsed.clauses:
        source = "".join(text[start:end] for start, end in clause.spans)
        if clause.kind != "table_row":
            words = re.sub(r"[\s　]", "", clause.text)
            rest = iter(re.sub(r"\s", "", source))
            assert all(c in rest for c in words), clause.section


def test_every_clause_is_found_by_its_own_label(read):
    _, parsed = read
    for document in parsed.documents:
        own = [
            c for c in parsed.clauses if (c.doc_no, c.title) == (document.doc_no, document.title)
        ]
        for clause in own:
            assert find_clause(own, clause.section).section == clause.section


def test_clause_ids_are_unique_and_stable(read):
    text, parsed = read
    ids = [clause.id for clause in parsed.clauses]

    assert len(set(ids)) == len(ids)
    assert ids == [clause.id for clause in parse_text(text, parsed.file).clauses]


def test_parents_come_before_their_children(read):
    _, parsed = read
    seen: set[str] = set()
    for clause in parsed.clauses:
        assert clause.parent_id is None or clause.parent_id in seen
        seen.add(clause.id)


def test_rows_without_a_number_of_their_own_are_rows():
    source = next(path for path in CORPUS if path.stem == "benxi-2018-06")
    rows = [c for c in parse_text(read_source(source), "x").clauses if c.kind == "table_row"]

    assert len(rows) == 37
    assert [r.section for r in rows if "（" in r.section] == [
        "附件 第30项（入河排污口设置）",
        "附件 第32项（项目从业单位(人)信息）",
        "附件 第32项（竣工验收有关信息公告）",
    ]
    by_label = {row.section: row.fields for row in rows}
    assert by_label["附件 第31项"]["公开事项"] == "洪水影响评价等涉水事项审批结果。"
    assert by_label["附件 第5项"]["公示期限"].endswith("7天。")
    assert by_label["附件 第30项（入河排污口设置）"]["监督渠道"].startswith("辽宁省水利厅网站")
