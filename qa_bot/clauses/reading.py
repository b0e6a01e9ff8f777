"""The lines of one document → blocks: paragraphs, tables, rosters, labels, signatures.

Nothing is joined or dropped here but running headers, page numbers, tables of contents and
boilerplate, which become ``noise``.
"""

from __future__ import annotations

import re

from qa_bot.clauses import wording as w
from qa_bot.clauses.blocks import Block, BlockKind, look_ahead
from qa_bot.clauses.heads import Head
from qa_bot.clauses.lines import Line
from qa_bot.clauses.markers import read_marker

_FLAT_HEADER_CELLS = 3
_MOST_FLAT_COLUMNS = 20
_LONGEST_CONTEXT = 4000
_MOST_TITLE_LINES = 4
_LONGEST_SIGNATURE = 60
_BEFORE_TEXT: set[BlockKind] = {"title", "note", "noise"}


def document_blocks(
    lines: list[Line], head: Head, end: int, running: set[str], listed: set[int]
) -> list[Block]:
    """The blocks of the document with this head; its lines end before index ``end``.

    ``running`` are the texts of running headers, ``listed`` the lines of a table of contents.
    """
    return _Reader(lines, head, end, running, listed).read()


class _Reader:
    def __init__(
        self, lines: list[Line], head: Head, end: int, running: set[str], contents: set[int]
    ) -> None:
        self.lines = lines
        self.head = head
        self.end = end
        self.running = running
        self.contents = contents
        self.blocks: list[Block] = []
        self.signed = False
        self.context = head.title
        self.listed: list[str] = []
        self.widths: set[int] = set()
        self.seen: set[BlockKind] = set()

    def read(self) -> list[Block]:
        titles = [self.lines[i] for i in self.head.title_lines]
        others = [self.lines[i] for i in self.head.lines if i not in self.head.title_lines]
        before = sum(line.ordinal < titles[0].ordinal for line in others) if titles else 0
        if self.head.lines:
            self._add("title", others, title_lines=titles, title_at=before)
        i = self.head.body
        while i < self.end:
            i = self._step(i)
        look_ahead(self.blocks)
        return self.blocks

    def _add(self, kind: BlockKind, lines: list[Line], **rest: object) -> None:
        self.blocks.append(Block(kind, lines, **rest))  # type: ignore[arg-type]
        self.seen.add(kind)

    def _step(self, i: int) -> int:
        line = self.lines[i]
        text = line.text
        for read in (
            self._noise,
            self._table,
            self._flat_table,
            self._note,
            self._addressee,
            self._attachment_list,
            self._attachment,
            self._box,
            self._signature,
            self._issued_title,
            self._roster,
        ):
            following = read(i, line, text)
            if following > i:
                return following
        self._add("paragraph", [line], marker=read_marker(text))
        if not self.signed and len(self.context) < _LONGEST_CONTEXT:
            self.context += text
        return i + 1

    def _noise(self, i: int, line: Line, text: str) -> int:
        repeated = {"title"} <= self.seen <= _BEFORE_TEXT and w.title_of([text]) == self.head.title
        if (
            repeated
            or w.is_imprint(text)
            or (w.is_boilerplate(text) and not self._inside_text(i))
            or i in self.contents
            or w.is_page_number(text)
            or (len(text) <= 60 and re.sub(r"\s", "", text) in self.running)
        ):
            self._add("noise", [line])
            return i + 1
        return i

    def _inside_text(self, i: int) -> bool:
        """Boilerplate words open real lines too; real text follows those."""
        return any(read_marker(line.text) for line in self.lines[i + 1 : min(i + 12, self.end)])

    def _table(self, i: int, line: Line, text: str) -> int:
        j = i
        while j < self.end and self.lines[j].is_table_row:
            j += 1
        if not any(sum(bool(c.raw.strip()) for c in row.cells) > 1 for row in self.lines[i:j]):
            return i  # text behind tabs
        width = len(line.cells)
        if j == i or (j == i + 1 and width not in self.widths):
            return i
        self.widths.add(width)
        self._add("table", self.lines[i:j])
        return j

    def _flat_table(self, i: int, line: Line, text: str) -> int:
        """A table printed one cell a paragraph: 序号, more column names, then 1."""
        if text != "序号":
            return i
        j = i + 1
        last = min(self.end, i + _MOST_FLAT_COLUMNS)
        while j < last and self.lines[j].text != "1" and len(self.lines[j].text) <= 12:
            j += 1
        if j >= last or self.lines[j].text != "1" or j - i < _FLAT_HEADER_CELLS:
            return i
        while j < self.end and not self._ends_flat_table(j):
            j += 1
        self._add("flat_table", self.lines[i:j])
        return j

    def _ends_flat_table(self, j: int) -> bool:
        """An attachment, a signature, or the next item of the outline in which the table stands."""
        text = self.lines[j].text
        if w.attachment_label(text) or (w.is_organisation(text) and self._signature_at(j)):
            return True
        marker = read_marker(text)
        above = [b.marker.value for b in self.blocks if b.marker and b.marker.style == "cn"]
        if not marker or marker.style != "cn":
            return False
        return bool(above) and marker.value == above[-1] + 1

    def _note(self, i: int, line: Line, text: str) -> int:
        """The note under a title on who passed, changed and promulgated the text, and when."""
        if not self.seen <= _BEFORE_TEXT or not w.is_promulgation_note(text):
            return i
        if self.blocks and self.blocks[-1].kind == "note":
            self.blocks[-1].lines.append(line)
        else:
            self._add("note", [line])
        return i + 1

    def _addressee(self, i: int, line: Line, text: str) -> int:
        if i > self.head.body + 1 or "addressee" in self.seen:
            return i
        if read_marker(text) or not w.is_addressee(text):
            return i
        self._add("addressee", [line])
        return i + 1

    def _attachment_list(self, i: int, line: Line, text: str) -> int:
        if not w.is_attachment_list(text) or w.attachment_label(text) is not None:
            return i
        j = i + 1
        while j < self.end:
            following = self.lines[j].text
            marker = read_marker(following)
            numbered = marker is not None and marker.style == "arabic" and marker.value > 1
            broken = not marker and j == i + 1 and w.ends_like_title(following)
            if not (numbered or broken) or len(following) > 80 or w.is_imprint(following):
                break
            j += 1
        self._add("attachment_list", self.lines[i:j])
        self.listed = [re.sub(r"\s", "", line.text) for line in self.lines[i:j]]
        return j

    def _attachment(self, i: int, line: Line, text: str) -> int:
        number = w.attachment_label(text)
        if number is None:
            return self._titled_attachment(i, line, text)
        label = [line]
        j = i + 1
        titles: list[Line] = []
        while j < self.end and len(titles) < 4 and self._continues_title(j, titles):
            titles.append(self.lines[j])
            j += 1
        if (
            not titles
            and self.blocks
            and self.blocks[-1].kind == "paragraph"
            and self._is_listed(self.blocks[-1])
        ):
            titles = self.blocks.pop().lines
        self._add("attachment", label, number=number, title_lines=titles)
        self.signed = True
        return j

    def _titled_attachment(self, i: int, line: Line, text: str) -> int:
        """Label and title on one line, behind the signature; in a list of them it is an entry."""
        titled = w.titled_attachment(text) if self.signed else None
        follower = self.lines[i + 1].text if i + 1 < self.end else ""
        if titled is None or w.titled_attachment(follower):
            return i
        self._add("attachment", [line], number=titled[0], title=titled[1])
        return i + 1

    def _continues_title(self, j: int, taken: list[Line]) -> bool:
        line = self.lines[j]
        if line.is_table_row or not w.is_title_line(line.text) or read_marker(line.text):
            return False
        if line.text == "序号" or w.opens_roster(line.text) or w.box_number(line.text):
            return False
        if not taken:
            return True
        joined = w.title_of([t.text for t in taken])
        return w.is_subtitle(line.text) or not w.ends_like_title(joined)

    def _is_listed(self, block: Block) -> bool:
        title = re.sub(r"\s", "", block.text)
        return len(title) >= 4 and any(title in entry for entry in self.listed)

    def _box(self, i: int, line: Line, text: str) -> int:
        number = w.box_number(text)
        if number is None:
            return i
        self._add("box", [line], number=number)
        return i + 1

    def _signature(self, i: int, line: Line, text: str) -> int:
        j, dated = i, False
        while j < self.end and j < i + 10:
            here = self.lines[j].text
            if w.is_date_line(here) or w.signs_with_date(here):
                dated = True
            elif w.is_release_mark(here):
                pass
            elif dated or not (w.is_organisation(here) or w.is_leader(here)):
                break
            j += 1
        marked = any(w.is_release_mark(self.lines[k].text) for k in range(i, j))
        if j == i or not (dated or marked) or line.heading or len(text) > _LONGEST_SIGNATURE:
            return i
        self._add("signature", self.lines[i:j])
        self.signed = True
        return j

    def _issued_title(self, i: int, line: Line, text: str) -> int:
        """The title of the text that a notice issues: behind its signature, named in the notice."""
        if not self.signed or self.seen & {"issued_title", "attachment"}:
            return i
        if w.is_subtitle(text):
            return i
        j = i
        while (
            j < self.end
            and j < i + _MOST_TITLE_LINES
            and not self.lines[j].is_table_row
            and w.is_title_line(self.lines[j].text)
            and not read_marker(self.lines[j].text)
        ):
            j += 1
            title = w.title_of([line.text for line in self.lines[i:j]])
            if w.ends_like_title(title) and not self._subtitle_follows(j):
                break
        title = w.title_of([line.text for line in self.lines[i:j]])
        if (
            j == i
            or len(title) < 4
            or not (w.ends_like_title(title) or w.mentions(self.context, title))
        ):
            return i
        self._add("issued_title", self.lines[i:j])
        return j

    def _subtitle_follows(self, j: int) -> bool:
        if j >= self.end:
            return False
        text = self.lines[j].text
        return w.is_subtitle(text) or (
            text[:1] in "（(" and w.is_title_line(text) and not read_marker(text)
        )

    def _roster(self, i: int, line: Line, text: str) -> int:
        if not w.opens_roster(text):
            return i
        j = i + 1
        while j < self.end:
            here = self.lines[j].text
            if read_marker(here) or self.lines[j].heading or not w.is_roster_line(here):
                break
            if self._opens_another_part(self.lines[j]):
                break
            if w.is_date_line(here) or (w.is_organisation(here) and self._signature_at(j)):
                break
            j += 1
        if j - i < 2:
            return i
        self._add("roster", self.lines[i:j], title_lines=self._roster_title())
        return j

    @staticmethod
    def _opens_another_part(line: Line) -> bool:
        text = line.text
        attached = w.attachment_label(text) or w.titled_attachment(text) or w.box_number(text)
        return line.is_table_row or w.is_release_mark(text) or attached is not None

    def _roster_title(self) -> list[Line]:
        """The title (…成员名单) that stands right above a roster, without an 附件 label."""
        taken: list[Line] = []
        for block in reversed(self.blocks[-_MOST_TITLE_LINES:]):
            plain = block.kind == "paragraph" and not block.marker and w.is_title_line(block.text)
            if not plain or not (taken or block.text.endswith("名单")):
                break
            taken = block.lines + taken
        del self.blocks[len(self.blocks) - len(taken) :]
        return taken

    def _signature_at(self, j: int) -> bool:
        return any(w.is_date_line(line.text) for line in self.lines[j + 1 : min(j + 3, self.end)])
