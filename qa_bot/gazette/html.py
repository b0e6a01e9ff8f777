"""Web pages → text: one paragraph a line, table rows with tabs, headings with ``#``."""

from __future__ import annotations

import re
from typing import Any

from qa_bot.errors import SourceError

_DROPPED = (
    "script, style, noscript, template, head, nav, iframe, svg, input, textarea, button, select"
)
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "form",
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
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "body",
        "table",
        "tr",
    ]
)
_HEADING = re.compile(r"h([1-6])")
_WIDEST_SPAN = 100
_MOST_COLUMNS = 200
_MOST_CHARACTERS = 20_000_000  # in tables, whose merged cells are written several times
_DEEPEST_TABLE = 8
_DEEPEST = 2000  # open elements: the HTML parser's time for a tag grows with their number
_NESTING = re.compile(r"<(/?)([a-z][\w-]*)", re.IGNORECASE)
_NOT_NESTED = frozenset(
    [
        "p",
        "li",
        "td",
        "th",
        "tr",
        "dt",
        "dd",
        "option",
        "thead",
        "tbody",
        "tfoot",
        "br",
        "hr",
        "img",
        "input",
        "meta",
        "link",
        "col",
        "colgroup",
        "area",
        "base",
        "embed",
        "source",
        "wbr",
        "param",
        "rt",
        "rp",
        "html",
        "head",
        "body",
    ]
)
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def html_text(page: str) -> str:
    """The text of a web page in reading order. Raises SourceError where it is nested too deep."""
    if _depth(page) > _DEEPEST:
        raise SourceError("网页嵌套过深，请另存为文本后再试。(nested too deep, save it as text.)")
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(page)
    for node in tree.css(_DROPPED):
        node.decompose()
    writer = _Writer()
    if tree.body is not None:
        writer.block(tree.body)
    return writer.text()


def _depth(page: str) -> int:
    """How many elements may be open at once."""
    depth = deepest = 0
    for closes, tag in _NESTING.findall(page):
        if tag.lower() not in _NOT_NESTED:
            depth = max(0, depth - 1) if closes else depth + 1
            deepest = max(deepest, depth)
    return deepest


class _Writer:
    """Writes what stands ``depth`` tables deep; tables nested too deep are read as text."""

    def __init__(self, depth: int = 0) -> None:
        self.depth = depth
        self.lines: list[str] = []
        self.words: list[str] = []
        self.written = 0

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
            elif tag == "table" and self.depth < _DEEPEST_TABLE:
                self.end()
                self.table(node)
            else:
                if tag in _BLOCKS:
                    self.end()
                    todo.append((node, True))
                todo += [(child, False) for child in reversed(list(node.iter(include_text=True)))]

    def table(self, table: Any) -> None:
        """The caption and rows of a table; a table of one column is only layout."""
        for caption in (child for child in table.iter() if child.tag == "caption"):
            self.block(caption)
        rows = self._grid(_own_rows(table))
        widest = max(map(len, rows), default=0)
        for row in rows:
            if widest < 2:
                self.lines += [line for cell in row for line in cell]
            else:
                self.lines.append("\t".join(_cell(cell) for cell in row))

    def _grid(self, rows: list[Any]) -> list[list[list[str]]]:
        """The paragraphs of every cell. One that spans rows stands in each of them; where it spans
        columns, all but the first stay empty."""
        grid: list[list[list[str]]] = []
        spanned: dict[int, tuple[int, list[str]]] = {}
        for row in rows:
            line: list[list[str]] = []
            for cell in _cells(row):
                self._from_above(line, spanned)
                down, across = (_span(cell, name) for name in ("rowspan", "colspan"))
                across = max(1, min(across, _MOST_COLUMNS - len(line)))
                for words in (_paragraphs(cell, self.depth + 1), *([[]] * (across - 1))):
                    if len(line) < _MOST_COLUMNS:
                        spanned[len(line)] = (down - 1, words)
                    line.append(words)
            self._from_above(line, spanned)
            self.written += sum(len(words) for cell in line for words in cell)
            if self.written > _MOST_CHARACTERS:
                raise SourceError("网页文字过多，请拆分后再试。(too much text, split it.)")
            grid.append(line)
        return grid

    @staticmethod
    def _from_above(line: list[list[str]], spanned: dict[int, tuple[int, list[str]]]) -> None:
        """Put to ``line`` the cells that reach down into its next columns."""
        while (reach := spanned.get(len(line), (0, [])))[0] > 0:
            spanned[len(line)] = (reach[0] - 1, reach[1])
            line.append(reach[1])


def _span(cell: Any, name: str) -> int:
    value = cell.attributes.get(name) or ""
    return max(1, min(int(value[:4]), _WIDEST_SPAN)) if value.isdecimal() else 1


def _own_rows(table: Any) -> list[Any]:
    """The rows of ``table`` itself, not those of tables within its cells."""
    rows = []
    for child in table.iter():
        rows += [child] if child.tag == "tr" else []
        if child.tag in ("tbody", "thead", "tfoot"):
            rows += [row for row in child.iter() if row.tag == "tr"]
    return rows


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row.iter() if cell.tag in ("td", "th")]


def _paragraphs(cell: Any, depth: int) -> list[str]:
    inner = _Writer(depth)
    for child in cell.iter(include_text=True):
        inner.block(child)
    inner.end()
    return inner.lines


def _cell(paragraphs: list[str]) -> str:
    if len(paragraphs) < 2:
        return "".join(paragraphs).replace("\t", " ")
    return "".join(f"<p>{line}</p>" for line in paragraphs).replace("\t", " ")
