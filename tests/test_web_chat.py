"""The tab 问答 in a real browser: ask, cite, open, copy, refuse, stop, switch."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from test_web_support import Broken, StandIn, browsing, cut, endless, made_answer, served, shot

EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>{{value}}${7*7}"
BUSES = "校车标牌怎么办理？"


@pytest.fixture(scope="module")
def stand_in(bot):
    return StandIn(bot)


@pytest.fixture(scope="module")
def url(stand_in):
    with served(stand_in) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    with browsing() as browser:
        yield browser


@pytest.fixture
def page(browser, url, stand_in):
    stand_in.reset()
    context = browser.new_context(
        viewport={"width": 1280, "height": 860},
        permissions=["clipboard-read", "clipboard-write"],
        locale="zh-CN",
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    problems: list[str] = []
    outside: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("dialog", lambda dialog: (problems.append(dialog.message), dialog.dismiss()))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith((url, "data:", "blob:")) else outside.append(request.url)
        ),
    )
    page.goto(url)
    page.wait_for_selector(".qb-welcome")
    yield page
    context.close()
    assert not problems
    assert not outside


def ask(page, question: str) -> None:
    turns = page.locator("#qb-log .qb-turn").count()
    page.fill("#qb-question textarea", question)
    page.keyboard.press("Enter")
    page.locator("#qb-log .qb-turn").nth(turns).wait_for()


def test_answer_with_its_source(page):
    ask(page, BUSES)
    assert "市公安局" in page.inner_text("#qb-log .qb-said")
    assert "摘自条款原文" in page.inner_text("#qb-log .qb-foot")
    panel = page.locator("#qb-panel .qb-source")
    words = panel.inner_text()
    for expected in (
        "盘政发〔2023〕8号",
        "盘锦市人民政府",
        "2023-11-16",
        "附件2",
        "第3项",
        "有效期",
    ):
        assert expected in words
    assert "校车标牌" in panel.locator("mark").first.inner_text()
    assert panel.locator(".qb-neighbour").count() == 2
    page.wait_for_function("document.querySelector('.qb-status').textContent.includes('引用 1 处')")
    shot(page, "answer-light")


def test_citation_opens_its_source_by_keyboard(page):
    ask(page, BUSES)
    ask(page, "供热经营许可现在归谁批？")
    assert "附件1 第1项" in page.inner_text("#qb-panel .qb-reference")
    page.locator("#qb-log .qb-cite").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "document.querySelector('#qb-panel .qb-reference').textContent.includes('附件2 第3项')"
    )
    page.wait_for_function("document.activeElement.classList.contains('qb-sources')")


def test_whole_document_scrolls_to_the_clause(page):
    ask(page, BUSES)
    page.click(".qb-source [data-act=open]")
    current = page.locator(".qb-dialog [aria-current]")
    current.wait_for()
    assert "附件2 第3项" in current.inner_text()
    box, mark = page.locator(".qb-dialog").bounding_box(), current.locator("mark").first
    mark.wait_for()
    assert box["y"] <= mark.bounding_box()["y"] <= box["y"] + box["height"]
    shot(page, "whole-document")
    page.keyboard.press("Escape")
    assert not page.locator(".qb-dialog").is_visible()


def test_formal_citation_is_copied(page):
    ask(page, BUSES)
    page.click(".qb-source [data-act=copy]")
    page.wait_for_function("document.querySelector('.qb-status').textContent === '已复制'")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert (
        copied
        == "《盘锦市人民政府关于调整和新增一批政务服务事项的决定》（盘政发〔2023〕8号）附件2 第3项"
    )


def test_refusals_look_like_refusals(page):
    ask(page, "今天天气怎么样？")
    refusal = page.locator(".qb-refusal").last
    assert "未作答" in refusal.inner_text()
    assert "超出收录范围" in refusal.inner_text()
    assert page.locator("#qb-log .qb-cite").count() == 0
    ask(page, "盘政发〔2023〕99号规定了什么？")
    refusal = page.locator(".qb-refusal").last
    assert "不是答案" in refusal.inner_text()
    shot(page, "refusal")
    refusal.locator("[data-act=open]").first.click()
    page.locator(".qb-dialog [aria-current]").wait_for()


def test_example_questions_are_answered(page, bot):
    examples = page.locator(".qb-welcome .qb-button.example")
    assert examples.count() >= 3
    first = examples.first.inner_text()
    examples.first.click()
    page.locator("#qb-log .qb-cite").first.wait_for()
    assert first in page.inner_text("#qb-log .qb-question")


def test_follow_up_carries_the_conversation(page, stand_in):
    ask(page, BUSES)
    ask(page, "那谁来审批？")
    assert [turn.question for turn in stand_in.asked[-1].history] == [BUSES]


def test_new_conversation(page, stand_in):
    ask(page, BUSES)
    page.click("#qb-new")
    page.wait_for_selector(".qb-welcome")
    ask(page, "供热经营许可现在归谁批？")
    assert stand_in.asked[-1].history == ()


def test_a_model_that_stalls_can_be_stopped(page, stand_in):
    stand_in.go.clear()
    page.fill("#qb-question textarea", BUSES)
    page.keyboard.press("Enter")
    page.locator("#qb-current .qb-waiting").wait_for()
    shot(page, "waiting")
    page.click("#qb-stop")
    page.locator("#qb-log .qb-refusal").wait_for()
    assert "已停止" in page.inner_text("#qb-log")
    expect(page.locator("#qb-question textarea")).to_have_value(BUSES)
    stand_in.go.set()
    assert stand_in.left.wait(10)
    ask(page, "供热经营许可现在归谁批？")
    assert "附件1 第1项" in page.inner_text("#qb-log .qb-turn:last-child")


def test_an_answer_is_shown_as_it_is_written(page, stand_in, bot):
    whole = made_answer(bot, "先写这句。[1]再写这句。[1]", mode="llm")
    stand_in.answer, stand_in.partials = whole, (cut(whole, "先写这句。[1]"),)
    stand_in.go.clear()
    page.fill("#qb-question textarea", BUSES)
    page.keyboard.press("Enter")
    written = page.locator("#qb-current .qb-said")
    expect(written).to_have_text("先写这句。[1]")
    stand_in.go.set()
    expect(page.locator("#qb-log .qb-said")).to_contain_text("先写这句。[1]再写这句。[1]")
    expect(page.locator("#qb-current .qb-turn")).to_have_count(0)


def test_an_answer_that_fails_on_the_way_is_replaced(page, stand_in, bot):
    whole = made_answer(bot, "条款原文如此。[1]", notes=("语言模型没有应答。",))
    stand_in.answer, stand_in.partials = whole, (cut(whole, "模型写到一半。[1]"),)
    stand_in.go.clear()
    page.fill("#qb-question textarea", BUSES)
    page.keyboard.press("Enter")
    expect(page.locator("#qb-current")).to_contain_text("模型写到一半")
    stand_in.go.set()
    expect(page.locator("#qb-log .qb-said")).to_contain_text("条款原文如此")
    expect(page.locator("#qb-log .qb-notes")).to_contain_text("没有应答")
    expect(page.locator("#qb-chat")).not_to_contain_text("模型写到一半")


def test_what_was_written_stays_when_stopped(page, stand_in, bot):
    whole = made_answer(bot, "先写这句。[1]再写这句。[1]", mode="llm")
    stand_in.answer, stand_in.partials = whole, (cut(whole, "先写这句。[1]"),)
    stand_in.go.clear()
    page.fill("#qb-question textarea", BUSES)
    page.keyboard.press("Enter")
    expect(page.locator("#qb-current")).to_contain_text("先写这句")
    page.click("#qb-stop")
    expect(page.locator("#qb-log .qb-notes")).to_contain_text("不完整")
    expect(page.locator("#qb-log .qb-said")).to_contain_text("先写这句。[1]")
    page.locator("#qb-panel .qb-source").wait_for()
    stand_in.go.set()
    assert stand_in.left.wait(10)


def test_a_reader_who_leaves_ends_the_work(page, stand_in, bot):
    stand_in.partials = endless(cut(made_answer(bot, "先写这句。[1]"), "先写"))
    page.fill("#qb-question textarea", BUSES)
    page.keyboard.press("Enter")
    expect(page.locator("#qb-current")).to_contain_text("先写")
    page.goto("about:blank")
    assert stand_in.left.wait(20)


def test_errors_are_shown_and_the_next_question_works(page, stand_in):
    stand_in.error = Broken("问题太长，请缩短。(too long.)")
    ask(page, BUSES)
    assert "请缩短" in page.inner_text(".qb-refusal.error")
    stand_in.error = RuntimeError("secret detail")
    ask(page, BUSES)
    assert "secret" not in page.inner_text("#qb-log")
    stand_in.error = None
    ask(page, BUSES)
    assert page.locator("#qb-log .qb-cite").count() == 1


def test_foreign_text_stays_text(page, stand_in, bot):
    stand_in.answer = made_answer(bot, f"{EVIL} ![x](http://example.org/a.png) [1]", notes=(EVIL,))
    ask(page, EVIL)
    for part in (".qb-question", ".qb-said", ".qb-notes"):
        assert "<script>alert(2)</script>{{value}}${7*7}" in page.inner_text(f"#qb-log {part}")
    assert page.locator("#qb-log img, #qb-log script").count() == 0


def test_model_answers_say_so(page, stand_in, bot):
    stand_in.answer = made_answer(
        bot, "由市公安局办理。[1]", mode="llm", notes=("一句话未能核实。",)
    )
    ask(page, BUSES)
    assert "语言模型" in page.inner_text("#qb-log .qb-foot")
    assert "未能核实" in page.inner_text("#qb-log .qb-notes")


def test_language_is_switched_and_kept(page):
    ask(page, BUSES)
    page.click("[data-act=language]")
    page.wait_for_function("document.documentElement.lang === 'en'")
    page.get_by_role("button", name="New conversation").wait_for()
    assert "The clauses' own words" in page.inner_text("#qb-log .qb-foot")
    shot(page, "answer-english")
    page.reload()
    page.get_by_role("button", name="New conversation").wait_for()


def test_dark_is_kept_and_a_phone_shows_all(page):
    page.set_viewport_size({"width": 360, "height": 740})
    page.click("[data-act=shade]")
    ask(page, BUSES)
    assert page.evaluate("document.body.classList.contains('dark')")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.wait_for_function(
        """() => {
            const box = (part) => document.querySelector(part).getBoundingClientRect();
            return box('#qb-side').top >= box('#qb-chat').bottom - 1;
        }"""
    )
    page.locator("#qb-log .qb-cite").first.click()
    page.wait_for_function(
        "document.querySelector('#qb-panel .qb-sources').getBoundingClientRect().top < innerHeight / 2"
    )
    shot(page, "phone-dark")
    page.reload()
    page.locator("#qb-log .qb-turn").wait_for()
    page.wait_for_function("document.body.classList.contains('dark')")


def test_two_hundred_messages_stay_usable(page, stand_in, bot):
    stand_in.answer = made_answer(bot, "由市公安局办理。[1]")
    ask(page, BUSES)
    page.evaluate(
        """() => {
            const log = document.querySelector('#qb-log .qb-log');
            const turn = log.innerHTML;
            log.innerHTML = turn.repeat(100);
        }"""
    )
    started = page.evaluate("performance.now()")
    page.locator("#qb-log .qb-cite").nth(99).click()
    page.wait_for_function("document.activeElement.classList.contains('qb-sources')")
    assert page.evaluate("performance.now()") - started < 3000
