"""PDF files with a text layer → text: paragraphs put together again from printed lines.

A printed line goes on with the next one where it reaches the right margin and the next is not
indented. Ruled tables become rows with tabs. What is scanned has no text to read.
"""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import Any

from qa_bot.errors import SourceError

MAX_PAGES = 3_000
MAX_CHARACTERS = 20_000_000
_MARGIN = 1.6  # of a character's width: how far short of the margin a full line may end


@dataclass(frozen=True, slots=True)
class _Printed:
    """One printed line: its words, place and the width of its characters."""

    text: str
    left: float
    right: float
    top: float
    size: float


def pdf_text(data: bytes, name: str) -> str:
    """The text of a PDF. Raises SourceError where it is none, is locked or has no text layer."""
    import pdfplumber
    from pdfminer.pdfexceptions import PDFException
    from pdfminer.pdfpage import PDFPage
    from pdfplumber.utils.exceptions import PdfminerException

    parts: list[str] = []
    length = 0
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            if sum(1 for _ in islice(PDFPage.create_pages(pdf.doc), MAX_PAGES + 1)) > MAX_PAGES:
                raise SourceError(f"{name} 页数过多，请拆分后再试。(too many pages, split it.)")
            for page in pdf.pages:
                written = _page(page)
                parts += written
                length += sum(map(len, written))
                page.close()
                if length > MAX_CHARACTERS:
                    raise SourceError(f"{name} 文字过多，请拆分后再试。(too much text, split it.)")
    except (PDFException, PdfminerException, ValueError, KeyError, TypeError) as error:
        raise SourceError(
            f"{name} 不是可读的 PDF（或已加密），请换一个文件。(not a readable PDF, or locked.)"
        ) from error
    text = "\n".join(parts)
    if not text.strip():
        raise SourceError(
            f"{name} 没有文字层（可能是扫描件），请先做文字识别。(no text layer, run OCR on it first.)"
        )
    return text + "\n"


def _page(page: Any) -> list[str]:
    tables = page.find_tables()
    body = page
    for table in tables:
        body = body.outside_bbox(table.bbox)
    lines = [_printed(line) for line in body.extract_text_lines(return_chars=True)]
    blocks = [(line.top, text) for line, text in _paragraphs(lines)]
    for table in tables:
        rows = [[cell or "" for cell in row] for row in table.extract()]
        for i, row in enumerate(rows):
            blocks.append((table.bbox[1] + i / 1000, "\t".join(_cell(cell) for cell in row)))
    return [text for _, text in sorted(blocks, key=lambda block: block[0])]


def _printed(line: dict[str, Any]) -> _Printed:
    sizes = Counter(round(char["size"], 1) for char in line["chars"])
    return _Printed(
        line["text"].strip(), line["x0"], line["x1"], line["top"], sizes.most_common(1)[0][0]
    )


def _paragraphs(lines: list[_Printed]) -> list[tuple[_Printed, str]]:
    """Paragraphs with the first line of each."""
    if not lines:
        return []
    left = min(line.left for line in lines)
    right = max(line.right for line in lines)
    result: list[tuple[_Printed, str]] = []
    previous: _Printed | None = None
    for line in lines:
        full = previous is not None and previous.right >= right - _MARGIN * previous.size
        if previous is not None and full and line.left <= left + _MARGIN * line.size / 2:
            first, text = result[-1]
            result[-1] = (first, _joined(text, line.text))
        else:
            result.append((line, line.text))
        previous = line
    return result


def _joined(first: str, second: str) -> str:
    """Two printed lines as one; a blank only between Latin letters or digits."""
    blank = first[-1:].isascii() and second[:1].isascii() and first[-1:].isalpha()
    return f"{first} {second}" if blank else first + second


def _cell(text: str) -> str:
    return text.replace("\t", " ").replace("\n", "")
