"""Where a marker opens a clause: under which open clause it fits, and what its heading is."""

from __future__ import annotations

import re

from qa_bot.clauses.blocks import Block
from qa_bot.clauses.markers import RANK, Marker
from qa_bot.clauses.model import ClauseKind
from qa_bot.clauses.nodes import Frame, Node

_FIRST_SENTENCE = re.compile(r"^([^。；;:：]{2,32})。(?=.)", re.DOTALL)
_LABEL_HEADING = re.compile(r"^([^。；;：:，,、]{2,20})[:：](?=.)", re.DOTALL)
_ARTICLE_HEADING = re.compile(r"^[【\[]([^】\]]{2,30})[】\]]")
_SURE_DIVISION = re.compile(r"第\s*\S+?\s*(?:条|编|章|节)(?:\s*之\s*\S+)?[\s:：]")
_LONGEST_HEADING = 70
_WIDEST_GAP = 5
_MOST_LOST = 2


def place(frame: Frame, marker: Marker, block: Block) -> Node | None:
    """The open clause under which ``marker`` opens a new one, or None if it fits nowhere."""
    chain = frame.chain
    same = next((n for n in reversed(chain) if n.marker and n.marker.style == marker.style), None)
    before = frame.opened.get(marker.style)
    last = before.marker if before else None
    if same and same.marker and _follows(same.marker, marker):
        return same.parent
    if marker.value == 1 and not marker.sub:
        if same:
            return same.parent if same.marker and same.marker.value > 1 else None
        if last or marker.rank <= RANK["article"]:
            return _by_rank(chain, marker.rank)
        return chain[-1]
    if last and _follows(last, marker):
        return _by_rank(chain, marker.rank)
    if not _is_strong(marker, block):
        if last is None and marker.value == 2:
            return _by_rank(chain, marker.rank)
        return _past_lost(frame, same, marker, block)
    if last is None:
        return _by_rank(chain, marker.rank)
    if 0 < marker.value - last.value <= _WIDEST_GAP:
        return same.parent if same else _by_rank(chain, marker.rank)
    return None


def _past_lost(frame: Frame, same: Node | None, marker: Marker, block: Block) -> Node | None:
    """Where an item goes whose forerunner lost its marker: if its neighbours bear it out.

    They do where the next item has the next number, or where the text above ends as items do.
    """
    listed = frame.last_character in "；;"
    if same and same.marker:
        missing = marker.value - same.marker.value - 1
        borne_out = block.next_value == marker.value + 1 or listed
        return same.parent if 0 < missing <= _MOST_LOST and borne_out else None
    if 1 < marker.value <= _MOST_LOST + 1 and (block.next_value == marker.value + 1 or listed):
        return _by_rank(frame.chain, marker.rank)
    return None


def _follows(before: Marker, after: Marker) -> bool:
    if after.sub:
        return after.value == before.value and after.sub == before.sub + 1
    return after.value == before.value + 1


def _by_rank(chain: list[Node], rank: int) -> Node:
    return next(n for n in reversed(chain) if n.marker is None or n.marker.rank < rank)


def _is_strong(marker: Marker, block: Block) -> bool:
    """Is this marker sure enough of itself to be taken although a sibling before it is missing?"""
    if marker.rank <= RANK["article"]:
        return bool(_SURE_DIVISION.match(block.head + " "))
    return block.heading or (marker.style == "cn" and is_heading(marker, block))


def kind_of(marker: Marker) -> ClauseKind:
    if marker.rank < RANK["article"]:
        return "heading"
    return "article" if marker.style == "article" else "item"


def is_heading(marker: Marker, block: Block) -> bool:
    """Is the paragraph nothing but a heading?"""
    if block.heading and len(block.text) <= 2 * _LONGEST_HEADING:
        return True
    if block.bold and block.bold == block.text:
        return True
    if marker.rank < RANK["article"]:
        return True
    return (
        marker.style != "article"
        and 0 < len(marker.rest) <= _LONGEST_HEADING
        and not re.search(r"[。；;！!？?]", marker.rest)
        and marker.rest[-1] not in "，,、:："
    )


def heading_of(marker: Marker, block: Block, is_heading: bool) -> str:
    """The heading behind the marker: the whole paragraph, its bold words or its first sentence."""
    rest = marker.rest
    if is_heading:
        return rest.rstrip("。")
    if block.bold and len(block.bold) > len(marker.label) + 1 and block.text.startswith(block.bold):
        lead = block.text[: len(block.bold)]
        return lead[block.text.index(rest[:1]) if rest else 0 :].rstrip("。 ")
    pattern = _ARTICLE_HEADING if marker.style == "article" else _FIRST_SENTENCE
    match = pattern.match(rest)
    if not match and marker.style != "article":
        match = _LABEL_HEADING.match(rest)
    return match[1] if match else ""
