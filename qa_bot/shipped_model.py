"""What the models in the package have in common: checked files, and an ONNX file run in batches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from qa_bot.errors import ModelError

Vectors = NDArray[np.float32]

MODEL, SUMS = "model.onnx", "SHA256SUMS"
_PAD = 1
# Padded tokens of one run: enough to keep the cores busy, little enough to stay in the caches.
_BATCH_TOKENS = 2048


class OnnxModel:
    """Rows of token ids → a vector for each; may be called from several threads.

    A run uses every core. A row has the same vector alone and in a batch, to the last bits of a
    float.
    """

    def __init__(self, model: bytes) -> None:
        options = onnxruntime.SessionOptions()
        # Threads that spin while they wait stall as soon as another process wants a core.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        with loading():
            self._session = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
        self._width: int = self._session.get_outputs()[0].shape[1]

    def run(self, rows: Sequence[Sequence[int]]) -> Vectors:
        """The vectors, of shape ``(len(rows), width of the model)``."""
        vectors = np.empty((len(rows), self._width), dtype=np.float32)
        for batch in _batches([len(row) for row in rows]):
            ids = np.full((len(batch), len(rows[batch[-1]])), _PAD, dtype=np.int64)
            for number, row in enumerate(batch):
                ids[number, : len(rows[row])] = rows[row]
            vectors[batch] = self._session.run(None, {"ids": ids})[0]
        return vectors


@contextmanager
def loading() -> Iterator[None]:
    """What fails within, when checked bytes are made a model, becomes a ``ModelError``."""
    try:
        yield
    except Exception as error:
        raise ModelError(
            "随附的模型无法载入，请检查 onnxruntime 和 tokenizers 的版本。"
            "(a shipped model cannot be loaded: check these packages.)"
        ) from error


def sums(folder: Path) -> dict[str, str]:
    """The SHA-256 of the files of ``folder``, by name; ``ModelError`` where they cannot be read."""
    try:
        lines = (folder / SUMS).read_text(encoding="ascii").splitlines()
        pairs = [line.split() for line in lines]
        return {name: digest for digest, name in pairs}
    except (OSError, ValueError) as error:
        raise _damaged(folder / SUMS) from error


def checked(path: Path) -> bytes:
    """The bytes of a file; ``ModelError`` where they are not those that the sums beside it tell."""
    wanted = sums(path.parent).get(path.name)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _damaged(path) from error
    if hashlib.sha256(data).hexdigest() != wanted:
        raise _damaged(path)
    return data


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[row] > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _damaged(path: Path) -> ModelError:
    return ModelError(
        f"模型文件 {path} 缺失或已损坏，请重新安装 qa-bot。"
        "(this file of a shipped model is missing or damaged: install qa-bot again.)"
    )
