"""Bounds on what a client may send and how often it may ask."""

from __future__ import annotations

import ipaddress
import time
from contextlib import suppress

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_bot.errors import QaBotError
from qa_bot.web.roles import Visitor

_MOST_KEYS = 100_000
_V6_PREFIX = 64


class TooMany(QaBotError):
    """A client does something more often than it may; ``wait_s`` seconds until it may again."""

    def __init__(self, message: str, wait_s: int) -> None:
        super().__init__(message)
        self.wait_s = wait_s


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


class QuestionRate:
    """How many questions a client may ask in a minute; 0 for any number."""

    def __init__(self, per_minute: int) -> None:
        self._allowed = Allowance(per_minute) if per_minute else None

    def count(self, visitor: Visitor) -> None:
        """Count one question of a client; raises ``TooMany``."""
        key = client_key(visitor)
        if self._allowed and key and not self._allowed.take(key):
            wait = self._allowed.wait_s(key)
            raise TooMany(
                f"您提问太频繁，请 {wait} 秒后再试。(too many questions: try again in {wait} seconds.)",
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
    if address.version == 6:
        return str(ipaddress.ip_network((address, _V6_PREFIX), strict=False))
    return str(address)


class _TooLarge(Exception):
    pass


class BodyLimit:
    """Refuses request bodies over a bound (413), whether or not they announce their length.

    ``uploads`` bounds those sent to ``upload_path``.
    """

    def __init__(self, app: ASGIApp, most: int, upload_path: str, uploads: int) -> None:
        self._app = app
        self._most = most
        self._upload_path = upload_path
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._uploads if scope["path"].endswith(self._upload_path) else self._most
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdigit() or int(announced) > most:
            await _refuse(most)(scope, receive, send)
            return
        taken, over, begun = 0, False, False

        async def counted() -> Message:
            nonlocal taken, over
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                over = True
                raise _TooLarge
            return message

        async def watched(message: Message) -> None:
            """Once the body was too long, what the application says of it is not sent."""
            nonlocal begun
            if not over or begun:
                begun = True
                await send(message)

        with suppress(_TooLarge):
            await self._app(scope, counted, watched)
        if over and not begun:
            await _refuse(most)(scope, receive, send)


def _refuse(most: int) -> JSONResponse:
    size = f"{most // 1_000_000} MB" if most >= 1_000_000 else f"{most // 1000} kB"
    message = f"请求内容超过 {size}，请缩短后再试。(the request is larger than {size}: shorten it.)"
    return JSONResponse({"error": message}, status_code=413, headers={"Connection": "close"})
