"""A source file → its text, whatever its format and encoding."""

from __future__ import annotations

import codecs
import re
import unicodedata
from pathlib import Path

from qa_bot.errors import SourceError

TEXT_SUFFIXES = (".txt", ".md")
SUFFIXES = (*TEXT_SUFFIXES, ".html", ".htm", ".docx", ".pdf")
MAX_BYTES = 100_000_000
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MOST_ODD = 0.02


def read_source(path: Path) -> str:
    """The text of a gazette file with line feeds only, blanks and mark-up as they stand.

    Web pages, Word and PDF files give their paragraphs one a line and table rows with tabs.
    Raises SourceError where the file is missing, unreadable, too large, empty or no text, or its
    name cannot be written.
    """
    shown = str(path).encode(errors="replace").decode()
    if shown != str(path):
        raise SourceError(
            f"{shown} 的名称不是 UTF-8 编码，请改名后再试。(its name is not in UTF-8: rename it.)"
        )
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SourceError(
                f"{path} 超过 {MAX_BYTES // 1_000_000} MB，请拆分后再试。(too large, split it.)"
            )
        data = path.read_bytes()
    except IsADirectoryError:
        raise SourceError(
            f"{path} 是文件夹，请指定其中的文件。(a folder, name a file in it.)"
        ) from None
    except FileNotFoundError:
        raise SourceError(
            f"找不到文件 {path}，请检查路径。(no such file, check the path.)"
        ) from None
    except OSError as error:
        raise SourceError(
            f"无法读取 {path}（{error.strerror}），请检查权限。(cannot be read, check its permissions.)"
        ) from None
    text = text_of(data, path.suffix.lower(), str(path))
    if not text.strip():
        raise SourceError(f"{path} 是空文件，请换一个有文字的文件。(empty, use a file with text.)")
    return text


def text_of(data: bytes, suffix: str, name: str) -> str:
    """The text of a file's bytes, read as its ``suffix`` says; anything unknown is plain text."""
    if suffix in (".docx", ".pdf"):
        from qa_bot.gazette.apart import text_apart

        return text_apart(data, suffix, name)
    text = decode(data, name, declared=_declared(data) if suffix in (".html", ".htm") else None)
    if suffix in (".html", ".htm"):
        from qa_bot.gazette.html import html_text

        return html_text(text)
    return text


def _declared(data: bytes) -> str | None:
    """The encoding that a web page declares, where Python knows it."""
    match = re.search(rb"charset\s*=\s*[\"']?([\w-]+)", data[:2048], re.IGNORECASE)
    name = match[1].decode("ascii").lower() if match else ""
    if name in ("gb2312", "gbk"):
        return "gb18030"
    try:
        return codecs.lookup(name).name if name else None
    except LookupError:
        return None


def decode(data: bytes, name: str, declared: str | None = None) -> str:
    """``data`` as text: by its byte order mark, else as ``declared``, else UTF-8, UTF-16 or
    GB18030, in that order."""
    for encoding in _candidates(data, declared):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if _is_text(text):
            return text
    raise SourceError(
        f"{name} 不是文本文件（UTF-8、UTF-16、GB18030 都无法解读）。"
        "(not a text file in UTF-8, UTF-16 or GB18030.)"
    )


def _candidates(data: bytes, declared: str | None) -> list[str]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return [encoding]
    if b"\0" in data:
        return ["utf-16-le", "utf-16-be"]
    return [*([declared] if declared else []), "utf-8", "gb18030"]


def _is_text(text: str) -> bool:
    """Few control, private-use or unassigned characters: what decoded junk is full of."""
    odd = sum(unicodedata.category(c) in ("Cc", "Co", "Cn") and c not in "\n\t\f" for c in text)
    return odd <= _MOST_ODD * len(text)
