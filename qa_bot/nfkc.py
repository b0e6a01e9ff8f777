"""Compatibility normalisation (NFKC) of text of any kind and length."""

from __future__ import annotations

import re
import unicodedata

# Python sorts a run of combining marks in quadratic time; it ends at blanks and Chinese characters.
_LONGEST = 1000
_PIECES = re.compile(rf"[\s㐀-鿿]+|[^\s㐀-鿿]{{1,{_LONGEST}}}")


def nfkc(text: str) -> str:
    """``text`` in NFKC, in time linear in its length."""
    if len(text) <= _LONGEST:
        return unicodedata.normalize("NFKC", text)
    return "".join(unicodedata.normalize("NFKC", piece) for piece in _PIECES.findall(text))
