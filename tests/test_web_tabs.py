"""文件库, 事项查询 and 关于 in a real browser, and the table of matters by itself."""

from __future__ import annotations

import io
import re
import time
from dataclasses import replace
from datetime import date
from urllib.parse import urljoin

import httpx
import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect
from test_web_support import BUSES, ask, shot

from qa_bot.clauses.lookup import find_document
from qa_bot.clauses.parser import parse_text
from qa_bot.errors import QuestionError
from qa_bot.index.store import ClauseStore
from qa_bot.web.catalog import Catalog, catalog_of
from qa_bot.web.library import Filters, listing_html
from qa_bot.web.matters import _pinyin, all_matters, as_csv, as_xlsx, find_matters, ordered
from qa_bot.web.matters_tab import matters_html
from qa_bot.web.reader import document_html


def words_on_paper(page) -> str:
    """All that the page would print; fails where a box would cut it off or let it scroll."""
    page.emulate_media(media="print")
    cut_off = page.evaluate(
        """() => [...document.querySelectorAll('#qb-reader, #qb-side, .qb-clause, .qb-dialog[open], .qb-dialog-body')]
            .filter((box) => box.offsetParent && box.scrollHeight > box.clientHeight + 1
                && getComputedStyle(box).overflowY !== 'visible').map((box) => box.outerHTML.slice(0, 80))"""
    )
    assert cut_off == []
    words = page.evaluate("document.body.innerText")
    page.emulate_media(media="screen")
    return words


@pytest.fixture(scope="module")
def rows(bot):
    return all_matters(bot.index.store)


def test_matters_are_searched_sorted_and_opened(page):
    page.get_by_role("tab", name="事项查询").click()
    page.get_by_text("112 项", exact=True).wait_for()
    shot(page, "matters")
    page.get_by_label("查找事项").fill("校车标排")
    page.wait_for_function("document.querySelectorAll('.qb-matters tbody tr').length < 5")
    expect(page.locator(".qb-matters tbody")).to_contain_text("市公安局")
    page.get_by_label("查找事项").fill("")
    page.get_by_text("112 项", exact=True).wait_for()
    page.get_by_role("button", name="类型").click()
    page.locator("th[aria-sort=ascending]").wait_for()
    page.get_by_role("button", name="类型").click()
    page.locator("th[aria-sort=descending]").wait_for()
    page.locator(".qb-matters [data-act=open]").first.click()
    page.locator(".qb-dialog [aria-current]").wait_for()


def test_matters_are_exported_as_shown(page, url):
    page.get_by_role("tab", name="事项查询").click()
    page.get_by_label("查找事项").fill("供热")
    page.get_by_text("3 项", exact=True).wait_for()
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV").click()
    text = started.value.path().read_text(encoding="utf-8-sig")
    assert len(text.splitlines()) == 4
    assert text.startswith("事项名称,类型,现办理部门")
    link = page.get_by_role("link", name="Excel").get_attribute("href")
    book = load_workbook(io.BytesIO(httpx.get(urljoin(url, f"/{link}")).content))
    assert book.active.max_row == 4


def test_a_document_is_filtered_opened_and_jumped_to(page):
    page.get_by_role("tab", name="文件库").click()
    page.get_by_text("38 份文件", exact=True).wait_for()
    page.get_by_label("地区", exact=True).click()
    page.get_by_role("option", name="盘锦市").click()
    page.get_by_text("5 份文件", exact=True).wait_for()
    page.locator(".qb-listing [data-act=document]").first.click()
    page.locator("#qb-reading .qb-title").wait_for()
    expect(page.locator(".qb-listing [aria-current]")).to_have_count(1)
    page.get_by_label("文号或标题").first.fill("盘政发[2023]8号")
    page.get_by_label("章节").fill("附件2第3项")
    page.keyboard.press("Enter")
    expect(page.locator("#qb-reading [aria-current]")).to_contain_text("附件2 第3项")
    page.wait_for_function("document.activeElement.hasAttribute('aria-current')")
    shot(page, "library")
    entry = page.locator("#qb-reading .qb-outline a").last
    entry.click()
    page.wait_for_function(
        "id => '#' + document.activeElement.id === id", arg=entry.get_attribute("href")
    )
    page.get_by_label("章节").fill("第九千条")
    page.keyboard.press("Enter")
    expect(page.locator("#qb-reading [role=alert]")).to_contain_text("最接近的是")


def test_a_document_is_printed_alone(page):
    page.get_by_role("tab", name="文件库").click()
    page.locator("#qb-jump-number textarea").fill("盘政发〔2023〕8号")
    page.keyboard.press("Enter")
    page.locator("#qb-reading .qb-title").wait_for()
    in_library = words_on_paper(page)
    page.get_by_role("tab", name="事项查询").click()
    page.locator(".qb-matters [data-act=open]").first.click()
    page.locator(".qb-dialog [aria-current]").wait_for()
    in_dialog = words_on_paper(page)
    for words in (in_library, in_dialog):
        assert "盘锦市人民政府关于调整和新增一批政务服务事项的决定" in words
        assert "机动车驾驶证" in words
        for screen_only in ("份文件", "打印", "关闭", "目录\n", "导出"):
            assert screen_only not in words


def test_a_conversation_is_printed_with_its_source(page):
    ask(page, BUSES)
    page.locator("#qb-panel .qb-source").wait_for()
    words = words_on_paper(page)
    assert words.count("附件2 第3项") >= 2
    for screen_only in ("提问", "新对话", "复制", "历史记录"):
        assert screen_only not in words


def test_about_says_what_is_indexed(page):
    page.get_by_role("tab", name="关于").click()
    page.locator(".qb-about").wait_for()
    for expected in ("38", "112", "摘自条款原文", "以官方公布的文本为准"):
        expect(page.locator(".qb-about")).to_contain_text(expected)
    shot(page, "about")


def test_tabs_fit_a_phone(page):
    page.set_viewport_size({"width": 360, "height": 740})
    for name, shown in (
        ("事项查询", ".qb-matters"),
        ("文件库", ".qb-listing"),
        ("关于", ".qb-about"),
    ):
        page.get_by_role("tab", name=name).click()
        page.locator(shown).wait_for()
        page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    shot(page, "about-phone")


@pytest.mark.parametrize(
    "misspelt", ["校车标牌", "校车标排", "孝车标牌", "供热经营许可正", "危险化学口经营"]
)
def test_misspelt_matters_are_found(rows, misspelt):
    wanted = {"校": "校车", "孝": "校车", "供": "供热", "危": "危险化学品"}[misspelt[0]]
    found = find_matters(rows, misspelt)
    assert found
    assert wanted in found[0].name


def test_what_is_no_matter_is_not_found(rows):
    assert find_matters(rows, "量子计算机采购") == []


@pytest.mark.parametrize("words", ["长" * 101, "校 车 标 牌 怎 么 办 理 呢", "长" * 1_000_000])
def test_too_many_words_for_a_matter_are_refused_at_once(rows, words):
    started = time.process_time()
    with pytest.raises(QuestionError, match=r"100 个字符、8 个词.+\(.+\)$"):
        find_matters(rows, words)
    assert 'role="alert"' in matters_html(rows, "zh", ("", False), words)
    assert time.process_time() - started < 1


def test_what_is_looked_for_is_not_kept(rows):
    find_matters(rows, "校车标排")
    kept = _pinyin.cache_info().currsize
    find_matters(rows, "孝车标牌 供热许可正")
    assert _pinyin.cache_info().currsize == kept


def test_endless_words_for_a_document_are_refused_at_once(bot):
    started = time.process_time()
    words = "a" + "\u0315\u0327" * 150_000
    catalog = catalog_of(bot.index.store)
    assert "没有符合条件的文件" in listing_html(catalog, Filters(words=words), "zh", date.today())
    assert time.process_time() - started < 1


def test_filters_and_order(rows):
    assert {row.type for row in find_matters(rows, type="行政许可")} == {"行政许可"}
    names = [row.name for row in ordered(rows, "body_before")]
    assert names[-1] in {row.name for row in rows if not row.body_before}
    assert ordered(rows, "no such column") == rows


def test_exports_compute_nothing(rows):
    evil = replace(rows[0], name="=cmd|' /C calc'!A0")
    assert "'=cmd" in as_csv([evil], ["a"] * 7).decode("utf-8-sig")
    sheet = load_workbook(io.BytesIO(as_xlsx([evil], ["a"] * 7))).active
    assert sheet["A2"].data_type == "s"


def test_outline_shows_words_where_there_is_no_heading(bot):
    catalog = catalog_of(bot.index.store)
    document = find_document(catalog.documents, "城政发〔2023〕8号")
    html = document_html(catalog, document, "zh", date(2026, 1, 1), place="x")
    outline = html[html.index("<ol>") : html.index("</ol>")]
    assert ">第一章 总则<" in outline
    assert ">一、为推进区政府决策科学化" in outline
    assert not re.search(r">[（一二三四五六七八九十）、]+<", outline)


@pytest.mark.parametrize(
    ("day", "badge"),
    [
        (date(2023, 9, 1), "尚未施行（2023-09-08 起施行）"),
        (date(2028, 9, 7), "现行，有效期至 2028-09-07"),
        (date(2028, 9, 8), "已过期（有效期至 2028-09-07）"),
    ],
)
def test_badge_says_what_is_known_of_the_force(bot, day, badge):
    catalog = catalog_of(bot.index.store)
    assert badge in listing_html(catalog, Filters(words="城政办发〔2023〕26号"), "zh", day)
    assert "有效期未注明" in listing_html(catalog, Filters(words="盘政发〔2023〕8号"), "zh", day)


def test_badge_of_what_another_document_repeals(bot):
    store = bot.index.store
    newer = parse_text(
        "杭州市人民政府令\n\n第300号\n\n杭州市新规定\n\n"
        "第一条 本规定自2024年1月1日起施行。《杭州市安全生产责任制规定》同时废止。\n",
        "newer.txt",
    )
    catalog = Catalog(
        ClauseStore([*store.documents, *newer.documents], [*store.clauses, *newer.clauses])
    )
    html = listing_html(catalog, Filters(words="安全生产责任制规定"), "zh", date(2026, 1, 1))
    assert "已废止（由" in html


def test_listing_by_year_and_words(bot):
    catalog = catalog_of(bot.index.store)
    day = catalog.documents[0].date
    html = listing_html(catalog, Filters(year="2012"), "zh", day)
    assert html.count("data-act") == 1
    assert "1 份文件" in html
    assert "没有符合" in listing_html(catalog, Filters(words="不存在的文件"), "zh", day)
    assert 'data-document="' in listing_html(catalog, Filters(words="盘政发2023 8号"), "en", day)
