"""The bot's own ranking on an outside benchmark: dense alone, and the full chain.

Every document becomes one clause. Their vectors are made beforehand, for embedding 55,404 articles
takes long: ``python -m eval.benchmarks.vectors stard FILE``, then ``QA_BOT_BENCHMARK_VECTORS=FILE``.
Documents without a vector are left out, so a part can be measured. ``QA_BOT_BENCHMARK_MODEL`` names
the folder of the model that made them where it is not the shipped one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.benchmarks.benchmark import BenchmarkMissing, Search
from eval.memory import MemoryIndex
from qa_bot.clauses.model import Clause, Document
from qa_bot.embedding_model import OnnxEmbedder, shipped_embedder
from qa_bot.retrieval.query import read_query
from qa_bot.retrieval.question import Question
from qa_bot.retrieval.ranker import Ranker

_ARTICLE = re.compile(r"(?P<law>.{2,60}?)(?P<label>第[一二三四五六七八九十百千零〇]+条\S{0,4})\s")


def dense(documents: Mapping[str, str]) -> Search:
    """Cosine alone."""
    ids, vectors = _vectors(documents)
    embedder = _embedder()

    def search(text: str, k: int) -> list[str]:
        similarities = vectors @ embedder.query(text)
        return [ids[row] for row in np.argsort(-similarities, kind="stable")[:k]]

    return search


def full(documents: Mapping[str, str]) -> Search:
    """Both stages of the ranker, as the bot asks them, and the first stage behind the second."""
    ids, vectors = _vectors(documents)
    clauses = [article(id, documents[id]) for id in ids]
    laws = {clause.title: clause for clause in clauses}
    index = MemoryIndex(
        [_document(clause) for clause in laws.values()], clauses, vectors, np.arange(len(ids))
    )
    ranker, embedder = Ranker(index), _embedder()

    def search(text: str, k: int) -> list[str]:
        query = read_query(Question(question=text), ranker.regions, ranker.corrector)
        similarities = ranker.similarities(embedder.query(query.meaning))
        best, _ = ranker.rank(query, similarities)
        rest = np.argsort(-ranker.scores(query, similarities, ranker.named(query)), kind="stable")[
            : k + len(best)
        ]
        rows = list(dict.fromkeys([*best.tolist(), *rest.tolist()]))
        return [ids[row] for row in rows[:k]]

    return search


def _vectors(documents: Mapping[str, str]) -> tuple[list[str], NDArray[np.float32]]:
    path = Path(os.environ.get("QA_BOT_BENCHMARK_VECTORS", ""))
    if not path.is_file():
        raise BenchmarkMissing(
            "请用 QA_BOT_BENCHMARK_VECTORS 指定向量文件。(set it to the file of the vectors.)"
        )
    ids, stored = list(documents), np.load(path, mmap_mode="r")
    if len(stored) != len(ids):
        raise BenchmarkMissing(
            f"{path} 是别的文档的向量，请重新生成。(holds vectors of other documents: make them anew.)"
        )
    rows = np.flatnonzero(np.any(stored, axis=1))
    return [ids[row] for row in rows], np.asarray(stored[rows], dtype=np.float32)


def _embedder() -> OnnxEmbedder:
    folder = os.environ.get("QA_BOT_BENCHMARK_MODEL")
    return OnnxEmbedder(Path(folder)) if folder else shipped_embedder()


def article(id: str, text: str) -> Clause:
    """``中华人民共和国劳动法第三条 …`` → article 第三条 of that law."""
    match = _ARTICLE.match(text)
    law, label = (match["law"], match["label"]) if match else (text[:20], "第一条")
    return Clause(
        id=id, file=law, doc_no=None, title=law, path=(), section=label, kind="article",
        text=text.removeprefix(law), parent_id=None, lines=((1, 1),), spans=((0, 1),),
    )  # fmt: skip


def _document(clause: Clause) -> Document:
    return Document(
        file=clause.file, doc_no=None, doc_no_printed=None, title=clause.title, issuer=None,
        date=None, addressee=None, release=None, start_line=1, end_line=1,
    )  # fmt: skip
