"""Every rule in docs/parser.md holds: its input gives its output."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qa_bot.clauses.parser import parse_text

DOCS = Path(__file__).parents[1] / "docs" / "parser.md"
_EXAMPLE = re.compile(r"### ([^\n]+)\n.*?```input\n(.*?)\n```\n\n```output\n(.*?)\n```", re.DOTALL)
EXAMPLES = _EXAMPLE.findall(DOCS.read_text("utf-8"))


@pytest.mark.parametrize(
    ("source", "expected"), [e[1:] for e in EXAMPLES], ids=[e[0] for e in EXAMPLES]
)
def test_the_documented_rule_holds(source, expected):
    clauses = parse_text(source, "example.txt").clauses
    found = [f"{c.kind} {c.section} | {c.text}".replace("\n", " ⏎ ") for c in clauses]

    assert found == expected.split("\n")


def test_there_are_as_many_examples_as_rules():
    rules = DOCS.read_text("utf-8").split("## The rules")[1].split("\n## What a document")[0]

    assert rules.count("\n### ") == len(EXAMPLES) > 12
