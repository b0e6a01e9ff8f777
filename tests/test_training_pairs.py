"""What the embedding model and the reranker learn from: sound, and nothing of what it is measured on."""

from __future__ import annotations

import json
import re
from statistics import mean

import pytest

from qa_bot.evaluation.gold import load_gold
from training.pairs import (
    Pair,
    also_right,
    everyday_questions,
    is_stard_dev,
    stard,
    training_pairs,
    written_pairs,
)
from training.paths import CONTRAST, CORPORA, GOLD, LAY, MISSES, QUESTIONS, STARD, WRITTEN
from training.questions import asked, lay_questions

ROWS = [json.loads(line) for line in WRITTEN.read_text("utf-8").splitlines()]
CONTRASTS = [json.loads(line) for line in CONTRAST.read_text("utf-8").splitlines()]
CONTRASTED = [row[slot] for row in CONTRASTS for slot in "ab"]

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


def test_what_answers_a_question_too_is_no_negative_of_it():
    first, second = Pair("q", "a", "law"), Pair("q", "b", "law")
    other, again = Pair("r", "c", "law"), Pair("s", "a", "law")
    pairs = [first, second, other, again]
    assert also_right(pairs, {(pair.question, pair.passage) for pair in pairs}) == [
        [False, True, False, True],
        [True, False, False, True],
        [False, False, False, False],
        [True, False, False, False],
    ]


def test_every_near_miss_is_learnt_once():
    assert sorted(pair.near_miss for pair in written_pairs() if pair.near_miss) == sorted(
        row["near_miss"] for row in ROWS
    )


def test_lay_questions_are_whole_different_and_in_their_language():
    rows = [json.loads(line) for line in LAY.read_text("utf-8").splitlines()]
    texts = [text for text, _ in lay_questions()]
    assert len({row["article"] for row in rows}) == len(rows) > 1_500
    assert len(set(texts)) == len(texts) == 3 * len(rows)
    assert all(re.search("[一-龥]", row["short"]) for row in rows)
    assert all(re.search("[一-龥]", row["story"]) for row in rows)
    assert not any(re.search("[一-龥]", row["english"]) for row in rows)


def test_no_lay_question_is_on_an_article_that_is_measured():
    data = stard()
    articles = {article for _, article in lay_questions()}
    assert articles <= set(data.articles)
    assert articles.isdisjoint(article for _, wanted in data.dev for article in wanted)


def test_questions_of_a_contrast_are_whole_different_and_in_their_language():
    questions = [pair[kind] for pair in CONTRASTED for kind in ("yes", "no")]
    assert len(CONTRASTS) == len({row["id"] for row in CONTRASTS}) > 1_500
    assert len(set(questions)) == len(questions)
    assert all(pair["absent"].strip() for pair in CONTRASTED)
    for pair in CONTRASTED:
        for kind in ("yes", "no"):
            assert bool(re.search("[一-龥]", pair[kind])) != (pair["style"] == "english")


def test_the_length_of_a_question_does_not_tell_whether_it_is_answered():
    lengths = {
        kind: [len(pair[kind]) for pair in CONTRASTED if pair["style"] != "english"]
        for kind in ("yes", "no")
    }
    assert abs(mean(lengths["yes"]) - mean(lengths["no"])) < 1.5


def test_the_clause_of_a_contrast_stands_in_its_file():
    """But for a few in which the parser joins what a page break cuts."""
    missing = [
        row["id"]
        for row in CONTRASTS
        if _bare(row["clause"])[:12]
        not in _bare((CORPORA / row["file"]).read_text("utf-8", errors="replace"))
    ]
    assert len(missing) < len(CONTRASTS) / 100, missing


def test_the_reranker_learns_nothing_from_what_is_measured_either():
    dev = [question for question in everyday_questions() if question.split == "dev"]
    rows = list(asked())
    assert {row.file for row in rows}.isdisjoint(question.file for question in dev)
    learnt = {text for row in rows for text in (*row.answered, *row.missed)}
    assert learnt.isdisjoint(question.text for question in dev)
    assert learnt.isdisjoint(pair.question for pair in load_gold(GOLD).pairs)
    misses = map(json.loads, MISSES.read_text("utf-8").splitlines())
    assert learnt.isdisjoint(row["question"] for row in misses)


def _bare(text: str) -> str:
    return re.sub("[^一-龥]", "", text)
