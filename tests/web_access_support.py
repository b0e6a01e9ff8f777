"""What the tests of access, limits and uploads share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from playwright.sync_api import Page
from test_web_support import StandIn

from qa_bot.bot import Bot
from qa_bot.web.users import Users

PASSWORD = "correct horse 电池"


def with_settings(bot: Bot, **changes: object) -> StandIn:
    """The bot under other settings, which are checked as those of the environment are."""
    stand_in = StandIn(bot)
    stand_in.settings = type(bot.settings)(
        _env_file=None, **{**bot.settings.model_dump(), **changes}
    )
    return stand_in


def three_users(path) -> Users:
    """A users file with one user of each role, all with the same password."""
    users = Users(path)
    for role in ("citizen", "staff", "admin"):
        users.add(f"{role}一", role, PASSWORD)
    return users


@contextmanager
def browser_of(url: str, **given: object) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=30, **given) as client:
        yield client


def sign_in(client: httpx.Client, name: str, password: str = PASSWORD, **headers: str):
    form = {"name": name, "password": password}
    return client.post("/sign-in", data=form, headers=headers)


def sign_in_by_hand(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
