from __future__ import annotations

import json
from pathlib import Path

import pytest
from filelock import FileLock
from index_samples import BUSES, HEATING, CountingGazettes, settings_in
from llama_index.core.vector_stores.types import VectorStoreQuery

from qa_bot.errors import IndexStoreError, ModelError, SourceError
from qa_bot.index import generation
from qa_bot.index.embedding import ShippedEmbedding, embed_query
from qa_bot.index.ingest import IngestReport, ingest
from qa_bot.index.lexical import LexicalIndex
from qa_bot.index.manifest import read_manifest
from qa_bot.index.reader import open_index
from qa_bot.settings import Settings

QUESTION = "校车标牌怎么办理？"


class Workplace:
    """A folder of gazettes, an index, and a shorthand for an ingest."""

    def __init__(self, folder: Path) -> None:
        self.settings: Settings = settings_in(folder)
        self.corpus = folder / "corpus"
        self.corpus.mkdir()
        self.counting = CountingGazettes()

    def write(self, name: str, text: str) -> Path:
        path = self.corpus / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def ingest(self, *paths: Path, **options) -> IngestReport:
        given = {"gazettes": self.counting.gazettes, **options}
        return ingest(paths or (self.corpus,), self.settings, **given)

    def best(self, question: str = QUESTION) -> str:
        """The text of the clause nearest to a question."""
        index = open_index(self.settings)
        try:
            ((clause_id, _), *_) = index.dense(embed_query(question, ShippedEmbedding()), 1)
            return index.store.clause(clause_id).text
        finally:
            index.close()

    def generations(self) -> set[str]:
        return {path.name for path in (self.settings.index_dir / "generations").iterdir()}


@pytest.fixture
def place(tmp_path) -> Workplace:
    place = Workplace(tmp_path)
    place.write("buses.txt", BUSES)
    place.write("heating.txt", HEATING)
    return place


class BrokenEmbedding(ShippedEmbedding):
    def _get_text_embeddings(self, texts):
        raise RuntimeError


def test_round_trip(place):
    stages = []
    report = place.ingest(progress=lambda stage, done, total: stages.append((stage, done, total)))
    assert report.built
    assert report.added == ("buses.txt", "heating.txt")
    assert (report.files, report.documents, report.clauses, report.passages) == (2, 2, 4, 4)
    finished = [(stage, total) for stage, done, total in stages if done == total]
    assert finished == [("reading", 2), ("embedding", 4), ("writing", 4)]

    index = open_index(place.settings)
    query = embed_query(QUESTION, ShippedEmbedding())
    ranked = index.dense(query, 10)
    assert len({clause_id for clause_id, _ in ranked}) == len(ranked) == 4
    assert [similarity for _, similarity in ranked] == sorted((s for _, s in ranked), reverse=True)
    assert index.store.clause(ranked[0][0]).text.startswith("校车标牌")
    assert 0.5 < ranked[0][1] <= 1
    assert index.lexical.scores("供热经营许可").argmax() == 2
    index.close()


def test_vector_store_yields_nodes_of_the_same_clauses(place):
    place.ingest()
    index = open_index(place.settings)
    query = VectorStoreQuery(
        query_embedding=embed_query(QUESTION, ShippedEmbedding()).tolist(), similarity_top_k=1
    )
    (node,) = index.as_vector_store().query(query).nodes
    assert node.metadata["clause_id"] == "buses.txt-2"
    assert node.metadata["title"] == "盘锦市人民政府关于调整政务服务事项的决定"
    index.close()


def test_many_passages_of_one_clause_count_once(place):
    on_topic = "".join(f"校车标牌怎么办理？第{n}步到市公安局办理。" for n in range(16))
    off_topic = "".join(f"{n}号林区禁止携带火种。" for n in range(90))
    place.write("buses.txt", BUSES + on_topic + off_topic)
    assert place.ingest().passages > 6
    index = open_index(place.settings)
    ranked = index.dense(embed_query(QUESTION, ShippedEmbedding()), 5)
    assert len({clause_id for clause_id, _ in ranked}) == 5
    assert [similarity for _, similarity in ranked] == sorted((s for _, s in ranked), reverse=True)
    index.close()


def test_clauses_of_the_same_words_are_all_found(place):
    place.write("twins.txt", "关于防火的通知\n" + "禁止携带火种进入林区。\n" * 500)
    report = place.ingest()
    assert (report.clauses, report.passages) == (504, 5)
    index = open_index(place.settings)
    ranked = index.dense(embed_query("可以带打火机进林区吗？", ShippedEmbedding()), 504)
    assert len({clause_id for clause_id, _ in ranked}) == 504
    assert all(clause_id.startswith("twins") for clause_id, _ in ranked[:500])
    index.close()


def test_second_ingest_has_nothing_to_do(place):
    first = place.ingest()
    second = place.ingest()
    assert not second.built
    assert second.generation == first.generation
    assert second.unchanged == ("buses.txt", "heating.txt")
    assert place.counting.parsed.total() == 2


def test_only_the_changed_file_is_parsed_and_replaced(place):
    place.ingest()
    place.write("buses.txt", BUSES.replace("市公安局", "市交通局"))
    report = place.ingest()
    assert (report.replaced, report.unchanged) == (("buses.txt",), ("heating.txt",))
    assert place.counting.parsed == {"buses.txt": 2, "heating.txt": 1}
    assert report.clauses == 4
    assert "市交通局" in place.best()
    assert "住房" in place.best("供热经营许可归谁批？")


def test_newer_parser_parses_again(place):
    place.ingest()
    newer = CountingGazettes(version="2")
    assert place.ingest(gazettes=newer.gazettes).replaced == ("buses.txt", "heating.txt")


def test_files_ingested_before_stay(place):
    place.ingest(place.corpus / "buses.txt")
    report = place.ingest(place.corpus / "heating.txt")
    assert (report.added, report.files, report.clauses) == (("heating.txt",), 2, 4)


def test_vanished_file_goes_only_with_prune(place):
    place.ingest()
    (place.corpus / "buses.txt").unlink()
    assert place.ingest().clauses == 4
    report = place.ingest(prune=True)
    assert (report.removed, report.files, report.clauses) == (("buses.txt",), 1, 2)
    assert not place.best().startswith("校车")


def test_moved_file_keeps_one_copy(place):
    place.ingest()
    (place.corpus / "buses.txt").rename(place.corpus / "school.txt")
    assert place.ingest().duplicates == {str(place.corpus / "school.txt"): "buses.txt"}
    report = place.ingest(prune=True)
    assert (report.added, report.removed, report.clauses) == (("school.txt",), ("buses.txt",), 4)


def test_same_content_is_indexed_once(place):
    place.write("copy.txt", BUSES)
    report = place.ingest()
    assert report.files == 2
    assert report.duplicates == {str(place.corpus / "copy.txt"): "buses.txt"}


def test_files_that_swap_their_contents(place):
    place.ingest()
    place.write("buses.txt", HEATING)
    place.write("heating.txt", BUSES)
    report = place.ingest()
    assert (report.replaced, report.duplicates) == (("buses.txt", "heating.txt"), {})
    assert report.clauses == 4
    assert place.best().startswith("校车标牌")


def test_file_that_becomes_a_copy_gives_up_its_clauses(place):
    place.ingest()
    place.write("heating.txt", BUSES)
    report = place.ingest()
    assert (report.removed, report.files, report.clauses) == (("heating.txt",), 1, 2)


def test_same_name_in_another_folder_is_another_file(place, tmp_path):
    place.ingest()
    other = tmp_path / "other" / "buses.txt"
    other.parent.mkdir()
    other.write_text(BUSES.replace("校车", "班车"), "utf-8")
    report = place.ingest(other)
    assert report.added == ("other/buses.txt",)
    assert report.clauses == 6


def test_readme_hidden_and_foreign_files_are_passed_over(place):
    place.write("README.md", "说明\n不是公报")
    place.write(".hidden.txt", "隐藏\n条款")
    place.write("photo.png", "x")
    place.write("sub/deep.md", "办法\n第一条。")
    assert place.ingest().added == ("buses.txt", "heating.txt", "sub/deep.md")


def test_index_and_corpus_can_move_together(place, tmp_path):
    place.ingest()
    moved = tmp_path / "moved"
    moved.mkdir()
    place.settings.index_dir.rename(moved / "index")
    place.corpus.rename(moved / "corpus")
    report = ingest([moved / "corpus"], settings_in(moved), gazettes=place.counting.gazettes)
    assert report.unchanged == ("buses.txt", "heating.txt")


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
