"""Lexical search: BM25 over the characters and character pairs of Chinese text."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Sequence
from itertools import pairwise
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from qa_bot.nfkc import nfkc

K1 = 1.2
B = 0.75

logging.getLogger("bm25s").setLevel(logging.WARNING)

_HAN = r"〇々\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_RUN = re.compile(rf"[{_HAN}]+|\d+(?:\.\d+)+|(?:(?![{_HAN}])[^\W_])+")
_IS_HAN = re.compile(f"[{_HAN}]")


def tokenize(text: str) -> list[str]:
    """The tokens of ``text``, NFKC-folded and lower-cased, without punctuation.

    A run of Chinese characters gives its characters and pairs (校车 → 校 车 校车), a Latin word
    or a number is one token.
    """
    tokens: list[str] = []
    for match in _RUN.finditer(nfkc(text).lower()):
        run = match[0]
        if _IS_HAN.match(run):
            tokens += run
            tokens += map("".join, pairwise(run))
        else:
            tokens.append(run)
    return tokens


class LexicalIndex:
    """BM25 (Lucene's form); ``len`` is its number of rows."""

    def __init__(self, bm25: bm25s.BM25) -> None:
        self._bm25 = bm25

    def __len__(self) -> int:
        return int(self._bm25.scores["num_docs"])

    @classmethod
    def build(cls, texts: Sequence[str]) -> LexicalIndex:
        """Index ``texts``, at least one; row numbers are their positions."""
        bm25 = bm25s.BM25(method="lucene", k1=K1, b=B)
        # bm25s fails where no row has a token, so a row without one gets the empty token.
        bm25.index([tokenize(text) or [""] for text in texts], show_progress=False)
        return cls(bm25)

    def scores(self, query: str) -> NDArray[np.float32]:
        """The score of every row, float32 of shape ``(len(self),)``; 0 where nothing matches."""
        ids = self._bm25.get_tokens_ids(tokenize(query))
        scores: NDArray[np.float32] = self._bm25.get_scores_from_ids(ids)
        return scores

    def tokens_of(self, row: int) -> set[str]:
        """The distinct tokens that the index holds for a row."""
        at = np.flatnonzero(self._bm25.scores["indices"] == row)
        ids = np.searchsorted(self._bm25.scores["indptr"], at, side="right") - 1
        wanted = set(ids.tolist())
        return {token for token, number in self._bm25.vocab_dict.items() if number in wanted}

    @property
    def vocabulary(self) -> Collection[str]:
        """Every token of the indexed texts."""
        vocabulary: Collection[str] = self._bm25.vocab_dict.keys()
        return vocabulary

    def frequency(self, token: str) -> int:
        """In how many rows ``token`` stands."""
        number = self._bm25.vocab_dict.get(token)
        if number is None:
            return 0
        starts = self._bm25.scores["indptr"]
        return int(starts[number + 1] - starts[number])

    def save(self, folder: Path) -> None:
        self._bm25.save(folder, show_progress=False)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Map a saved index into memory; OSError, ValueError or KeyError where it is damaged."""
        bm25 = bm25s.BM25.load(folder, mmap=True)
        data, indices, indptr = (bm25.scores[name] for name in ("data", "indices", "indptr"))
        if not len(data) == len(indices) == indptr[-1] or len(indptr) < len(bm25.vocab_dict):
            raise ValueError(f"the BM25 files in {folder} do not fit together")
        return cls(bm25)
