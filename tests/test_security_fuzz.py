"""Damaged input crashes nothing: a share of the fuzzing, and whatever it once found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.reliability.fuzz import TARGETS, Failure, broken, fuzz, make
from qa_bot.clauses.numerals import normalise_doc_no, numeral_value

CRASHES = Path(__file__).parent / "data" / "crashes.jsonl"


@pytest.mark.parametrize("line", CRASHES.read_text("utf-8").splitlines())
def test_what_once_crashed_is_withstood(line):
    found = json.loads(line)

    assert broken(found["target"], found["text"]) is None


def test_a_share_of_the_inputs_is_withstood():
    outcomes = list(fuzz(range(1_000_000, 1_000_400)))

    assert [outcome for outcome in outcomes if isinstance(outcome, Failure)] == []
    assert set(outcomes) == set(TARGETS)


def test_an_input_is_made_of_its_number_alone():
    assert make(4711) == make(4711)
    assert len({make(number) for number in range(50)}) == 50


def test_a_fault_is_noticed(monkeypatch):
    def faulty(text: str) -> None:
        raise IndexError(text)

    monkeypatch.setitem(TARGETS, "parser", faulty)

    assert broken("parser", "甲") == "IndexError: 甲"


@pytest.mark.parametrize("text", ["①", "²", "9" * 5000, "一" * 5000, "", "Ⅻ"])
def test_what_looks_like_a_number_and_is_none(text):
    assert numeral_value(text) is None
    assert normalise_doc_no(f"甲政发〔2023〕{text}号") is None
    assert normalise_doc_no(f"甲市人民政府令第{text}号") is None
