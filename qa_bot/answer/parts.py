"""A question that asks several things → one question for each of them.

``办登记归哪个局？发执照又归哪个局？`` asks twice; ``甲和乙的期限各是多久？`` asks one thing of two.
What stands before the first thing asked is said again with each; what is asked first is not said
again with the others, for it would be found again with each of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa_bot.retrieval.query import Query

_MOST = 4
_LEAST_WORDS = 3
_BREAK = re.compile(r"[？?；;。！!，,：:\n]+")
_ASKS = re.compile(
    r"谁|哪|什么|啥|(?<![那这头后好])(?<!(?<!提)前)几|多[少久大长高远重宽深早快]|何时|(?<!任)何|怎|咋|吗|么|是否|([一-龥])[不没]\1|"
    r"\b(?:how|what|who|which|when|where|why)\b",
    re.IGNORECASE,
)
_OF_EACH = re.compile(
    r"分别|各|区别|不同|差别|差在|一样|相比|哪个[更高低多少大小定]|两[边份处家个]|都说|"
    r"\b(?:differ|difference|compare|both|each|respectively)\b",
    re.IGNORECASE,
)
# What is left of a thing asked without these words is what it asks about.
_ONLY_ASKS = re.compile(
    r"各|分别|都|是|有效|有|在|的|多少|多久|几|什么|时候|何时|怎么|怎样|哪|个|讲|说|样|吗|呢|又|还|该|要|得|"
    r"谁|由|归|给|找|从|起|如今|现在|管用|作废|过期|了|\W"
)
_JOINT = re.compile(r"和|跟|与|同(?!时|步|级|意|志)|以及|、|\band\b", re.IGNORECASE)
_AFTER_SIDE = re.compile(r"(?<=..)(?:两[边份处家个]|二者|之间|各|分别|都|哪|谁|有|在|的).*")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a question asks one after the other, or one thing of each of those that it compares."""

    questions: tuple[str, ...]
    compared: bool


def split(query: Query) -> Parts:
    """The questions that ``query`` is made of, each to be understood alone; none where it is one."""
    asked = query.question
    several = len(query.doc_numbers) > 1 or len(query.titles) > 1
    found = _sides(asked) if several or _OF_EACH.search(asked) else []
    compared = bool(found) and (several or len(_things_asked(asked)) < 2)
    if not compared:
        found = _things_asked(asked)
    if not 2 <= len(found) <= _MOST:
        return Parts((), False)
    return Parts(tuple(_with_places(query, part) for part in found), compared)


def _things_asked(asked: str) -> list[str]:
    """The clauses of the question that ask something, each behind what leads up to the first."""
    before: list[str] = []
    waiting: list[str] = []
    found: list[list[str]] = []
    for piece in _pieces(asked):
        if found and len(_ONLY_ASKS.sub("", piece)) < _LEAST_WORDS:
            found[-1].append(piece)
        elif _ASKS.search(piece):
            found.append([*waiting, piece])
            waiting = []
        else:
            (waiting if found else before).append(piece)
    if found:
        found[-1] += waiting
    return ["，".join([*before, *part]) + "？" for part in found]


def _pieces(asked: str) -> list[str]:
    pieces: list[str] = []
    for piece in filter(None, map(str.strip, _BREAK.split(asked))):
        several = piece.split("、")
        pieces += several if all(map(_ASKS.search, several)) else [piece]
    return pieces


def _sides(asked: str) -> list[str]:
    """The question once for each of the things that it compares, the others left out."""
    pieces = [piece for piece in _BREAK.split(asked) if piece.strip()]
    for at, piece in enumerate(pieces):
        sides = [side for side in _JOINT.split(piece) if len(side.strip()) >= 2]
        if len(sides) < 2 or len(sides) > _MOST:
            continue
        tail = _AFTER_SIDE.search(sides[-1])
        end = tail[0] if tail else ""
        sides[-1] = sides[-1].removesuffix(end)
        whole = [side.strip().removesuffix(end) + end for side in sides]
        return ["，".join([*pieces[:at], side, *pieces[at + 1 :]]) + "？" for side in whole]
    return []


def _with_places(query: Query, part: str) -> str:
    """A part that lost the places which the question names, with them."""
    if query.language == "en" or any(place in part for place in query.places):
        return part
    named = sorted(query.places, key=lambda place: (query.text.find(place), -len(place)))
    lost = [p for p in named if not any(p != other and p in other for other in named)]
    return "".join(lost) + part
