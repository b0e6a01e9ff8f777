"""Blocks: runs of lines of one document that belong together, what the tree is built from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from qa_bot.clauses.lines import Line
from qa_bot.clauses.markers import Marker

BlockKind = Literal[
    "title",
    "note",
    "addressee",
    "paragraph",
    "attachment_list",
    "attachment",
    "issued_title",
    "box",
    "table",
    "flat_table",
    "roster",
    "signature",
    "noise",
]


@dataclass(slots=True)
class Block:
    """A run of lines that belong together; ``marker`` is the candidate it opens with.

    ``number`` is that of a box, or the label of an attachment whose ``title`` stands behind it;
    ``title_lines`` are the lines of a title, which stands before ``lines[title_at]``;
    ``next_value`` is the number of the next marker of the same style at the same level.
    """

    kind: BlockKind
    lines: list[Line]
    marker: Marker | None = None
    number: str = ""
    title: str = ""
    title_lines: list[Line] = field(default_factory=list)
    title_at: int = 0
    next_value: int = 0

    @property
    def head(self) -> str:
        return self.lines[0].text[:80]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    @property
    def heading(self) -> bool:
        return self.lines[0].heading > 0

    @property
    def bold(self) -> str:
        return self.lines[0].bold


def look_ahead(blocks: list[Block]) -> None:
    """Note for each marker the number of the next of its style, before an outer one intervenes."""
    following: dict[str, Marker] = {}
    for block in reversed(blocks):
        if marker := block.marker:
            if marker.style in following:
                block.next_value = following[marker.style].value
            following = {s: m for s, m in following.items() if m.rank < marker.rank}
            following[marker.style] = marker
