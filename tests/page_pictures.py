"""The pictures of the README, taken from the real page: ``python tests/page_pictures.py``."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page
from test_web_support import ask, browsing, served

from qa_bot.bot import Bot
from qa_bot.index.ingest import ingest
from qa_bot.retrieval.question import Question
from qa_bot.settings import Settings

FOLDER = Path(__file__).parent.parent / "docs" / "images"
WIDTH, HEIGHT = 1200, 800
QUESTIONS = ("晋城城区区长办公会谁主持？", "盘锦的供热经营许可现在归谁批？")


def take(page: Page, name: str) -> None:
    """What is seen of the page, as a small WebP."""
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.save(FOLDER / f"{name}.webp", quality=82, method=6)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, index_dir=Path(folder))
        ingest([settings.corpus_dir], settings)
        bot = Bot(settings)
        for question in QUESTIONS:  # the first answers of a process take longer than all later ones
            bot.ask(Question(question=question))
        with served(bot) as url, browsing() as browser:
            page = browser.new_page(
                viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce", locale="zh-CN"
            )
            page.goto(url)
            page.locator(".qb-welcome").wait_for()
            for question in QUESTIONS:
                ask(page, question)
            page.locator("#qb-panel mark").first.wait_for()
            page.locator("#qb-log .qb-cite").first.click()
            page.wait_for_function("document.activeElement.classList.contains('qb-sources')")
            page.evaluate("scrollTo(0, 0)")
            take(page, "ask")
            page.locator(".qb-source .qb-button[data-act=open]").click()
            page.locator(".qb-dialog [aria-current] mark").first.wait_for()
            take(page, "document")


if __name__ == "__main__":
    main()
