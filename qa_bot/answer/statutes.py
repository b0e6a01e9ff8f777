"""Statutes that clauses quote: those that a field of quoted law (设定依据) rests on, and one that a
question asks of though it is not indexed itself."""

from __future__ import annotations

import re

from qa_bot.clauses.model import Clause
from qa_bot.clauses.numerals import NUMERAL, numeral_value
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.query import Query

# A statute is named where its quotation begins; 《…》 within a sentence is only mentioned there.
_TAG = r"(?:【[^】]{2,12}】|\d{1,2}\s*[.．、])"
_TITLE = r"《[^《》]*(?:《[^》]*》|〈[^〉]*〉)?[^《》]*》"
_NUMBER = r"[（(][^（）()]{1,36}号令?[）)]"
_STATUTE = rf"(?:^|[。；;”…\n])\s*{_TAG}?\s*(?P<title>{_TITLE})\s*(?P<number>{_NUMBER})?"
_ARTICLE = rf"(?:(?<=[》）)])|(?<=[》）)]\s)|(?<![本该和及与、])(?=第{NUMERAL}条[\s:：]))(?P<article>第{NUMERAL}条(?:之{NUMERAL})?)"
_NAMED = re.compile(rf"{_STATUTE}|{_ARTICLE}")
# An article that a question asks of, behind the statute's name as it is printed or spoken.
_ASKED = re.compile(
    rf"(?:《(?P<title>[^《》]{{2,60}})》|(?P<said>[一-龥]{{3,60}}?))[的里中]?\s*第\s*(?P<n>\d+|{NUMERAL})\s*条"
)
_ARTICLES = re.compile(rf"第\s*(\d+|{NUMERAL})\s*条")
_OF_STATE = "中华人民共和国"
_LEAST_SAID = 3


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


def article_elsewhere(query: Query, store: ClauseStore) -> tuple[str, int] | None:
    """The title and the number of the article that the question asks of, where no indexed document
    is that statute; one that is named without 《》 must be quoted by a clause. None where there is
    none."""
    asks = _ASKED.search(query.question)
    if not asks or any(query.names(document) for document in store.documents):
        return None
    said = asks["said"] or ""
    quoted = (t for t in store.quoted_titles if len(t) >= _LEAST_SAID and said.endswith(_spoken(t)))
    title = asks["title"] or max(quoted, key=len, default="")
    if not title or any(_spoken(title) in document.title for document in store.documents):
        return None
    return title, numeral_value(asks["n"]) or 0


def quotes_article(clause: Clause, title: str, number: int) -> bool:
    """Does a field of quoted law hold that article of the statute, or the text name it?"""
    name = re.escape(_spoken(title))
    named = "；".join(map(statutes_named, clause.fields.values())) or clause.text
    quotations = re.finditer(rf"{name}》(?:{_NUMBER})?((?:[、和]?{_ARTICLES.pattern})*)", named)
    return any(number == numeral_value(n) for q in quotations for n in _ARTICLES.findall(q[1]))


def _spoken(title: str) -> str:
    return title.removeprefix(_OF_STATE)
