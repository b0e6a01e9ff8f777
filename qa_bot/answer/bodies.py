"""Organisations that a sentence names, looked for in the clauses: 市公安局, 财政部, 管委会.

A shorter form of a name is the same body (公安局 for 市公安局), and a place of the document may
stand before it (盘锦市公安局); another level or another name is not (省公安局, 铁路公安局).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable

from qa_bot.nfkc import nfkc

_BODY = re.compile(
    r"委员会|办公室|管委会|政府|法院|检察院|中心|公司|集团|银行|协会|学会|党校|大学|学院|医院|支队|大队|"
    r"[局厅](?![限部面促])|(?<![内外全干支局上下中东西南北])部(?![分门署件位队])|"
    r"委(?![托派任员屈])|(?<![主承经举协开督])办(?![理法公事结学证件好])"
)
_LEVELS = "省市县区州盟旗乡镇"
# What may stand before a name without being part of it.
_BEFORE = "由和与及或向经报到在是为的归请找送按即从给让往将被据以同该我本各由其至每"
_AFTER_WORDS = re.compile(
    r"(?<=联系|咨询|单位|部门|机构|牵头|配合|负责|责任|主管|申请|提交|报送|通知|协调|组织|隶属|前往|属于|包括|"
    r"以及|依托|调整|委托|下放|移交|设立|成立)"
)
_ENDS = re.compile("[会室府院心司团行校学队局厅部委办]")  # of the names of _BODY
_INSIDE = rf"(?![{_BEFORE}])[㐀-鿿]"
_CHARACTER, _RUN = re.compile(_INSIDE), re.compile(f"(?:{_INSIDE})+")
_PLACES = re.compile(f"[{_LEVELS}]")
_LONGEST = 30  # characters of a name; as many that the source has in a row are its own words
_SHOWN = 6


def unknown_bodies(sentence: str, sources: Iterable[str]) -> list[str]:
    """The organisations of ``sentence`` that none of ``sources`` names, each once."""
    flat = _flat(sentence)
    bodies = dict.fromkeys(
        (flat[max(0, body.start() - _LONGEST - _SHOWN) : body.end()], len(body[0]))
        for body in _BODY.finditer(flat)
    )
    if not bodies:
        return []
    named = _Names(_flat("\n".join(sources)))
    unknown = [
        text[-size - _SHOWN :] for text, size in bodies if not named.has(text, len(text) - size)
    ]
    return list(dict.fromkeys(unknown))


class _Names:
    """What a text names: places, and whatever in it may be an organisation."""

    def __init__(self, text: str) -> None:
        self._places = {
            text[place.end() - length : place.end()]
            for place in _PLACES.finditer(text)
            for length in (3, 4, 5)
            if length <= place.end()
        }
        backwards = set()
        self._alone = set()
        for run in _RUN.finditer(text):
            beginnings = {run.start()}
            beginnings |= {m.end() for m in _AFTER_WORDS.finditer(text, *run.span())}
            for name in _ENDS.finditer(text, *run.span()):
                end = name.end()
                first = max(run.start(), end - _LONGEST)
                backwards.add(text[first:end][::-1])
                self._alone |= {text[s:end] for s in beginnings.intersection(range(first, end))}
        self._backwards = sorted(backwards)

    def has(self, text: str, start: int) -> bool:
        """Is the name that ends ``text`` known? Of it, what follows ``start`` is certain."""
        while start >= 0 and self._holds(text[start:]):
            if _begins(text, start) or self._fits(text, start) or len(text) - start >= _LONGEST:
                return True
            start -= 1
        return False

    def _holds(self, name: str) -> bool:
        key = name[::-1]
        at = bisect_left(self._backwards, key)
        return at < len(self._backwards) and self._backwards[at].startswith(key)

    def _fits(self, text: str, start: int) -> bool:
        """May what stands before ``start`` lead the name: a place of the document, or the level of
        a body that the source names without one?"""
        if text[start] in _LEVELS and self._ends_in_place(text, start + 1):
            return True
        if text[start - 1] not in _LEVELS or text[start:] not in self._alone:
            return False
        return self._ends_in_place(text, start) or _begins(text, start - 1)

    def _ends_in_place(self, text: str, end: int) -> bool:
        return any(text[max(0, end - length) : end] in self._places for length in (3, 4, 5))


def _begins(text: str, at: int) -> bool:
    """Can a name begin at ``at``?"""
    return at == 0 or not _CHARACTER.match(text, at - 1) or _AFTER_WORDS.match(text, at) is not None


def _flat(text: str) -> str:
    flat = re.sub(r"[^\S\n]", "", nfkc(text))
    return flat.replace("人民政府", "政府")
