"""Stage 3: weights → an 8-bit ONNX file, and the files of the package with their sums."""

from __future__ import annotations

import hashlib
import logging
import shutil
from pathlib import Path

from qa_bot.embedding_model import TOKENIZER as SHIPPED_TOKENIZER
from qa_bot.shipped_model import MODEL, SUMS
from training.bert import load_weights
from training.graph import encoder_graph
from training.paths import BASE_WEIGHTS, PACKAGE, RERANKER_MODEL, RERANKER_PACKAGE, TOKENIZER, whole

_log = logging.getLogger(__name__)


def export(weights: Path, model: Path, eight_bit: bool = True) -> None:
    """Write the base weights, with those of ``weights`` in their place, as an ONNX file."""
    merged = {**load_weights(BASE_WEIGHTS), **load_weights(weights)}
    with whole(model) as part:
        part.write_bytes(encoder_graph(merged, eight_bit).SerializeToString())
    _log.info("%s: %.1f MB", model.name, model.stat().st_size / 1e6)


def folder_of(model: Path, folder: Path) -> Path:
    """``folder`` made one that the bot's loader reads: model, tokenizer, sums."""
    _copied({MODEL: model, SHIPPED_TOKENIZER: TOKENIZER}, folder)
    return folder


def ship(model: Path) -> None:
    """Put an embedding model into the package."""
    folder_of(model, PACKAGE)


def ship_reranker() -> None:
    """Put the reranker into the package; its tokenizer is that of the embedding model."""
    _copied({MODEL: RERANKER_MODEL}, RERANKER_PACKAGE)


def _copied(files: dict[str, Path], folder: Path) -> None:
    """Copy files to new names in ``folder``, with their sums beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, file in files.items():
        shutil.copyfile(file, folder / name)
    digests = [
        (hashlib.sha256(file.read_bytes()).hexdigest(), name) for name, file in files.items()
    ]
    text = "".join(f"{digest}  {name}\n" for digest, name in digests)
    (folder / SUMS).write_text(text, encoding="ascii")
