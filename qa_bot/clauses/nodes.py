"""The parts of the tree while it is built: paragraphs, nodes and runs of numbering."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from qa_bot.clauses.lines import Line
from qa_bot.clauses.markers import Marker
from qa_bot.clauses.model import ClauseKind, Span
from qa_bot.clauses.records import Record, Table
from qa_bot.clauses.wording import LABELLED_LINE

_TERMINAL = "。！？；：…”）〕】》」:;!?)]"
_BRACKETS = ("（(〔【《〈[“", "）)〕】》〉]”")
_SHORTEST_CUT = 12
_LONGEST_OVERLAP = 12
_TAIL = 80
_OWN = frozenset({"marked", "roster", "row", "segment"})
_REDUPLICATED = frozenset("人各种个天年层处事时往常渐一多家户村月日")


class Paragraph:
    """A paragraph as it was meant; ``lines`` are the lines it was put together from."""

    __slots__ = ("_parts", "is_heading", "lines", "tail")

    def __init__(self, text: str, lines: list[Line], is_heading: bool = False) -> None:
        self._parts = [text]
        self.lines = lines
        self.is_heading = is_heading
        self.tail = text[-_TAIL:]

    @property
    def text(self) -> str:
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0]

    @property
    def head(self) -> str:
        return self._parts[0][:_TAIL]

    @property
    def is_open(self) -> bool:
        """Cut off in the middle of a sentence?"""
        if self.is_heading or not self.tail or self.tail[-1] in _TERMINAL:
            return False
        if LABELLED_LINE.match(self.head) and not self.leaves_bracket_open:
            return False
        return len(self._parts) > 1 or len(self.head) > _SHORTEST_CUT or "，" in self.head

    @property
    def leaves_bracket_open(self) -> bool:
        opened, closed = (max(map(self.tail.rfind, kinds)) for kinds in _BRACKETS)
        return opened > closed

    @property
    def is_labelled(self) -> bool:
        """``责任单位：…``: a line that begins with its own label."""
        return bool(LABELLED_LINE.match(self.head))

    def join(self, other: Paragraph) -> None:
        """Append the other half of a cut paragraph, dropping what the break printed twice."""
        text = other.text
        self._parts.append(text[overlap(self.tail, text) :])
        self.tail = (self.tail + self._parts[-1])[-_TAIL:]
        self.lines += other.lines


@dataclass(slots=True)
class Node:
    """A clause to be. ``role`` says how it is labelled; ``label`` is its own part of the label.

    ``previous`` is the clause of the same style that was opened before it, under any parent.
    """

    role: str
    kind: ClauseKind
    label: str = ""
    heading: str = ""
    marker: Marker | None = None
    paragraphs: list[Paragraph] = field(default_factory=list)
    tail: list[Paragraph] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    parent: Node | None = None
    previous: Node | None = None
    record: Record | None = None

    def add(self, child: Node) -> Node:
        child.parent = self
        self.children.append(child)
        return child

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def all_paragraphs(self) -> list[Paragraph]:
        return self.paragraphs + self.tail

    @property
    def lines(self) -> list[Line]:
        if self.record:
            return self.record.lines
        return [line for paragraph in self.all_paragraphs for line in paragraph.lines]

    @property
    def spans(self) -> list[Span]:
        return self.record.spans if self.record else [line.span for line in self.lines]

    @property
    def text(self) -> str:
        if self.record:
            return self.record.text
        return "\n".join(paragraph.text for paragraph in self.all_paragraphs)


@dataclass(slots=True)
class Frame:
    """One run of numbering: a body, an attachment or a box.

    ``chain`` are the open clauses, ``opened`` the last clause of each marker style, ``placed``
    how many records of ``table`` hang in the tree, ``segments`` how many unnumbered paragraphs
    stand on their own, ``has_own`` whether anything but a preamble was found.
    """

    root: Node
    chain: list[Node]
    opened: dict[str, Node] = field(default_factory=dict)
    table: Table | None = None
    placed: int = 0
    segments: int = 0
    preamble: Node | None = None
    has_own: bool = False
    looked_at: int = 0

    @property
    def innermost(self) -> Node:
        return self.chain[-1]

    @property
    def last_character(self) -> str:
        """The last character of the text so far."""
        paragraphs = self.innermost.paragraphs
        return paragraphs[-1].tail[-1:] if paragraphs else ""

    def pop_to(self, node: Node) -> None:
        while self.chain[-1] is not node:
            self.chain.pop()

    def look_for_own(self, scope: Node) -> None:
        """Note whether ``scope`` already holds more than a preamble."""
        new = scope.children[self.looked_at :]
        self.has_own = self.has_own or any(child.role in _OWN for child in new)
        self.looked_at = len(scope.children)


def joins(last: Paragraph, new: Paragraph, node: Node) -> bool:
    """Is ``new`` the other half of ``last``?"""
    if not last.tail or new.is_heading:
        return False
    if last.is_open and last.leaves_bracket_open:
        return True
    if new.is_labelled or new.head[0] in "—－" or new.lines[0].bullet:
        return False
    if last.is_open:
        return True
    first = last.lines[0]
    if last.is_heading and node.marker and not (first.heading or first.bold == first.text):
        return node.previous is not None and not node.previous.paragraphs[0].is_heading
    return False


def overlap(left: str, right: str) -> int:
    """How many characters at the start of ``right`` were already printed at the end of ``left``."""
    for size in range(min(_LONGEST_OVERLAP, len(left), len(right)), 0, -1):
        twice = size > 1 or (right[0] not in _REDUPLICATED and "\u4e00" <= right[0] <= "\u9fff")
        figures = right[:size].isdigit()
        if twice and not figures and left.endswith(right[:size]):
            return size
    return 0
