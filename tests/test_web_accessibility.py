"""axe-core over every tab, light and dark, in both languages: no serious violation."""

from __future__ import annotations

import pytest
from test_web_support import BUSES, PATIENCE_MS, ask

# Colours are judged when no transition is under way: two frames apply the styles, then all end.
_AT_REST = """async () => {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  const moving = document.getAnimations().filter((one) => one instanceof CSSTransition);
  await Promise.all(moving.map((one) => one.finished.catch(() => null)));
}"""


def serious(page) -> list[str]:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python"
    )
    page.evaluate(_AT_REST)
    found = axe.Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("english", [False, True], ids=["zh", "en"])
def test_no_serious_violation(browser, url, dark, english):
    page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page.set_default_timeout(PATIENCE_MS)
    page.goto(url)
    page.wait_for_selector(".qb-welcome")
    if dark:
        page.click("[data-act=shade]")
    if english:
        page.click("[data-act=language]")
        page.get_by_role("button", name="New conversation").wait_for()
    problems = serious(page)
    for question in (BUSES, "今天股市怎么样？"):
        ask(page, question)
    page.locator("#qb-log .qb-cite").first.click()
    page.locator(".qb-source").wait_for()
    problems += serious(page)
    page.locator(".qb-source .qb-button[data-act=open]").click()
    page.locator(".qb-dialog [aria-current]").wait_for()
    problems += serious(page)
    page.keyboard.press("Escape")
    for at, shown in enumerate((".qb-matters", ".qb-listing", ".qb-about"), 1):
        page.get_by_role("tab").nth(at).click()
        page.locator(shown).wait_for()
        problems += serious(page)
    page.close()
    assert not problems, "\n".join(dict.fromkeys(problems))
