"""The embedding model that ships with the bot, run by onnxruntime.

``model.onnx`` and ``tokenizer.json`` lie beside this file, their SHA-256 in ``SHA256SUMS``. Where
they come from and what they reach: ``docs/embedding.md``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from qa_bot.errors import ModelError

Vectors = NDArray[np.float32]

FOLDER = Path(__file__).parent
MODEL, TOKENIZER, SUMS = "model.onnx", "tokenizer.json", "SHA256SUMS"
DIMENSION = 384
MAX_TOKENS = 512
_PAD = 1
# Padded tokens of one run: enough to keep the cores busy, little enough to stay in the caches.
_BATCH_TOKENS = 2048


class OnnxEmbedder:
    """Questions and passages → unit vectors of 384 dimensions.

    Loading checks both files. May be called from several threads; a run uses every core. What
    lies behind the 512th token of a text is not read. A text has the same vector alone and in a
    batch, to the last bits of a float.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        sums = _sums(folder)
        model, tokenizer = (_checked(folder / name, sums) for name in (MODEL, TOKENIZER))
        options = onnxruntime.SessionOptions()
        # Threads that spin while they wait stall as soon as another process wants a core.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer = Tokenizer.from_buffer(tokenizer)
        except Exception as error:
            raise ModelError(
                "随附的向量模型无法载入，请检查 onnxruntime 和 tokenizers 的版本。"
                "(the shipped embedding model cannot be loaded: check these packages.)"
            ) from error
        self._tokenizer.enable_truncation(MAX_TOKENS)

    def query(self, text: str) -> Vectors:
        """The vector of a question, of shape ``(384,)``."""
        vector: Vectors = self._embed([f"query: {text}"])[0]
        return vector

    def passages(self, texts: Sequence[str]) -> Vectors:
        """The vectors of passages, of shape ``(len(texts), 384)``."""
        return self._embed([f"passage: {text}" for text in texts])

    def _embed(self, texts: list[str]) -> Vectors:
        # Half of a surrogate pair has no UTF-8, and the tokenizer reads UTF-8.
        whole = [text.encode("utf-8", "replace").decode() for text in texts]
        # A batch wakes the tokenizer's threads, which a single text does not need.
        encode = self._tokenizer.encode
        encoded = [encode(whole[0])] if len(whole) == 1 else self._tokenizer.encode_batch(whole)
        vectors = np.empty((len(texts), DIMENSION), dtype=np.float32)
        for rows in _batches(encoded):
            ids = np.full((len(rows), len(encoded[rows[-1]])), _PAD, dtype=np.int64)
            for number, row in enumerate(rows):
                ids[number, : len(encoded[row])] = encoded[row].ids
            vectors[rows] = self._session.run(None, {"ids": ids})[0]
        return vectors


@lru_cache(maxsize=1)
def shipped_embedder() -> OnnxEmbedder:
    """The shipped model, loaded once; ``ModelError`` where its files are not as they should be."""
    return OnnxEmbedder()


@lru_cache(maxsize=1)
def model_id() -> str:
    """A name that changes with the files: ``e5-small-zh-`` and eight digits of their sums."""
    return f"e5-small-zh-{hashlib.sha256(repr(sorted(_sums(FOLDER).items())).encode()).hexdigest()[:8]}"


def _batches(encoded: Sequence[Encoding]) -> Iterator[list[int]]:
    batch: list[int] = []
    for row in sorted(range(len(encoded)), key=lambda number: len(encoded[number])):
        if batch and (len(batch) + 1) * len(encoded[row]) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _sums(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / SUMS).read_text(encoding="ascii").splitlines()
        pairs = [line.split() for line in lines]
        return {name: digest for digest, name in pairs}
    except (OSError, ValueError) as error:
        raise _damaged(folder / SUMS) from error


def _checked(path: Path, sums: dict[str, str]) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _damaged(path) from error
    if hashlib.sha256(data).hexdigest() != sums.get(path.name):
        raise _damaged(path)
    return data


def _damaged(path: Path) -> ModelError:
    return ModelError(
        f"向量模型文件 {path} 缺失或已损坏，请重新安装 qa-bot。"
        "(this file of the embedding model is missing or damaged: install qa-bot again.)"
    )
