"""The questions of fresh readers: each on words that stand in its gazette, and how they are counted."""

from __future__ import annotations

import json

import pytest

from eval.fresh import QUESTIONS, READERS, Outcome, row
from qa_bot.evaluation.folding import squeeze

SETS = {
    path.name: [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for path in (QUESTIONS, READERS)
}


@pytest.mark.parametrize("name", SETS)
def test_every_quote_stands_in_its_gazette(bot, name):
    texts = {}
    for clause in bot.index.store.clauses:
        texts[clause.file] = texts.get(clause.file, "") + squeeze(clause.text)
    for one in SETS[name]:
        assert squeeze(one["quote"]) in texts[one["file"]], one


@pytest.mark.parametrize("name", SETS)
def test_questions_are_different_and_say_what_is_absent(name):
    rows = SETS[name]
    asked = {(*one.get("history", ()), one["question"]) for one in rows}
    files = {one["file"] for one in rows}
    assert len(asked) == len(rows) > 200
    assert all(one["answerable"] != bool(one.get("absent")) for one in rows)
    assert len(files) == 5
    for file in files:
        answered = [one["answerable"] for one in rows if one["file"] == file]
        assert 15 < sum(answered) < len(answered) - 15


def test_a_line_counts_what_is_found_lost_and_refused():
    found = [
        Outcome("plain", True, False, 0.9, 0),
        Outcome("plain", True, True, 0.1, 3),
        Outcome("plain", False, True, 0.1, 10),
        Outcome("plain", False, False, 0.5, 10),
    ]
    assert row("plain", found) == "| plain | 2 / 2 | 0.500 | 1.000 | 0.625 | 0.500 | 0.500 |"
    assert row("plain", found[:1]) == "| plain | 1 / 0 | 1.000 | 1.000 | 1.000 | 0.000 | — |"
