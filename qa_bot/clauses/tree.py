"""Blocks of one document → a tree of nodes, each a clause to be.

A marker opens a clause only where it fits the sequence of its siblings; what does not fit is
text. Text cut by a page or column break is joined, also over a box that interrupts it.
"""

from __future__ import annotations

import re

from qa_bot.clauses import wording as w
from qa_bot.clauses.blocks import Block
from qa_bot.clauses.flat_tables import read_flat_table
from qa_bot.clauses.lines import Line
from qa_bot.clauses.markers import RANK, Marker
from qa_bot.clauses.model import ClauseKind
from qa_bot.clauses.nodes import Frame, Node, Paragraph, joins
from qa_bot.clauses.placement import heading_of, is_heading, kind_of, place
from qa_bot.clauses.records import Record, Table, cells_of, joined
from qa_bot.clauses.tables import continues, read_rows

_BOX_LABEL = re.compile(r"^专\s*栏\s*\S+?(?:\s*[:：]\s*|\s+|$)")


def build_tree(blocks: list[Block]) -> Node:
    """The root of the document's tree; lines of no node are noise."""
    return _Builder(blocks).build()


class _Builder:
    def __init__(self, blocks: list[Block]) -> None:
        self.blocks = blocks
        self.root = Node("document", "heading")
        self.frames = [Frame(self.root, [self.root])]

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    def build(self) -> Node:
        for block in self.blocks:
            if block.kind != "noise":
                getattr(self, f"_{block.kind}")(block)
        return self.root

    # Parts of the document that are not numbered.

    def _title(self, block: Block) -> None:
        self._plain(self.root, "标题", "paragraph", block)

    def _note(self, block: Block) -> None:
        self._plain(self.root, "题注", "paragraph", block)

    def _addressee(self, block: Block) -> None:
        self._plain(self.root, "主送", "paragraph", block)

    def _signature(self, block: Block) -> None:
        self._leave_box()
        self._plain(self.root, "落款", "signature", block)

    def _attachment_list(self, block: Block) -> None:
        self._plain(self.root, "附件说明", "paragraph", block)

    @staticmethod
    def _plain(parent: Node, label: str, kind: ClauseKind, block: Block) -> None:
        node = parent.add(Node("part", kind, label))
        node.paragraphs = [Paragraph(line.text, [line]) for line in block.lines]
        if block.title_lines:
            node.paragraphs.insert(block.title_at, _title_paragraph(block.title_lines))

    # Scopes: what an attachment, a box or an issued text holds is numbered on its own.

    def _issued_title(self, block: Block) -> None:
        title = w.title_of([line.text for line in block.lines])
        node = self.root.add(Node("issued", "paragraph", f"《{title}》"))
        node.paragraphs = [_title_paragraph(block.lines)]
        self.frames = [Frame(node, [node])]

    def _attachment(self, block: Block) -> None:
        title = block.title or w.title_of([line.text for line in block.title_lines])
        node = self.root.add(Node("attachment", "attachment", block.number, title))
        node.paragraphs = [Paragraph(line.text, [line], is_heading=True) for line in block.lines]
        if block.title_lines:
            node.paragraphs.append(_title_paragraph(block.title_lines))
        self.frames = [Frame(node, [node])]

    def _box(self, block: Block) -> None:
        self._leave_box()
        caption = _BOX_LABEL.sub("", block.text)
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
        headers = len(known.header) if known else 0
        table = read_rows(block.lines, known)
        if not known:
            self.frame.table, self.frame.placed = table, 0
        self._records(table, table.header[headers:], [] if known else table.caption)

    def _flat_table(self, block: Block) -> None:
        table = read_flat_table(block.lines)
        self.frame.table, self.frame.placed = table, 0
        self._records(table, table.header, [])

    def _records(self, table: Table, header: list[Line], caption: list[Line]) -> None:
        frame, owner = self.frame, self.frame.innermost
        headings = [_header([line]) for line in caption] + ([_header(header)] if header else [])
        if headings:
            home = self._unmarked_home(frame, owner) if owner is self.root else owner
            home.paragraphs += headings
        for record in table.records[frame.placed :]:
            owner.add(Node("row", "table_row", _row_label(record), record=record))
        frame.placed = len(table.records)

    def _roster(self, block: Block) -> None:
        owner = self.frame.root if block.title_lines else self.frame.innermost
        node = owner.add(Node("roster", "roster", "名单"))
        node.paragraphs = [Paragraph(line.text, [line]) for line in block.lines]
        if block.title_lines:
            node.paragraphs.insert(0, _title_paragraph(block.title_lines))

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
        if block.marker and place(box, block.marker, block):
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
        parent = place(frame, marker, block)
        if parent is None:
            return False
        frame.pop_to(parent)
        node = parent.add(Node("marked", kind_of(marker), marker.label, marker=marker))
        alone = is_heading(marker, block)
        node.paragraphs = [Paragraph(block.text, list(block.lines), alone)]
        node.heading = heading_of(marker, block, alone)
        node.previous = frame.opened.get(marker.style)
        frame.chain.append(node)
        frame.opened[marker.style] = node
        return True

    def _text(self, block: Block) -> None:
        frame = self.frame
        node = frame.innermost
        paragraph = Paragraph(block.text, list(block.lines), is_heading=block.heading)
        last = self._last_paragraph(frame)
        if joins(last, paragraph, node):
            if last.is_heading:
                last.is_heading, node.heading = False, ""
            last.join(paragraph)
            return
        if node.marker is None:
            node = self._unmarked_home(frame, node)
        node.paragraphs.append(paragraph)

    @staticmethod
    def _unmarked_home(frame: Frame, scope: Node) -> Node:
        """Where text goes before the first marker: the preamble, or a paragraph of its own."""
        if scope.role == "box":
            return scope
        frame.look_for_own(scope)
        if not frame.has_own:
            frame.preamble = frame.preamble or scope.add(Node("preamble", "preamble", "引言"))
            return frame.preamble
        frame.segments += 1
        number = frame.segments + (frame.preamble is not None)
        return scope.add(Node("segment", "paragraph", f"第{number}段"))


def _title_paragraph(lines: list[Line]) -> Paragraph:
    return Paragraph(w.title_of([line.text for line in lines]), list(lines), is_heading=True)


def _header(lines: list[Line]) -> Paragraph:
    words = (
        [joined(cell) for cell in cells_of(line)] if line.is_table_row else [line.text]
        for line in lines
    )
    names = dict.fromkeys(name for row in words for name in row if name)
    return Paragraph("　".join(names), list(lines), is_heading=True)


def _row_label(record: Record) -> str:
    if not record.number:
        return next((value[:20] for value in record.fields.values() if value), "合计")
    return f"第{record.number}项" + (f"（{record.part}）" if record.part else "")
