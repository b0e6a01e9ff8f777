"""Word files → text: one paragraph a line, table rows with tabs, automatic numbers written out.

Only the document's XML is read; macros, embedded objects and links to elsewhere never are.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from qa_bot.errors import SourceError
from qa_bot.gazette.docx_numbers import Numbers

MAX_UNPACKED = 200_000_000
MAX_XML = 50_000_000
MAX_CHARACTERS = 20_000_000
_WIDEST_SPAN = 100
# Paragraphs and tables, also within content controls; runs, but for those that tracked changes
# moved elsewhere.
_INNER = "not(ancestor::w:p or ancestor::w:tbl)"
_BLOCKS = f".//w:p[{_INNER}] | .//w:tbl[{_INNER}]"
_RUNS = ".//w:r[not(ancestor::w:txbxContent or ancestor::w:moveFrom)]"
_HEADING = re.compile(r"Heading ([1-6])")
MAX_PARTS = 5_000


def docx_text(data: bytes, name: str) -> str:
    """The text of a .docx file. Raises SourceError where it is none, or unpacks too large."""
    _check_size(data, name)
    from docx import Document

    try:
        document = Document(io.BytesIO(data))
        lines = list(_lines(document, Numbers(document)))
    except (SourceError, MemoryError):
        raise
    except Exception as error:  # a damaged file makes the library raise nearly anything
        raise SourceError(
            f"{name} 不是可读的 Word 文档，请另存为 .docx 后再试。(not a readable .docx, save it anew.)"
        ) from error
    return "\n".join(lines) + "\n"


def _lines(document: Any, numbers: Numbers) -> Iterator[str]:
    from docx.text.paragraph import Paragraph

    written = 0
    for block in document.element.body.xpath(_BLOCKS):
        lines: Iterable[str]
        if block.tag.endswith("}p"):
            lines = _paragraph(Paragraph(block, document), numbers)
        else:
            lines = ("\t".join(row) for row in _rows(block))
        for line in lines:
            written += len(line)
            if written > MAX_CHARACTERS:
                raise SourceError("Word 文档文字过多，请拆分后再试。(too much text, split it.)")
            yield line


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


def _paragraph(paragraph: Any, numbers: Numbers) -> list[str]:
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


def _rows(table: Any) -> Iterator[list[str]]:
    """Rows of cell texts; a cell merged downwards is written in each of its rows."""
    above: list[str] = []
    for row in _own(table, "w:tr"):
        cells: list[str] = []
        for cell in _own(row, "w:tc"):
            if cell.vMerge == "continue":
                cells += above[len(cells) : len(cells) + 1] or [""]
            else:
                cells.append(_cell(_cell_paragraphs(cell)))
            cells += [""] * (min(cell.grid_span, _WIDEST_SPAN) - 1)
        above = cells
        yield cells


def _own(parent: Any, tag: str) -> list[Any]:
    """The rows of a table or cells of a row, also within content controls, none of inner tables."""
    from docx.oxml.ns import qn

    found = parent.iter(qn(tag))
    return [child for child in found if next(child.iterancestors(parent.tag)) is parent]


def _cell_paragraphs(cell: Any) -> list[str]:
    """The paragraphs of a cell, also those of tables within it."""
    texts = map(_words, cell.xpath(".//w:p"))
    plain = (text.replace("\t", " ").replace("\n", " ").strip() for text in texts)
    return [text for text in plain if text]


def _cell(paragraphs: list[str]) -> str:
    if len(paragraphs) < 2:
        return "".join(paragraphs)
    return "".join(f"<p>{text}</p>" for text in paragraphs)
