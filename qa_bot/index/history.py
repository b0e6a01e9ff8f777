"""The generations on the disk: which there are, going back to one, dropping old ones."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from qa_bot.errors import IndexStoreError
from qa_bot.index.generation import files_in
from qa_bot.index.in_use import claim
from qa_bot.index.lock import write_lock
from qa_bot.index.manifest import (
    Manifest,
    generation_folder,
    generation_folders,
    generations_folder,
    is_finished,
    manifest_stamp,
    read_manifest,
    write_manifest,
)
from qa_bot.index.reader import require_model
from qa_bot.index.verify import faults_of
from qa_bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation on the disk; ``manifest`` is None where it cannot be read, ``size`` in bytes."""

    name: str
    manifest: Manifest | None
    size: int
    current: bool
    open: bool


def list_generations(index_dir: Path) -> list[Generation]:
    """The finished generations, the newest first."""
    current = _readable(index_dir)
    return [
        Generation(
            name=folder.name,
            manifest=_readable(folder),
            size=sum(path.stat().st_size for path in files_in(folder).values()),
            current=current is not None and folder.name == current.generation,
            open=_is_open(folder),
        )
        for folder in generation_folders(index_dir)
        if is_finished(folder)
    ]


def finished_folder(index_dir: Path, generation: str) -> Path:
    """The folder of a generation by its name; ``IndexStoreError`` where there is no such one."""
    finished = {path.name: path for path in generation_folders(index_dir) if is_finished(path)}
    if generation not in finished:
        raise IndexStoreError(
            f"没有索引 {generation}，现有：{'、'.join(finished) or '无'}。"
            "(no such generation: see `qa-bot index list`.)"
        )
    return finished[generation]


def rollback(settings: Settings, generation: str | None = None) -> Manifest:
    """Make a generation current again: the one named, else the one before the current one.

    Where the current manifest is lost or damaged, the newest generation that is sound takes its
    place. Raises ``IndexStoreError`` where the generation is damaged, has the vectors of another
    embedding model, or is not there; the current one then stays.
    """
    with write_lock(settings.index_dir):
        if generation is None:
            generation = _one_back(settings.index_dir)
        manifest = read_manifest(finished_folder(settings.index_dir, generation))
        require_model(manifest, settings)
        if faults := faults_of(settings.index_dir, manifest):
            raise IndexStoreError(
                f"索引 {manifest.generation} 已损坏（{faults[0]}），不能退回到它，请另选一个。"
                "(that generation is damaged: choose another one, see `qa-bot index list`.)"
            )
        _switch(settings.index_dir, manifest)
        return manifest


def collect(settings: Settings, keep: int | None = None) -> list[str]:
    """Drop old generations and half-built ones; returns the names of those dropped.

    The newest ``keep`` (else ``settings.keep_generations``), the current one, the one before it
    and those that a reader has open stay. Raises ``IndexStoreError`` where an ingest is at work.
    """
    with write_lock(settings.index_dir):
        restore_manifest(settings)
        return drop_old(settings.index_dir, keep or settings.keep_generations)


def drop_old(index_dir: Path, keep: int) -> list[str]:
    """``collect`` for a caller that holds the lock."""
    current = read_manifest(index_dir)
    folders = generation_folders(index_dir)
    newest = [folder.name for folder in folders if is_finished(folder)][:keep]
    kept = {*newest, current.generation, current.previous}
    dropped = [folder.name for folder in folders if folder.name not in kept and _drop(folder)]
    for remains in generations_folder(index_dir).glob(".*"):
        shutil.rmtree(remains, ignore_errors=True)
    return dropped


def restore_manifest(settings: Settings) -> None:
    """Where the manifest is lost but a generation is not, make the newest sound one current.

    This also finishes a first ingest that was killed right before its last step.
    """
    if not manifest_stamp(settings.index_dir):
        for folder in generation_folders(settings.index_dir):
            manifest = _readable(folder)
            if manifest and not faults_of(settings.index_dir, manifest):
                _switch(settings.index_dir, manifest)
                return


def _one_back(index_dir: Path) -> str:
    if current := _readable(index_dir):
        previous = current.previous
    else:
        manifests = map(_readable, generation_folders(index_dir))
        sound = (found for found in manifests if found and not faults_of(index_dir, found))
        newest = next(sound, None)
        previous = newest.generation if newest else None
    if not previous or not is_finished(generation_folder(index_dir, previous)):
        raise IndexStoreError(
            "没有更早的索引可以退回，请用 `qa-bot index list` 查看现有的索引。"
            "(there is no earlier generation: see `qa-bot index list`.)"
        )
    return previous


def _switch(index_dir: Path, manifest: Manifest) -> None:
    try:
        write_manifest(manifest, index_dir)
    except OSError as error:
        raise IndexStoreError(
            f"无法写入 {index_dir}（{error.strerror}），索引未变；请检查权限和磁盘空间。"
            "(cannot be written, nothing was changed: check permissions and disk space.)"
        ) from error


def _readable(folder: Path) -> Manifest | None:
    try:
        return read_manifest(folder)
    except IndexStoreError:
        return None


def _is_open(folder: Path) -> bool:
    try:
        claimed = claim(folder)
    except OSError:
        return False
    if claimed:
        claimed.close()
    return claimed is None


def _drop(folder: Path) -> bool:
    """Drop a generation that nobody has open; what is left half deleted is no generation."""
    remains = folder.with_name(f".{folder.name}")
    try:
        if is_finished(folder):
            claimed = claim(folder)
            if not claimed:
                return False
            with claimed:
                folder.rename(remains)
        else:
            folder.rename(remains)
    except OSError:
        return False
    shutil.rmtree(remains, ignore_errors=True)
    return True
