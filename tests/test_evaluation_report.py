"""The report is one file that needs nothing else, and escapes what it shows."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from evaluation_samples import Composer, FromGold, changed, corpus_library, perfect, shipped_gold
from test_web_support import browsing, shot

from qa_bot.answer.model import Answer
from qa_bot.evaluation.compare import make_baseline
from qa_bot.evaluation.gold import GoldPair
from qa_bot.evaluation.report.html import Html, marked, table, tag
from qa_bot.evaluation.run_folder import RunFolder, run_info
from qa_bot.evaluation.session import Outcome, evaluate, write_reports

SCRIPT = "<script>alert(1)</script>"


def outcome_of(tmp_path: Path, compose: Composer, before: Composer | None = None) -> Outcome:
    gold = shipped_gold()

    def run(composer: Composer, baseline=None) -> Outcome:  # type: ignore[no-untyped-def]
        info = run_info(gold, mode="extractive", settings_hash="s", index_hash="i")
        folder = RunFolder.create(tmp_path, info)
        answerer = FromGold(gold, composer)
        return evaluate(answerer, gold, corpus_library(), folder, baseline=baseline)

    if not before:
        return run(compose)
    old = run(before)
    gold_hash = old.folder.read_info().gold_hash
    return run(compose, make_baseline(old.results, gold_hash=gold_hash, mode="extractive"))


def page_of(outcome: Outcome) -> str:
    return write_reports(outcome, shipped_gold(), corpus_library()).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    good = perfect(corpus_library())

    def compose(pair: GoldPair) -> Answer:
        if pair.id == "panjin-001":
            raise RuntimeError(SCRIPT)
        if pair.id == "panjin-003":
            return changed(good(pair), answer=f"六十日。{SCRIPT}")
        return good(pair)

    outcome = outcome_of(tmp_path_factory.mktemp("run"), compose, good)
    return write_reports(outcome, shipped_gold(), corpus_library())


@pytest.fixture(scope="module")
def page(file: Path) -> str:
    return file.read_text(encoding="utf-8")


class _Checker(HTMLParser):
    """Every tag that is opened is closed, in order."""

    void = ("meta",)

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_tags_are_balanced(page: str) -> None:
    checker = _Checker()
    checker.feed(page)
    assert checker.open == []


def test_the_page_needs_nothing_else(page: str) -> None:
    assert not re.search(r"""(?:src|href)=["'](?!#)""", page)
    assert "@import" not in page
    assert "url(" not in page
    assert "<script" not in page


def test_what_the_page_shows(page: str) -> None:
    for part in (
        "按题型",
        "按公报",
        "拒答比例",
        "累积分布",
        "校准",
        "取舍",
        "与基线比较",
        "最差的问题",
    ):
        assert part in page
    assert page.count("<svg") == 11
    assert 'id="panjin-003"' in page
    linked = set(re.findall(r'href="#([^"]+)"', page))
    assert linked == {"panjin-001", "panjin-003"}
    assert all(f'<details id="{id}">' in page for id in linked)
    assert "&lt;script&gt;" in page


def test_differences_are_highlighted(page: str) -> None:
    [card] = re.findall(r'<details id="panjin-003">.*?</details>', page, re.DOTALL)
    assert '<mark class="hit">六十日</mark>' in card
    assert '<mark class="miss">六个月</mark>' in card
    assert "✓ 六十日" in card
    assert "✗ 六个月" in card


def test_a_run_without_fault_has_a_page(tmp_path: Path) -> None:
    page = page_of(outcome_of(tmp_path, perfect(corpus_library())))
    assert "<details id=" not in page


def test_text_is_escaped_and_html_is_not() -> None:
    assert tag("td", "<b>", Html("<i>"), class_='"') == '<td class="&quot;">&lt;b&gt;<i></td>'


def test_marks_are_found_folded() -> None:
    found = marked("共Ｇ ＤＰ的5 ％。", ["gdp", "5%"])
    assert found == '共<mark class="hit">Ｇ ＤＰ</mark>的<mark class="hit">5 ％</mark>。'
    assert marked("甲乙丙丁", ["甲乙丙", "乙丙丁"]).count("<mark") == 2
    assert marked("甲", ["", "乙"]) == "甲"


def test_numbers_stand_to_the_right() -> None:
    assert '<td class="n">0.5</td>' in table(("a", "b"), [("0.5", "甲")])


_OUTSIDE = """() => [...document.querySelectorAll("svg")].flatMap(plot => {
  const box = plot.getBoundingClientRect();
  return [...plot.querySelectorAll("text")].filter(text => {
    const at = text.getBoundingClientRect();
    return at.left < box.left - 1 || at.right > box.right + 1
      || at.top < box.top - 2 || at.bottom > box.bottom + 2;
  }).map(text => text.textContent);
})"""


def test_a_browser_shows_the_page_as_it_is_meant(file: Path) -> None:
    with browsing() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        complaints: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        assert complaints == []
        assert asked == [file.as_uri()]
        assert page.evaluate(_OUTSIDE) == []
        card = page.locator("#panjin-003")
        assert not card.locator(".columns").is_visible()
        card.locator("summary").click()
        assert card.locator(".columns").is_visible()
        shot(page, "evaluation-report")
        page.set_viewport_size({"width": 400, "height": 800})
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(wide)
