"""Which browser asks: a random cookie that scripts cannot read and no other site is sent."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from starlette.requests import HTTPConnection

from qa_bot.web.proxy import route_path
from qa_bot.web.roles import visitor_of

COOKIE = "qa_bot_browser"
_YEAR_S = 365 * 24 * 3600
_SHAPE = re.compile(r"[\w-]{43}")


def give_cookies(server: FastAPI) -> None:
    """Let the page's answer carry the cookie to browsers that have none."""

    @server.middleware("http")
    async def cookie(
        request: Request, answer: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await answer(request)
        if route_path(request.scope) == "/" and not browser_of(request.cookies):
            response.set_cookie(
                COOKIE,
                secrets.token_urlsafe(32),
                max_age=_YEAR_S,
                httponly=True,
                samesite="lax",
                secure=request.url.scheme == "https",
            )
        return response


def browser_of(cookies: dict[str, str]) -> str:
    """The browser's own secret; empty where it has sent none of the right shape."""
    value = cookies.get(COOKIE, "")
    return value if _SHAPE.fullmatch(value) else ""


def owner_of(request: HTTPConnection) -> str:
    """Whose a history is: the browser's, and where somebody has signed in theirs in that browser.

    Empty where the browser has no secret.
    """
    browser, name = browser_of(request.cookies), visitor_of(request.scope).name
    return f"{browser} {name}" if browser and name else browser
