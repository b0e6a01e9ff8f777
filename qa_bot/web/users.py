"""Those who may sign in: a JSON file of names with roles and hashes.

Passwords are hashed with Argon2. A user may also have a token for programs: it is random, so its
plain SHA-256 is kept.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from filelock import FileLock
from pydantic import BaseModel, TypeAdapter, ValidationError

from qa_bot.errors import NotFoundError, SettingsError
from qa_bot.index.durable import write_atomic
from qa_bot.web.digest import digest

LONGEST_NAME = 64
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 256
_TOKEN_BYTES = 32
RoleName = Literal["citizen", "staff", "admin"]


class User(BaseModel):
    """What is kept of a user; an empty hash fits nothing."""

    role: RoleName
    password: str = ""
    token: str = ""


_USERS = TypeAdapter(dict[str, User])


class Users:
    """The users in one file, read anew when it changes; ``SettingsError`` where it cannot be."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._hasher = PasswordHasher()
        self._decoy = self._hasher.hash(secrets.token_hex())
        self._read: tuple[int, dict[str, User]] = (0, {})

    def all(self) -> dict[str, User]:
        """The users by name; empty where there is no file yet."""
        try:
            changed = self._path.stat().st_mtime_ns
            if changed != self._read[0]:
                self._read = (changed, _USERS.validate_json(self._path.read_bytes()))
        except FileNotFoundError:
            return {}
        except (OSError, ValidationError) as error:
            raise SettingsError(
                f"用户文件 {self._path} 无法读取，请检查权限和内容。"
                "(the users file cannot be read: check it.)"
            ) from error
        return self._read[1]

    def get(self, name: str) -> User | None:
        return self.all().get(name)

    def by_password(self, name: str, password: str) -> User | None:
        """The user of that name and password; takes as long where there is no such name."""
        user = self.get(name)
        kept = user.password if user and user.password else self._decoy
        try:
            self._hasher.verify(kept, password[:LONGEST_PASSWORD])
        except (Argon2Error, InvalidHashError):
            return None
        return user if user and user.password else None

    def by_token(self, token: str) -> tuple[str, User] | None:
        """The name and user that a token belongs to."""
        given = digest(token)
        for name, user in self.all().items():
            if user.token and secrets.compare_digest(user.token, given):
                return name, user
        return None

    def add(self, name: str, role: RoleName, password: str) -> None:
        """Add a user, or give one another role and password; ``SettingsError`` where unusable."""
        if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable() or name != name.strip():
            raise SettingsError(
                f"用户名须为 1 至 {LONGEST_NAME} 个可见字符。(a name has 1 to {LONGEST_NAME} visible characters.)"
            )
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise SettingsError(
                f"密码须为 {SHORTEST_PASSWORD} 至 {LONGEST_PASSWORD} 个字符。"
                f"(a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.)"
            )
        with self._changing():
            users = dict(self.all())
            known = users.get(name)
            users[name] = User(
                role=role,
                password=self._hasher.hash(password),
                token=known.token if known else "",
            )
            self._write(users)

    def new_token(self, name: str) -> str:
        """A token for a user, in place of an earlier one; ``NotFoundError`` for an unknown name."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        with self._changing():
            users = dict(self.all())
            users[name] = self._known(name).model_copy(update={"token": digest(token)})
            self._write(users)
        return token

    def remove(self, name: str) -> None:
        """Remove a user; ``NotFoundError`` for an unknown name."""
        with self._changing():
            self._known(name)
            self._write({other: user for other, user in self.all().items() if other != name})

    def _known(self, name: str) -> User:
        user = self.get(name)
        if user is None:
            raise NotFoundError(f"没有用户“{name}”。(no such user.)")
        return user

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Be the only one to change the file; ``SettingsError`` where it cannot be written."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self._path.with_name(f".{self._path.name}.lock")):
                yield
        except OSError as error:
            raise SettingsError(
                f"用户文件 {self._path} 无法写入（{error.strerror}），请检查路径和权限。"
                "(the users file cannot be written: check its path and permissions.)"
            ) from error

    def _write(self, users: dict[str, User]) -> None:
        def write(file: BinaryIO) -> None:
            os.fchmod(file.fileno(), 0o600)
            file.write(_USERS.dump_json(users, indent=2))

        write_atomic(self._path, write)
