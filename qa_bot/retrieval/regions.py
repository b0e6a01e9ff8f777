"""Place names learnt from the indexed documents: which places a document is from.

A question that names a place means the documents of that place; the name chooses the document
and says nothing about the clause.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pypinyin import lazy_pinyin

from qa_bot.clauses.model import Document
from qa_bot.errors import QuestionError

_PLACE = re.compile(
    r"([一-龥]{2,6}?)(?:[回壮满藏苗彝侗瑶土白傣黎]族|维吾尔|蒙古族?|朝鲜族|土家族)*"
    r"(自治区|自治州|自治县|省|市|县|区|盟|旗)"
)
# To whom a document gives something: 关于向辽滨沿海经济技术开发区委托下放….
_RECIPIENT = re.compile(
    r"向(([一-龥]{2,4}?)(?:沿海|临港|经济|技术|高新|产业|工业)*(开发区|新区|园区|区|县|市|镇|乡|街道))"
)
_ZONE = "经济技术开发区"
_OFFICE = re.compile(r"人民(?:政府|代表大会|法院|检察院)|政府|委员会|办公[厅室]")


class Regions:
    """The places of ``documents`` (in their order) and the names by which people call them."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.places: tuple[frozenset[str], ...] = tuple(map(_places, documents))
        self.full_names = tuple(document.region for document in documents)
        names = {name for places in self.places for name in places}
        self.names: tuple[str, ...] = tuple(sorted(names, key=len, reverse=True))
        self._romanised = {"".join(lazy_pinyin(name)): name for name in names}

    def named_in(self, text: str) -> frozenset[str]:
        """The known places that ``text`` names, in Chinese or in pinyin (Panjin, Benxi)."""
        latin = (self._romanised.get(word.lower()) for word in re.findall(r"[A-Za-z]+", text))
        return frozenset([n for n in self.names if n in text] + [n for n in latin if n])

    def documents_in(self, region: str) -> list[int]:
        """The positions of the documents of one region, under its full name or a short one.

        Raises ``QuestionError`` where no indexed document is from there.
        """
        found = [
            i
            for i, (full, places) in enumerate(zip(self.full_names, self.places, strict=True))
            if region == full or region in places
        ]
        if not found:
            known = "、".join(dict.fromkeys(filter(None, self.full_names)))
            raise QuestionError(
                f"没有收录“{region}”的文件，可选的地区：{known}。"
                f"(no document of that region is indexed, choose one of these.)"
            )
        return found

    def elsewhere(self, named: frozenset[str]) -> list[int]:
        """The positions of the documents that are from other places than those ``named`` and those
        that they belong to (辽滨 to 盘锦); none where nothing named is known."""
        around = frozenset[str]().union(*(places for places in self.places if named & places))
        return [
            i for i, places in enumerate(self.places) if around and places and not around & places
        ]

    def documents_of(self, named: frozenset[str]) -> list[int]:
        """The positions of the documents that share most of the places ``named``."""
        whole = {name for name in named if not any(name in other for other in named - {name})}
        shared = [len(whole & places) for places in self.places]
        most = max(shared, default=0)
        return [i for i, count in enumerate(shared) if count == most] if most else []


def _places(document: Document) -> frozenset[str]:
    """``晋城市城区人民政府`` → 晋城, 晋城市, 城区; ``宁夏回族自治区…`` → 宁夏, 宁夏自治区; and those
    to which the document gives something."""
    names: set[str] = set()
    for source in (document.issuer or "", document.title):
        head = _OFFICE.split(source)[0][:14]
        position = 0
        while match := _PLACE.match(head, position):
            names |= {match[1], match[1] + match[2]}
            position = match.end()
        rest = head[position:]
        if position and re.fullmatch(r"[一-龥](?:区|县|旗)", rest):
            names.add(rest)
    for whole, name, kind in _RECIPIENT.findall(document.title):
        names |= {whole, name, name + kind}
        if whole.endswith(_ZONE):
            names.add(f"{name}经开区")
    return frozenset(names)
