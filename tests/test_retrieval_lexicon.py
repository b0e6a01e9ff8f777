"""Everyday and English words → official terms."""

from __future__ import annotations

import pytest

from qa_bot.retrieval.lexicon import Lexicon, load_lexicon


@pytest.fixture
def lexicon() -> Lexicon:
    everyday = {"一把手": ["主要负责人"], "看病报销": ["医疗保险"], "看病": ["诊疗"]}
    english = {"school bus": ["校车"], "bus": ["客车"], "license": ["许可证"], "apply": ["申请"]}
    return Lexicon(everyday, english)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("单位一把手要管吗", ["主要负责人"]),
        ("看病报销找谁", ["医疗保险"]),
        ("看病找谁", ["诊疗"]),
        ("school buses", ["校车"]),
        ("Buses and school buses", ["客车", "校车"]),
        ("applied for licenses", ["申请", "许可证"]),
        ("nothing known here", []),
        ("", []),
    ],
)
def test_longest_match_wins_and_inflections_are_known(lexicon, text, terms):
    assert lexicon.expand(text) == terms


def test_every_term_of_the_shipped_tables_is_clean():
    lexicon = load_lexicon()
    for terms in [*lexicon._everyday.values(), *lexicon._english.values()]:
        assert terms
        assert all(term == term.strip() and term for term in terms)


@pytest.mark.parametrize(
    ("question", "doc_no"),
    [
        ("Which bureau inspects school buses?", "盘政发〔2023〕8号"),
        ("Who approves heating permits in Panjin?", "盘政发〔2023〕8号"),
        ("How often does the joint conference with the trade union meet?", "盘政办〔2023〕35号"),
    ],
)
def test_english_questions_find_chinese_clauses(bot, question, doc_no):
    from qa_bot.retrieval.question import Question

    hits = bot.retriever.search(Question(question=question)).hits[:5]
    assert doc_no in {hit.clause.doc_no for hit in hits}
