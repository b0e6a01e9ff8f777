"""Conversations that are kept: reload, resume, delete, export, votes, other browsers."""

from __future__ import annotations

import io
import re
import sqlite3
import time
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from docx import Document as WordDocument
from fastapi import Request
from playwright.sync_api import expect
from test_web_support import (
    BUSES,
    StandIn,
    ask,
    long_conversation,
    made_answer,
    opening,
    served,
    shot,
)

from qa_bot.index.store import ClauseStore
from qa_bot.web.browser import COOKIE
from qa_bot.web.catalog import Catalog
from qa_bot.web.escape import lines, safe
from qa_bot.web.history import History, open_history, rated
from qa_bot.web.past import Past
from qa_bot.web.roles import Visitor
from qa_bot.web.sources import source_html
from qa_bot.web.strings import text
from qa_bot.web.transcript import as_markdown, as_word
from qa_bot.web.turns import Exchange

ME, OTHER = "a" * 43, "b" * 43


@pytest.fixture(scope="module")
def kept_at(tmp_path_factory):
    return tmp_path_factory.mktemp("history") / "history.sqlite3"


@pytest.fixture(scope="module")
def stand_in(bot, kept_at):
    stand_in = StandIn(bot)
    stand_in.settings = bot.settings.model_copy(update={"history_file": kept_at})
    return stand_in


@pytest.fixture(scope="module")
def url(stand_in):
    with served(stand_in) as address:
        yield address


@pytest.fixture
def page(page):
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def test_a_reload_brings_the_conversation_back(page):
    ask(page, BUSES)
    page.reload()
    expect(page.locator("#qb-log .qb-turn")).to_contain_text(BUSES)
    expect(page.locator("#qb-panel")).to_contain_text("盘政发〔2023〕8号")
    ask(page, "供热经营许可现在归谁批？")
    expect(page.locator("#qb-log .qb-turn")).to_have_count(2)


def test_resume_and_delete(page):
    ask(page, BUSES)
    page.click("#qb-new")
    page.wait_for_selector(".qb-welcome")
    export = page.locator(".qb-export")
    export.wait_for(state="detached")
    page.locator(".qb-history summary").click()
    shot(page, "history")
    page.locator(".qb-history [data-act=resume]").click()
    page.locator("#qb-log .qb-turn").wait_for()
    export.wait_for()
    page.locator(".qb-history summary").click()
    page.locator(".qb-history [data-act=forget]").click()
    page.wait_for_selector(".qb-welcome")
    expect(page.locator(".qb-history")).to_have_count(0)


def test_conversations_are_exported(page, url):
    ask(page, BUSES)
    with page.expect_download() as started:
        page.get_by_role("link", name="Markdown").click()
    words = started.value.path().read_text(encoding="utf-8")
    assert f"## {BUSES}" in words
    assert "（盘政发〔2023〕8号）附件2 第3项" in words
    with page.expect_download() as started:
        page.get_by_role("link", name="Word").click()
    book = WordDocument(started.value.path())
    assert any("（盘政发〔2023〕8号）附件2 第3项" in each.text for each in book.paragraphs)
    name = page.locator("#qb-log .qb-log").get_attribute("data-conversation")
    assert re.fullmatch(r"[0-9a-f]{32}", name)
    assert httpx.get(f"{url}/conversations/{name}.md").status_code == 404


def test_votes_are_kept_with_their_reason(page, kept_at):
    ask(page, BUSES)
    page.locator(".qb-why summary").click()
    shot(page, "vote")
    page.get_by_role("button", name="不完整").click()
    page.locator(".qb-why summary.pressed").wait_for()
    [[exchange]] = rated(kept_at)
    assert (exchange.question, exchange.vote, exchange.reason) == (BUSES, -1, "incomplete")
    page.get_by_role("button", name="有帮助", exact=True).click()
    page.locator(".qb-tools [aria-pressed=true]").wait_for()
    assert rated(kept_at)[0][-1].vote == 1


def test_two_hundred_messages_stay_usable(context, url, kept_at, bot):
    page = context.new_page()
    opening(context, url, long_conversation(bot, kept_at, 100))
    page.goto(url)
    turns = page.locator("#qb-log .qb-turn")
    turns.nth(99).wait_for()
    started = page.evaluate("performance.now()")
    page.fill("#qb-question textarea", "供热经营许可现在归谁批？")
    page.keyboard.press("Enter")
    turns.nth(100).wait_for()
    turns.nth(50).locator(".qb-cite").first.click()
    expect(page.locator("#qb-panel .qb-reference")).to_contain_text("附件2 第3项")
    assert page.evaluate("performance.now()") - started < 5000


def test_region_filter(page, stand_in):
    page.get_by_label("地区（可不选）").click()
    page.get_by_role("option", name="本溪市").click()
    ask(page, "开养老院有补贴吗？")
    expect(page.locator("#qb-panel .qb-docno")).to_contain_text("本政")
    expect(page.locator("#qb-log .qb-question p")).to_have_text("开养老院有补贴吗？")
    asked = stand_in.asked[-1]
    assert (asked.question, asked.region) == ("开养老院有补贴吗？", "本溪市")


def test_the_cookie_is_hidden_from_scripts(url):
    given = httpx.get(url).headers["set-cookie"].lower()
    assert "httponly" in given
    assert "samesite=lax" in given


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_source_that_left_the_index_is_shown_in_its_own_words(bot, language):
    store = bot.index.store
    answer = made_answer(bot, "甲 [1]")
    [citation] = answer.citations
    clause = store.clause(citation.clause_id)
    other = clause.model_copy(update={"text": "改为别的内容。"})
    for clauses in ([c for c in store.clauses if c != clause], [other]):
        html = source_html(
            Catalog(ClauseStore(store.documents, clauses)),
            answer.citations,
            0,
            1,
            language,
            date(2026, 1, 1),
        )
        for expected in (
            text(language, "not_indexed"),
            safe(citation.title),
            safe(citation.section),
            safe(citation.reference),
            f"<mark>{lines(citation.quote)}</mark>",
        ):
            assert expected in html
        assert "改为" not in html
        assert 'data-act="open"' not in html


def test_a_conversation_about_what_left_the_index_is_opened_again(context, url, bot, kept_at):
    answer = made_answer(bot, "甲 [1]")
    gone = answer.citations[0].model_copy(update={"clause_id": "gone"})
    browser, name = "g" * 43, "c" * 32
    exchange = Exchange(BUSES, answer.model_copy(update={"citations": (gone,)}))
    History(kept_at, 90).keep(browser, name, 0, exchange)
    opening(context, url, (browser, name))
    page = context.new_page()
    page.goto(url)
    expect(page.locator("#qb-panel")).to_contain_text("已不在现行索引中")
    page.get_by_role("button", name="English").click()
    expect(page.locator("#qb-panel")).to_contain_text("No longer in the index")
    page.locator("#qb-log .qb-cite").click()
    page.wait_for_function("document.activeElement.classList.contains('qb-sources')")


def asking(name: str = "") -> Request:
    """A request of one browser, in which ``name`` has signed in."""
    return Request(
        {
            "type": "http",
            "headers": [(b"cookie", f"{COOKIE}={ME}".encode())],
            "state": {"visitor": Visitor(name)},
        }
    )


def test_browsers_do_not_see_each_other(tmp_path, bot):
    history = History(tmp_path / "h.sqlite3", 90)
    exchange = Exchange(BUSES, made_answer(bot, "甲 [1]"))
    history.keep(ME, "c1", 0, exchange)
    assert history.exchanges(ME, "c1") == [exchange]
    history.keep(OTHER, "c1", 1, Exchange("闯入"))
    history.vote(OTHER, "c1", 0, -1, "other")
    history.forget(OTHER, "c1")
    assert history.exchanges(OTHER, "c1") == []
    assert history.conversations(OTHER) == []
    assert history.exchanges(ME, "c1") == [exchange]
    assert ME not in (tmp_path / "h.sqlite3").read_bytes().decode("latin-1")
    history.forget(ME, "c1")
    assert history.conversations(ME) == []


def test_old_conversations_are_dropped(tmp_path):
    file = tmp_path / "h.sqlite3"
    History(file, 90).keep(ME, "c1", 0, Exchange(BUSES))
    with sqlite3.connect(file) as store:
        store.execute("UPDATE conversations SET changed = '2001-01-01'")
    assert History(file, 90).conversations(ME) == []


def test_old_conversations_are_dropped_while_the_server_runs(tmp_path, monkeypatch):
    file = tmp_path / "h.sqlite3"
    history = History(file, 90)
    history.keep(ME, "c1", 0, Exchange(BUSES))
    with sqlite3.connect(file) as store:
        store.execute("UPDATE conversations SET changed = '2001-01-01'")
    later = time.monotonic() + 3601
    monkeypatch.setattr("qa_bot.web.history.time", SimpleNamespace(monotonic=lambda: later))
    history.keep(ME, "c2", 0, Exchange(BUSES))
    assert [kept.id for kept in history.conversations(ME)] == ["c2"]
    with sqlite3.connect(file) as store:
        assert store.execute("SELECT count(*) FROM exchanges").fetchone() == (1,)


def test_what_was_deleted_is_not_begun_anew_by_a_late_answer(tmp_path):
    history = History(tmp_path / "h.sqlite3", 90)
    history.keep(ME, "c1", 0, Exchange(BUSES))
    history.forget(ME, "c1")
    assert history.keep(ME, "c1", 1, Exchange("那收费吗？")) is None
    assert history.conversations(ME) == []


def test_a_conversation_that_is_open_twice_loses_nothing(tmp_path):
    """The same turn in two tabs; the end of a question that was stopped is no second one."""
    past = Past(History(tmp_path / "h.sqlite3", 90), 90)
    first = past.keep(asking(), "c1", 0, Exchange(BUSES))
    here = past.keep(asking(), "c1", 1, Exchange("那收费吗？"))
    past.voted(asking(), "c1", [first, here], 1, 1, "")
    there = past.keep(asking(), "c1", 1, Exchange("在哪里办？"))
    past.voted(asking(), "c1", [first, there], 1, -1, "other")
    past.keep(asking(), "c1", 1, Exchange("那收费吗？", error="已停止"))
    assert [(each.question, each.vote) for each in past.exchanges(asking(), "c1")] == [
        (BUSES, 0),
        ("那收费吗？", 1),
        ("在哪里办？", -1),
    ]


def test_users_of_one_browser_do_not_see_each_other(tmp_path):
    past = Past(History(tmp_path / "h.sqlite3", 90), 90)
    past.keep(asking("甲"), "c1", 0, Exchange(BUSES))
    assert past.exchanges(asking("甲"), "c1") == [Exchange(BUSES)]
    for other in ("乙", ""):
        assert past.exchanges(asking(other), "c1") == []
        assert past.html(asking(other), "c1", "zh") == ""
        past.forget(asking(other), "c1")
    assert "c1" in past.html(asking("甲"), "c1", "zh")


def ruined(file: Path) -> None:
    file.write_bytes(b"no database " * 100)


def emptied(file: Path) -> None:
    with sqlite3.connect(file) as store:
        store.execute("DROP TABLE exchanges")
        store.execute("DROP TABLE conversations")


def outdated(file: Path) -> None:
    with sqlite3.connect(file) as store:
        store.execute("UPDATE exchanges SET answer = '{}'")


@pytest.mark.parametrize(
    ("harm", "lasting"), [(ruined, True), (emptied, False), (Path.unlink, False), (outdated, False)]
)
def test_a_history_that_breaks_disturbs_nobody(tmp_path, bot, caplog, harm, lasting):
    file = tmp_path / "h.sqlite3"
    past = Past(History(file, 90), 90)
    exchange = past.keep(asking(), "c1", 0, Exchange(BUSES, made_answer(bot, "甲 [1]")))
    harm(file)
    assert past.exchanges(asking(), "c1") == []
    assert past.voted(asking(), "c1", [exchange], 0, 1, "")[0].vote == 1
    assert past.keep(asking(), "c1", 1, exchange) == exchange
    past.forget(asking(), "c1")
    assert past.html(asking(), "c1", "zh") == ""
    past.keep(asking(), "c2", 0, exchange)
    assert past.exchanges(asking(), "c2") == ([] if lasting else [exchange])
    assert ("the history failed" in caplog.text) == (harm in (ruined, outdated))


def test_half_a_character_is_not_kept(tmp_path, caplog):
    past = Past(History(tmp_path / "h.sqlite3", 90), 90)
    past.keep(asking(), "c1", 0, Exchange("校车\ud83d"))
    assert past.html(asking(), "c1", "zh") == ""
    assert "the history failed" in caplog.text


def test_a_question_with_half_a_character_is_answered(page):
    ask(page, BUSES)
    page.locator("#qb-log .qb-cite").first.evaluate(
        "mark => Object.assign(mark.dataset, { act: 'ask', question: '校车标牌怎么办理\\ud83d？' })"
    )
    page.locator("#qb-log .qb-cite").first.click()
    turns = page.locator("#qb-log .qb-turn")
    expect(turns).to_have_count(2)
    expect(turns.last).to_contain_text("附件2 第3项")


def test_a_running_answer_ends_with_the_conversation_that_is_left(page, stand_in):
    ask(page, BUSES)
    page.click("#qb-new")
    page.wait_for_selector(".qb-welcome")
    for act, shown in (("resume", 1), ("forget", 0)):
        page.locator(".qb-history summary").click()
        stand_in.left.clear()
        stand_in.go.clear()
        page.fill("#qb-question textarea", "供热经营许可现在归谁批？")
        page.keyboard.press("Enter")
        page.locator("#qb-current .qb-waiting").wait_for()
        page.locator(f".qb-history [data-act={act}]").click()
        expect(page.locator("#qb-current .qb-turn")).to_have_count(0)
        expect(page.locator("#qb-send")).to_be_visible()
        stand_in.go.set()
        assert stand_in.left.wait(10)
        expect(page.locator("#qb-log .qb-turn")).to_have_count(shown)
    page.wait_for_selector(".qb-welcome")
    page.reload()
    page.wait_for_selector(".qb-welcome")
    expect(page.locator(".qb-history")).to_have_count(0)


def test_a_history_that_cannot_be_kept_stops_nothing(tmp_path, caplog):
    (tmp_path / "file").write_text("x")
    assert open_history(tmp_path / "file" / "h.sqlite3", 90) is None
    assert "not kept" in caplog.text


def test_exports_hold_no_markup_of_documents(bot):
    evil = "<script>x</script> ![a](http://example.org) # *b*\x01"
    exchange = Exchange(evil, made_answer(bot, f"{evil} [1]", notes=(evil,)))
    words = as_markdown([exchange, Exchange("q", error="没有")], "en")
    assert "\\<script\\>" in words
    assert "!\\[" not in words.replace("\\!\\[", "")
    assert "[1]" in words
    paragraphs = WordDocument(io.BytesIO(as_word([exchange], "zh"))).paragraphs
    assert any("<script>x</script>" in each.text for each in paragraphs)
