"""Signing in and out: a small page of its own, with a lock after failed tries."""

from __future__ import annotations

import logging
from typing import Annotated

import anyio
import anyio.to_thread
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from qa_bot.settings import Settings
from qa_bot.web.access import SIGN_IN
from qa_bot.web.limits import Allowance, TooMany, client_key
from qa_bot.web.roles import visitor_of
from qa_bot.web.sessions import COOKIE, Sessions
from qa_bot.web.sign_in_page import sign_in_html
from qa_bot.web.users import LONGEST_NAME, LONGEST_PASSWORD, User, Users

_TRIES_OF_NAME = 5
_TRIES_OF_ADDRESS = 20
_LOCK_MINUTES = 15
_HASHING = 2
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
_log = logging.getLogger(__name__)


class Doorkeeper:
    """Checks names and passwords; failed tries lock the name and the address for a while."""

    def __init__(self, users: Users) -> None:
        self._users = users
        self._names = Allowance(_TRIES_OF_NAME, _LOCK_MINUTES)
        self._addresses = Allowance(_TRIES_OF_ADDRESS, _LOCK_MINUTES)
        self._hashing = anyio.CapacityLimiter(_HASHING)

    async def check(self, name: str, password: str, address: str) -> User | None:
        """The user of that name and password; ``TooMany`` where name or address is locked.

        A try counts before its password is looked at, so that many at once count, too.
        """
        if not (self._addresses.take(address) and self._names.take(name)):
            wait = max(self._addresses.wait_s(address), self._names.wait_s(name))
            raise TooMany(
                f"登录失败次数过多，请 {-(-wait // 60)} 分钟后再试。(too many failed tries: try again later.)",
                wait,
            )
        user = await anyio.to_thread.run_sync(
            self._users.by_password, name, password, limiter=self._hashing
        )
        if user:
            self._names.restore(name)
            self._addresses.give_back(address)
        return user


def signing_in(users: Users, sessions: Sessions, settings: Settings) -> APIRouter:
    """``/sign-in`` (the page, and the form that it sends) and ``/sign-out``."""
    router = APIRouter(include_in_schema=False)
    door = Doorkeeper(users)
    home = f"{settings.root_path}/"

    @router.get(SIGN_IN)
    def page(next: str = "/") -> Response:
        return _page(next, "", 200)

    @router.post(SIGN_IN)
    async def sign_in(
        request: Request,
        name: Annotated[str, Form(max_length=LONGEST_NAME)],
        password: Annotated[str, Form(max_length=LONGEST_PASSWORD)],
        next: Annotated[str, Form(max_length=2000)] = "/",
    ) -> Response:
        visitor = visitor_of(request.scope)
        try:
            user = await door.check(name, password, client_key(visitor))
        except TooMany as error:
            _log.warning("sign-in locked", extra={"user": name, "address": visitor.address})
            answer = _page(next, str(error), 429)
            answer.headers.update(error.headers)
            return answer
        if user is None:
            _log.warning("sign-in failed", extra={"user": name, "address": visitor.address})
            return _page(next, "用户名或密码不对。(wrong name or password.)", 401)
        _log.info("signed in", extra={"user": name, "address": visitor.address})
        answer = RedirectResponse(settings.root_path + _local(next), status_code=303)
        answer.set_cookie(
            COOKIE,
            sessions.begin(name, user),
            max_age=int(settings.session_hours * 3600),
            path=home,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return answer

    @router.post("/sign-out")
    def sign_out(request: Request) -> Response:
        sessions.end(request.cookies.get(COOKIE, ""))
        answer = RedirectResponse(settings.root_path + SIGN_IN, status_code=303)
        answer.delete_cookie(COOKIE, path=home)
        return answer

    return router


def _page(next: str, problem: str, status: int) -> Response:
    return HTMLResponse(sign_in_html(_local(next), problem), status_code=status, headers=_HEADERS)


def _local(address: str) -> str:
    """A path of this server to go on to, whatever a link may say."""
    plain = address.isprintable() and not address.startswith(("//", "/\\"))
    return address if plain and address.startswith("/") else "/"
