"""Signed-in browsers: a random cookie for each; in memory, so a restart signs everyone out."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from qa_bot.web.digest import digest
from qa_bot.web.users import User, Users

COOKIE = "qa_bot_session"
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class _Session:
    name: str
    password: str
    until: float


class Sessions:
    """Who has signed in; a session ends with its time, its user or its user's old password.

    Beyond ``_MOST`` sessions the oldest ends.
    """

    def __init__(self, users: Users, hours: float) -> None:
        self._users = users
        self._seconds = hours * 3600
        self._open: OrderedDict[str, _Session] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, name: str, user: User) -> str:
        """The value of the cookie of a new session."""
        value = secrets.token_urlsafe(32)
        with self._lock:
            until = time.monotonic() + self._seconds
            self._open[digest(value)] = _Session(name, user.password, until)
            while len(self._open) > _MOST:
                self._open.popitem(last=False)
        return value

    def user(self, value: str) -> tuple[str, User] | None:
        """The name and user whose session a cookie belongs to."""
        session = self._open.get(digest(value)) if value else None
        if session is None:
            return None
        user = self._users.get(session.name)
        if user is None or user.password != session.password or time.monotonic() > session.until:
            self.end(value)
            return None
        return session.name, user

    def end(self, value: str) -> None:
        with self._lock:
            self._open.pop(digest(value), None)
