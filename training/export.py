"""Stage 3: weights → an 8-bit ONNX file, and the files of the package with their sums."""

from __future__ import annotations

import hashlib
import logging
import shutil
from pathlib import Path

from qa_bot.embedding_model import MODEL, SUMS
from qa_bot.embedding_model import TOKENIZER as SHIPPED_TOKENIZER
from training.bert import load_weights
from training.graph import encoder_graph
from training.paths import BASE_WEIGHTS, PACKAGE, TOKENIZER, whole

_log = logging.getLogger(__name__)


def export(weights: Path, model: Path, eight_bit: bool = True) -> None:
    """Write the base weights, with those of ``weights`` in their place, as an ONNX file."""
    merged = {**load_weights(BASE_WEIGHTS), **load_weights(weights)}
    with whole(model) as part:
        part.write_bytes(encoder_graph(merged, eight_bit).SerializeToString())
    _log.info("%s: %.1f MB", model.name, model.stat().st_size / 1e6)


def folder_of(model: Path, folder: Path) -> Path:
    """``folder`` made one that the bot's loader reads: model, tokenizer, sums."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(model, folder / MODEL)
    shutil.copyfile(TOKENIZER, folder / SHIPPED_TOKENIZER)
    lines = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in (MODEL, SHIPPED_TOKENIZER)
    ]
    (folder / SUMS).write_text("".join(lines), encoding="ascii")
    return folder


def ship(model: Path) -> None:
    """Put a model into the package."""
    folder_of(model, PACKAGE)
