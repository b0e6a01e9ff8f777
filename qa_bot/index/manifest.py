"""The manifest: the small file that says which generation is current and how it was built."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from qa_bot.errors import IndexStoreError
from qa_bot.index.durable import write_atomic

FORMAT = 1
_NAME = "manifest.json"


class Source(BaseModel):
    """One ingested file: the name its clauses carry, and what its clauses were parsed from."""

    model_config = ConfigDict(frozen=True)

    file: str
    sha256: str
    parser: str


class Manifest(BaseModel):
    """One generation. ``sources`` maps paths, relative to the index folder, to their state.

    ``passages`` counts distinct ones, ``recipe`` says how they are made, ``previous`` is the
    generation to fall back to, ``files`` the bytes of every file in the generation's folder.
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


def generations_folder(index_dir: Path) -> Path:
    return index_dir / "generations"


def generation_folder(index_dir: Path, generation: str) -> Path:
    return generations_folder(index_dir) / generation


def needs_rebuild(chinese: str, english: str) -> IndexStoreError:
    """The error for an index that only ``qa-bot ingest --rebuild`` makes usable again."""
    return IndexStoreError(
        f"{chinese}，请运行 `qa-bot ingest --rebuild`。({english}: run `qa-bot ingest --rebuild`.)"
    )


def has_index(index_dir: Path) -> bool:
    """Has an ingest ever been finished here? (The index may still be damaged.)"""
    return (index_dir / _NAME).exists()


def read_manifest(index_dir: Path) -> Manifest:
    """The manifest of the current generation; cheap enough to poll for a newer one.

    Raises ``IndexStoreError`` where it is missing, damaged or of another format.
    """
    path = index_dir / _NAME
    try:
        data = path.read_bytes()
    except FileNotFoundError:
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


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Put the manifest into ``folder``: in the index folder this switches readers to it."""
    data = manifest.model_dump_json(indent=2).encode()
    write_atomic(folder / _NAME, lambda file: file.write(data))


def newest_readable_manifest(index_dir: Path) -> Manifest | None:
    """What is known of earlier ingests, also where the current manifest is lost."""
    folders = sorted(generations_folder(index_dir).glob("*"), reverse=True)
    for folder in (index_dir, *folders):
        try:
            return read_manifest(folder)
        except IndexStoreError:
            continue
    return None
