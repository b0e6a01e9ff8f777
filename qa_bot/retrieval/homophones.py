"""Homophone typos (公按 → 公安): a question is set right by the words of the indexed documents.

A pair of characters that no document holds, and that is neither a common word nor of the lexicon,
gives way to a pair of the same syllables, one character the same, that documents hold. Tones do
not count.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from functools import cache
from importlib.resources import files
from itertools import pairwise

from pypinyin import lazy_pinyin

from qa_bot.index.lexical import LexicalIndex
from qa_bot.retrieval.lexicon import load_lexicon

_FUNCTION = frozenset(
    "的地得了着过是在一二两几这那个些里上下来去到从由归和跟与把被给让将就也还又都只不没有要会能可想先再该"
    "我你他她它们谁哪啥怎么吗呢吧"
)
_PAIR = re.compile(r"[\u4e00-\u9fff]{2}")


class Corrector:
    """Corrects questions to the vocabulary of one lexical index."""

    def __init__(self, index: LexicalIndex) -> None:
        self._index = index
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for token in index.vocabulary:
            if token in _common_words():
                self._by_sound[_sound(token)].append(token)

    def correct(self, text: str) -> str:
        """``text`` with its homophone typos set right, of the same length."""
        corrected = text
        for position in range(len(text) - 1):
            pair = corrected[position : position + 2]
            if _PAIR.fullmatch(pair) and not self._is_known(pair):
                around = (
                    corrected[max(0, position - 1) : position],
                    corrected[position + 2 : position + 3],
                )
                if meant := self._meant(pair, *around):
                    corrected = corrected[:position] + meant + corrected[position + 2 :]
        return corrected

    def _is_known(self, pair: str) -> bool:
        return self._index.frequency(pair) > 0 or pair in _known_pairs()

    def _meant(self, pair: str, before: str, after: str) -> str | None:
        """The commonest word of the same sound in which the one character that stands in no
        known word, and behind no figure (51号), differs."""
        free = (
            not (pair[0] in _FUNCTION or before.isdigit() or self._is_known(before + pair[0])),
            pair[1] not in _FUNCTION and not self._is_known(pair[1] + after),
        )
        alike = [
            other
            for other in self._by_sound.get(_sound(pair), ())
            if any(free[changed] and other[1 - changed] == pair[1 - changed] for changed in (0, 1))
        ]
        return max(alike, key=lambda o: (self._index.frequency(o), o), default=None)


def _sound(pair: str) -> str:
    return " ".join(map(_syllable, pair))


@cache
def _syllable(character: str) -> str:
    return str(lazy_pinyin(character)[0])


@cache
def _common_words() -> frozenset[str]:
    """The Chinese words of two characters that the embedding model's tokenizer knows."""
    text = files("qa_bot.embedding_model").joinpath("tokenizer.json").read_text(encoding="utf-8")
    pieces = (piece.lstrip("▁") for piece, _ in json.loads(text)["model"]["vocab"])
    return frozenset(piece for piece in pieces if _PAIR.fullmatch(piece))


@cache
def _known_pairs() -> frozenset[str]:
    """Pairs of characters that are no typos though no document may hold them: 文号."""
    words = load_lexicon().vocabulary
    return _common_words().union(a + b for word in words for a, b in pairwise(word))
