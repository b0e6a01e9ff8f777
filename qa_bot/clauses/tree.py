"""Blocks of one document → a tree of nodes, each a clause to be.

A marker opens a clause only where it fits the sequence of its siblings; what does not fit is
text. Text cut by a page or column break is joined, also over a box that interrupts it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from qa_bot.clauses.blocks import Block
from qa_bot.clauses.lines import Line
from qa_bot.clauses.markers import RANK, Marker
from qa_bot.clauses.model import ClauseKind
from qa_bot.clauses.tables import Record, Table, continues, read_rows
from qa_bot.clauses.flat_tables import read_flat_table
from qa_bot.clauses import wording as w

_TERMINAL = "。！？；：…”）〕】》」:;!?)]"
_LABELLED = re.compile(r"^[一-龥]{2,8}[:：]")
_FIRST_SENTENCE = re.compile(r"^([^。；;:：]{2,32})。(?=.)", re.DOTALL)
_LABEL_HEADING = re.compile(r"^([^。；;：:，,、]{2,20})[:：](?=.)", re.DOTALL)
_ARTICLE_HEADING = re.compile(r"^[【\[]([^】\]]{2,30})[】\]]")
_LONGEST_HEADING = 70
_WIDEST_GAP = 5
_REDUPLICATED = set("人各种个天年层处事时往常渐一多家户村月日")


@dataclass(slots=True)
class Paragraph:
    """A paragraph as it was meant: ``lines`` are the physical lines it was put together from."""

    text: str
    lines: list[Line]
    is_heading: bool = False

    @property
    def is_open(self) -> bool:
        """Cut off in the middle of a sentence?"""
        if self.is_heading or not self.text or self.text[-1] in _TERMINAL:
            return False
        return not _LABELLED.match(self.text) and (len(self.text) > 12 or "，" in self.text)

    def join(self, other: Paragraph) -> None:
        """Append the other half of a cut paragraph, dropping what the break printed twice."""
        doubled = _overlap(self.text, other.text)
        self.text += other.text[doubled:]
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

    @property
    def all_paragraphs(self) -> list[Paragraph]:
        return self.paragraphs + self.tail


@dataclass(slots=True)
class Frame:
    """One run of numbering: a body, an attachment or a box.

    ``chain`` are the open clauses, ``opened`` the last clause of each marker style.
    """

    root: Node
    chain: list[Node]
    opened: dict[str, Node] = field(default_factory=dict)
    table: Table | None = None

    @property
    def innermost(self) -> Node:
        return self.chain[-1]

    def pop_to(self, node: Node) -> None:
        while self.chain[-1] is not node:
            self.chain.pop()

    def pop_rank(self, rank: int) -> None:
        while len(self.chain) > 1 and self.chain[-1].marker and self.chain[-1].marker.rank >= rank:
            self.chain.pop()


def build_tree(blocks: list[Block]) -> tuple[Node, list[Line]]:
    """The root of the document's tree and the lines that turned out to be noise."""
    return _Builder(blocks).build()


class _Builder:
    def __init__(self, blocks: list[Block]) -> None:
        self.blocks = blocks
        self.root = Node("document", "heading")
        self.frames = [Frame(self.root, [self.root])]
        self.noise: list[Line] = []

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    def build(self) -> tuple[Node, list[Line]]:
        for block in self.blocks:
            getattr(self, f"_{block.kind}")(block)
        return self.root, self.noise

    # Parts of the document that are not numbered.

    def _title(self, block: Block) -> None:
        self._plain(self.root, "标题", "paragraph", block)

    def _addressee(self, block: Block) -> None:
        self._plain(self.root, "主送", "paragraph", block)

    def _signature(self, block: Block) -> None:
        self._leave_box()
        self._plain(self.root, "落款", "signature", block)

    def _attachment_list(self, block: Block) -> None:
        self._plain(self.root, "附件说明", "paragraph", block)

    def _noise(self, block: Block) -> None:
        self.noise += block.lines

    @staticmethod
    def _plain(parent: Node, label: str, kind: ClauseKind, block: Block) -> None:
        node = parent.add(Node("part", kind, label))
        node.paragraphs = [Paragraph(line.text, [line]) for line in block.lines]

    # Scopes: what an attachment, a box or an issued text holds is numbered on its own.

    def _issued_title(self, block: Block) -> None:
        title = w.title_of([line.text for line in block.lines])
        node = self.root.add(Node("issued", "paragraph", f"《{title}》"))
        node.paragraphs = [Paragraph(title, list(block.lines), is_heading=True)]
        self.frames = [Frame(node, [node])]

    def _attachment(self, block: Block) -> None:
        title = w.title_of([line.text for line in block.title_lines])
        node = self.root.add(Node("attachment", "attachment", f"附件{block.number}", title))
        lines = [*block.lines, *block.title_lines]
        node.paragraphs = [Paragraph(line.text, [line], is_heading=True) for line in lines]
        self.frames = [Frame(node, [node])]

    def _box(self, block: Block) -> None:
        self._leave_box()
        caption = re.sub(r"^专\s*栏\s*\S+?(?:\s*[:：]\s*|\s+|$)", "", block.text)
        node = self.frame.root.add(Node("box", "heading", f"专栏{block.number}", caption))
        node.paragraphs = [Paragraph(block.text, list(block.lines), is_heading=True)]
        self.frames.append(Frame(node, [node]))

    def _leave_box(self) -> None:
        if len(self.frames) > 1:
            self.frames.pop()

    # Tables and rosters hang on the clause that they stand in.

    def _table(self, block: Block) -> None:
        known = self.frame.table
        if known and not continues(block.lines, known):
            known = None
        self._records(read_rows(block.lines, known), known)

    def _flat_table(self, block: Block) -> None:
        self._records(read_flat_table(block.lines), None)

    def _records(self, table: Table, known: Table | None) -> None:
        owner = self.frame.innermost
        self.frame.table = table
        for line in table.header:
            if not any(line in p.lines for p in owner.paragraphs):
                owner.paragraphs.append(Paragraph("　".join(c for c in _header(line)), [line], is_heading=True))
        self.noise += [line for line in table.repeats if line not in self.noise]
        done = {id(child.record) for child in owner.children}
        for record in table.records:
            if id(record) not in done:
                owner.add(Node("row", "table_row", f"第{record.number}项", record=record))

    def _roster(self, block: Block) -> None:
        node = self.frame.innermost.add(Node("roster", "roster", "名单"))
        node.paragraphs = [Paragraph(line.text, [line]) for line in block.lines]

    # Running text.

    def _paragraph(self, block: Block) -> None:
        marker = block.marker
        if len(self.frames) > 1 and self._leaves_box(block):
            self._leave_box()
        if marker and self._open(marker, block):
            return
        self._text(block)

    def _leaves_box(self, block: Block) -> bool:
        box, outer = self.frame, self.frames[-2]
        if block.marker and _place(box, block.marker, block):
            return block.marker.rank < RANK["arabic"] or block.heading
        if self._last_paragraph(box).is_open and not block.heading:
            return False
        return bool(box.root.children) or self._last_paragraph(outer).is_open or block.heading

    @staticmethod
    def _last_paragraph(frame: Frame) -> Paragraph:
        node = frame.innermost
        while node.children and node.children[-1].role in ("preamble", "segment"):
            node = node.children[-1]
        return node.paragraphs[-1] if node.paragraphs else Paragraph("", [])

    def _open(self, marker: Marker, block: Block) -> bool:
        frame = self.frame
        parent = _place(frame, marker, block)
        if parent is None:
            return False
        frame.pop_to(parent)
        node = parent.add(Node("marked", _kind(marker), marker.label, marker=marker))
        is_heading = _is_heading(marker, block)
        node.paragraphs = [Paragraph(block.text, list(block.lines), is_heading)]
        node.heading = _heading(marker, block, is_heading)
        node.previous = frame.opened.get(marker.style)
        frame.chain.append(node)
        frame.opened[marker.style] = node
        return True

    def _text(self, block: Block) -> None:
        frame = self.frame
        node = frame.innermost
        paragraph = Paragraph(block.text, list(block.lines), is_heading=block.heading)
        last = self._last_paragraph(frame)
        if _joins(last, paragraph, node):
            if last.is_heading:
                last.is_heading, node.heading = False, ""
            last.join(paragraph)
            return
        if node.marker is None:
            node = self._unmarked_home(node)
        node.paragraphs.append(paragraph)

    @staticmethod
    def _unmarked_home(scope: Node) -> Node:
        """Where text goes before the first marker: the preamble, or a paragraph of its own."""
        if scope.role == "box":
            return scope
        own = [c for c in scope.children if c.role in ("marked", "roster", "row", "segment")]
        preamble = next((c for c in scope.children if c.role == "preamble"), None)
        if own:
            number = 1 + sum(c.role in ("preamble", "segment") for c in scope.children)
            return scope.add(Node("segment", "paragraph", f"第{number}段"))
        return preamble or scope.add(Node("preamble", "preamble", "引言"))


def _header(line: Line) -> list[str]:
    from qa_bot.clauses.tables import _cells, _joined

    return [_joined(cell) for cell in _cells(line)] if line.is_table_row else [line.text]


def _place(frame: Frame, marker: Marker, block: Block) -> Node | None:
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
        return _by_rank(chain, marker.rank) if last is None and marker.value == 2 else None
    if last is None:
        return _by_rank(chain, marker.rank)
    if 0 < marker.value - last.value <= _WIDEST_GAP:
        return same.parent if same else _by_rank(chain, marker.rank)
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
        return bool(re.match(r"第\s*\S+?\s*(?:条|编|章|节)(?:之\S+)?[\s:：]", block.text + " "))
    return block.heading or (marker.style == "cn" and _is_heading(marker, block))


def _kind(marker: Marker) -> ClauseKind:
    if marker.rank < RANK["article"]:
        return "heading"
    return "article" if marker.style == "article" else "item"


def _is_heading(marker: Marker, block: Block) -> bool:
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


def _heading(marker: Marker, block: Block, is_heading: bool) -> str:
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


def _joins(last: Paragraph, new: Paragraph, node: Node) -> bool:
    """Is ``new`` the other half of ``last``?"""
    if not last.text or new.is_heading or _LABELLED.match(new.text) or new.text[0] in "—－":
        return False
    if last.is_open:
        return True
    first = last.lines[0]
    if last.is_heading and node.marker and not (first.heading or first.bold == first.text):
        return bool(node.previous) and not node.previous.paragraphs[0].is_heading
    return False


def _overlap(left: str, right: str) -> int:
    """How many characters at the start of ``right`` were already printed at the end of ``left``."""
    for size in range(min(12, len(left), len(right)), 0, -1):
        if left.endswith(right[:size]):
            if size > 1 or (right[0] not in _REDUPLICATED and "\u4e00" <= right[0] <= "\u9fff"):
                return size
    return 0
