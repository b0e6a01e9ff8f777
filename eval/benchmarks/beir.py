"""BEIR format: a folder with ``corpus.jsonl``, ``queries.jsonl`` and ``qrels.tsv``.

``corpus.jsonl`` has ``_id``, ``title``, ``text``; ``queries.jsonl`` has ``_id``, ``text``;
``qrels.tsv`` (or ``qrels/test.tsv``) has query, document and relevance parted by tabs, with or
without a header. Files may be gzipped. (Thakur et al. 2021, github.com/beir-cellar/beir.)
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eval.benchmarks.benchmark import Benchmark, BenchmarkMissing


def load_beir(folder: Path) -> Benchmark:
    """Raises BenchmarkMissing, which names the file that is not there."""
    documents = {
        _id(row): " ".join(filter(None, [row.get("title"), row["text"]]))
        for row in _rows(_find(folder, "corpus.jsonl"))
    }
    queries = {_id(row): row["text"] for row in _rows(_find(folder, "queries.jsonl"))}
    return Benchmark(folder.name, documents, queries, _qrels(_find(folder, "qrels.tsv")))


def _id(row: dict[str, Any]) -> str:
    return str(row["_id"] if "_id" in row else row["id"])


def _find(folder: Path, name: str) -> Path:
    names = [name, f"{name}.gz"] + (["qrels/test.tsv"] if name == "qrels.tsv" else [])
    for candidate in names:
        if (folder / candidate).is_file():
            return folder / candidate
    raise BenchmarkMissing(
        f"缺少 {folder / name}，跳过此基准。(missing: this benchmark is skipped.)"
    )


def _lines(path: Path) -> Iterator[str]:
    data = path.read_bytes()
    text = gzip.decompress(data) if path.suffix == ".gz" else data
    return (line for line in text.decode("utf-8").split("\n") if line.strip())


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in _lines(path))


def _qrels(path: Path) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    for line in _lines(path):
        query, document, relevance = line.split()[:3]
        if relevance.isdigit():  # a header has a word there
            qrels.setdefault(query, {})[document] = int(relevance)
    return qrels
