"""Whether a generation is whole: files, counts, samples, and that its parts fit together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from qa_bot.errors import IndexStoreError, SourceError
from qa_bot.index.chroma import MAX_BATCH
from qa_bot.index.lexical import tokenize
from qa_bot.index.manifest import Manifest, generation_folder, read_manifest
from qa_bot.index.passages import RECIPE, Passage, passages_of
from qa_bot.index.reader import Index, open_generation
from qa_bot.index.sources import sha256_of
from qa_bot.index.store import ClauseStore

_SAMPLES = 100


def faults_of(index_dir: Path, manifest: Manifest) -> list[str]:
    """What is wrong with a generation, Chinese and English; empty where all is well.

    It reads every file once. A damaged file is not opened for search: that may crash the process.
    """
    folder = generation_folder(index_dir, manifest.generation)
    if faults := [*_manifest_faults(folder, manifest), *_file_faults(folder, manifest)]:
        return faults
    try:
        index = open_generation(index_dir, manifest)
    except IndexStoreError as error:
        return [str(error)]
    try:
        return [*_lexical_faults(index), *_vector_faults(index)]
    finally:
        index.close()


def _manifest_faults(folder: Path, manifest: Manifest) -> Iterator[str]:
    try:
        own = read_manifest(folder)
    except IndexStoreError as error:
        yield str(error)
    else:
        if own != manifest:
            yield "清单与索引自己的清单不同 (the manifest differs from the generation's own)"


def _file_faults(folder: Path, manifest: Manifest) -> Iterator[str]:
    for name, size in manifest.files.items():
        path = folder / name
        if not path.is_file():
            yield f"{name} 丢失 (is lost)"
        elif (found := path.stat().st_size) < size:
            yield f"{name} 只剩 {found} / {size} 字节 (is cut short)"
        elif name in manifest.sha256:
            try:
                if sha256_of(path) != manifest.sha256[name]:
                    yield f"{name} 的内容已变 (has changed)"
            except SourceError as error:
                yield str(error)


def _lexical_faults(index: Index) -> Iterator[str]:
    """Sampled rows of BM25 must hold the tokens of the clause at their position."""
    clauses = index.store.clauses
    for row in {*np.linspace(0, len(clauses) - 1, _SAMPLES, dtype=int).tolist()}:
        if index.lexical.tokens_of(row) != (set(tokenize(clauses[row].text)) or {""}):
            yield f"BM25 与条款 {clauses[row].id} 不符 (BM25 does not fit the clauses)"
            return


def _vector_faults(index: Index) -> Iterator[str]:
    """Every passage of the clauses must be a row of the collection, with the same text."""
    if index.manifest.recipe == RECIPE:
        stored, wanted = dict(index.passages(MAX_BATCH)), _distinct_passages(index.store)
        if stored != wanted:
            differ = (key for key in stored.keys() | wanted if stored.get(key) != wanted.get(key))
            yield f"向量与条款不符，例如 {min(differ)} (the vectors do not fit the clauses)"
    if fault := index.fault(_SAMPLES):
        yield f"向量检索找不到自己的样本（{fault}） (sampled vectors do not find themselves)"


def _distinct_passages(store: ClauseStore) -> dict[str, tuple[str, list[str]]]:
    """Passage id → its text and the ids of its clauses, as the collection should have them."""
    equal: defaultdict[str, list[Passage]] = defaultdict(list)
    for clause in store.clauses:
        for passage in passages_of(clause):
            equal[passage.text].append(passage)
    return {
        passages[0].id: (text, [passage.clause_id for passage in passages])
        for text, passages in equal.items()
    }
