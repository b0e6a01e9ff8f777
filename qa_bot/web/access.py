"""One rule for every route: who sends a request, and whether that may be."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address
from urllib.parse import quote, unquote, urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from qa_bot.settings import Settings
from qa_bot.web.proxy import route_path
from qa_bot.web.roles import ROLES, Role, enter, visitor_of
from qa_bot.web.sessions import COOKIE, Sessions
from qa_bot.web.users import Users

Known = tuple[str, Role]
Identify = Callable[[HTTPConnection], Known]

SIGN_IN = "/sign-in"
UPLOAD_PATH = "/gradio_api/upload"
_OPEN = re.compile(r"/(healthz|readyz|sign-in|sign-out|favicon\.ico|robots\.txt)/?")
_FIGURES = re.compile(r"/metrics/?")
_UPLOADS = re.compile(r"/gradio_api/upload(_progress)?/?")
# What Gradio offers beside the page and the page does not use: it writes files or calls others.
_CLOSED = re.compile(
    r"/gradio_api/(deep_link|process_recording|proxy=|stream/|vibe-|undo-vibe-|dev/|runs\b"
    r"|run-history|profiling/).*|/(monitoring|login|logout|pwa_icon)(/.*)?"
)
_PAGES = re.compile(r"/|/docs/?|/conversations/.*")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Access:
    """Lets in those who may; others are sent to sign in, or refused (401, 403, 404).

    Requests that change something and come from the page of another site are refused, too.
    """

    def __init__(self, app: ASGIApp, settings: Settings, identify: Identify) -> None:
        self._app = app
        self._settings = settings
        self._identify = identify

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        name, role = self._identify(connection)
        enter(scope, replace(visitor_of(scope), name=name, role=role))
        refusal = self._refusal(connection, role)
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await refusal(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _refusal(self, connection: HTTPConnection, role: Role) -> Response | None:
        path = route_path(connection.scope)
        if connection.scope.get("method") not in _SAFE and _from_elsewhere(connection):
            return _problem(
                403,
                "请求来自其他网站的页面，已拒绝。(the request comes from the page of another site.)",
            )
        if _OPEN.fullmatch(path):
            return None
        if _CLOSED.fullmatch(path) or (_UPLOADS.fullmatch(path) and not self._settings.upload):
            return _problem(404, "没有这个地址。(no such address.)")
        figures = _FIGURES.fullmatch(path) and not _on_this_machine(connection)
        needed = Role.STAFF if figures or _UPLOADS.fullmatch(path) else Role.CITIZEN
        if role >= needed:
            return None
        if self._settings.auth == "none" or visitor_of(connection.scope).name:
            return _problem(403, "没有权限。(you may not do this.)")
        if self._settings.auth == "users" and _PAGES.fullmatch(path) and _is_browsing(connection):
            here = path + (f"?{connection.url.query}" if connection.url.query else "")
            there = f"{self._settings.root_path}{SIGN_IN}?next={quote(here)}"
            return RedirectResponse(there, status_code=303)
        refused = _problem(401, "请先登录。(sign in first.)")
        refused.headers["WWW-Authenticate"] = "Bearer"
        return refused


def identifier(settings: Settings, users: Users | None, sessions: Sessions | None) -> Identify:
    """How the settings would have a request's sender known."""
    nobody = ("", Role.CITIZEN if settings.auth_open else Role.NOBODY)

    def anyone(_: HTTPConnection) -> Known:
        return "", Role.CITIZEN

    def by_proxy(connection: HTTPConnection) -> Known:
        name = unquote(connection.headers.get(settings.auth_user_header, "")).strip()
        said = connection.headers.get(settings.auth_role_header, "").strip().lower()
        return (name, ROLES.get(said, Role.CITIZEN)) if name else nobody

    def by_session_or_token(connection: HTTPConnection) -> Known:
        assert users is not None
        assert sessions is not None
        kind, _, token = connection.headers.get("authorization", "").partition(" ")
        found = sessions.user(connection.cookies.get(COOKIE, ""))
        if found is None and kind.lower() == "bearer":
            found = users.by_token(token.strip())
        return (found[0], ROLES[found[1].role]) if found else nobody

    return {"none": anyone, "proxy": by_proxy, "users": by_session_or_token}[settings.auth]


def _on_this_machine(connection: HTTPConnection) -> bool:
    """Whether a program on this machine asks, and no proxy for somebody else."""
    try:
        near = connection.client is not None and ip_address(connection.client.host).is_loopback
    except ValueError:
        return False
    return near and bool(connection.scope["state"].get("direct"))


def _is_browsing(connection: HTTPConnection) -> bool:
    return connection.scope.get("method") == "GET" and "text/html" in connection.headers.get(
        "accept", ""
    )


def _from_elsewhere(connection: HTTPConnection) -> bool:
    """Whether a browser says that another site's page sends this."""
    site = connection.headers.get("sec-fetch-site")
    if site:
        return site not in ("same-origin", "none")
    origin = connection.headers.get("origin")
    return bool(origin) and urlsplit(origin).netloc.lower() not in _hosts(connection.headers)


def _hosts(headers: Headers) -> set[str]:
    given = (headers.get("host", ""), headers.get("x-forwarded-host", ""))
    return {host.strip().lower() for value in given for host in value.split(",") if host.strip()}


def _problem(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": message}, status_code=status)
