"""What an ingest takes in, passes over, replaces and keeps."""

from __future__ import annotations

from index_samples import BUSES, HEATING, CountingGazettes, settings_in
from ingest_samples import QUESTION
from llama_index.core.vector_stores.types import VectorStoreQuery

from qa_bot.index.embedding import ShippedEmbedding, embed_query
from qa_bot.index.ingest import ingest
from qa_bot.index.reader import open_index


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
