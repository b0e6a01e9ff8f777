"""What of a clause is embedded.

A passage is a short context (core of the document's title, headings above the clause) on a line
of its own, then words of the clause. A clause too long for the embedding window is split at
sentence ends into several passages. Change ``RECIPE`` with anything that changes a passage: an
index of another recipe is renewed by the next ingest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa_bot.clauses.markers import read_marker
from qa_bot.clauses.model import Clause

RECIPE = "1"
# 512 tokens of multilingual-e5 hold about 700 characters of gazette text, never under 480.
MAX_CHARS = 480
_TITLE_CHARS = 60
_HEADING_CHARS = 40
_CONTEXT_SHARE = 3

_TITLE = re.compile(
    r"(?P<issuer>[^关]{0,40}?)关于(?:印发|转发|公布|发布|批转)?(?P<core>.+?)"
    r"的(?:通知|决定|意见|通告|公告|批复|通报|函|复函|报告|请示)"
)
_OFFICE = re.compile(r"人民政府.*|政府.*|(?:委员会|委)?办公[室厅].*")
_SENTENCE = re.compile(r"[^。；！？;!?]*(?:[。；！？;!?]+[”’」』）)》]*|$)")


@dataclass(frozen=True, slots=True)
class Passage:
    """One text to embed; ``id`` is the clause id with ``#1``, ``#2``, … behind it."""

    id: str
    clause_id: str
    text: str


def passages_of(clause: Clause, max_chars: int = MAX_CHARS) -> list[Passage]:
    """The passages of a clause, at least one, none longer than ``max_chars`` characters."""
    context = context_of(clause)[: max_chars // _CONTEXT_SHARE]
    pieces = split_sentences(clause.text, max_chars - len(context) - 1)
    return [
        Passage(passage_id(clause.id, number), clause.id, f"{context}\n{piece}".strip())
        for number, piece in enumerate(pieces, 1)
    ]


def passage_id(clause_id: str, number: int) -> str:
    """The id of the ``number``-th passage (from 1) of a clause."""
    return f"{clause_id}#{number}"


def clause_of(passage: str) -> str:
    """The id of the clause that a passage id belongs to."""
    return passage.rpartition("#")[0]


def context_of(clause: Clause) -> str:
    """The title's core, then the words of the headings that the clause does not open with."""
    words = [core_of_title(clause.title)[:_TITLE_CHARS]]
    for heading in clause.path:
        marker = read_marker(heading)
        name = (marker.rest if marker else heading)[:_HEADING_CHARS]
        if name and name not in clause.text[: 2 * _HEADING_CHARS] and name not in words:
            words.append(name)
    return " ".join(word for word in words if word)


def core_of_title(title: str) -> str:
    """``盘锦市人民政府关于调整…事项的决定`` → ``盘锦市 调整…事项``; other titles as they are."""
    match = _TITLE.match(title)
    if not match:
        return title
    place = _OFFICE.sub("", match["issuer"]).strip()
    core = re.sub("[《》]", "", match["core"])
    return core if core.startswith(place) else f"{place} {core}"


def split_sentences(text: str, max_chars: int) -> list[str]:
    """``text`` in pieces of about equal length, cut behind 。；！？ and nothing left out.

    A sentence longer than ``max_chars`` characters is cut where it must be.
    """
    if len(text) <= max_chars:
        return [text]
    aim = -(-len(text) // -(-len(text) // max_chars))
    pieces, piece = [], ""
    for sentence in _short_sentences(text, max_chars):
        if piece and (len(piece) >= aim or len(piece) + len(sentence) > max_chars):
            pieces.append(piece)
            piece = ""
        piece += sentence
    return [*pieces, piece]


def _short_sentences(text: str, max_chars: int) -> list[str]:
    sentences = [match[0] for match in _SENTENCE.finditer(text) if match[0]]
    return [
        sentence[start : start + max_chars]
        for sentence in sentences
        for start in range(0, len(sentence), max_chars)
    ]
