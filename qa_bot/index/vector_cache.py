"""Vectors that need not be computed again, keyed by embedding model and text.

A cache is two files of the same form: the *shipped* one, kept in the repository and only read,
and the *local* one below the index folder, which takes every new vector. A file is an ``.npz``
with ``model`` (the embedding id), ``keys`` (n × 16 bytes of the text's SHA-256) and ``vectors``
(n × dimension, float16). Fresh vectors pass through float16 too, so that a search finds the same
whether a vector was cached or not.
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from numpy.typing import NDArray

from qa_bot.errors import ModelError
from qa_bot.index.durable import write_atomic
from qa_bot.index.embedding import Vectors, embed_texts, embedding_id, normalised
from qa_bot.index.progress import Progress, no_progress
from qa_bot.settings import Settings

KEY_BYTES = 16
SAVE_EVERY_S = 20.0

_Half = NDArray[np.float16]
_log = logging.getLogger(__name__)


class VectorCache:
    """The known vectors of one embedding model; ``shipped`` and ``local`` are folders."""

    @classmethod
    def of(cls, settings: Settings) -> VectorCache:
        """The cache of the model that ``settings`` name."""
        local = settings.index_dir / "vectors"
        return cls(embedding_id(settings), settings.vector_cache_dir, local)

    def __init__(self, model_id: str, shipped: Path, local: Path) -> None:
        self.model_id = model_id
        self.local_file = local / file_name(model_id)
        self._local = read_vectors(self.local_file, model_id)
        self._known = {**self._local, **read_vectors(shipped / file_name(model_id), model_id)}
        self._unsaved = False

    def missing(self, texts: Iterable[str]) -> list[str]:
        """The texts without a vector, each once, in order."""
        return [text for text in dict.fromkeys(texts) if _key(text) not in self._known]

    def add(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Take new vectors; ``ModelError`` where they have another length than the known ones."""
        known = next(iter(self._known.values()), None)
        if known is not None and known.shape[0] != vectors.shape[1]:
            raise ModelError(
                f"向量模型 {self.model_id} 的向量由 {known.shape[0]} 维变为 {vectors.shape[1]} 维，"
                f"请删除 {self.local_file} 并运行 `qa-bot ingest --rebuild`。"
                "(its dimension changed: delete this file and run `qa-bot ingest --rebuild`.)"
            )
        new = dict(zip(map(_key, texts), vectors.astype(np.float16), strict=True))
        self._local.update(new)
        self._known.update(new)
        self._unsaved = True

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """The unit vectors of ``texts``, none of which may be missing."""
        if not texts:
            return np.empty((0, 0), dtype=np.float32)
        return normalised(np.stack([self._known[_key(text)] for text in texts]))

    def save(self) -> None:
        """Write the local file; a disk that refuses costs only a warning."""
        if not self._unsaved:
            return
        try:
            _write_vectors(self.local_file, self.model_id, self._local)
            self._unsaved = False
        except OSError as error:
            _log.warning("New vectors could not be kept in %s: %s", self.local_file, error)

    def export(self, texts: Iterable[str], folder: Path) -> Path:
        """Write the vectors of ``texts`` alone as a file to ship; returns its path."""
        keys = sorted({_key(text) for text in texts})
        path = folder / file_name(self.model_id)
        _write_vectors(path, self.model_id, {key: self._known[key] for key in keys})
        return path


def embed_passages(
    texts: Sequence[str],
    embedding: BaseEmbedding,
    cache: VectorCache,
    progress: Progress = no_progress,
    save_every_s: float = SAVE_EVERY_S,
) -> Vectors:
    """The unit vectors of ``texts``, float32 of shape ``(len(texts), dimension)``.

    Only texts that ``cache`` does not know are embedded, the longest first. The cache is saved
    every ``save_every_s`` seconds and at the end, also when the model fails, so that the next
    run goes on from there. Raises ``ModelError``.
    """
    missing = sorted(cache.missing(texts), key=len, reverse=True)
    done, saved = len(texts) - len(missing), time.monotonic()
    progress("embedding", done, len(texts))
    try:
        for start in range(0, len(missing), embedding.embed_batch_size):
            batch = missing[start : start + embedding.embed_batch_size]
            cache.add(batch, embed_texts(batch, embedding))
            done += len(batch)
            progress("embedding", done, len(texts))
            if time.monotonic() - saved >= save_every_s:
                cache.save()
                saved = time.monotonic()
    finally:
        cache.save()
    return cache.vectors(texts)


def file_name(model_id: str) -> str:
    """The name of a model's file, safe on any disk: ``e5-small-zh-….npz``."""
    name = re.sub(r"[^A-Za-z0-9._-]", "_", model_id)
    if name != model_id:
        name = f"{name[-60:]}-{hashlib.sha256(model_id.encode()).hexdigest()[:8]}"
    return f"{name}.npz"


def read_vectors(path: Path, model_id: str) -> dict[bytes, _Half]:
    """Key → vector of one file; nothing, with a warning, where it is damaged or foreign."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            model, keys, vectors = str(stored["model"]), stored["keys"], stored["vectors"]
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        _log.warning("The vector cache %s is damaged and is built anew: %s", path, error)
        return {}
    if model != model_id or not _well_formed(keys, vectors):
        _log.warning("The vector cache %s is not one of %s and is built anew", path, model_id)
        return {}
    return {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)}


def _well_formed(keys: NDArray[np.generic], vectors: NDArray[np.generic]) -> bool:
    return (
        keys.dtype == np.uint8
        and vectors.dtype == np.float16
        and vectors.ndim == 2
        and keys.shape == (len(vectors), KEY_BYTES)
        and bool(np.isfinite(vectors).all())
    )


def _write_vectors(path: Path, model_id: str, rows: Mapping[bytes, _Half]) -> None:
    keys = np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(-1, KEY_BYTES)
    vectors = np.stack(list(rows.values()))
    write_atomic(
        path, lambda file: np.savez(file, model=np.array(model_id), keys=keys, vectors=vectors)
    )


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:KEY_BYTES]
