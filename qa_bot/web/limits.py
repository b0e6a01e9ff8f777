"""Bounds on what a client may send and how often it may ask."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import time
from contextlib import suppress

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_bot.errors import QaBotError
from qa_bot.web.proxy import route_path
from qa_bot.web.roles import Visitor, visitor_of

_MOST_KEYS = 100_000
_V6_PREFIX = 64
_SLOWEST = 50_000  # bytes a second
# The events of the page, MCP, uploads; look-ups and exports.
_WORK = re.compile(r"POST /gradio_api/(?!cancel\b|reset\b).*|GET /(api|conversations)/.*")


class TooMany(QaBotError):
    """A client does something more often than it may; ``wait_s`` seconds until it may again."""

    def __init__(self, message: str, wait_s: int) -> None:
        super().__init__(message)
        self.wait_s = wait_s

    @property
    def headers(self) -> dict[str, str]:
        """What an HTTP answer says beside the message."""
        return {"Retry-After": str(self.wait_s)}


class Allowance:
    """So many times in so many minutes for each key; in memory, for a bounded number of keys."""

    def __init__(self, times: int, minutes: int = 1) -> None:
        self._storage = MemoryStorage()
        self._limiter = FixedWindowRateLimiter(self._storage)
        self._item = RateLimitItemPerMinute(times, minutes)

    def take(self, key: str) -> bool:
        """Whether the key may once more, and one time less from now on."""
        counted = self._storage.storage
        known = self._item.key_for(key) in counted
        return (known or len(counted) < _MOST_KEYS) and self._limiter.hit(self._item, key)

    def give_back(self, key: str) -> None:
        """Undo one ``take``."""
        self._storage.decr(self._item.key_for(key))

    def restore(self, key: str) -> None:
        """Undo every ``take``."""
        self._limiter.clear(self._item, key)

    def wait_s(self, key: str) -> int:
        """Seconds until a key that used up its times may again."""
        reset = self._limiter.get_window_stats(self._item, key).reset_time
        return max(1, round(reset - time.time()))


class Rate:
    """How often a client may do something in a minute; 0 for any number."""

    def __init__(self, per_minute: int) -> None:
        self._allowed = Allowance(per_minute) if per_minute else None

    def count(self, visitor: Visitor) -> None:
        """Count one time of a client; raises ``TooMany``."""
        key = client_key(visitor)
        if self._allowed and key and not self._allowed.take(key):
            wait = self._allowed.wait_s(key)
            raise TooMany(
                f"您的请求太频繁，请 {wait} 秒后再试。(too many requests: try again in {wait} seconds.)",
                wait,
            )


def client_key(visitor: Visitor) -> str:
    """Whose requests are counted together: a user's, else those of an IPv4 address or IPv6 /64."""
    if visitor.name:
        return f"user {visitor.name}"
    try:
        address = ipaddress.ip_address(visitor.address)
    except ValueError:
        return visitor.address
    if isinstance(address, ipaddress.IPv6Address):
        network = ipaddress.ip_network((address, _V6_PREFIX), strict=False)
        return str(address.ipv4_mapped or network)
    return str(address)


class RequestRate:
    """Refuses (429) further requests of a client that makes the server work too often.

    Questions have a rate of their own; what ends work is never refused.
    """

    def __init__(self, app: ASGIApp, rate: Rate) -> None:
        self._app = app
        self._rate = rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _WORK.fullmatch(f"{scope['method']} {route_path(scope)}"):
            try:
                self._rate.count(visitor_of(scope))
            except TooMany as error:
                refusal = JSONResponse({"error": str(error)}, 429, error.headers)
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)


class _Refused(Exception):
    pass


class BodyLimit:
    """Refuses request bodies over a bound (413), whether or not they announce their length, and
    those that have not come in ``seconds`` and as long again as a slow line needs for them (408).

    ``uploads`` bounds those sent to ``upload_path``. Where the application answers before a body
    has come, the connection is closed.
    """

    def __init__(
        self, app: ASGIApp, most: int, seconds: float, upload_path: str, uploads: int
    ) -> None:
        self._app = app
        self._most = most
        self._seconds = seconds
        self._upload_path = upload_path
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._uploads if scope["path"].endswith(self._upload_path) else self._most
        headers = Headers(scope=scope)
        announced = headers.get("content-length", "0")
        if not announced.isdigit() or int(announced) > most:
            await _too_large(most)(scope, receive, send)
            return
        coming = int(announced) > 0 or "transfer-encoding" in headers
        ends = asyncio.get_running_loop().time() + self._seconds + most / _SLOWEST
        taken, begun = 0, False
        refusal: JSONResponse | None = None

        async def bounded() -> Message:
            nonlocal coming, taken, refusal
            try:
                async with asyncio.timeout_at(ends if coming else None):
                    message = await receive()
            except TimeoutError:
                refusal = _too_slow()
                raise _Refused from None
            coming = coming and message.get("more_body", False)
            taken += len(message.get("body", b""))
            if taken > most:
                refusal = _too_large(most)
                raise _Refused
            return message

        async def watched(message: Message) -> None:
            """Once the body was refused, what the application says of it is not sent."""
            nonlocal begun
            if refusal is None or begun:
                begun = True
                if coming and message["type"] == "http.response.start":
                    MutableHeaders(scope=message)["Connection"] = "close"
                await send(message)

        with suppress(_Refused):
            await self._app(scope, bounded, watched)
        if refusal and not begun:
            await refusal(scope, receive, send)


def _too_large(most: int) -> JSONResponse:
    size = f"{most // 1_000_000} MB" if most >= 1_000_000 else f"{most // 1000} kB"
    return _closing(
        413, f"请求内容超过 {size}，请缩短后再试。(the request is larger than {size}: shorten it.)"
    )


def _too_slow() -> JSONResponse:
    return _closing(
        408, "请求内容没有及时传完，请重试。(the request did not come in time: try again.)"
    )


def _closing(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": message}, status_code=status, headers={"Connection": "close"})
