"""Who may do what: roles, and the visitor that a request comes from."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from enum import IntEnum

from gradio.context import LocalContext
from starlette.types import Scope

from qa_bot.errors import QaBotError


class Role(IntEnum):
    """What someone may do; each may do all that those before it may."""

    NOBODY = 0
    CITIZEN = 1
    STAFF = 2
    ADMIN = 3


class NotAllowed(QaBotError):
    """Somebody asks for what takes another role."""


ROLES = {role.name.lower(): role for role in Role if role}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sends a request; ``name`` is empty where nobody has signed in.

    ``address`` is the client's IP address, ``request`` the id that log and answer carry.
    """

    name: str = ""
    role: Role = Role.NOBODY
    address: str = ""
    request: str = ""


_visitor: ContextVar[Visitor | None] = ContextVar("visitor", default=None)
_STRANGER = Visitor()


def enter(scope: Scope, visitor: Visitor) -> None:
    """Let what serves this request know its visitor."""
    scope.setdefault("state", {})["visitor"] = visitor
    _visitor.set(visitor)


def visitor_of(scope: Scope) -> Visitor:
    visitor = scope.get("state", {}).get("visitor", _STRANGER)
    assert isinstance(visitor, Visitor)
    return visitor


def current_visitor() -> Visitor:
    """The visitor whose request, or whose event of the page, is being served.

    Gradio runs the page's events in tasks of its own, so there its request comes first.
    """
    event = LocalContext.request.get(None)
    request = getattr(event, "request", None)
    if request is not None:
        return visitor_of(request.scope)
    return _visitor.get() or _STRANGER


def require(role: Role) -> None:
    """Raise ``NotAllowed`` where the current visitor's role does not suffice."""
    if current_visitor().role < role:
        raise NotAllowed(
            "您的账号没有这个权限，请换一个账号登录。(this takes another role: sign in as such a user.)"
        )
