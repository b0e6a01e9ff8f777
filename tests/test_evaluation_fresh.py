"""The questions of fresh readers: each on words that stand in its gazette, and how they are counted."""

from __future__ import annotations

import json

from eval.fresh import QUESTIONS, Outcome, row
from qa_bot.evaluation.folding import squeeze

ROWS = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]


def test_every_quote_stands_in_its_gazette(corpus_dir):
    texts = {name: squeeze((corpus_dir / name).read_text("utf-8")) for name in _files()}
    assert len(texts) == 5
    for one in ROWS:
        assert squeeze(one["quote"]) in texts[one["file"]], one


def test_questions_are_different_and_say_what_is_absent():
    assert len({one["question"] for one in ROWS}) == len(ROWS) > 200
    assert all(one["answerable"] != bool(one.get("absent")) for one in ROWS)
    for name in _files():
        answered = [one["answerable"] for one in ROWS if one["file"] == name]
        assert 15 < sum(answered) < len(answered) - 15


def test_a_line_counts_what_is_found_lost_and_refused():
    found = [
        Outcome("plain", True, False, 0.9, 0),
        Outcome("plain", True, True, 0.1, 3),
        Outcome("plain", False, True, 0.1, 10),
        Outcome("plain", False, False, 0.5, 10),
    ]
    assert row("plain", found) == "| plain | 2 / 2 | 0.500 | 1.000 | 0.625 | 0.500 | 0.500 |"


def _files() -> list[str]:
    return sorted({one["file"] for one in ROWS})
