from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from index_samples import BUSES, HEATING, HashEmbedding, settings_in, take_in
from llama_index.core.schema import TextNode

from qa_bot.errors import IndexStoreError
from qa_bot.index.chroma import (
    close_client,
    fault_of,
    open_client,
    read_collection,
    write_collection,
)
from qa_bot.index.embedding import embed_query
from qa_bot.index.manifest import FORMAT, read_manifest
from qa_bot.index.reader import open_index
from qa_bot.settings import Settings


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    """A folder with a corpus and its index, to be copied."""
    folder = tmp_path_factory.mktemp("sound")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "buses.txt").write_text(BUSES, "utf-8")
    # Chroma writes its HNSW segment to the disk from 1,000 rows on.
    rows = "".join(f"第{n}号小区的供热期为五个月。\n" for n in range(1200))
    (folder / "corpus" / "heating.txt").write_text(HEATING + rows, "utf-8")
    take_in(settings_in(folder), folder / "corpus")
    return folder


@pytest.fixture
def settings(sound, tmp_path) -> Settings:
    shutil.copytree(sound, tmp_path, dirs_exist_ok=True)
    return settings_in(tmp_path)


def one(index_dir: Path, pattern: str) -> Path:
    (path,) = index_dir.glob(f"generations/*/{pattern}")
    return path


def cut(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 3])


def wipe(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def newer_format(index_dir: Path) -> None:
    path = index_dir / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 99}))


def older_format(index_dir: Path) -> None:
    path = index_dir / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": FORMAT - 1}))


def missing_field(index_dir: Path) -> None:
    path = index_dir / "manifest.json"
    path.write_text(json.dumps({"format": FORMAT}))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "manifest cut": lambda d: cut(d / "manifest.json"),
    "manifest empty": lambda d: (d / "manifest.json").write_bytes(b""),
    "manifest a list": lambda d: (d / "manifest.json").write_text("[]"),
    "manifest incomplete": missing_field,
    "manifest newer": newer_format,
    "manifest older": older_format,
    "generation gone": lambda d: shutil.rmtree(d / "generations"),
    "clauses cut": lambda d: cut(one(d, "clauses.jsonl")),
    "clauses short": lambda d: one(d, "clauses.jsonl").write_text(""),
    "documents gone": lambda d: one(d, "documents.jsonl").unlink(),
    "bm25 cut": lambda d: cut(one(d, "lexical/data.csc.index.npy")),
    "bm25 vocabulary cut": lambda d: cut(one(d, "lexical/vocab.index.json")),
    "bm25 of another": lambda d: np.save(
        one(d, "lexical/indptr.csc.index.npy"), np.zeros(2, np.int32)
    ),
    "bm25 gone": lambda d: shutil.rmtree(one(d, "lexical")),
    "chroma gone": lambda d: shutil.rmtree(one(d, "chroma")),
    "chroma database junk": lambda d: one(d, "chroma/chroma.sqlite3").write_bytes(b"junk" * 999),
    "chroma database wiped": lambda d: wipe(one(d, "chroma/chroma.sqlite3")),
    "chroma database cut": lambda d: cut(one(d, "chroma/chroma.sqlite3")),
    "chroma segment gone": lambda d: shutil.rmtree(one(d, "chroma/*/header.bin").parent),
    "chroma segment cut": lambda d: cut(one(d, "chroma/*/data_level0.bin")),
    "chroma segment index gone": lambda d: one(d, "chroma/*/index_metadata.pickle").unlink(),
}


def test_sound_index_opens(settings):
    index = open_index(settings)
    ((clause_id, _),) = index.dense(embed_query(BUSES.splitlines()[1], HashEmbedding()), 1)
    assert clause_id == "buses.txt-2"
    index.close()


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_named_and_rebuild_heals_it(settings, damage):
    DAMAGES[damage](settings.index_dir)
    with pytest.raises(IndexStoreError, match="qa-bot ingest --rebuild"):
        open_index(settings)
    with pytest.raises(IndexStoreError, match="qa-bot ingest --rebuild"):
        take_in(settings, settings.corpus_dir)
    report = take_in(settings, settings.corpus_dir, rebuild=True)
    assert report.clauses == 1204
    test_sound_index_opens(settings)


@pytest.mark.parametrize("lost", ["*/index_metadata.pickle", "*/*"])
def test_lost_segment_is_noticed_though_the_count_is_right(settings, lost):
    manifest = read_manifest(settings.index_dir)
    folder = one(settings.index_dir, "chroma")
    for path in folder.glob(lost):
        path.unlink()
    client = open_client(folder)
    collection = read_collection(client, manifest.generation)
    assert collection.count() == manifest.passages
    assert fault_of(collection, manifest.passages, manifest.dimension)
    close_client(client)


def test_wrong_count_is_noticed(settings):
    manifest = read_manifest(settings.index_dir)
    client = open_client(one(settings.index_dir, "chroma"))
    collection = read_collection(client, manifest.generation)
    assert fault_of(collection, manifest.passages, manifest.dimension) is None
    collection.delete(ids=["buses.txt-2#1"])
    assert fault_of(collection, manifest.passages, manifest.dimension)
    close_client(client)


def test_rebuild_without_paths_takes_the_known_files(settings):
    newer_format(settings.index_dir)
    assert take_in(settings, rebuild=True).files == 2


def test_rebuild_after_a_change_of_format_takes_the_known_files(settings):
    for path in settings.index_dir.rglob("manifest.json"):
        old = json.loads(path.read_text()) | {"format": FORMAT - 1}
        path.write_text(json.dumps({k: v for k, v in old.items() if k != "files"}))
    with pytest.raises(IndexStoreError, match="qa-bot ingest --rebuild"):
        take_in(settings)
    report = take_in(settings, rebuild=True)
    assert (report.files, report.clauses) == (2, 1204)


def test_rebuild_reports_what_cannot_be_had_back(settings):
    one(settings.index_dir, "clauses.jsonl").unlink()
    (settings.corpus_dir / "buses.txt").unlink()
    report = take_in(settings, rebuild=True)
    assert report.files == 1
    assert [Path(problem.path).name for problem in report.problems] == ["buses.txt"]


def test_rebuild_keeps_what_is_gone_from_the_disk_but_stored(settings):
    (settings.corpus_dir / "buses.txt").unlink()
    assert take_in(settings, rebuild=True).files == 2


@pytest.mark.parametrize("half_built", [False, True])
def test_missing_or_half_built_index_says_how_to_make_one(tmp_path, half_built):
    settings = settings_in(tmp_path)
    if half_built:
        (settings.index_dir / "generations" / "20200101T000000-dead00").mkdir(parents=True)
    with pytest.raises(IndexStoreError, match="qa-bot ingest PATH"):
        open_index(settings)


def test_index_folder_that_is_a_file(tmp_path):
    settings = settings_in(tmp_path)
    settings.index_dir.write_text("")
    for use in (lambda: open_index(settings), lambda: take_in(settings, tmp_path)):
        with pytest.raises(IndexStoreError):
            use()


def test_query_of_another_dimension_is_refused(settings):
    index = open_index(settings)
    with pytest.raises(IndexStoreError, match="512"):
        index.dense(np.ones(512, np.float32), 3)
    index.close()


def test_more_rows_than_one_batch_of_chroma_takes(tmp_path):
    rows, dimension = 5600, 8
    vectors = np.random.default_rng(0).normal(size=(rows, dimension)).astype(np.float32)
    nodes = [
        TextNode(id_=f"{n}#1", text=f"第{n}条", metadata={"clause_id": str(n), "twins": ""})
        for n in range(rows)
    ]
    steps = []
    client = open_client(tmp_path)
    write_collection(client, "one", nodes, vectors, lambda _, done, total: steps.append(done))
    close_client(client)
    assert steps == [5000, 5600]
    client = open_client(tmp_path)
    assert fault_of(read_collection(client, "one"), rows, dimension, samples=50) is None
    close_client(client)
