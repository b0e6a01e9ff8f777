"""The statutes and articles that a field of quoted law (设定依据) rests on, by name."""

from __future__ import annotations

import re

from qa_bot.clauses.numerals import NUMERAL

# A statute is named where its quotation begins; 《…》 within a sentence is only mentioned there.
_TAG = r"(?:【[^】]{2,12}】|\d{1,2}\s*[.．、])"
_TITLE = r"《[^《》]*(?:《[^》]*》|〈[^〉]*〉)?[^《》]*》"
_NUMBER = r"[（(][^（）()]{1,36}号令?[）)]"
_STATUTE = rf"(?:^|[。；;”…\n])\s*{_TAG}?\s*(?P<title>{_TITLE})\s*(?P<number>{_NUMBER})?"
_ARTICLE = rf"(?:(?<=[》）)])|(?<=[》）)]\s)|(?<![本该和及与、])(?=第{NUMERAL}条[\s:：]))(?P<article>第{NUMERAL}条(?:之{NUMERAL})?)"
_NAMED = re.compile(rf"{_STATUTE}|{_ARTICLE}")


def statutes_named(basis: str) -> str:
    """``《甲条例》第十五条、第十六条；《乙办法》（国发〔2021〕7号）`` from the quoted law; "" where it
    names none."""
    found: dict[str, list[str]] = {}
    for match in _NAMED.finditer(basis):
        if match["title"]:
            found.setdefault(match["title"] + (match["number"] or ""), [])
        elif found and match["article"] not in (articles := found[next(reversed(found))]):
            articles.append(match["article"])
    return "；".join(name + "、".join(articles) for name, articles in found.items())
