"""The passages made up for the reranker: sound, and nothing of what it is measured on."""

from __future__ import annotations

import json
import re
from statistics import mean

from eval.fresh import QUESTIONS as FRESH
from qa_bot.evaluation.gold import load_gold
from training.paths import GAZETTES, GOLD, MISSES
from training.questions import lay_questions, made_up, questions_on

PASSAGES = made_up()
# Of a passage and a gazette no more characters in a run than standing phrases have.
_RUN = 24
_ALIKE = 0.5
_LEAST_PAIRS = 3


def written() -> list[str]:
    return [
        *(
            row[slot][kind]
            for row in PASSAGES
            for slot in ("a", "b", "heading")
            if slot in row
            for kind in ("yes", "no")
        ),
        *(row["follow"][kind] for row in PASSAGES for kind in ("before", "yes", "no")),
        *(row[kind] for row in PASSAGES for kind in ("broad", "partial") if kind in row),
    ]


def test_questions_are_whole_and_different():
    questions = [text for row in PASSAGES for pair in questions_on(row) for text in pair]
    assert len(PASSAGES) == len({row["context"] for row in PASSAGES}) > 1_000
    assert len({row["document"] for row in PASSAGES}) > 100
    given = [text for text in questions if text]
    assert len(set(given)) == len(given)
    assert all(text.strip() for text in written())


def test_the_length_of_a_question_does_not_tell_whether_it_is_answered():
    lengths = {
        kind: mean(len(row[slot][kind]) for row in PASSAGES for slot in "ab")
        for kind in ("yes", "no")
    }
    assert abs(lengths["yes"] - lengths["no"]) < 0.1 * lengths["yes"]


def test_no_passage_is_out_of_a_shipped_gazette():
    runs = set()
    for file in GAZETTES.glob("*.txt"):
        text = _bare(file.read_text("utf-8"))
        runs.update(text[at : at + _RUN] for at in range(len(text)))
    for row in PASSAGES:
        text = _bare(row["text"])
        assert not any(text[at : at + _RUN] in runs for at in range(len(text) - _RUN + 1)), row
        assert not re.search("盘锦|辽滨|本溪|晋城|忻州", row["context"] + row["text"])


def test_no_question_is_like_one_that_is_measured():
    held = [pair.question for pair in load_gold(GOLD).pairs]
    for file in (MISSES, FRESH):
        held += [json.loads(line)["question"] for line in file.read_text("utf-8").splitlines()]
    known = [_pairs(question) for question in held]
    for text in [*written(), *(question for question, _ in lay_questions())]:
        pairs = _pairs(text)
        if len(pairs) > _LEAST_PAIRS:
            alike = max(len(pairs & other) / len(pairs | other) for other in known)
            assert alike <= _ALIKE, text


def _pairs(text: str) -> set[str]:
    bare = _bare(text.lower())
    return {bare[at : at + 2] for at in range(len(bare) - 1)}


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text)
