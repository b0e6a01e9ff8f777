"""Stage 2: cut the vocabulary to what Chinese official documents and English questions use.

Kept: the pieces seen in the corpora, STARD, the gazettes and 30,000 common English words; every
piece of Chinese characters alone, or of ASCII digits and marks alone; every single character, so
that no text gains an unknown token.
"""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Iterator

from tokenizers import Tokenizer
from wordfreq import top_n_list

from training.bert import load_weights, save_weights
from training.convert import packed_file
from training.packed import read_packed
from training.paths import (
    BASE_WEIGHTS,
    CORPORA,
    FULL_TOKENIZER,
    FULL_WEIGHTS,
    GAZETTES,
    QUESTIONS,
    STARD,
    TOKENIZER,
)
from training.unigram import SPECIAL, build_tokenizer, tokens_of

_log = logging.getLogger(__name__)
ENGLISH_WORDS = 30_000


def prune() -> None:
    """Write the weights and the tokenizer of the pieces that are kept."""
    packed = read_packed(packed_file())
    full = Tokenizer.from_file(str(FULL_TOKENIZER))
    full.no_truncation()
    seen = {token for tokens in tokens_of(full, _texts()) for token in tokens}
    kept = [
        number
        for number, (piece, _) in enumerate(packed.pieces)
        if piece in SPECIAL or piece in seen or len(piece) == 1 or _chinese(piece) or _number(piece)
    ]
    small = build_tokenizer([packed.pieces[number] for number in kept])
    small.save(str(TOKENIZER), pretty=False)
    weights = load_weights(FULL_WEIGHTS)
    for name in ("emb.word.q", "emb.word.d"):
        weights[name] = weights[name][kept]
    save_weights(BASE_WEIGHTS, weights)
    same, total = _agreement(full, small)
    _log.info("kept %d of %d pieces", len(kept), len(packed.pieces))
    _log.info("questions, not looked at above: %d of %d in the same tokens", same, total)


def _texts() -> Iterator[str]:
    for folder in (CORPORA, GAZETTES):
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".md", ".txt"}:
                yield from path.read_text(encoding="utf-8", errors="replace").splitlines()
    with gzip.open(STARD / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield from (row["title"], row["text"])
    with (STARD / "queries.jsonl").open(encoding="utf-8") as lines:
        yield from (json.loads(line)["text"] for line in lines)
    yield from ("query: ", "passage: ")
    for word in top_n_list("en", ENGLISH_WORDS):
        yield from (word, word.capitalize(), f"({word}", word.upper())


def _chinese(piece: str) -> bool:
    return all("㐀" <= char <= "鿿" or char in "〇▁" for char in piece)


def _number(piece: str) -> bool:
    return all(char == "▁" or (char.isascii() and not char.isalpha()) for char in piece)


def _agreement(full: Tokenizer, small: Tokenizer) -> tuple[int, int]:
    small.no_truncation()
    with QUESTIONS.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["question"] for line in lines]
    pairs = zip(tokens_of(full, texts), tokens_of(small, texts), strict=True)
    same = sum(before == after for before, after in pairs)
    return same, len(texts)
