"""The tab 索引: seen and obeyed for administrators only; checks generations and goes back to one."""

from __future__ import annotations

import json

import httpx
import pytest
from playwright.sync_api import expect
from test_web_accessibility import serious
from test_web_support import shot
from web_access_support import sign_in, sign_in_by_hand, three_users

from qa_bot.bot import Bot
from qa_bot.index.history import list_generations, rollback
from qa_bot.index.ingest import ingest
from qa_bot.index.manifest import read_manifest
from qa_bot.settings import Settings

NOTICE = """甲市人民政府关于校车管理的通知
甲政发〔2023〕5号
各县（区）人民政府：
一、检验
校车每半年检验一次，由市公安局负责。
二、收费
{}
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> Settings:
    """An index of two generations, the newer with one document more."""
    folder = tmp_path_factory.mktemp("generations")
    three_users(folder / "users.json")
    settings = Settings(_env_file=None, index_dir=folder, auth="users")
    for name, words in (("a.txt", "检验不收费。"), ("b.txt", "检验收费20元。")):
        path = folder / name
        path.write_text(NOTICE.format(words).replace("5号", f"{ord(name[0])}号"), "utf-8")
        ingest([path], settings)
    return settings


@pytest.fixture(scope="module")
def bot(settings) -> Bot:
    return Bot(settings)


def entered(browser, url, name, **given):
    page = browser.new_page(locale="zh-CN", reduced_motion="reduce", **given)
    page.goto(url)
    sign_in_by_hand(page, name)
    page.get_by_text(f"{name}（").wait_for()
    return page


def tab(page):
    return page.get_by_role("tab", name="索引")


@pytest.mark.parametrize("name", ["citizen一", "staff一"])
def test_others_do_not_see_it(browser, url, name):
    page = entered(browser, url, name)
    assert not tab(page).is_visible()
    page.close()


def events(client: httpx.Client, elem_id: str) -> list[tuple[int, int]]:
    """The events of the page that fill a part of it: their numbers, and how much each is given."""
    config = client.get("/config").json()
    part = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == elem_id)
    filling = [
        each for each in config["dependencies"] if part in each["outputs"] and each["backend_fn"]
    ]
    return [(each["id"], len(each["inputs"])) for each in filling]


def sent(client: httpx.Client, number: int, data: list[object]) -> list[object]:
    """What an event of the page gives in the end."""
    client.post(
        "/gradio_api/queue/join",
        json={"data": data, "fn_index": number, "session_hash": "s", "trigger_id": None},
    ).raise_for_status()
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": "s"}) as lines:
        for line in lines.iter_lines():
            said = json.loads(line.removeprefix("data: ")) if line else {}
            if said.get("msg") == "process_completed":
                return said["output"]["data"]
    raise AssertionError("no end")


@pytest.mark.parametrize("name", ["citizen一", "staff一"])
def test_others_are_not_obeyed(url, settings, name):
    """Whoever calls the events past the page is told nothing and changes nothing."""
    newer, older = list_generations(settings.index_dir)
    with httpx.Client(base_url=url, timeout=30) as client:
        sign_in(client, name)
        said = [
            json.dumps(sent(client, number, [None, "zh"][-given:] if given else []))
            for number, given in events(client, "qb-index-said")
        ]
    refused = json.dumps("没有这个权限")[1:-1]
    assert [refused in each for each in said] == [False, True, True, True]
    assert not any(generation.name in each for each in said for generation in (newer, older))
    assert read_manifest(settings.index_dir).generation == newer.name


def test_an_administrator_goes_back_and_the_server_follows(browser, url, settings):
    newer, older = list_generations(settings.index_dir)
    page = entered(browser, url, "admin一", viewport={"width": 390, "height": 800})
    page.get_by_role("tab", name="文件库").wait_for(state="attached")
    if not tab(page).is_visible():
        page.locator("#qb-tabs .overflow-menu > button").click()
    tab(page).click()
    choices = page.locator("#qb-generations").get_by_role("radio")
    expect(choices).to_have_count(2)
    expect(choices.nth(0).locator("..")).to_contain_text("2 个公报文件")
    expect(choices.nth(0).locator("..")).to_contain_text("当前")
    said = page.locator("#qb-index-said")
    page.get_by_role("button", name="检查").click()
    expect(said.get_by_role("alert")).to_have_text("请先选择一代索引。")

    choices.nth(1).focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="检查").press("Enter")
    expect(said).to_contain_text(f"{older.name} 完好。")
    page.get_by_role("button", name="退回", exact=True).press("Enter")
    expect(said).to_contain_text("确认退回到")
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shot(page, "index-phone")
    page.get_by_role("button", name="取消").press("Enter")
    expect(page.get_by_role("button", name="确认退回")).to_be_hidden()
    assert read_manifest(settings.index_dir).generation == newer.name

    page.get_by_role("button", name="退回", exact=True).press("Enter")
    page.get_by_role("button", name="确认退回").press("Enter")
    expect(said).to_contain_text(f"当前索引为 {older.name}")
    expect(choices.nth(1).locator("..")).to_contain_text("当前")
    assert read_manifest(settings.index_dir).generation == older.name
    with httpx.Client(base_url=url, timeout=30) as client:
        sign_in(client, "admin一")
        while client.get("/readyz").json()["generation"] != older.name:
            page.wait_for_timeout(50)
        assert len(client.get("/api/documents").json()) == 1
    page.close()


def test_an_opened_page_shows_the_index_as_it_is(browser, url, settings):
    """What was removed is no longer listed, and no click on an old list opens another document."""

    def follows() -> None:
        current = read_manifest(settings.index_dir).generation
        while httpx.get(f"{url}/readyz", timeout=30).json()["generation"] != current:
            page.wait_for_timeout(50)

    def shelf():
        page.get_by_role("tab", name="文件库").click()
        return page.locator("#qb-listing [data-act=document]")

    def offered(label: str):
        page.get_by_label(label, exact=True).click()
        return page.get_by_role("option")

    page = entered(browser, url, "citizen一")
    before = read_manifest(settings.index_dir).generation
    path = settings.index_dir / "0.txt"
    path.write_text(NOTICE.format("不收费。").replace("甲", "丙").replace("5号", "7号"), "utf-8")
    ingest([path], settings)
    follows()
    page.reload()
    expect(shelf().filter(has_text="丙政发〔2023〕7号")).to_have_count(1)
    count = shelf().count()
    expect(offered("发文机关")).to_have_count(3)
    page.keyboard.press("Escape")

    rollback(settings, before)
    follows()
    shelf().filter(has_text="甲政发〔2023〕97号").click()
    expect(page.locator("#qb-reading .qb-docno")).to_contain_text("甲政发〔2023〕97号")
    page.reload()
    expect(shelf()).to_have_count(count - 1)
    expect(offered("发文机关")).to_have_count(2)
    page.get_by_role("tab", name="关于").click()
    about = page.locator(".qb-about div").filter(has=page.get_by_text("文件", exact=True))
    expect(about.locator("dd")).to_have_text(str(count - 1))
    page.get_by_role("tab", name="问答").click()
    expect(page.locator(".qb-welcome")).to_contain_text(f"已收录 {count - 1} 份文件")
    page.close()


def test_a_document_that_was_removed_is_not_opened(browser, url, settings):
    page = entered(browser, url, "citizen一")
    page.get_by_role("tab", name="文件库").click()
    page.locator("#qb-listing [data-act=document]").first.evaluate(
        "entry => { entry.dataset.document = 'gone.txt:1 甲政发〔2023〕1号'; entry.click(); }"
    )
    expect(page.locator("#qb-reading [role=alert]")).to_contain_text("已不在索引中")
    page.close()
