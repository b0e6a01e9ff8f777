"""The level that the parser has reached against the hand-made structure truth is held."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "eval" / "structure"


def script(name: str):
    spec = importlib.util.spec_from_file_location(f"structure_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", params=sorted(FOLDER.glob("*.jsonl")), ids=lambda p: p.stem)
def score(request):
    return script("score").score_file(request.param)


def test_every_document_is_found_and_no_false_one(score):
    assert score.documents.f1 == 1.0, score.faults


def test_every_marked_clause_is_found_and_no_false_one(score):
    assert score.marked.f1 == 1.0, score.faults


def test_every_unnumbered_clause_of_the_truth_is_found(score):
    assert score.unmarked.recall == 1.0, score.faults


def test_table_rows_are_exact(score):
    assert score.rows.found == score.rows.wanted
    assert score.rows.f1 >= 0.98, score.faults
