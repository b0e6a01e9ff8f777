"""Web pages → text: one paragraph a line, table rows with tabs, headings with ``#``."""

from __future__ import annotations

import re
from typing import Any

_DROPPED = "script, style, noscript, template, head, nav, iframe, svg, form, button, select"
_BLOCKS = frozenset(
    {
        "p",
        "div",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "section",
        "article",
        "main",
        "header",
        "footer",
    }
    | {
        "blockquote",
        "pre",
        "center",
        "figure",
        "figcaption",
        "hr",
        "address",
        "td",
        "th",
        "caption",
    }
    | {"h1", "h2", "h3", "h4", "h5", "h6", "body"}
)
_HEADING = re.compile(r"h([1-6])")
_WIDEST_SPAN = 100
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def html_text(page: str) -> str:
    """The text of a web page in reading order."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(page)
    for node in tree.css(_DROPPED):
        node.decompose()
    writer = _Writer()
    if tree.body is not None:
        writer.block(tree.body)
    return writer.text()


class _Writer:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.words: list[str] = []

    def text(self) -> str:
        self.end()
        return "\n".join(self.lines) + "\n"

    def end(self, prefix: str = "") -> None:
        """Close the paragraph that is being written."""
        line = _BLANKS.sub(" ", "".join(self.words)).strip()
        if line:
            self.lines.append(prefix + line)
        self.words.clear()

    def block(self, root: Any) -> None:
        """Write ``root`` and all below it; nesting may be deep, so the way is kept by hand."""
        todo: list[tuple[Any, bool]] = [(root, False)]
        while todo:
            node, leaving = todo.pop()
            tag = node.tag
            if leaving:
                heading = _HEADING.fullmatch(tag)
                self.end("#" * int(heading[1]) + " " if heading else "")
            elif tag == "-text":
                self.words.append(node.text(deep=False))
            elif tag == "br":
                self.end()
            elif tag == "table":
                self.end()
                self.table(node)
            else:
                if tag in _BLOCKS:
                    self.end()
                    todo.append((node, True))
                todo += [(child, False) for child in reversed(list(node.iter(include_text=True)))]

    def table(self, table: Any) -> None:
        """The rows of a table; a table of one column is only layout."""
        rows = _grid([row for row in table.css("tr") if _owner(row) == table])
        widest = max(map(len, rows), default=0)
        for row in rows:
            if widest < 2:
                self.lines += [line for cell in row for line in cell]
            else:
                self.lines.append("\t".join(_cell(cell) for cell in row))


def _grid(rows: list[Any]) -> list[list[list[str]]]:
    """The paragraphs of every cell; where a cell spans several, all but its first stay empty."""
    grid: list[list[list[str]]] = []
    spanned: dict[int, int] = {}
    for row in rows:
        line: list[list[str]] = []
        for cell in _cells(row):
            while spanned.get(len(line), 0) > 0:
                spanned[len(line)] -= 1
                line.append([])
            down, across = (_span(cell, name) for name in ("rowspan", "colspan"))
            for column in range(len(line), len(line) + across):
                spanned[column] = down - 1
            line += [_paragraphs(cell), *([] for _ in range(across - 1))]
        while spanned.get(len(line), 0) > 0:
            spanned[len(line)] -= 1
            line.append([])
        grid.append(line)
    return grid


def _span(cell: Any, name: str) -> int:
    value = cell.attributes.get(name) or ""
    return max(1, min(int(value), _WIDEST_SPAN)) if value.isdecimal() else 1


def _owner(row: Any) -> Any:
    node = row.parent
    while node is not None and node.tag != "table":
        node = node.parent
    return node


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row.iter() if cell.tag in ("td", "th")]


def _paragraphs(cell: Any) -> list[str]:
    inner = _Writer()
    for child in cell.iter(include_text=True):
        inner.block(child)
    inner.end()
    return inner.lines


def _cell(paragraphs: list[str]) -> str:
    if len(paragraphs) < 2:
        return "".join(paragraphs).replace("\t", " ")
    return "".join(f"<p>{line}</p>" for line in paragraphs).replace("\t", " ")
