"""The tab 问答 in a real browser: ask, cite, open, copy, refuse, stop, switch."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from test_web_support import (
    BUSES,
    Broken,
    StandIn,
    ask,
    cut,
    endless,
    kept_in,
    made_answer,
    served,
    shot,
)

EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>{{value}}${7*7}"


@pytest.fixture(scope="module")
def stand_in(bot):
    return StandIn(bot)


@pytest.fixture(scope="module")
def url(stand_in):
    with served(stand_in) as address:
        yield address


@pytest.fixture
def context(context, url, stand_in):
    stand_in.reset()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    with kept_in(context, url):
        yield context


def test_answer_with_its_source(page):
    ask(page, BUSES)
    expect(page.locator("#qb-log .qb-said")).to_contain_text("市公安局")
    expect(page.locator("#qb-log .qb-foot")).to_contain_text("摘自条款原文")
    panel = page.locator("#qb-panel .qb-source")
    for expected in (
        "盘政发〔2023〕8号",
        "盘锦市人民政府",
        "2023-11-16",
        "附件2",
        "第3项",
        "有效期",
    ):
        expect(panel).to_contain_text(expected)
    expect(panel.locator("mark").first).to_contain_text("校车标牌")
    expect(panel.locator(".qb-neighbour")).to_have_count(2)
    page.wait_for_function("document.querySelector('.qb-status').textContent.includes('引用 1 处')")
    shot(page, "answer-light")


def test_half_a_character_is_not_asked(page, stand_in):
    page.evaluate(
        """(question) => {
            const box = document.querySelector("#qb-question textarea");
            box.value = question + String.fromCharCode(0xd83d);
            box.dispatchEvent(new Event("input", { bubbles: true }));
        }""",
        BUSES,
    )
    page.locator("#qb-question textarea").press("Enter")
    expect(page.locator("#qb-log .qb-said")).to_contain_text("市公安局")
    assert stand_in.asked[-1].question == BUSES


def test_citation_opens_its_source_by_keyboard(page):
    ask(page, BUSES)
    ask(page, "供热经营许可现在归谁批？")
    reference = page.locator("#qb-panel .qb-reference")
    expect(reference).to_contain_text("附件1 第1项")
    page.locator("#qb-log .qb-cite").first.focus()
    page.keyboard.press("Enter")
    expect(reference).to_contain_text("附件2 第3项")
    page.wait_for_function("document.activeElement.classList.contains('qb-sources')")


def test_whole_document_scrolls_to_the_clause(page):
    ask(page, BUSES)
    page.click(".qb-source [data-act=open]")
    current = page.locator(".qb-dialog [aria-current]")
    expect(current).to_contain_text("附件2 第3项")
    expect(current.locator("mark").first).to_be_in_viewport()
    shot(page, "whole-document")
    page.keyboard.press("Escape")
    expect(page.locator(".qb-dialog")).to_be_hidden()


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
    expect(refusal).to_contain_text("未作答")
    expect(refusal).to_contain_text("超出收录范围")
    expect(page.locator("#qb-log .qb-cite")).to_have_count(0)
    ask(page, "盘政发〔2023〕99号规定了什么？")
    refusal = page.locator(".qb-refusal").last
    expect(refusal).to_contain_text("不是答案")
    shot(page, "refusal")
    refusal.locator("[data-act=open]").first.click()
    page.locator(".qb-dialog [aria-current]").wait_for()


def test_example_questions_are_answered(page, bot):
    examples = page.locator(".qb-welcome .qb-button.example")
    examples.nth(2).wait_for()
    first = examples.first.inner_text()
    examples.first.click()
    page.locator("#qb-log .qb-cite").first.wait_for()
    expect(page.locator("#qb-log .qb-question")).to_contain_text(first)


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
    expect(page.locator("#qb-log .qb-refusal")).to_contain_text("已停止")
    expect(page.locator("#qb-question textarea")).to_have_value(BUSES)
    stand_in.go.set()
    assert stand_in.left.wait(10)
    ask(page, "供热经营许可现在归谁批？")
    expect(page.locator("#qb-log .qb-turn").last).to_contain_text("附件1 第1项")


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
    assert stand_in.left.wait(60)


def test_errors_are_shown_and_the_next_question_works(page, stand_in):
    stand_in.error = Broken("问题太长，请缩短。(too long.)")
    ask(page, BUSES)
    expect(page.locator(".qb-refusal.error")).to_contain_text("请缩短")
    stand_in.error = RuntimeError("secret detail")
    ask(page, BUSES)
    expect(page.locator(".qb-refusal.error").last).to_contain_text("稍后再试")
    expect(page.locator("#qb-log")).not_to_contain_text("secret")
    stand_in.error = None
    ask(page, BUSES)
    expect(page.locator("#qb-log .qb-cite")).to_have_count(1)


def test_foreign_text_stays_text(page, stand_in, bot):
    stand_in.answer = made_answer(bot, f"{EVIL} ![x](http://example.org/a.png) [1]", notes=(EVIL,))
    ask(page, EVIL)
    for part in (".qb-question", ".qb-said", ".qb-notes"):
        shown = page.locator(f"#qb-log {part}")
        expect(shown).to_contain_text("<script>alert(2)</script>{{value}}${7*7}")
    expect(page.locator("#qb-log").locator("img, script")).to_have_count(0)


def test_model_answers_say_so(page, stand_in, bot):
    stand_in.answer = made_answer(
        bot, "由市公安局办理。[1]", mode="llm", notes=("一句话未能核实。",)
    )
    ask(page, BUSES)
    expect(page.locator("#qb-log .qb-foot")).to_contain_text("语言模型")
    expect(page.locator("#qb-log .qb-notes")).to_contain_text("未能核实")


def test_language_is_switched_and_kept(page):
    ask(page, BUSES)
    page.click("[data-act=language]")
    page.wait_for_function("document.documentElement.lang === 'en'")
    page.get_by_role("button", name="New conversation").wait_for()
    expect(page.locator("#qb-log .qb-foot")).to_contain_text("The clauses' own words")
    shot(page, "answer-english")
    page.reload()
    page.get_by_role("button", name="New conversation").wait_for()


def test_dark_is_kept_and_a_phone_shows_all(page):
    page.set_viewport_size({"width": 360, "height": 740})
    page.click("[data-act=shade]")
    ask(page, BUSES)
    page.wait_for_function("document.body.classList.contains('dark')")
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
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
