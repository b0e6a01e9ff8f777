"""Markdown, HTML and front matter: what of a line is mark-up and what is the document's text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa_bot.visible import visible

_FRONT_MATTER_ENTRY = re.compile(r"\s*(?:[A-Za-z]\w*\s*:.*|-\s.*|\s*)")
_FRONT_MATTER_TITLE = re.compile(r"title\s*:\s*(\S.*)")
_LONGEST_FRONT_MATTER = 60
_CONTAINER = re.compile(r"\s*:{3,}\s*(\w*)\s*(.*)")
_CONTENTS_CONTAINER = re.compile(r"目\s*[录次]|contents", re.IGNORECASE)
_CONTENTS_LINE = re.compile(r"\s*(?:$|[-*+@]|\[)|.*\]\(#")
_MARKUP_LINE = re.compile(
    r"\s*(?:\[\[?toc\]?\]|@tab\b.*|_{3,}|={3,}|\*{3,}|`{3,}.*)\s*", re.IGNORECASE
)
_RULE = frozenset("|:- \t")
_HTML = (
    "p|br|hr|span|div|strong|b|i|em|u|s|font|a|img|table|tbody|thead|tr|td|th|ul|ol|li|h[1-6]|center|section|"
    "article|sup|sub|small|blockquote|pre|code|html|body|head|title|meta|link|badge|pdf"
)
_TAG = re.compile(rf"</?(?:{_HTML})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_LINK = re.compile(r"(!?)\[([^\[\]]*)\]\(([^()\s]*)(?:\s[^()]*)?\)")
_ATTRIBUTES = re.compile(r"\{[#.:a-z][^{}]{0,80}\}\s*$")
_BREAK = re.compile(
    r"(?:<br\s*/?>|</p>|</div>|</h[1-6]>|</li>|</tr>|[\f\v\u0085\u2028\u2029])", re.IGNORECASE
)
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_BLANKS = dict.fromkeys((0xA0, 0x3000, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x0D), " ")


@dataclass(frozen=True, slots=True)
class RawLine:
    """A stretch of one physical line: its number, place and text; ``markup`` if it is nothing
    but mark-up, ``declared`` if it is the title that the front matter declares."""

    number: int
    start: int
    text: str
    markup: bool = False
    declared: bool = False


def raw_lines(text: str) -> Iterator[RawLine]:
    """The lines of ``text``, cut also where HTML or a page feed ends a paragraph within one."""
    front = _front_matter(text)
    in_contents = False
    start = 0
    for number, raw in enumerate(text.split("\n"), 1):
        if not raw or raw.isspace():
            pass
        elif number <= front:
            title = _FRONT_MATTER_TITLE.match(raw)
            yield RawLine(number, start, raw, markup=not title, declared=bool(title))
        elif container := _CONTAINER.fullmatch(raw):
            opens = bool(_CONTENTS_CONTAINER.match(container[2]))
            in_contents = opens or (in_contents and bool(container[1]))
            yield RawLine(number, start, raw, markup=True)
        elif in_contents and _CONTENTS_LINE.match(raw):
            yield RawLine(number, start, raw, markup=True)
        else:
            in_contents = False
            if _is_markup(raw):
                yield RawLine(number, start, raw, markup=True)
            elif "\t" in raw:
                yield RawLine(number, start, raw)
            else:
                yield from _parts(number, start, raw)
        start += len(raw) + 1


def _is_markup(raw: str) -> bool:
    if "--" in raw and _RULE.issuperset(raw):
        return True
    return bool(_MARKUP_LINE.fullmatch(raw))


def _front_matter(text: str) -> int:
    """How many lines the YAML block at the head of the file takes."""
    if not text.startswith("---\n"):
        return 0
    lines = text[: 200 * _LONGEST_FRONT_MATTER].split("\n", _LONGEST_FRONT_MATTER)
    for i, line in enumerate(lines[1:], 1):
        if line.strip() == "---":
            return i + 1
        if not _FRONT_MATTER_ENTRY.fullmatch(line):
            return 0
    return 0


def _parts(number: int, start: int, raw: str) -> Iterator[RawLine]:
    position = 0
    for match in _BREAK.finditer(raw):
        if raw[match.end() :].strip() and raw[position : match.end()].strip():
            yield RawLine(number, start + position, raw[position : match.end()])
            position = match.end()
    yield RawLine(number, start + position, raw[position:])


def front_matter_title(raw: str) -> str:
    """The value of a ``title: …`` line."""
    match = _FRONT_MATTER_TITLE.match(raw)
    return plain(match[1]).strip().strip("\"'") if match else ""


def plain(raw: str) -> str:
    """``raw`` without tags, comments, links, attributes, entities and invisible characters."""
    text = visible(raw).translate(_BLANKS)
    if "&" in text:
        text = visible(html.unescape(text)).translate(_BLANKS)
    if "<" in text:
        text = _TAG.sub("", _without_comments(text))
    if "](" in text:
        text = _LINK.sub(lambda m: "" if m[1] or m[3].startswith("#") else m[2], text)
    if "{" in text:
        text = _ATTRIBUTES.sub("", text)
    return text


def unbold(text: str) -> str:
    return _BOLD.sub(r"\1", text) if "**" in text else text


def opening_bold(text: str) -> str:
    """The words that ``text`` opens with in bold."""
    match = _BOLD.match(text)
    return match[1].strip() if match else ""


def _without_comments(text: str) -> str:
    kept, position = [], 0
    while (opened := text.find("<!--", position)) >= 0:
        closed = text.find("-->", opened)
        if closed < 0:
            break
        kept.append(text[position:opened])
        position = closed + 3
    return "".join(kept) + text[position:]
