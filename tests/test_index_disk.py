"""Full and read-only disks, real ones, and what must be on the disk before readers switch."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from index_samples import HEATING, HashEmbedding, publish, settings_in, take_in

from qa_bot.bot import Bot
from qa_bot.errors import IndexStoreError
from qa_bot.index import durable
from qa_bot.index.embedding import embed_query
from qa_bot.index.history import collect, list_generations, rollback
from qa_bot.index.manifest import generation_folder, read_manifest
from qa_bot.index.reader import open_index
from qa_bot.index.verify import faults_of
from qa_bot.retrieval.question import Question
from qa_bot.settings import Settings

QUESTION = Question(question="校车标牌发放由谁办理？")


class Disk:
    """A small file system in memory, mounted for one test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._mount("-t", "tmpfs", "-o", "size=32m", "tmpfs")

    def remount(self, option: str) -> None:
        self._mount("-o", f"remount,{option}")

    def fill(self, leave: int) -> None:
        """Leave at most ``leave`` bytes free."""
        free = os.statvfs(self.folder)
        with (self.folder / "filler").open("wb") as file:
            file.write(bytes(max(free.f_bavail * free.f_bsize - leave, 0)))

    def free(self) -> None:
        (self.folder / "filler").unlink()

    def unmount(self) -> None:
        subprocess.run(["umount", "--lazy", self.folder], check=True)

    def _mount(self, *arguments: str) -> None:
        command = ["mount", *arguments, str(self.folder)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode:
            pytest.skip(f"no file system can be mounted here: {result.stderr.strip()}")


@pytest.fixture
def disk(tmp_path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    disk = Disk(folder)
    yield disk
    disk.unmount()


@pytest.fixture
def settings(tmp_path, disk) -> Settings:
    """An index on the small disk; its gazettes lie elsewhere."""
    settings = settings_in(tmp_path, index_dir=disk.folder / "index")
    settings.corpus_dir.mkdir()
    publish(settings, "市公安局")
    return settings


@pytest.mark.parametrize("leave", [0, 1 << 14, 1 << 16, 1 << 17, 1 << 18])
def test_full_disk(settings, disk, leave):
    running = Bot(settings)
    before = read_manifest(settings.index_dir)
    generations = list_generations(settings.index_dir)
    disk.fill(leave)
    with pytest.raises(IndexStoreError, match=r"disk space"):
        publish(settings, "市交通局")
    assert read_manifest(settings.index_dir) == before
    assert [g.name for g in list_generations(settings.index_dir)] == [g.name for g in generations]
    assert faults_of(settings.index_dir, before) == []
    for bot in (running, Bot(settings)):
        assert "市公安局" in bot.ask(QUESTION).answer
    disk.free()
    publish(settings, "市交通局")
    assert "市交通局" in Bot(settings).ask(QUESTION).answer


def test_read_only_disk(settings, disk):
    publish(settings, "市交通局")
    disk.remount("ro")
    assert "市交通局" in Bot(settings).ask(QUESTION).answer
    assert faults_of(settings.index_dir, read_manifest(settings.index_dir)) == []
    assert len(list_generations(settings.index_dir)) == 2
    for write in (
        lambda: publish(settings, "市教育局"),
        lambda: rollback(settings),
        lambda: collect(settings),
    ):
        with pytest.raises(IndexStoreError, match="check permissions"):
            write()
    disk.remount("rw")
    rollback(settings)
    assert "市公安局" in Bot(settings).ask(QUESTION).answer


def test_large_index_on_a_read_only_disk(settings, disk):
    """From 1,000 rows on the vectors lie in files, which are not copied."""
    settings = settings.model_copy(update={"index_dir": disk.folder / "large"})
    rows = "".join(f"第{n}号小区的供热期为五个月。\n" for n in range(1000))
    (settings.corpus_dir / "heating.txt").write_text(HEATING + rows, "utf-8")
    take_in(settings, settings.corpus_dir)
    disk.remount("ro")
    assert faults_of(settings.index_dir, read_manifest(settings.index_dir)) == []
    index = open_index(settings)
    query = embed_query("第77号小区的供热期为五个月。", HashEmbedding())
    ((nearest, similarity), *_) = index.dense(query, 3)
    assert "第77号" in index.store.clause(nearest).text
    assert similarity > 0.999
    index.close()


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("limit", [4_096, 65_536, 150_000])
def test_file_that_cannot_grow(tmp_path, limit):
    """The same without a mount: no file may grow beyond a limit."""
    settings = settings_in(tmp_path)
    settings.corpus_dir.mkdir()
    publish(settings, "市公安局")
    before = read_manifest(settings.index_dir)
    with no_file_beyond(limit), pytest.raises(IndexStoreError, match=r"disk space|free some"):
        publish(settings, "市交通局")
    assert read_manifest(settings.index_dir) == before
    assert faults_of(settings.index_dir, before) == []
    assert "市公安局" in Bot(settings).ask(QUESTION).answer


def test_all_is_on_the_disk_before_readers_switch(tmp_path, monkeypatch):
    settings = settings_in(tmp_path)
    settings.corpus_dir.mkdir()
    manifest_path = settings.index_dir / "manifest.json"
    synced: set[str] = set()
    at_switch: list[set[str]] = []
    fsync, replace = os.fsync, os.replace

    def noting_fsync(descriptor: int) -> None:
        fsync(descriptor)
        synced.add(os.readlink(f"/proc/self/fd/{descriptor}"))

    def noting_replace(source: Path, target: Path) -> None:
        if target == manifest_path:
            at_switch.append(set(synced))
        replace(source, target)

    monkeypatch.setattr(durable.os, "fsync", noting_fsync)
    monkeypatch.setattr(durable.os, "replace", noting_replace)
    publish(settings, "市公安局")
    manifest = read_manifest(settings.index_dir)
    folder = generation_folder(settings.index_dir, manifest.generation)
    wanted = {str(folder / name) for name in manifest.files}
    wanted |= {str(folder), str(folder.parent), str(folder / "chroma")}
    (done,) = at_switch
    assert {"clauses.jsonl", "documents.jsonl", "chroma/chroma.sqlite3"} < set(manifest.files)
    assert wanted <= done
    assert str(settings.index_dir) in synced
