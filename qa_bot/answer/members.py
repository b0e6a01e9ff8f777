"""The lines of a roster that answer who holds a role, or who comes from where."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa_bot.clauses.model import Clause, Member
from qa_bot.clauses.rosters import read_roster
from qa_bot.retrieval.query import Query

_ALL = re.compile(r"哪些|名单|都有谁|有谁|几个人|多少人|\b(?:list|members)\b", re.IGNORECASE)
_MOST = 3
# The head of an office is none of the group that the roster is of.
_OF_OFFICE = re.compile(r"办公室(?:副?主任|负责人)")
_LEAST_BODY = 2
_BODY = re.compile(r"(?:[省市县区](?:委|政府)?)?([一-龥]{2,})")


def member_statement(query: Query, clause: Clause) -> tuple[str, str] | None:
    """The members asked for, ``组长：隋显利 常务副市长``, and the line that the first stands in; None
    where all are asked for, or which of them is not certain."""
    lines = member_lines(clause)
    if not lines or _ALL.search(query.question):
        return None
    wanted = _asked(query.question, clause)
    if not 0 < len(wanted) <= _MOST:
        return None
    shown = "；".join(shown_member(member) for member in wanted)
    return shown, next(line for line, member in lines if member == wanted[0])


def member_lines(clause: Clause) -> list[tuple[str, Member]]:
    """The lines of the roster, each with its member; [] where they do not tally."""
    lines = [line for line in clause.text.split("\n") if read_roster(line)]
    lines = lines[max(len(lines) - len(clause.members), 0) :]
    tally = len(lines) == len(clause.members)
    return list(zip(lines, clause.members, strict=True)) if tally else []


def _asked(question: str, clause: Clause) -> list[Member]:
    """The members whom the question names, else those from the body that it names, else those of
    its role."""
    if named := [m for m in clause.members if m.name and m.name in question]:
        return named
    of_role = _of_role(_OF_OFFICE.sub(" ", question), clause.members)
    of_body = _of_body(question, of_role or clause.members, clause.title)
    return of_body or of_role


def _of_role(question: str, members: Sequence[Member]) -> list[Member]:
    """The members with a role that the question names: 副组长 is no 组长."""
    left, asked = question, set()
    for role in sorted({member.role for member in members if member.role}, key=len, reverse=True):
        if role in left:
            asked.add(role)
            left = left.replace(role, " ")
    return [member for member in members if member.role in asked]


def _of_body(question: str, members: Sequence[Member], title: str) -> list[Member]:
    """The members from the body of which the question says most; what the title of the document
    says names its subject, and no body."""
    said = {id(member): _said_of_body(question, member, title) for member in members}
    most = max(said.values(), default=0)
    return [member for member in members if most and said[id(member)] == most]


def _said_of_body(question: str, member: Member, title: str) -> int:
    """How many characters of the name of the member's body, from its first, the question holds."""
    match = _BODY.match(member.post or "")
    name = match[1] if match else ""
    if name[:_LEAST_BODY] in title:
        return 0
    held = (n for n in range(len(name), _LEAST_BODY - 1, -1) if name[:n] in question)
    return next(held, 0)


def shown_member(member: Member) -> str:
    said = " ".join(filter(None, (member.name, member.post)))
    return f"{member.role}：{said}" if member.role else said
