"""Questions about documents themselves: whether one is in force, what ended it, which one it is."""

from __future__ import annotations

from datetime import date

import pytest
from index_samples import document

from qa_bot.answer.force import Forces
from qa_bot.bot import Bot
from qa_bot.clauses.model import Mention, Validity
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.question import Question


def on(day: date, corpus_settings, bot) -> Bot:
    return Bot(corpus_settings.model_copy(update={"today": day}), index=bot.index)


@pytest.mark.parametrize(
    ("day", "verdict"),
    [
        (date(2023, 8, 1), "尚未施行"),
        (date(2028, 9, 7), "有效（有效期至2028年9月7日"),
        (date(2028, 9, 8), "已过有效期"),
    ],
)
def test_still_in_force_is_answered_for_the_day(corpus_settings, bot, day, verdict):
    asked = Question(question="城政办发〔2023〕26号还有效吗？")
    answer = on(day, corpus_settings, bot).ask(asked)
    assert answer.answer.startswith(verdict)
    assert "有效期五年" in answer.citations[0].quote


def test_answer_from_an_expired_document_says_so(corpus_settings, bot):
    asked = Question(question="晋城城区被征地农民养老保险补贴的筹资标准是多少？")
    assert "期满" not in on(date(2028, 9, 7), corpus_settings, bot).ask(asked).answer
    later = on(date(2028, 9, 8), corpus_settings, bot).ask(asked)
    assert "注意：该文件已于2028年9月7日期满" in later.answer


def test_document_without_a_term_is_not_called_valid(bot):
    answer = bot.ask(Question(question="盘政发〔2023〕9号还有效吗？"))
    assert answer.answer.startswith("文件未写明施行日期和有效期")
    assert {c.doc_no for c in answer.citations} == {"盘政发〔2023〕9号"}


def test_document_that_is_not_indexed_but_ended_by_an_indexed_one(bot):
    answer = bot.ask(Question(question="晋城城区2016年的政府工作规则作废了吗？"))
    assert answer.answer.startswith("已不再有效（见城政发〔2023〕5号）")
    assert "停止执行" in answer.citations[0].quote


def test_repealed_document_names_what_repeals_it():
    old = document("a.txt", "关于校车的通知", 3)
    ends = Mention(title=old.title, doc_no=None, clause_id="b.txt-2")
    new = document("b.txt", "关于校车的办法", 3).model_copy(
        update={"validity": Validity(repeals=(ends,))}
    )
    forces = Forces(ClauseStore([old, new], []))
    force = forces.of(old, date(2026, 1, 1))
    assert (force.kind, force.by, force.clause_id) == ("repealed", "《关于校车的办法》", "b.txt-2")
    assert forces.of(new, date(2026, 1, 1)).kind == "unstated"


def test_which_document_is_answered_by_title_and_number(bot):
    answer = bot.ask(Question(question="哪份文件规定了本溪的河长制工作任务？文号是什么？"))
    assert "本政办发〔2019〕44号" in answer.answer
    assert [citation.section for citation in answer.citations] == ["标题"]


def test_which_document_is_answered_by_its_date_too_where_that_is_asked(bot):
    answer = bot.ask(Question(question="本溪的河长制工作任务是哪份文件，哪天印发的？"))
    assert "本政办发〔2019〕44号" in answer.answer
    assert "2019年8月23日" in answer.answer
