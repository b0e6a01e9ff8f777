"""``qa-bot index list | rollback | verify | gc``."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from index_samples import HEATING, HashEmbedding, publish, settings_in, take_in
from typer.testing import CliRunner

from qa_bot.cli import app
from qa_bot.errors import IndexStoreError
from qa_bot.index.history import collect, list_generations, rollback
from qa_bot.index.manifest import generation_folder, read_manifest
from qa_bot.index.reader import open_index
from qa_bot.index.verify import faults_of
from qa_bot.settings import Settings

ROWS = "".join(f"第{n}号小区的供热期为五个月。\n" for n in range(1000))
READER = """
import sys
from pathlib import Path
from qa_bot.index.in_use import hold
with hold(Path(sys.argv[1])):
    print("open", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A folder with an index of three generations, to be copied."""
    return build(tmp_path_factory.mktemp("built"), HEATING)


@pytest.fixture(scope="module")
def built_large(tmp_path_factory) -> Path:
    """The same with so many rows that Chroma writes its HNSW segment to the disk."""
    return build(tmp_path_factory.mktemp("large"), HEATING + ROWS)


def build(folder: Path, heating: str) -> Path:
    settings = settings_in(folder)
    settings.corpus_dir.mkdir()
    (settings.corpus_dir / "heating.txt").write_text(heating, "utf-8")
    for office in ("甲局", "乙局", "丙局"):
        publish(settings, office, embedding=HashEmbedding())
    return folder


@pytest.fixture
def settings(built, tmp_path) -> Settings:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return settings_in(tmp_path)


@pytest.fixture
def large(built_large, tmp_path) -> Settings:
    shutil.copytree(built_large, tmp_path, dirs_exist_ok=True)
    return settings_in(tmp_path)


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("QA_BOT_INDEX_DIR", str(settings_in(tmp_path).index_dir))
    return lambda *arguments: CliRunner().invoke(app, ["index", *arguments])


def names(settings: Settings) -> list[str]:
    return [generation.name for generation in list_generations(settings.index_dir)]


def office(settings: Settings) -> str:
    index = open_index(settings)
    index.close()
    return next(word for word in ("甲局", "乙局", "丙局") if word in index.store.clauses[0].text)


def folder_of(settings: Settings, generation: str) -> Path:
    return generation_folder(settings.index_dir, generation)


def flip(path: Path) -> None:
    """Change one byte in the middle; the size stays."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_list_shows_what_each_generation_holds(settings, run):
    lines = run("list").output.splitlines()
    assert len(lines) == 3
    assert [line[0] for line in lines] == ["*", " ", " "]
    assert "当前" in lines[0]
    for word in ("2 个文件", "2 份文件", "4 个条款", "e5-small-zh", "MB"):
        assert all(word in line for line in lines)
    shutil.rmtree(settings.index_dir)
    assert "ingest" in run("list").output


def test_rollback_goes_back_and_forth(settings, run):
    newest, middle, oldest = names(settings)
    assert office(settings) == "丙局"
    assert run("rollback").exit_code == 0
    assert office(settings) == "乙局"
    rollback(settings)
    assert office(settings) == "甲局"
    with pytest.raises(IndexStoreError, match="no earlier generation"):
        rollback(settings)
    assert read_manifest(settings.index_dir).generation == oldest
    rollback(settings, newest)
    assert office(settings) == "丙局"
    for foreign in ("20200101T000000-000000", "../index", ".", ""):
        with pytest.raises(IndexStoreError, match=middle):
            rollback(settings, foreign)


def test_an_ingest_after_a_rollback_falls_back_to_where_it_came_from(settings):
    newest, middle, _ = names(settings)
    rollback(settings, middle)
    take_in(settings, settings.corpus_dir)
    assert office(settings) == "丙局"
    manifest = read_manifest(settings.index_dir)
    assert manifest.generation > newest
    assert manifest.previous == middle
    assert names(settings) == [manifest.generation, newest, middle]


DAMAGES: dict[str, Callable[[Path], object]] = {
    "clauses changed": lambda f: flip(f / "clauses.jsonl"),
    "bm25 changed": lambda f: flip(f / "lexical/data.csc.index.npy"),
    "vectors changed": lambda f: flip(next(f.glob("chroma/*/data_level0.bin"))),
    "segment gone": lambda f: shutil.rmtree(next(f.glob("chroma/*/header.bin")).parent),
    "database cut": lambda f: (f / "chroma/chroma.sqlite3").write_bytes(b"SQLite format 3"),
    "documents gone": lambda f: (f / "documents.jsonl").unlink(),
    "manifest gone": lambda f: (f / "manifest.json").write_text("{}"),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_verify_names_the_damage_and_rollback_refuses_it(large, run, kind):
    newest, middle, _ = names(large)
    DAMAGES[kind](folder_of(large, middle))
    result = run("verify", middle)
    assert result.exit_code == 1
    assert "✗" in result.output
    with pytest.raises(IndexStoreError):
        rollback(large, middle)
    assert read_manifest(large.index_dir).generation == newest


def test_verify_says_how_to_heal_and_so_it_is(settings, run):
    assert run("verify").exit_code == 0
    flip(folder_of(settings, names(settings)[0]) / "clauses.jsonl")
    result = run("verify")
    assert result.exit_code == 1
    assert "clauses.jsonl" in result.output
    assert "qa-bot ingest --rebuild" in result.output
    take_in(settings, settings.corpus_dir, rebuild=True)
    assert run("verify").exit_code == 0
    assert office(settings) == "丙局"


@pytest.mark.parametrize("part", ["clauses.jsonl", "lexical", "chroma"])
def test_parts_of_two_generations_are_told_apart(settings, part):
    """Parts of another generation are noticed even where no size or digest says so."""
    newest, middle, _ = (folder_of(settings, name) for name in names(settings))
    if part == "clauses.jsonl":
        shutil.copyfile(middle / part, newest / part)
    else:
        shutil.rmtree(newest / part)
        shutil.copytree(middle / part, newest / part)
    manifest = read_manifest(settings.index_dir).model_copy(update={"files": {}, "sha256": {}})
    (newest / "manifest.json").write_text(manifest.model_dump_json())
    assert len(faults_of(settings.index_dir, manifest)) >= 1


def test_verify_wants_the_manifest_that_the_generation_was_built_with(settings):
    manifest = read_manifest(settings.index_dir)
    assert faults_of(settings.index_dir, manifest) == []
    assert faults_of(settings.index_dir, manifest.model_copy(update={"clauses": 7}))


def test_a_generation_of_another_model_is_refused(settings):
    _, middle, _ = names(settings)
    manifest = folder_of(settings, middle) / "manifest.json"
    manifest.write_text(manifest.read_text().replace("e5-small-zh", "other"))
    with pytest.raises(IndexStoreError, match="QA_BOT_EMBEDDING"):
        rollback(settings, middle)


@pytest.mark.parametrize("lost", [False, True])
def test_a_damaged_manifest_is_put_back_by_rollback(settings, lost):
    manifest = settings.index_dir / "manifest.json"
    before = manifest.read_bytes()
    manifest.unlink() if lost else manifest.write_text("{")
    rollback(settings)
    assert manifest.read_bytes() == before


def test_a_lost_manifest_is_no_empty_index(settings):
    newest, *_ = names(settings)
    (settings.index_dir / "manifest.json").unlink()
    with pytest.raises(IndexStoreError, match="the manifest is lost"):
        open_index(settings)
    (settings.corpus_dir / "heating.txt").unlink()
    take_in(settings, settings.corpus_dir)
    manifest = read_manifest(settings.index_dir)
    assert (manifest.generation, manifest.clauses) == (newest, 4)


def test_gc_keeps_the_current_the_one_before_it_and_the_open_ones(settings, run):
    newest, middle, oldest = names(settings)
    rollback(settings, middle)
    assert run("gc", "--keep", "1").exit_code == 0
    assert names(settings) == [newest, middle, oldest]
    rollback(settings, newest)
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(folder_of(settings, oldest))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as reader:
        assert reader.stdout
        assert reader.stdout.readline() == b"open\n"
        assert "使用中" in run("list").output.splitlines()[2]
        assert collect(settings, 1) == []
        reader.kill()
    assert collect(settings, 1) == [oldest]
    assert names(settings) == [newest, middle]


def test_gc_clears_half_built_and_half_dropped_ones(settings):
    kept = names(settings)
    generations = settings.index_dir / "generations"
    for name in ("20200101T000000-dead00", ".20200102T000000-dead01"):
        (generations / name / "chroma").mkdir(parents=True)
    assert collect(settings) == ["20200101T000000-dead00"]
    assert sorted(path.name for path in generations.iterdir()) == sorted(kept)


def test_rollback_and_gc_wait_for_no_ingest(settings):
    with FileLock(settings.index_dir / ".lock"):
        for use in (rollback, collect):
            with pytest.raises(IndexStoreError, match="another ingest"):
                use(settings)
