"""The embedding model that ships with the bot, run by onnxruntime.

``model.onnx`` and ``tokenizer.json`` lie beside this file, their SHA-256 in ``SHA256SUMS``. Where
they come from and what they reach: ``docs/embedding.md``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from tokenizers import Tokenizer

from qa_bot.shipped_model import MODEL, SUMS, OnnxModel, Vectors, checked, loading, sums

__all__ = ["FOLDER", "MODEL", "SUMS", "TOKENIZER", "OnnxEmbedder", "Vectors", "shipped_embedder"]

FOLDER = Path(__file__).parent
TOKENIZER = "tokenizer.json"
DIMENSION = 384
MAX_TOKENS = 512


class OnnxEmbedder:
    """Questions and passages → unit vectors of 384 dimensions.

    Loading checks both files. May be called from several threads. What lies behind the 512th
    token of a text is not read.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._model = OnnxModel(checked(folder / MODEL))
        self._tokenizer = load_tokenizer(folder)
        self._tokenizer.enable_truncation(MAX_TOKENS)

    def query(self, text: str) -> Vectors:
        """The vector of a question, of shape ``(384,)``."""
        vector: Vectors = self._embed([f"query: {text}"])[0]
        return vector

    def passages(self, texts: Sequence[str]) -> Vectors:
        """The vectors of passages, of shape ``(len(texts), 384)``."""
        return self._embed([f"passage: {text}" for text in texts])

    def _embed(self, texts: list[str]) -> Vectors:
        whole = [encodable(text) for text in texts]
        # A batch wakes the tokenizer's threads, which a single text does not need.
        encode = self._tokenizer.encode
        encoded = [encode(whole[0])] if len(whole) == 1 else self._tokenizer.encode_batch(whole)
        return self._model.run([one.ids for one in encoded])


def load_tokenizer(folder: Path = FOLDER) -> Tokenizer:
    """The tokenizer of ``folder``; ``ModelError`` where its file is not as it should be."""
    data = checked(folder / TOKENIZER)
    with loading():
        return Tokenizer.from_buffer(data)


def encodable(text: str) -> str:
    """``text`` in UTF-8, which the tokenizer reads: half of a surrogate pair has none."""
    return text.encode("utf-8", "replace").decode()


@lru_cache(maxsize=1)
def shipped_embedder() -> OnnxEmbedder:
    """The shipped model, loaded once; ``ModelError`` where its files are not as they should be."""
    return OnnxEmbedder()


@lru_cache(maxsize=1)
def model_id() -> str:
    """A name that changes with the files: ``e5-small-zh-`` and eight digits of their sums."""
    return (
        f"e5-small-zh-{hashlib.sha256(repr(sorted(sums(FOLDER).items())).encode()).hexdigest()[:8]}"
    )
