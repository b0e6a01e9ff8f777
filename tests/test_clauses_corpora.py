"""Invariants on a sample of a thousand real documents that lie beside the project."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from test_clauses_structure import script

SHARED = Path(__file__).parents[2] / "shared" / "corpora"
SAMPLE = 120


@pytest.fixture(scope="module")
def reports():
    if not SHARED.is_dir():
        pytest.skip(
            f"no corpora at {SHARED}; eval/structure/invariants.py FOLDER checks any folder"
        )
    files = sorted(p for p in SHARED.rglob("*") if p.suffix in (".txt", ".md"))
    chosen = random.Random(7).sample(files, min(SAMPLE, len(files)))
    check = script("invariants").check_file
    return [check(path, path.name) for path in chosen]


def test_no_character_is_lost_or_stands_twice(reports):
    faults = [f for r in reports for f in r.faults if not f.startswith("articles")]

    assert faults == []


def test_articles_run_on_where_the_source_has_them(reports):
    numbered = [r for r in reports if r.numbered]
    missed = [f"{r.file}: {f}" for r in reports for f in r.faults if "MISSED" in f or "twice" in f]

    assert numbered
    assert missed == []


def test_every_document_has_a_title(reports):
    assert all(r.counts["titled"] == r.counts["documents"] > 0 for r in reports)
