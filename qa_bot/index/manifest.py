"""The manifest: the small file that says which generation is current and how it was built."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from qa_bot.errors import IndexStoreError
from qa_bot.index.durable import write_atomic

FORMAT = 2
_NAME = "manifest.json"


class Source(BaseModel):
    """One ingested file: the name its clauses carry, and what its clauses were parsed from."""

    model_config = ConfigDict(frozen=True)

    file: str
    sha256: str
    parser: str


_SOURCES = TypeAdapter(dict[str, Source])


class Manifest(BaseModel):
    """One generation. ``sources`` maps paths, relative to the index folder, to their state.

    ``passages`` counts distinct ones, ``recipe`` says how they are made, ``previous`` is the
    generation to fall back to, ``files`` the bytes of every lasting file in the generation's
    folder, ``sha256`` the digests of all of them but Chroma's database, which readers write to.
    """

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    generation: str
    previous: str | None
    created: datetime
    embedding: str
    dimension: int
    recipe: str
    documents: int
    clauses: int
    passages: int
    sources: dict[str, Source]
    files: dict[str, int]
    sha256: dict[str, str] = {}


def generations_folder(index_dir: Path) -> Path:
    return index_dir / "generations"


def generation_folder(index_dir: Path, generation: str) -> Path:
    return generations_folder(index_dir) / generation


def generation_folders(index_dir: Path) -> list[Path]:
    """The folders of the generations on the disk, the newest first, half-built ones included."""
    found = generations_folder(index_dir).glob("[!.]*")
    return sorted((folder for folder in found if folder.is_dir()), reverse=True)


def is_finished(folder: Path) -> bool:
    """Was the generation in ``folder`` built to its end? Its manifest is written last."""
    return (folder / _NAME).exists()


def needs_rebuild(chinese: str, english: str) -> IndexStoreError:
    """The error for an index that only ``qa-bot ingest --rebuild`` makes usable again."""
    return IndexStoreError(
        f"{chinese}，请运行 `qa-bot ingest --rebuild`。({english}: run `qa-bot ingest --rebuild`.)"
    )


def has_index(index_dir: Path) -> bool:
    """Has an ingest ever been finished here? (The index may still be damaged.)"""
    return (index_dir / _NAME).exists() or any(map(is_finished, generation_folders(index_dir)))


def manifest_stamp(index_dir: Path) -> tuple[int, ...]:
    """Changes whenever another generation becomes current, for the price of one ``stat``."""
    try:
        state = (index_dir / _NAME).stat()
    except OSError:
        return ()
    return state.st_ino, state.st_size, state.st_mtime_ns


def read_manifest(index_dir: Path) -> Manifest:
    """The manifest of the current generation, or of the generation whose folder is named.

    Raises ``IndexStoreError`` where it is missing, damaged or of another format.
    """
    path = index_dir / _NAME
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        if has_index(index_dir):
            raise needs_rebuild(f"索引清单 {path} 已丢失", "the manifest is lost") from None
        raise IndexStoreError(
            f"{index_dir} 中还没有索引，请运行 `qa-bot ingest PATH…`。"
            "(no index there yet: run `qa-bot ingest PATH…`.)"
        ) from None
    except OSError as error:
        raise IndexStoreError(
            f"无法读取 {path}（{error.strerror}），请检查权限。(cannot be read: check permissions.)"
        ) from None
    try:
        version = json.loads(data)["format"]
        if version != FORMAT:
            raise needs_rebuild(
                f"索引 {index_dir} 由另一版本的 qa-bot 建立（格式 {version}，本版本为 {FORMAT}）",
                "built by another version of qa-bot",
            )
        return Manifest.model_validate_json(data)
    except (ValueError, KeyError, TypeError, ValidationError):
        raise needs_rebuild(f"索引清单 {path} 已损坏", "the manifest is damaged") from None


def known_sources(index_dir: Path) -> dict[str, Source]:
    """The files of the ingests before, also where another version of qa-bot kept the list."""
    for folder in (index_dir, *generation_folders(index_dir)):
        try:
            return _SOURCES.validate_python(json.loads((folder / _NAME).read_bytes())["sources"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return {}


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Put the manifest into ``folder``: in the index folder this switches readers to it."""
    data = manifest.model_dump_json(indent=2).encode()
    write_atomic(folder / _NAME, lambda file: file.write(data))


def newest_readable_manifest(index_dir: Path) -> Manifest | None:
    """What is known of earlier ingests, also where the current manifest is lost."""
    for folder in (index_dir, *generation_folders(index_dir)):
        try:
            return read_manifest(folder)
        except IndexStoreError:
            continue
    return None
