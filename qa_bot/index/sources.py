"""Source files: finding them, naming them, telling whether they changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from qa_bot.clauses.model import ParsedFile
from qa_bot.errors import SourceError

SUFFIXES = (".txt", ".md", ".html", ".htm", ".docx", ".pdf")


@dataclass(frozen=True, slots=True)
class Gazettes:
    """How a source file becomes clauses.

    ``read`` gives a file's text (SourceError where it cannot), ``parse`` the clauses of
    (text, file name); another ``version`` means that ``parse`` may give other clauses.
    """

    read: Callable[[Path], str]
    parse: Callable[[str, str], ParsedFile]
    version: str


def default_gazettes() -> Gazettes:
    """The project's own reader and parser."""
    from qa_bot.clauses.parser import PARSER_VERSION, parse_text
    from qa_bot.gazette.reader import read_source

    return Gazettes(read_source, parse_text, str(PARSER_VERSION))


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to ingest: its resolved path, and its path within the folder that was named."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A path that was left out and the sentence that says why."""

    path: str
    message: str


def find_files(paths: Iterable[Path]) -> tuple[list[FoundFile], list[Problem]]:
    """The gazette files among ``paths`` and below its folders, each once, in order.

    Hidden files and README files in folders are passed over; a path that names no gazette, or
    that no manifest can hold, is a problem.
    """
    found: dict[Path, FoundFile] = {}
    problems: list[Problem] = []
    for path in paths:
        if path.is_dir():
            files = [FoundFile(file.resolve(), name) for file, name in _files_below(path)]
            if not files:
                problems.append(_problem(path, "中没有公报文件", "no gazette files there"))
        elif not path.exists():
            files = []
            problems.append(_problem(path, "不存在，请检查路径", "not found, check the path"))
        elif path.suffix.lower() not in SUFFIXES:
            files = []
            known = " ".join(SUFFIXES)
            problems.append(_problem(path, f"不是公报文件（{known}）", "not such a file"))
        else:
            files = [FoundFile(path.resolve(), path.name)]
        for file in files:
            if is_utf8(file.path) and is_utf8(file.name):
                found.setdefault(file.path, file)
            else:
                problems.append(
                    _problem(file.path, "的名称不是 UTF-8，请改名后再导入", "not UTF-8, rename it")
                )
    return list(found.values()), problems


def is_utf8(path: Path | str) -> bool:
    """Is every name in ``path`` UTF-8? Archives that were packed on Windows leave others."""
    return readable(path) == str(path)


def readable(path: Path | str) -> str:
    """``path`` to show: names that are not UTF-8 are read as GB18030."""
    return str(Path(*(_readable_name(name) for name in Path(path).parts)))


def _readable_name(name: str) -> str:
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name).decode("gb18030", "replace")
    return name


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes; ``SourceError`` where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(
            f"无法读取 {path}（{error.strerror}），请检查权限。(cannot be read: check permissions.)"
        ) from error


def source_key(path: Path, index_dir: Path) -> str:
    """How the manifest names a file: relative to the index, so that both can move together."""
    return Path(os.path.relpath(path, index_dir.resolve())).as_posix()


def source_path(key: str, index_dir: Path) -> Path:
    """The resolved path of a manifest's key."""
    return (index_dir / key).resolve()


def free_name(file: FoundFile, taken: Collection[str]) -> str:
    """``file.name``, with as many of its parent folders in front as set it apart."""
    parts = file.path.parts
    depth = len(Path(file.name).parts)
    name = file.name
    while name in taken and depth < len(parts):
        depth += 1
        name = Path(*parts[-depth:]).as_posix()
    return name


def _files_below(folder: Path) -> list[tuple[Path, str]]:
    files = []
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in inner.parts)
        if hidden or path.suffix.lower() not in SUFFIXES or not path.is_file():
            continue
        if not path.name.lower().startswith("readme"):
            files.append((path, inner.as_posix()))
    return files


def _problem(path: Path, chinese: str, english: str) -> Problem:
    shown = readable(path)
    return Problem(shown, f"{shown} {chinese}。({english}.)")
