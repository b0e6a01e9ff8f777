"""Word files → text: one paragraph a line, table rows with tabs, automatic numbers written out.

Only the document's XML is read; macros, embedded objects and links to elsewhere never are.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from qa_bot.errors import SourceError

MAX_UNPACKED = 200_000_000
MAX_XML = 50_000_000
MAX_CHARACTERS = 20_000_000
_WIDEST_SPAN = 100
# Paragraphs and tables, also within content controls; runs, also those inserted by tracked changes.
_BLOCKS = (
    "(.|./w:sdt/w:sdtContent|./w:sdt/w:sdtContent/w:sdt/w:sdtContent)/*[self::w:p or self::w:tbl]"
)
_RUNS = ".//w:r[not(ancestor::w:txbxContent)]"
_HEADING = re.compile(r"Heading ([1-6])")
MAX_PARTS = 5_000
_CHINESE = frozenset(
    {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographDigital"}
)


def docx_text(data: bytes, name: str) -> str:
    """The text of a .docx file. Raises SourceError where it is none, or unpacks too large."""
    _check_size(data, name)
    from docx import Document

    try:
        document = Document(io.BytesIO(data))
        lines = list(_lines(document, _Numbers(document)))
    except (SourceError, MemoryError):
        raise
    except Exception as error:  # a damaged file makes the library raise nearly anything
        raise SourceError(
            f"{name} 不是可读的 Word 文档，请另存为 .docx 后再试。(not a readable .docx, save it anew.)"
        ) from error
    return "\n".join(lines) + "\n"


def _lines(document: Any, numbers: _Numbers) -> Iterator[str]:
    from docx.text.paragraph import Paragraph

    written = 0
    for block in document.element.body.xpath(_BLOCKS):
        if block.tag.endswith("}p"):
            lines = _paragraph(Paragraph(block, document), numbers)
        else:
            lines = ["\t".join(row) for row in _rows(block)]
        written += sum(map(len, lines))
        if written > MAX_CHARACTERS:
            raise SourceError("Word 文档文字过多，请拆分后再试。(too much text, split it.)")
        yield from lines


def _check_size(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile:
        raise SourceError(
            f"{name} 不是可读的 Word 文档，请另存为 .docx 后再试。(not a readable .docx, save it anew.)"
        ) from None
    xml = sum(part.file_size for part in parts if part.filename.endswith((".xml", ".rels")))
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or xml > MAX_XML or unpacked > MAX_UNPACKED:
        raise SourceError(f"{name} 解压后过大，请拆分后再试。(unpacks too large, split it.)")


def _paragraph(paragraph: Any, numbers: _Numbers) -> list[str]:
    text = _words(paragraph._p).replace("\t", " ").strip()
    if not text:
        return []
    style = (paragraph.style.name or "") if paragraph.style is not None else ""
    heading = _HEADING.fullmatch(style)
    prefix = "#" * int(heading[1]) + " " if heading else ""
    lines: list[str] = text.split("\n")
    return [prefix + numbers.label(paragraph) + lines[0], *lines[1:]]


def _words(paragraph: Any) -> str:
    return "".join(run.text for run in paragraph.xpath(_RUNS))


def _rows(table: Any) -> list[list[str]]:
    """Rows of cell texts; a cell merged downwards is written in its first row only."""
    rows: list[list[str]] = []
    for row in table.tr_lst:
        cells: list[str] = []
        for cell in row.tc_lst:
            merged = cell.vMerge == "continue"
            cells.append("" if merged else _cell(_cell_paragraphs(cell)))
            cells += [""] * (min(cell.grid_span, _WIDEST_SPAN) - 1)
        rows.append(cells)
    return rows


def _cell_paragraphs(cell: Any) -> list[str]:
    """The paragraphs of a cell, also those of tables within it."""
    texts = map(_words, cell.xpath(".//w:p"))
    plain = (text.replace("\t", " ").replace("\n", " ").strip() for text in texts)
    return [text for text in plain if text]


def _cell(paragraphs: list[str]) -> str:
    if len(paragraphs) < 2:
        return "".join(paragraphs)
    return "".join(f"<p>{text}</p>" for text in paragraphs)


class _Numbers:
    """Automatic numbering: Word keeps ``一、`` out of the text and counts it when it shows it."""

    def __init__(self, document: Any) -> None:
        self.formats = _number_formats(document)
        self.counts: dict[str, list[int]] = defaultdict(lambda: [0] * 9)

    def label(self, paragraph: Any) -> str:
        properties = paragraph._p.pPr
        numbering = properties.numPr if properties is not None else None
        if numbering is None or numbering.numId is None:
            return ""
        number_id = str(numbering.numId.val)
        level = min(numbering.ilvl.val if numbering.ilvl is not None else 0, 8)
        levels = self.formats.get(number_id, {})
        if level not in levels:
            return ""
        counts = self.counts[number_id]
        counts[level] = counts[level] + 1 if counts[level] else levels[level][2]
        counts[level + 1 :] = [0] * (8 - level)
        text = levels[level][1]
        for depth in range(level + 1):
            kind, _, start = levels.get(depth, ("decimal", "", 1))
            text = text.replace(f"%{depth + 1}", _written(counts[depth] or start, kind))
        return text


def _number_formats(document: Any) -> dict[str, dict[int, tuple[str, str, int]]]:
    """For each list its levels: number format, label with ``%1``, first number."""
    from docx.oxml.ns import qn

    try:
        root = document.part.numbering_part.element
    except (KeyError, NotImplementedError, AttributeError):
        return {}
    abstract: dict[str, dict[int, tuple[str, str, int]]] = {}
    for item in root.findall(qn("w:abstractNum")):
        levels: dict[int, tuple[str, str, int]] = {}
        for level in item.findall(qn("w:lvl")):
            values = {
                tag: (found.get(qn("w:val")) or "")
                for tag in ("numFmt", "lvlText", "start")
                if (found := level.find(qn(f"w:{tag}"))) is not None
            }
            if values.get("numFmt") not in (None, "bullet", "none"):
                depth = int(level.get(qn("w:ilvl")))
                start = int(values.get("start") or 1)
                levels[depth] = (values["numFmt"], values.get("lvlText", ""), start)
        abstract[item.get(qn("w:abstractNumId"))] = levels
    return {
        number.get(qn("w:numId")): abstract.get(link.get(qn("w:val")), {})
        for number in root.findall(qn("w:num"))
        if (link := number.find(qn("w:abstractNumId"))) is not None
    }


def _written(number: int, kind: str) -> str:
    if kind not in _CHINESE or not 0 < number < 100:
        return str(number)
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{digits[tens]}十"
    return head + (digits[ones] if ones else "")
