"""How fast the page is in a real browser: ``python tests/page_speed.py``.

Medians of five loads in fresh browsers, and of five actions in a conversation of 200 messages.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from test_web_support import BUSES, browsing, long_conversation, opening, served

from qa_bot.bot import Bot
from qa_bot.index.ingest import ingest
from qa_bot.settings import Settings

RUNS = 5
EXCHANGES = 100
_PAINTS = """async () => {
  const largest = new Promise((seen) => new PerformanceObserver(
    (list) => seen(list.getEntries().at(-1).startTime)
  ).observe({ type: "largest-contentful-paint", buffered: true }));
  const first = performance.getEntriesByName("first-contentful-paint")[0].startTime;
  const sent = performance.getEntriesByType("resource").reduce((sum, each) => sum + each.transferSize, 0);
  return [first, await largest, sent / 1e6];
}"""


def loads(browser, url: str) -> None:
    measured = []
    for _ in range(RUNS):
        context = browser.new_context(viewport={"width": 1280, "height": 860})
        page = context.new_page()
        page.goto(url)
        page.locator(".qb-welcome").wait_for()
        measured.append(page.evaluate(_PAINTS))
        context.close()
    first, content, sent = map(median, zip(*measured, strict=True))
    print(f"first paint {first:.0f} ms, content {content:.0f} ms, {sent:.1f} MB over the wire")


def two_hundred_messages(browser, url: str, history: Path, bot: Bot) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    opening(context, url, long_conversation(bot, history, EXCHANGES))
    page = context.new_page()
    turns = page.locator("#qb-log .qb-turn")

    def timed(act: Callable[[], object]) -> float:
        started = page.evaluate("performance.now()")
        act()
        return page.evaluate("performance.now()") - started

    def opened() -> None:
        page.reload()
        turns.nth(EXCHANGES - 1).wait_for()

    def source() -> None:
        page.locator(".qb-sources").evaluate("panel => panel.blur()")
        turns.nth(EXCHANGES // 2).locator(".qb-cite").first.click()
        page.wait_for_function("document.activeElement.classList.contains('qb-sources')")

    def asked() -> None:
        count = turns.count()
        page.fill("#qb-question textarea", BUSES)
        page.keyboard.press("Enter")
        turns.nth(count).wait_for()

    page.goto(url)
    page.wait_for_selector("#qb-log .qb-turn")
    opened()
    loaded = page.evaluate("performance.now()")
    print(f"200 messages: open again {loaded:.0f} ms", end="")
    for name, act in (("a source", source), ("ask", asked)):
        print(f", {name} {median(timed(act) for _ in range(RUNS)):.0f} ms", end="")
    print()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder)
        settings = Settings(_env_file=None, index_dir=index, history_file=index / "history.sqlite3")
        ingest([settings.corpus_dir], settings)
        bot = Bot(settings)
        with served(bot) as url, browsing() as browser:
            loads(browser, url)
            two_hundred_messages(browser, url, settings.history_file, bot)


if __name__ == "__main__":
    main()
