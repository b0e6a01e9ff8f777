"""Contradictions: within a document, and another document with other figures for the same."""

from __future__ import annotations

import pytest
from answer_samples import read
from index_samples import clause, document

from qa_bot.answer.conflicts import Contradictions, said_elsewhere
from qa_bot.answer.sentences import SentenceChooser
from qa_bot.answer.statement import Statement
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.hits import Hit
from qa_bot.retrieval.question import Question

STATUTE = "《供热条例》第十六条"
RULE = "确需停业或者歇业的，供热单位应当在停业开始{}前向供热行政主管部门提出申请。"


def quoting(line: int, term: str, source: str = STATUTE, **changes):
    return clause(source + RULE.format(term), line=line, **changes)


def contradictions(*clauses) -> Contradictions:
    return Contradictions(ClauseStore([document("a.txt", "关于校车的通知", 99)], clauses))


def test_two_quotations_of_one_article_with_another_figure_contradict_each_other():
    one, two = quoting(2, "六十日"), quoting(3, "六个月")
    other = contradictions(one, two).of(one, one.text)
    assert other
    assert other.clause == two


@pytest.mark.parametrize(
    "two",
    [
        quoting(3, "60日"),
        quoting(3, "六个月", "《供热条例》第十七条"),
        quoting(3, "六个月", "《供水条例》第十六条"),
        quoting(3, "六个月", ""),
    ],
    ids=["same value", "another article", "another statute", "no statute"],
)
def test_what_may_speak_of_something_else_is_no_contradiction(two):
    one = quoting(2, "六十日")
    assert contradictions(one, two).of(one, one.text) is None


def test_text_and_table_of_one_document_contradict_each_other():
    one, two = quoting(2, "六十日", ""), quoting(3, "六个月", "", kind="table_row")
    assert contradictions(one, two).of(one, one.text)


def test_contradiction_in_the_corpus_is_shown_with_both_places(bot):
    answer = bot.ask(Question(question="供热企业停业要提前多久申请？"))
    assert "六个月前" in answer.answer
    assert "六十日前" in answer.answer
    assert "数字不同" in answer.answer
    assert {c.section for c in answer.citations} == {"附件1 第1项", "附件1 第2项"}


def test_contradiction_in_what_is_not_asked_is_left_out(bot):
    answer = bot.ask(Question(question="供热经营许可证能不能转给别人？"))
    assert "不得擅自转让" in answer.answer
    assert "数字不同" not in answer.answer


def test_another_document_with_other_dates_is_shown_beside(bot):
    answer = bot.ask(Question(question="晋城城区医院的创伤中心哪年建成？"))
    assert {c.doc_no for c in answer.citations} == {"城政办发〔2023〕24号", "城政办发〔2023〕28号"}
    assert "2024年完成卒中中心、创伤中心建设" in answer.answer
    assert "创伤(2025年底建成)" in answer.answer


@pytest.mark.parametrize(
    ("other", "title", "count"),
    [
        ("校车每月清洗3次。", "关于清洗的通知", 1),
        ("校车每月清洗2次。", "关于清洗的通知", 0),
        ("校车每月清洗。", "关于清洗的通知", 0),
        ("渔船另行年审3次。", "关于清洗的通知", 0),
        ("校车每月清洗3次。", "关于校车的通知", 0),
    ],
    ids=["other figure", "same figure", "no figure", "another thing", "same document"],
)
def test_only_another_document_with_other_figures_for_the_same_is_shown(other, title, count):
    one = clause("校车每月清洗2次。", line=2)
    two = clause(other, file="b.txt" if title != one.title else "a.txt", line=3, title=title)
    documents = [document("a.txt", one.title, 99), document("b.txt", "关于清洗的通知", 99)]
    store = ClauseStore(documents, [one, two])
    chooser = SentenceChooser(c.text for c in store.clauses)
    hits = [Hit(one, 0.9, 0.5), Hit(two, 0.1, 0.5)]
    said = said_elsewhere(
        read("校车每月清洗多少次？"), Statement(one.text, one, one.text), hits, store, chooser
    )
    assert len(list(said)) == count
