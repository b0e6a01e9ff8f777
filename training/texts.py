"""Texts compared by their bare words, and their vectors, made once and kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa_bot.embedding_model import shipped_embedder
from training.paths import whole

Vectors = NDArray[np.float32]


def bare(text: str) -> str:
    """``text`` in Unicode's compatibility form, without spaces and marks."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text))


def vectors_of(texts: Sequence[str], file: Path) -> Vectors:
    """The vectors of passages, of shape ``(len(texts), 384)``; those once made are kept in
    ``file``."""
    known: dict[str, Vectors] = {}
    if file.is_file():
        with np.load(file) as kept:
            known = dict(zip(kept["texts"].tolist(), kept["vectors"], strict=True))
    new = sorted({text for text in texts if text not in known}, key=len)
    if new:
        known |= dict(zip(new, shipped_embedder().passages(new), strict=True))
        with whole(file) as part:
            np.savez(part, texts=np.array(list(known)), vectors=np.stack(list(known.values())))
    return np.stack([known[text] for text in texts])
