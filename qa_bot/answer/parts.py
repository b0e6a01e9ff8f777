"""A question that asks several things → one question for each of them.

``办登记归哪个局？发执照又归哪个局？`` asks twice; ``甲和乙的期限各是多久？`` asks one thing of two.
What stands before the first thing asked is said again with each; what is asked first is not said
again with the others, for it would be found again with each of them, unless they point at it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from qa_bot.retrieval.query import Query

_MOST = 4
_LEAST_WORDS = 3
_BREAK = re.compile(
    r"[？?；;。！!，,：:\n]+(?:\s*(?:and|or)\b(?=\s+(?:how|what|who|which|when|where|why)\b))?|"
    r"\s+(?:and|or)\s+(?=(?:how|what|who|which|when|where|why)\b)",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"谁|哪|什么|啥|(?<![那这头后好])(?<!(?<!提)前)几|几个工作日|多[少久大长高远重宽深早快]|何时|(?<!任)何|怎|咋|吗|么|是否|([一-龥])[不没]\1|"
    r"\b(?:how|what|who|which|when|where|why)\b",
    re.IGNORECASE,
)
# What is said to whoever answers, and asks nothing: 你知道吗, 能不能告诉我一下.
_SMALL_TALK = re.compile(
    r"(?:[请问麻烦你您我们咱想有人能帮忙谁说讲查看吗么呢吧啊呀了的]|不能|没有|可以|可不可以|知道|知不知道|晓得|清楚|"
    r"告诉|了解|解答|一下|大家|各位|你好|您好|\W)+"
)
_OF_EACH = re.compile(
    r"分别|各|区别|不同|差别|差在|一样|相比|哪个[更高低多少大小定]|两[边份处家个]|都说|"
    r"\b(?:differ|difference|compare|both|each|respectively)\b",
    re.IGNORECASE,
)
# A thing asked that points at what was asked before is asked together with it.
_POINTS_BACK = re.compile(r"它|\b(?:it|its|they|them|their|theirs)\b", re.IGNORECASE)
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
        elif _asks(piece):
            found.append([*waiting, piece])
            waiting = []
        else:
            (waiting if found else before).append(piece)
    if found:
        found[-1] += waiting
    whole = [[*found[0], *part] if _points_back(part) else part for part in found[1:]]
    return ["，".join([*before, *part]) + "？" for part in (*found[:1], *whole)]


def _points_back(part: Sequence[str]) -> bool:
    return any(map(_POINTS_BACK.search, part))


def asking(query: Query) -> list[str]:
    """The pieces of the question that ask something each, in their own words; [] where no more
    than one does."""
    pieces = [piece for piece in _pieces(query.question) if _asks(piece)]
    return pieces if len(pieces) > 1 else []


def without(query: Query, left_out: Collection[str]) -> tuple[str, str]:
    """The question without the pieces that are ``left_out``, and of these what stands before the
    first that still asks: what it is about may be named there alone."""
    pieces = _pieces(query.question)
    kept = [piece for piece in pieces if piece not in left_out]
    first = next(
        (at for at, piece in enumerate(pieces) if piece in kept and _ASKS.search(piece)), 0
    )
    before = [piece for piece in pieces[:first] if piece in left_out]
    return f"{'，'.join(kept)}？", "，".join(before)


def _asks(piece: str) -> bool:
    return bool(_ASKS.search(piece)) and not _SMALL_TALK.fullmatch(piece)


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
