"""What the embedding model learns from: sound, and nothing of what it is measured on."""

from __future__ import annotations

import json
import re

import pytest

from qa_bot.evaluation.gold import load_gold
from training.pairs import everyday_questions, is_stard_dev, stard, training_pairs, written_pairs
from training.paths import CORPORA, GOLD, QUESTIONS, STARD, WRITTEN

ROWS = [json.loads(line) for line in WRITTEN.read_text("utf-8").splitlines()]

pytestmark = pytest.mark.skipif(
    not QUESTIONS.is_file(), reason="needs the corpora and questions in ../shared"
)


def test_written_questions_are_whole_and_different():
    questions = [row[kind] for row in ROWS for kind in ("english", "chinese", "near_miss")]
    assert len(ROWS) == len({row["id"] for row in ROWS}) > 800
    assert len(set(questions)) == len(questions)
    assert all(text.strip() for row in ROWS for text in row.values())
    assert all(re.search("[a-z]", row["english"]) for row in ROWS)
    assert all(re.search("[一-龥]", row["chinese"]) for row in ROWS)


def test_the_clause_of_a_written_question_stands_in_its_file():
    for row in ROWS:
        text = (CORPORA / row["file"]).read_text("utf-8")
        assert _bare(row["clause"])[-12:] in _bare(text), row["id"]


def test_nothing_is_learnt_from_what_is_measured():
    dev = [question for question in everyday_questions() if question.split == "dev"]
    pairs = training_pairs()
    assert {pair.document for pair in pairs}.isdisjoint(question.file for question in dev)
    learnt = {pair.question for pair in pairs} | {pair.near_miss for pair in pairs}
    assert learnt.isdisjoint(question.text for question in dev)
    assert learnt.isdisjoint(text for text, _ in stard().dev)
    assert learnt.isdisjoint(pair.question for pair in load_gold(GOLD).pairs)


def test_a_fifth_of_stard_is_kept_back():
    ids = [json.loads(line)["id"] for line in (STARD / "queries.jsonl").open(encoding="utf-8")]
    assert 0.15 < sum(map(is_stard_dev, ids)) / len(ids) < 0.25


def test_every_near_miss_is_learnt_once():
    assert sorted(pair.near_miss for pair in written_pairs() if pair.near_miss) == sorted(
        row["near_miss"] for row in ROWS
    )


def _bare(text: str) -> str:
    return re.sub("[^一-龥]", "", text)
