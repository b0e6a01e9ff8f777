"""The adapters for outside benchmarks."""

from __future__ import annotations

import gzip
import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from evaluation_samples import ROOT
from typer.testing import CliRunner

CORPUS = (
    '{"_id": "d1", "title": "供热条例", "text": "停业须提前六个月申请。"}\n'
    '{"_id": "d2", "title": "", "text": "校车每半年检验一次。"}\n'
    '{"_id": "d3", "title": "", "text": "劳务资质实行备案。"}\n'
)
QUERIES = '{"_id": "q1", "text": "校车检验"}\n{"_id": "q2", "text": "暖气公司不干了"}\n'
QRELS = "query-id\tcorpus-id\tscore\nq1\td2\t1\nq2\td1\t1\nq2\td3\t0\n"


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT))
    return lambda name: importlib.import_module(f"eval.benchmarks.{name}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "corpus.jsonl").write_text(CORPUS, encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text(QUERIES, encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text(QRELS, encoding="utf-8")
    return tmp_path


def test_beir_folder(modules: Any, folder: Path) -> None:
    data = modules("beir").load_beir(folder)
    assert data.documents["d1"] == "供热条例 停业须提前六个月申请。"
    assert data.queries == {"q1": "校车检验", "q2": "暖气公司不干了"}
    assert data.qrels == {"q1": {"d2": 1}, "q2": {"d1": 1, "d3": 0}}
    assert list(data.first(1).queries) == ["q1"]


def test_gzipped_corpus_and_qrels_in_a_folder(modules: Any, folder: Path) -> None:
    plain = modules("beir").load_beir(folder)
    with gzip.open(folder / "corpus.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(CORPUS)
    (folder / "corpus.jsonl").unlink()
    (folder / "qrels").mkdir()
    (folder / "qrels.tsv").rename(folder / "qrels" / "test.tsv")
    assert modules("beir").load_beir(folder) == plain


def test_measures_by_hand(modules: Any, folder: Path) -> None:
    found: Mapping[str, list[str]] = {"校车检验": ["d1", "d2"], "暖气公司不干了": []}
    values = modules("benchmark").measure(
        modules("beir").load_beir(folder), lambda text, k: found[text][:k]
    )
    assert values == {"R@10": 0.5, "R@100": 0.5, "MRR@10": 0.25}


def test_a_missing_file_is_named(modules: Any, folder: Path) -> None:
    (folder / "queries.jsonl").unlink()
    with pytest.raises(modules("benchmark").BenchmarkMissing, match=r"queries\.jsonl"):
        modules("beir").load_beir(folder)


def run(modules: Any, *arguments: str) -> Any:
    app = typer.Typer()
    app.command()(modules("__main__").main)
    return CliRunner().invoke(app, list(arguments))


def test_the_command_measures_bm25(modules: Any, folder: Path) -> None:
    result = run(modules, str(folder))
    assert result.exit_code == 0, result.output
    assert "3 篇 (documents), 2 问 (queries)" in result.output
    assert "R@10 0.500" in result.output


def test_the_command_skips_what_is_absent(modules: Any, tmp_path: Path) -> None:
    result = run(modules, str(tmp_path))
    assert result.exit_code == 0
    assert "跳过此基准" in result.output


def test_the_command_names_a_search_that_is_not_there(modules: Any, folder: Path) -> None:
    assert run(modules, str(folder), "--search", "nowhere:none").exit_code == 2


@pytest.mark.parametrize("search", ["dense", "full"])
def test_the_bots_own_search(
    modules: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, search: str
) -> None:
    file = tmp_path / "vectors" / "shipped.npy"
    vectors = modules("vectors")
    vectors.main(str(folder), file)
    made = np.load(file)
    halves = made.copy()
    halves[1] = 0
    np.save(file, halves)
    vectors.main(str(folder), file)  # goes on with the row that is missing
    assert np.allclose(np.load(file), made, atol=1e-5)

    monkeypatch.setenv("QA_BOT_BENCHMARK_VECTORS", str(file))
    find = getattr(modules("chain"), search)(modules("beir").load_beir(folder).documents)
    assert find("校车多久检验一次？", 2)[0] == "d2"
    assert sorted(find("暖气公司不干了", 3)) == ["d1", "d2", "d3"]


def test_vectors_of_other_documents(
    modules: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "other.npy"
    np.save(file, np.ones((2, 384), dtype=np.float32))
    with pytest.raises(typer.BadParameter):
        modules("vectors").main(str(folder), file)
    monkeypatch.setenv("QA_BOT_BENCHMARK_VECTORS", str(file))
    with pytest.raises(modules("benchmark").BenchmarkMissing):
        modules("chain").dense(modules("beir").load_beir(folder).documents)


def test_stard_where_it_is_there(modules: Any) -> None:
    try:
        data = modules("stard").load_stard()
    except modules("benchmark").BenchmarkMissing as missing:
        pytest.skip(str(missing))
    assert len(data.documents) == 55_404
    assert len(data.queries) == 1_235
    assert len(modules("stard").load_stard(held_out=True).queries) == 252
    assert all(id in data.documents for judged in data.qrels.values() for id in judged)
