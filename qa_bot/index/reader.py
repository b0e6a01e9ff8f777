"""Opening the current generation for search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import chromadb
import numpy as np
from chromadb.errors import ChromaError
from numpy.typing import NDArray

from qa_bot.errors import IndexStoreError
from qa_bot.index.among import Among
from qa_bot.index.chroma import (
    close_client,
    fault_of,
    open_client,
    read_collection,
    readable_folder,
)
from qa_bot.index.embedding import embedding_id
from qa_bot.index.generation import chroma_folder, lexical_folder
from qa_bot.index.in_use import hold
from qa_bot.index.lexical import LexicalIndex
from qa_bot.index.manifest import (
    Manifest,
    generation_folder,
    generation_folders,
    needs_rebuild,
    read_manifest,
)
from qa_bot.index.passages import clause_of
from qa_bot.index.store import ClauseStore
from qa_bot.settings import Settings

if TYPE_CHECKING:
    from llama_index.vector_stores.chroma import ChromaVectorStore

# From so large a share of the clauses the nearest of all are fetched, as many more as are needed.
_LEAST_SHARE_OF_ALL = 0.1


class Index:
    """One generation, open for search; safe to use from several threads. Close after use.

    The rows of ``lexical`` are the positions in ``store.clauses``.
    """

    def __init__(
        self,
        manifest: Manifest,
        store: ClauseStore,
        lexical: LexicalIndex,
        collection: chromadb.Collection,
        opened: ExitStack,
    ) -> None:
        self.manifest = manifest
        self.store = store
        self.lexical = lexical
        self._collection = collection
        self._among = Among(collection, manifest.dimension)
        self._opened = opened

    def dense(
        self, query_vector: NDArray[np.float32], n: int, titles: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The ``n`` nearest clauses as (clause id, cosine similarity), best first.

        A clause of several passages counts by its nearest one. ``titles`` restricts the search
        to documents of these titles; there are fewer than ``n`` where those have no more. Raises
        ``IndexStoreError`` where the vector has another dimension than the index, or Chroma fails.
        """
        if query_vector.shape != (self.manifest.dimension,):
            raise needs_rebuild(
                f"问题向量有 {query_vector.shape[-1]} 维，索引为 {self.manifest.dimension} 维",
                "the query vector does not fit the index",
            )
        passages, every = self.manifest.passages, len(self.store.clauses)
        count = every if titles is None else sum(self._clauses_of_title[name] for name in titles)
        if not count:
            return []
        among = titles if count < _LEAST_SHARE_OF_ALL * every else None
        n = min(n, count)
        wanted = n if among else n * every // count
        while True:
            wanted = min(2 * wanted, passages)
            nearest = self._nearest(query_vector, wanted, among)
            if titles is not None:
                nearest = {id: near for id, near in nearest.items() if self._title(id) in titles}
            if len(nearest) >= n or wanted == passages:
                return list(nearest.items())[:n]

    def as_vector_store(self) -> ChromaVectorStore:
        """The same collection as a LlamaIndex vector store; its nodes are passages."""
        from llama_index.vector_stores.chroma import ChromaVectorStore

        return ChromaVectorStore(chroma_collection=self._collection)

    def passages(self, batch: int) -> Iterator[tuple[str, tuple[str, list[str]]]]:
        """(passage id, (text, ids of its clauses)) of every row, read ``batch`` at a time."""
        for start in range(0, self.manifest.passages, batch):
            rows = self._collection.get(
                limit=batch, offset=start, include=["documents", "metadatas"]
            )
            texts, metadatas = rows["documents"] or (), rows["metadatas"] or ()
            yield from zip(
                rows["ids"], zip(texts, map(_clause_ids, metadatas), strict=True), strict=True
            )

    def fault(self, samples: int) -> str | None:
        """What is wrong with the collection, going by ``samples`` rows of it; None: nothing."""
        return fault_of(self._collection, self.manifest.passages, self.manifest.dimension, samples)

    def close(self) -> None:
        self._opened.close()

    def _nearest(
        self, query_vector: NDArray[np.float32], wanted: int, titles: Collection[str] | None
    ) -> dict[str, float]:
        try:
            if titles is None:
                found = self._collection.query(
                    query_embeddings=query_vector[np.newaxis],
                    n_results=wanted,
                    include=["distances"],
                )
                distances = np.array((found["distances"] or [[]])[0])
                passages = list(zip(found["ids"][0], (1 - distances).tolist(), strict=True))
            else:
                passages = self._among.nearest(query_vector, wanted, titles)
            twins = self._twins
        except ChromaError as error:
            raise damaged(str(error)) from error
        nearest: dict[str, float] = {}
        for passage, similarity in passages:
            for clause_id in (clause_of(passage), *twins.get(passage, ())):
                nearest.setdefault(clause_id, similarity)
        return nearest

    def _title(self, clause_id: str) -> str:
        return self.store.clause(clause_id).title

    @cached_property
    def _clauses_of_title(self) -> Counter[str]:
        return Counter(clause.title for clause in self.store.clauses)

    @cached_property
    def _twins(self) -> dict[str, list[str]]:
        """Passage id → the other clauses of the same text. Read once: metadata of hundreds of
        rows a question takes ten times as long as the search for them."""
        rows = self._collection.get(where={"twins": {"$ne": ""}}, include=["metadatas"])
        return {
            passage: _clause_ids(metadata)[1:]
            for passage, metadata in zip(rows["ids"], rows["metadatas"] or (), strict=True)
        }


def open_index(settings: Settings) -> Index:
    """Open and check the current generation.

    Raises ``IndexStoreError`` where it is missing, damaged, of another format or built with
    another embedding model; its message says what to do.
    """
    manifest = read_manifest(settings.index_dir)
    require_model(manifest, settings)
    try:
        return open_generation(settings.index_dir, manifest)
    except IndexStoreError:
        if read_manifest(settings.index_dir).generation == manifest.generation:
            raise
        return open_index(settings)


def open_sound_index(settings: Settings) -> tuple[Index, str | None]:
    """Open the current generation or, where it cannot be used, the one before it.

    The second value says what is wrong with the current one. Raises ``IndexStoreError`` where no
    generation can be used.
    """
    try:
        return open_index(settings), None
    except IndexStoreError as error:
        for manifest in _manifests_before(settings.index_dir):
            try:
                require_model(manifest, settings)
                return open_generation(settings.index_dir, manifest), str(error)
            except IndexStoreError:
                continue
        raise


def open_generation(index_dir: Path, manifest: Manifest) -> Index:
    """Open and check one generation, whichever embedding model it was built with.

    Nobody can drop it until it is closed. Raises ``IndexStoreError`` where it is damaged or gone.
    """
    folder = generation_folder(index_dir, manifest.generation)
    with ExitStack() as opened:
        try:
            opened.enter_context(hold(folder))
        except OSError as error:
            raise damaged("manifest.json") from error
        _require_whole_files(folder, manifest)
        store, lexical = _load_texts(folder, manifest)
        collection = _load_vectors(folder, manifest, opened)
        return Index(manifest, store, lexical, collection, opened.pop_all())


def require_model(manifest: Manifest, settings: Settings) -> None:
    """Raise ``IndexStoreError`` where a generation has the vectors of another embedding model."""
    if manifest.embedding != embedding_id(settings):
        raise needs_rebuild(
            f"索引由向量模型 {manifest.embedding} 建立，当前设置为 {embedding_id(settings)}；"
            "请改回 QA_BOT_EMBEDDING；要换用新模型",
            "built by another embedding model, set QA_BOT_EMBEDDING back; to change over",
        )


def load_store(index_dir: Path, manifest: Manifest) -> ClauseStore:
    """The clause store of a generation alone; ``IndexStoreError`` where it is damaged."""
    try:
        store = ClauseStore.load(generation_folder(index_dir, manifest.generation))
    except (OSError, ValueError) as error:
        raise damaged(type(error).__name__) from error
    if (len(store.documents), len(store.clauses)) != (manifest.documents, manifest.clauses):
        raise damaged(f"{len(store.clauses)} ≠ {manifest.clauses}")
    return store


def _clause_ids(metadata: Mapping[str, object]) -> list[str]:
    return [str(metadata["clause_id"]), *str(metadata["twins"]).split()]


def _require_whole_files(folder: Path, manifest: Manifest) -> None:
    """Refuse a generation with a lost or shortened file: on one, Chroma may crash the process."""
    for name, size in manifest.files.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size < size:
            raise damaged(name)


def _load_texts(folder: Path, manifest: Manifest) -> tuple[ClauseStore, LexicalIndex]:
    store = load_store(folder.parent.parent, manifest)
    try:
        lexical = LexicalIndex.load(lexical_folder(folder))
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise damaged(type(error).__name__) from error
    if len(lexical) != len(store.clauses):
        raise damaged("BM25")
    return store, lexical


def _load_vectors(folder: Path, manifest: Manifest, opened: ExitStack) -> chromadb.Collection:
    try:
        client = open_client(readable_folder(chroma_folder(folder), opened))
        opened.callback(close_client, client)
        collection = read_collection(client, manifest.generation)
        fault = fault_of(collection, manifest.passages, manifest.dimension)
    except OSError as error:
        raise IndexStoreError(
            f"索引 {folder} 所在磁盘已满或只读，且没有地方放临时副本（{error.strerror}），"
            "请腾出磁盘空间。(the disk is full or read-only, and there is no room for a temporary "
            "copy: free some space.)"
        ) from error
    except Exception as error:
        raise damaged(type(error).__name__) from error
    if fault:
        raise damaged(fault)
    return collection


def _manifests_before(index_dir: Path) -> Iterator[Manifest]:
    """The generation before the current one; all, the newest first, where none is current."""
    try:
        previous = read_manifest(index_dir).previous
        folders = [generation_folder(index_dir, previous)] if previous else []
    except IndexStoreError:
        folders = generation_folders(index_dir)
    for folder in folders:
        try:
            yield read_manifest(folder)
        except IndexStoreError:
            continue


def damaged(what: str) -> IndexStoreError:
    """The error for a generation of which ``what`` is wrong."""
    return needs_rebuild(f"索引已损坏（{what}）", "the index is damaged")
