"""Rosters: ``副组长:刘伟才 市委常委、宣传部长`` → role, name, post."""

from __future__ import annotations

import re

from qa_bot.clauses.model import Member
from qa_bot.clauses.wording import role_label

_POST = re.compile(
    r".*(?:长|书记|主任|委员|经理|董事|主席|员|师|主管|处|局|委|办|院|会|中心|公司|政府|代表|顾问|总监)$"
)
_NAME = re.compile(r"[一-龥]{2,4}|[一-龥]{1,8}·[一-龥·]{1,12}")
_HALF_NAME = re.compile(r"[一-龥]")


def read_roster(text: str) -> tuple[Member, ...]:
    """The members of a roster, one a line; a role holds for the lines below it."""
    members: list[Member] = []
    role: str | None = None
    for line in text.split("\n"):
        label, rest = role_label(line)
        role = label or role
        if rest:
            name, post = _name_and_post(rest)
            members.append(Member(role=role, name=name, post=post))
    return tuple(members)


def _name_and_post(text: str) -> tuple[str | None, str | None]:
    words = text.split()
    if len(words) > 2 and all(_HALF_NAME.fullmatch(word) for word in words[:2]):
        words[:2] = ["".join(words[:2])]
    if len(words) == 2 and all(_HALF_NAME.fullmatch(word) for word in words):
        return "".join(words), None
    first, rest = words[0], " ".join(words[1:])
    if _NAME.fullmatch(first) and not _POST.match(first):
        return first, rest or None
    if (
        rest
        and _NAME.fullmatch(first)
        and len(first) <= 3
        and not first.endswith(("市长", "区长", "县长"))
    ):
        return first, rest
    return None, text
