"""Everyday words and English words → the terms that official documents print.

Two tables in ``data/`` (tab-separated, terms parted by 、), written by reading gazettes,
regulations and the training questions. The longest match wins.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_WORD = re.compile(r"[a-z]+")
_LONGEST_PHRASE = 5


class Lexicon:
    """Expands a question by official terms that its own words stand for.

    ``vocabulary``: all everyday words and official terms.
    """

    def __init__(self, everyday: dict[str, list[str]], english: dict[str, list[str]]) -> None:
        self._everyday = everyday
        terms = (term for row in (*everyday.values(), *english.values()) for term in row)
        self.vocabulary = frozenset((*everyday, *terms))
        ordered = sorted(everyday, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, ordered)) or r"(?!)")
        self._english = {tuple(_stems(phrase)): terms for phrase, terms in english.items()}

    def expand(self, text: str) -> list[str]:
        """The official terms for the everyday and English words of ``text``, each once."""
        found = [
            term for match in self._pattern.finditer(text) for term in self._everyday[match[0]]
        ]
        return list(dict.fromkeys([*found, *self._translate(_stems(text))]))

    def _translate(self, stems: list[str]) -> list[str]:
        terms: list[str] = []
        position = 0
        while position < len(stems):
            for size in range(_LONGEST_PHRASE, 0, -1):
                known = self._english.get(tuple(stems[position : position + size]))
                if known:
                    terms += known
                    position += size
                    break
            else:
                position += 1
        return terms


@cache
def load_lexicon() -> Lexicon:
    """The project's own lexicon."""
    return Lexicon(_read("everyday.tsv"), _read("english.tsv"))


def _read(name: str) -> dict[str, list[str]]:
    text = files("qa_bot.retrieval").joinpath("data", name).read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:] if line)
    return {left: right.split("、") for left, right in rows}


def _stems(text: str) -> list[str]:
    return [_stem(word) for word in _WORD.findall(text.lower())]


def _stem(word: str) -> str:
    """Enough to bring licences, licensed and licensing together; not a linguist's stem."""
    for ending in ("ations", "ation", "ings", "ing", "ies", "ied", "es", "ed", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
