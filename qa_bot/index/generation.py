"""Building a generation: clause store, lexical index and Chroma collection, all or nothing."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from chromadb.errors import ChromaError
from llama_index.core.schema import TextNode

from qa_bot.errors import IndexStoreError
from qa_bot.index.chroma import (
    DATABASE,
    close_client,
    fault_of,
    is_scratch,
    open_client,
    write_collection,
)
from qa_bot.index.durable import sync_tree
from qa_bot.index.embedding import Vectors
from qa_bot.index.lexical import LexicalIndex
from qa_bot.index.manifest import (
    Manifest,
    Source,
    generation_folder,
    read_manifest,
    write_manifest,
)
from qa_bot.index.passages import RECIPE
from qa_bot.index.progress import Progress, no_progress
from qa_bot.index.sources import sha256_of
from qa_bot.index.store import ClauseStore


def build_generation(
    index_dir: Path,
    store: ClauseStore,
    nodes: Sequence[TextNode],
    vectors: Vectors,
    *,
    embedding: str,
    sources: Mapping[str, Source],
    previous: str | None,
    progress: Progress = no_progress,
) -> Manifest:
    """Write a generation aside, check it, force it to disk, then make it the current one.

    ``nodes`` and ``vectors`` are the distinct passages of ``store``, row by row. Whatever fails
    before the last step leaves the current generation as it is and nothing of the new one behind.
    Raises ``IndexStoreError``.
    """
    now = datetime.now(UTC)
    generation = f"{now:%Y%m%dT%H%M%S.%f}-{secrets.token_hex(3)}"
    folder = generation_folder(index_dir, generation)
    try:
        folder.mkdir(parents=True)
        store.save(folder)
        LexicalIndex.build([clause.text for clause in store.clauses]).save(lexical_folder(folder))
        _save_vectors(folder, nodes, vectors, progress)
        files = _lasting_files(folder)
        manifest = Manifest(
            generation=generation,
            previous=previous,
            created=now,
            embedding=embedding,
            dimension=vectors.shape[1],
            recipe=RECIPE,
            documents=len(store.documents),
            clauses=len(store.clauses),
            passages=len(nodes),
            sources=dict(sources),
            files={name: path.stat().st_size for name, path in files.items()},
            sha256={n: sha256_of(path) for n, path in files.items() if path.name != DATABASE},
        )
        sync_tree(folder)
        write_manifest(manifest, folder)
        write_manifest(manifest, index_dir)
    except (OSError, ChromaError) as error:
        _abandon(index_dir, folder)
        raise IndexStoreError(
            f"新索引无法写入 {index_dir}（{error}），原有索引未受影响；请检查磁盘空间和权限后重试。"
            "(cannot be written, the index in use is untouched: check disk space and permissions.)"
        ) from error
    except BaseException:
        _abandon(index_dir, folder)
        raise
    return manifest


def lexical_folder(generation: Path) -> Path:
    return generation / "lexical"


def chroma_folder(generation: Path) -> Path:
    return generation / "chroma"


def _lasting_files(folder: Path) -> dict[str, Path]:
    chroma = chroma_folder(folder)
    return {
        name: path
        for name, path in files_in(folder).items()
        if not (path.is_relative_to(chroma) and is_scratch(path))
    }


def _abandon(index_dir: Path, folder: Path) -> None:
    """Drop a generation that failed, unless it failed behind the switch and is current already."""
    with suppress(IndexStoreError):
        if read_manifest(index_dir).generation == folder.name:
            return
    shutil.rmtree(folder, ignore_errors=True)


def _save_vectors(
    folder: Path, nodes: Sequence[TextNode], vectors: Vectors, progress: Progress
) -> None:
    client = open_client(chroma_folder(folder))
    try:
        collection = write_collection(client, folder.name, nodes, vectors, progress)
        if fault := fault_of(collection, *vectors.shape):
            raise IndexStoreError(
                f"新索引未通过检查（{fault}），原有索引未受影响，请重试。"
                "(the new index failed its check, the one in use is untouched: try again.)"
            )
    finally:
        close_client(client)


def files_in(folder: Path) -> dict[str, Path]:
    """The files below ``folder`` by their name within it."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in files}
