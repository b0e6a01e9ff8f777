"""What the probability of an answer rests on: the best clause that says something, as it reads."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest
from answer_samples import read
from index_samples import clause

from qa_bot.answer.answerable import SIGNALS, signals
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.hits import Hit
from qa_bot.retrieval.retriever import Retrieved


class Favours:
    """Scores texts by whether they hold a word."""

    def __init__(self, word: str) -> None:
        self.word = word

    def scores(self, question: str, texts: list[str]) -> np.ndarray:
        return np.array([(0.0, 2.0 if self.word in text else -2.0) for text in texts])


@pytest.mark.parametrize(
    ("asked", "word", "expected"),
    [
        ("谁来执行？", "遵照", [2.0, 0.5, 0.0]),
        ("Who does it?", "遵照", [2.0, 0.5, 1.0]),
        ("谁来执行？", "签发", [-2.0, 0.5, 0.0]),
    ],
)
def test_the_signals_are_those_of_the_best_clause_that_says_something(asked, word, expected):
    signature = clause("市政府办公室签发", line=2, kind="signature")
    article, other = clause("各单位应当遵照。", line=3), clause("另行签发。", line=4)
    store = ClauseStore([], [signature, article, other])
    hits = [Hit(signature, 0.6, 0.9), Hit(article, 0.3, 0.5), Hit(other, 0.1, 0.7)]
    assert signals(Retrieved(read(asked), hits, {}), store, Favours(word)) == expected


@pytest.mark.parametrize(
    ("known", "odds", "read_texts", "expected"),
    [
        (None, [2.0, 5.0], 1, 2.0),
        (None, [-2.0, 5.0], 2, 5.0),
        (None, [-2.0, -5.0], 2, -2.0),
        (3.0, [5.0], 0, 3.0),
        (-3.0, [-1.0], 1, -1.0),
    ],
)
def test_no_more_parts_are_read_once_one_answers(known, odds, read_texts, expected):
    long = clause("各单位应当遵照执行，不得推诿。" * 40, line=2)
    texts = []

    class Reader:
        def scores(self, question, given):
            texts.extend(given)
            return np.array([[0.0, odds[len(texts) - 1]]], dtype=np.float32)

    found = Retrieved(read("谁来执行？"), [Hit(long, 0.9, 0.5, known)], {})
    assert signals(found, ClauseStore([], [long]), Reader())[0] == expected
    assert len(texts) == read_texts


def test_there_is_a_weight_for_every_signal():
    text = files("qa_bot.answer").joinpath("data", "answerability.json").read_text("utf-8")
    assert set(json.loads(text)) == {*SIGNALS, "bias"}
