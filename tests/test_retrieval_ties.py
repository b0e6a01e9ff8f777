"""Clauses that the ranking holds all but level, and what reading them changes."""

from __future__ import annotations

import numpy as np
import pytest
from answer_samples import read
from index_samples import clause, document

from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.hits import Hit
from qa_bot.retrieval.ties import settle

CLAUSES = [clause(f"第{line}条 校车由{line}号机关管理。", line=line) for line in range(2, 8)]
STORE = ClauseStore([document("a.txt", "关于校车的通知", 8)], CLAUSES)
QUESTION = "校车归谁管？"


class Reader:
    """Gives each text the log-odds that its clause has; remembers what it read."""

    def __init__(self, *odds: float) -> None:
        self.odds, self.read = odds, 0

    def scores(self, question, texts):
        self.read += len(texts)
        return np.array([[0.0, odds] for odds in self.odds[: len(texts)]], dtype=np.float32)


def order(reader: Reader, *scores: float, question: str = QUESTION) -> list[int]:
    hits = [Hit(one, score, 0.8) for one, score in zip(CLAUSES, scores, strict=False)]
    settled = settle(read(question), hits, STORE, reader)
    assert [hit.score for hit in settled] == list(scores)
    assert {hit.clause.id for hit in settled} == {hit.clause.id for hit in hits}
    return [CLAUSES.index(hit.clause) for hit in settled]


def test_of_level_clauses_the_one_that_answers_comes_first():
    assert order(Reader(-3, 2), 0.4, 0.3, 0.05) == [1, 0, 2]


def test_a_clear_best_is_not_read_against():
    reader = Reader(-5, 5)
    assert order(reader, 0.8, 0.1, 0.1) == [0, 1, 2]
    assert reader.read == 0


def test_what_reads_alike_keeps_its_place():
    assert order(Reader(1, 1, 1, 1), 0.4, 0.3, 0.2, 0.1) == [0, 1, 2, 3]


@pytest.mark.parametrize("question", ["这个校车通知的文号是什么？", "校车管理分哪几个步骤？"])
def test_titles_and_items_of_a_list_keep_their_order(question):
    reader = Reader(-5, 5)
    assert order(reader, 0.4, 0.3, question=question) == [0, 1]
    assert reader.read == 0


def test_nothing_found_stays_nothing():
    assert order(Reader()) == []
