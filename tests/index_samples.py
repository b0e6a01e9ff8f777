"""Small gazettes for the tests of the index: line 1 is a title, every further line a clause."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import numpy as np

from qa_bot.clauses.model import Clause, Document, ParsedFile
from qa_bot.index.embedding import ShippedEmbedding
from qa_bot.index.ingest import IngestReport, ingest
from qa_bot.index.manifest import generation_folder
from qa_bot.index.sources import Gazettes
from qa_bot.settings import Settings

BUSES = """盘锦市人民政府关于调整政务服务事项的决定
校车标牌发放由市公安局办理，应当提供机动车行驶证。
校车每半年检验一次，由市公安局负责。
"""
HEATING = """盘锦市人民政府关于供热管理的通知
供热经营许可由市住房和城乡建设局审批。
停业、歇业应当在供热期开始六十日前申请。
"""


def clause(text: str, file: str = "a.txt", line: int = 2, **changes: object) -> Clause:
    given: dict[str, object] = {
        "id": f"{file}-{line}",
        "file": file,
        "doc_no": None,
        "title": "关于校车的通知",
        "path": (f"第{line}条",),
        "section": f"第{line}条",
        "kind": "article",
        "text": text,
        "parent_id": None,
        "lines": ((line, line),),
        "spans": ((0, len(text)),),
    }
    return Clause.model_validate(given | changes)


def document(file: str, title: str, last_line: int, first_line: int = 1) -> Document:
    return Document(
        file=file,
        doc_no=None,
        doc_no_printed=None,
        title=title,
        issuer=None,
        date=None,
        addressee=None,
        release=None,
        start_line=first_line,
        end_line=last_line,
    )


def parse_lines(text: str, file: str) -> ParsedFile:
    title, *lines = text.splitlines()
    return ParsedFile(
        file=file,
        documents=(document(file, title, len(lines) + 1),),
        clauses=tuple(clause(line, file, n, title=title) for n, line in enumerate(lines, 2)),
        noise=(),
    )


class CountingGazettes:
    """Gazettes that count how often each file is parsed."""

    def __init__(self, version: str = "1") -> None:
        self.parsed: Counter[str] = Counter()
        self.gazettes = Gazettes(lambda path: path.read_text("utf-8"), self._parse, version)

    def _parse(self, text: str, file: str) -> ParsedFile:
        self.parsed[file] += 1
        return parse_lines(text, file)


def settings_in(folder: Path, **changes: object) -> Settings:
    given: dict[str, object] = {
        "index_dir": folder / "index",
        "vector_cache_dir": folder / "shipped",
        "corpus_dir": folder / "corpus",
    }
    return Settings(_env_file=None, **(given | changes))  # type: ignore[call-arg]


class HashEmbedding(ShippedEmbedding):
    """A vector of its own for every text, quickly; a query is near the passage that ends so."""

    def _get_query_embedding(self, query):
        seed = int.from_bytes(hashlib.sha256(query.split("\n")[-1].encode()).digest()[:8])
        return np.random.default_rng(seed).normal(size=16).tolist()

    def _get_text_embeddings(self, texts):
        return [self._get_query_embedding(text) for text in texts]


def take_in(settings: Settings, *paths: Path, **options) -> IngestReport:
    """Ingest such gazettes with vectors of ``HashEmbedding``."""
    given = {"gazettes": CountingGazettes().gazettes, "embedding": HashEmbedding(), **options}
    return ingest(paths, settings, **given)


def publish(settings: Settings, office: str, **options) -> Path:
    """Ingest a gazette in which ``office`` is in charge; returns the generation's folder."""
    text = BUSES.replace("市公安局", office)
    (settings.corpus_dir / "buses.txt").write_text(text, "utf-8")
    gazettes = CountingGazettes().gazettes
    report = ingest([settings.corpus_dir], settings, gazettes=gazettes, **options)
    return generation_folder(settings.index_dir, report.generation)
