"""Conversations kept on the server, for the browser that held them; votes on answers.

One SQLite file. A browser is known by a secret (``browser.owner_of``), of which only a digest is
stored; what one browser asked is never shown to another. Old conversations are dropped.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from qa_bot.answer.model import Answer
from qa_bot.web.digest import digest
from qa_bot.web.turns import Exchange

_SCHEMA = """
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY, browser TEXT NOT NULL, title TEXT NOT NULL, changed TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS conversations_of ON conversations (browser, changed);
CREATE TABLE IF NOT EXISTS exchanges (
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    turn INTEGER NOT NULL, question TEXT NOT NULL, answer TEXT, error TEXT NOT NULL,
    vote INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (conversation, turn));
"""
_LISTED = 50
_TITLE = 60
_WAIT_S = 5.0
_SWEPT_EVERY_S = 3600.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept conversation; its title is its first question."""

    id: str
    title: str
    changed: datetime


class History:
    """The conversations in one file; safe to use from several threads and processes."""

    def __init__(self, path: Path, keep_days: int) -> None:
        self._path = path
        self._keep = timedelta(days=keep_days)
        self._sweep_at = float("-inf")
        with self._open():
            pass

    def keep(self, browser: str, conversation: str, turn: int, exchange: Exchange) -> int | None:
        """Add an exchange and give the turn that it is kept as: the next free one where another
        question has ``turn``, since the conversation may be open twice.

        None where it is not kept: the conversation is another browser's, or was deleted meanwhile.
        Only a first exchange begins one.
        """
        owner, now = digest(browser), datetime.now(UTC).isoformat()
        answer = exchange.answer.model_dump_json() if exchange.answer else None
        with self._open() as store:
            if turn == 0:
                store.execute(
                    "INSERT OR IGNORE INTO conversations VALUES (?, ?, ?, ?)",
                    (conversation, owner, exchange.question[:_TITLE], now),
                )
            changed = store.execute(
                "UPDATE conversations SET changed = ? WHERE id = ? AND browser = ?",
                (now, conversation, owner),
            )
            if not changed.rowcount:
                return None
            turn = self._place(store, conversation, turn, exchange.question)
            store.execute(
                "INSERT INTO exchanges (conversation, turn, question, answer, error) "
                "VALUES (?, ?, ?, ?, ?) ON CONFLICT (conversation, turn) "
                "DO UPDATE SET answer = excluded.answer, error = excluded.error",
                (conversation, turn, exchange.question, answer, exchange.error),
            )
        return turn

    def conversations(self, browser: str) -> list[Kept]:
        """The browser's conversations, the latest first."""
        with self._open() as store:
            rows = store.execute(
                "SELECT id, title, changed FROM conversations WHERE browser = ? "
                "ORDER BY changed DESC LIMIT ?",
                (digest(browser), _LISTED),
            ).fetchall()
        return [Kept(row[0], row[1], datetime.fromisoformat(row[2])) for row in rows]

    def exchanges(self, browser: str, conversation: str) -> list[Exchange]:
        """A conversation; empty where the browser has none of that id."""
        with self._open() as store:
            rows = store.execute(
                "SELECT question, answer, error, vote, reason, turn FROM exchanges "
                "JOIN conversations ON conversations.id = conversation "
                "WHERE browser = ? AND conversation = ? ORDER BY turn",
                (digest(browser), conversation),
            ).fetchall()
        return [_exchange(*row) for row in rows]

    def vote(self, browser: str, conversation: str, turn: int, vote: int, reason: str) -> None:
        """Remember whether an answer was found useful (1) or not (-1), and why."""
        with self._open() as store:
            if self._owns(store, digest(browser), conversation):
                store.execute(
                    "UPDATE exchanges SET vote = ?, reason = ? WHERE conversation = ? AND turn = ?",
                    (vote, reason, conversation, turn),
                )

    def forget(self, browser: str, conversation: str) -> None:
        """Delete one conversation of the browser."""
        with self._open() as store:
            store.execute(
                "DELETE FROM conversations WHERE browser = ? AND id = ?",
                (digest(browser), conversation),
            )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The file, made anew where it is gone, without what is too old."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=_WAIT_S)) as store:
            store.execute("PRAGMA foreign_keys = ON")
            store.executescript(_SCHEMA)
            with store:
                self._sweep(store)
                yield store

    def _sweep(self, store: sqlite3.Connection) -> None:
        """Delete old conversations, if that was not done within the hour."""
        if time.monotonic() >= self._sweep_at:
            limit = (datetime.now(UTC) - self._keep).isoformat()
            store.execute("DELETE FROM conversations WHERE changed < ?", (limit,))
            self._sweep_at = time.monotonic() + _SWEPT_EVERY_S

    @staticmethod
    def _place(store: sqlite3.Connection, conversation: str, turn: int, question: str) -> int:
        """``turn`` where that question stands there already (it was stopped), else the next one."""
        (place,) = store.execute(
            "SELECT coalesce(max(turn) FILTER (WHERE turn = ? AND question = ?), max(turn) + 1, 0) "
            "FROM exchanges WHERE conversation = ?",
            (turn, question, conversation),
        ).fetchone()
        return int(place)

    @staticmethod
    def _owns(store: sqlite3.Connection, owner: str, conversation: str) -> bool:
        found = store.execute(
            "SELECT 1 FROM conversations WHERE id = ? AND browser = ?", (conversation, owner)
        )
        return found.fetchone() is not None


def open_history(path: Path, keep_days: int) -> History | None:
    """The history in a file, or None (with a warning in the log) where it cannot be kept."""
    try:
        return History(path, keep_days)
    except (OSError, sqlite3.Error) as error:
        _log.warning("conversations are not kept: %s (%s)", path, error)
        return None


def rated(path: Path) -> list[tuple[Exchange, ...]]:
    """Every exchange with a vote, oldest first, each behind what was said before it.

    Only reads, and tells nothing of who asked. Raises sqlite3.Error or ValueError where the file
    is missing or no history.
    """
    conversations: dict[str, list[Exchange]] = {}
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as store:
        rows = store.execute(
            "SELECT conversation, question, answer, error, vote, reason FROM exchanges "
            "JOIN conversations ON conversations.id = conversation "
            "ORDER BY changed, conversation, turn"
        )
        for name, *row in rows:
            conversations.setdefault(name, []).append(_exchange(*row))
    return [
        tuple(said[: turn + 1])
        for said in conversations.values()
        for turn, exchange in enumerate(said)
        if exchange.vote
    ]


def new_conversation() -> str:
    """An id that nobody guesses."""
    return uuid4().hex


def _exchange(
    question: str,
    answer: str | None,
    error: str,
    vote: int,
    reason: str,
    turn: int | None = None,
) -> Exchange:
    made = Answer.model_validate_json(answer) if answer else None
    return Exchange(question, made, error, vote, reason, turn)
