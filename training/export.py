"""Stage 4: weights → an 8-bit ONNX file, and the files of the package with their sums."""

from __future__ import annotations

import hashlib
import logging
import shutil
from pathlib import Path

import onnx
from tokenizers import Tokenizer

from qa_bot.embedding_model import TOKENIZER as SHIPPED_TOKENIZER
from qa_bot.reranker_model import pair_ids
from qa_bot.shipped_model import MODEL, SUMS
from training.bert import LAYERS, Encoder, load_weights
from training.graph import encoder_graph, reranker_graph
from training.pairs import Question, everyday_questions
from training.paths import (
    BASE_WEIGHTS,
    PACKAGE,
    RERANKER_MODEL,
    RERANKER_PACKAGE,
    RERANKER_WEIGHTS,
    TOKENIZER,
    whole,
)
from training.ranges import ranges

_log = logging.getLogger(__name__)
_EVERY = 16


def export(weights: Path, model: Path, eight_bit: bool = True) -> None:
    """Write the base weights, with those of ``weights`` in their place, as an ONNX file."""
    merged = {**load_weights(BASE_WEIGHTS), **load_weights(weights)}
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    texts = [
        text for one in _sample() for text in (f"query: {one.text}", f"passage: {one.passage}")
    ]
    seen = ranges(Encoder(merged), [tokenizer.encode(text).ids for text in texts])
    _write(encoder_graph(merged, seen, eight_bit), model)


def export_reranker() -> None:
    """Write the reranker as an ONNX file."""
    merged = {**load_weights(BASE_WEIGHTS), **load_weights(RERANKER_WEIGHTS)}
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    rows = [pair_ids(tokenizer, one.text, one.passage) for one in _sample()]
    _write(reranker_graph(merged, ranges(Encoder(merged), rows), LAYERS), RERANKER_MODEL)


def _sample() -> list[Question]:
    """The questions, with their passages, by which the fixed levels are set."""
    return [one for one in everyday_questions() if one.split == "train"][::_EVERY]


def _write(graph: onnx.ModelProto, model: Path) -> None:
    with whole(model) as part:
        part.write_bytes(graph.SerializeToString())
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
