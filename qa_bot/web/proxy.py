"""Headers that only a reverse proxy may set are believed only where a trusted one sends them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any, cast

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

_FORWARDING = (b"x-forwarded-", b"forwarded", b"x-real-ip", b"x-request-id", b"x-gradio-server")


class FromProxy:
    """Drops such headers from any other client; from a trusted proxy, takes client and scheme.

    ``private`` are further headers that only the proxy may set. ``scope["state"]["direct"]`` says
    whether the client itself connected, with nothing in between that says so. ``root_path`` is
    where the proxy shows the application, whether or not it keeps that prefix.
    """

    def __init__(
        self, app: ASGIApp, trusted: Sequence[str], private: Collection[str], root_path: str
    ) -> None:
        self._app = app
        self._believing: Any = ProxyHeadersMiddleware(cast(Any, app), list(trusted))
        self._root_path = root_path
        self._private = tuple(name.lower().encode("latin-1") for name in private)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        scope["root_path"] = self._root_path
        headers = scope["headers"]
        scope["state"] = {
            **scope.get("state", {}),
            "direct": not any(name.startswith(_FORWARDING[:3]) for name, _ in headers),
        }
        if scope["client"] and scope["client"][0] in self._believing.trusted_hosts:
            await self._believing(scope, receive, send)
            return
        dropped = (*_FORWARDING, *self._private)
        scope["headers"] = [
            (name, value) for name, value in headers if not name.startswith(dropped)
        ]
        await self._app(scope, receive, send)


def route_path(scope: Scope) -> str:
    """The path as the routes know it: without the root path, doubled slashes taken as one."""
    path, root = re.sub("/{2,}", "/", scope["path"]) or "/", scope.get("root_path", "")
    inside = bool(root) and (path == root or path.startswith(f"{root}/"))
    return path.removeprefix(root) or "/" if inside else path
