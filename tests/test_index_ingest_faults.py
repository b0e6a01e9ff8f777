"""An ingest that fails, is killed or meets another: the index before it goes on answering."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from filelock import FileLock
from index_samples import BUSES
from ingest_samples import QUESTION

from qa_bot.errors import IndexStoreError, ModelError, SourceError
from qa_bot.index import generation
from qa_bot.index.embedding import ShippedEmbedding, embed_query
from qa_bot.index.lexical import LexicalIndex
from qa_bot.index.manifest import read_manifest
from qa_bot.index.reader import open_index


class BrokenEmbedding(ShippedEmbedding):
    def _get_text_embeddings(self, texts):
        raise RuntimeError


def test_unreadable_file_is_a_problem_and_keeps_its_clauses(place):
    place.ingest()
    (place.corpus / "buses.txt").write_bytes(b"\xff\xfe\xff")
    place.write("new.txt", "新办法\n第一条。")

    def read(path: Path) -> str:
        try:
            return path.read_text("utf-8")
        except UnicodeDecodeError:
            raise SourceError(f"{path.name} is no text") from None

    report = place.ingest(
        gazettes=type(place.counting.gazettes)(read, place.counting.gazettes.parse, "1")
    )
    assert [problem.message for problem in report.problems] == ["buses.txt is no text"]
    assert (report.added, report.clauses) == (("new.txt",), 5)
    assert place.best().startswith("校车标牌")


@pytest.mark.parametrize("name", ["公报.txt", "旧公报/a.txt"])
def test_a_name_that_is_not_utf8_is_a_problem_and_stops_no_other_file(place, name):
    bad = Path(os.fsdecode(os.fsencode(place.corpus) + b"/" + name.encode("gbk")))
    bad.parent.mkdir(exist_ok=True)
    bad.write_text("盘锦市人民政府决定\n第一条。", "utf-8")

    report = place.ingest()

    assert report.files == 2
    assert [problem.path for problem in report.problems] == [str(place.corpus / name)]
    assert f"{name} 的名称不是 UTF-8" in report.problems[0].message
    with pytest.raises(SourceError, match="rename it"):
        place.ingest(bad)


def test_a_missing_file_whose_name_is_not_utf8_is_named_readably(place):
    with pytest.raises(SourceError, match="旧公报"):
        place.ingest(Path(os.fsdecode("旧公报.txt".encode("gbk"))))


def test_nothing_usable_is_an_error_and_damages_nothing(place, tmp_path):
    place.ingest()
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(SourceError, match=r"none\.txt"):
        place.ingest(tmp_path / "none.txt", empty)
    with pytest.raises(SourceError, match=r"photo\.png"):
        place.ingest(place.write("photo.png", "x"))
    with pytest.raises(SourceError, match=r"title\.txt"):
        place.ingest(place.write("title.txt", "只有标题"))
    assert place.best().startswith("校车标牌")


def test_prune_never_empties_the_index(place):
    place.ingest()
    for path in place.corpus.iterdir():
        path.unlink()
    with pytest.raises(SourceError):
        place.ingest(prune=True)
    assert place.best().startswith("校车标牌")


@pytest.mark.parametrize("rebuild", [False, True])
def test_failed_embedding_leaves_the_old_index_answering(place, rebuild):
    place.ingest()
    before = read_manifest(place.settings.index_dir)
    place.write("buses.txt", "全新标题\n全新条款。")
    with pytest.raises(ModelError):
        place.ingest(embedding=BrokenEmbedding(), rebuild=rebuild)
    assert read_manifest(place.settings.index_dir) == before
    assert place.best().startswith("校车标牌")


def test_full_disk_leaves_the_old_index_answering(place, monkeypatch):
    place.ingest()
    generations = place.generations()

    def full(self: LexicalIndex, folder: Path) -> None:
        raise OSError(28, "No space left on device")

    place.write("buses.txt", "全新标题\n全新条款。")
    with monkeypatch.context() as patch:
        patch.setattr(LexicalIndex, "save", full)
        with pytest.raises(IndexStoreError, match="No space left"):
            place.ingest()
    assert place.generations() == generations
    assert place.best().startswith("校车标牌")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(5, "Input/output error")])
def test_what_fails_behind_the_switch_takes_nothing_back(place, monkeypatch, error):
    place.ingest()
    place.write("buses.txt", BUSES.replace("市公安局", "市交通局"))
    write = generation.write_manifest

    def fail_behind_the_switch(manifest, folder):
        write(manifest, folder)
        if folder == place.settings.index_dir:
            raise error

    with monkeypatch.context() as patch:
        patch.setattr(generation, "write_manifest", fail_behind_the_switch)
        with pytest.raises((KeyboardInterrupt, IndexStoreError)):
            place.ingest()
    assert "市交通局" in place.best()


def test_open_index_outlives_the_next_ingest(place):
    place.ingest()
    reader = open_index(place.settings)
    place.write("buses.txt", BUSES.replace("市公安局", "市交通局"))
    place.ingest()
    query = embed_query(QUESTION, ShippedEmbedding())
    ((old, _),) = reader.dense(query, 1)
    assert "市公安局" in reader.store.clause(old).text
    assert read_manifest(place.settings.index_dir).generation != reader.manifest.generation
    assert "市交通局" in place.best()
    reader.close()


def test_as_many_generations_are_kept_as_the_setting_says(place):
    built = []
    for office in ("甲局", "乙局", "丙局", "丁局", "戊局"):
        place.write("buses.txt", BUSES.replace("市公安局", office))
        built.append(place.ingest().generation)
    assert place.settings.keep_generations == 3
    assert place.generations() == set(built[-3:])
    assert read_manifest(place.settings.index_dir).previous == built[-2]


def test_leftovers_of_a_killed_ingest_are_cleared(place):
    leftover = place.settings.index_dir / "generations" / "20200101T000000-dead00"
    leftover.mkdir(parents=True)
    (leftover / "clauses.jsonl").write_text("{")
    report = place.ingest()
    assert place.generations() == {report.generation}


def test_second_ingest_at_once_is_refused(place):
    place.ingest()
    with (
        FileLock(place.settings.index_dir / ".lock"),
        pytest.raises(IndexStoreError, match="another ingest"),
    ):
        place.ingest()
    assert not place.ingest().built


def test_two_real_ingests_at_once(place):
    refused = []

    def progress(stage: str, done: int, total: int) -> None:
        if stage == "writing":
            with pytest.raises(IndexStoreError) as error:
                place.ingest()
            refused.append(str(error.value))

    assert place.ingest(progress=progress).built
    assert len(refused) == 1


def test_other_embedding_model_is_refused_until_rebuilt(place):
    place.ingest()
    manifest = place.settings.index_dir / "manifest.json"
    other = json.loads(manifest.read_text()) | {"embedding": "openai:other"}
    manifest.write_text(json.dumps(other))
    for use in (lambda: open_index(place.settings), place.ingest):
        with pytest.raises(IndexStoreError, match=r"openai:other.*qa-bot ingest --rebuild"):
            use()
    assert place.ingest(rebuild=True).built
    assert place.best().startswith("校车标牌")
