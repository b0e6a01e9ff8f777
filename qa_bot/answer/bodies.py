"""Organisations that a sentence names, looked for in the clauses: 市公安局, 财政部, 管委会.

A shorter form of a name is the same body (公安局 for 市公安局), and a place of the document may
stand before it (盘锦市公安局); another level or another name is not (省公安局, 铁路公安局).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

_BODY = re.compile(
    r"委员会|办公室|管委会|政府|法院|检察院|中心|公司|集团|银行|协会|学会|党校|大学|学院|医院|支队|大队|"
    r"[局厅](?![限部面促])|(?<![内外全干支局上下中东西南北])部(?![分门署件位队])|"
    r"委(?![托派任员屈])|(?<![主承经举协开督])办(?![理法公事结学证件好])"
)
_LEVELS = "省市县区州盟旗乡镇"
# What may stand before a name without being part of it.
_BEFORE = "由和与及或向经报到在是为的归请找送按即从给让往将被据以同该我本各由其至每"
_WORDS_BEFORE = re.compile(
    r"(?:联系|咨询|单位|部门|机构|牵头|配合|负责|责任|主管|申请|提交|报送|通知|协调|组织|隶属|前往|属于|包括|"
    r"以及|依托|调整|委托|下放|移交|设立|成立)$"
)
_SHOWN = 6
_HAN = re.compile(r"[㐀-鿿]")


def unknown_bodies(sentence: str, sources: Iterable[str]) -> list[str]:
    """The organisations of ``sentence`` that none of ``sources`` names."""
    flat = _flat("\n".join(sources))
    return [name for name, known in _named(_flat(sentence), flat) if not known]


def _named(sentence: str, source: str) -> Iterator[tuple[str, bool]]:
    """Every organisation of ``sentence``, by the end of its name, and whether the source has it."""
    for match in _BODY.finditer(sentence):
        start, end = match.span()
        known = False
        while start >= 0 and sentence[start:end] in source and not known:
            before = sentence[:start]
            known = _begins(before) or _fits(before, sentence[start:end], source)
            start -= 1
        yield sentence[max(0, match.start() - _SHOWN) : end], known


def _fits(before: str, held: str, source: str) -> bool:
    """May ``before`` lead the name ``held``: a place of the document, or the level of a body
    that the source names without one?"""
    place = next((k for k in (2, 3, 4) if _is_place(before[-k:] + held[0], source)), 0)
    if held[0] in _LEVELS and place:
        return True
    if before[-1] not in _LEVELS:
        return False
    alone = re.compile(rf"(?<![{_LEVELS}]){re.escape(held)}")
    named_alone = any(_begins(source[: found.start()]) for found in alone.finditer(source))
    stem = next((k for k in (3, 4, 5) if _is_place(before[-k:], source)), 0)
    return named_alone and bool(stem or _begins(before[:-1]))


def _is_place(name: str, source: str) -> bool:
    return len(name) > 2 and name[-1] in _LEVELS and name in source


def _begins(before: str) -> bool:
    """Can a name begin after ``before``?"""
    return (
        not before
        or not _HAN.match(before[-1])
        or before[-1] in _BEFORE
        or bool(_WORDS_BEFORE.search(before))
    )


def _flat(text: str) -> str:
    flat = re.sub(r"[^\S\n]", "", unicodedata.normalize("NFKC", text))
    return flat.replace("人民政府", "政府")
