"""Two places that state the same thing with another figure.

Certain to contradict each other are only sentences that agree word for word, or nearly so, but for one quantity, and of
which something else tells that they are the same sentence: both quote the same article of the
same statute, or one stands in the text and the other in a table of the same document. Two
articles of one text that differ in a figure speak of two things.

Where a date or a number is asked for and two documents of one place both have the words of the
question in one sentence, with other figures, both are shown, and nothing is said of who is right.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import pairwise

from qa_bot.answer.sentences import SentenceChooser
from qa_bot.answer.statement import Statement
from qa_bot.clauses.model import Clause
from qa_bot.clauses.numerals import NUMERAL, numeral_value
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.hits import Hit
from qa_bot.retrieval.query import Query

_SENTENCE = re.compile(r"[^。；;！？!?\n]+[。；;！？!?]?")
_UNIT = r"个?工作日|个?月|个?小时|日|天|年|周|元|万元|亿元|%|人|名|次|张|项|倍|万亩|亩|个百分点"
_QUANTITY = re.compile(rf"(?<!第)(\d+(?:\.\d+)?|{NUMERAL})\s*({_UNIT})")
_SAME_UNIT = {"天": "日", "个工作日": "工作日", "个月": "月", "个小时": "小时", "名": "人"}
_TITLE = re.compile(r"《[^《》]+》")
_ARTICLE = re.compile(rf"第{NUMERAL}条")
_LEAST_LENGTH = 24
_LIKENESS = 0.9
_RARE = 4

# How much of the question a sentence of another document must hold, and as a share of what the
# sentence that answers holds.
_LEAST_HELD = 0.5
_AS_MUCH = 0.8
_ALSO = {
    "zh": "请对照：另一份文件也写到此事",
    "en": "Compare: another document speaks of this too",
}

Quantity = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Stated:
    """A sentence of a clause, the article of a statute that it quotes, its quantities, and its
    words with # for each of them."""

    clause: Clause
    text: str
    source: tuple[str, str] | None
    words: str
    quantities: tuple[Quantity, ...]


class Contradictions:
    """Finds what contradicts a sentence in the other clauses of one store."""

    def __init__(self, store: ClauseStore) -> None:
        self._store = store

    def of(self, clause: Clause, quote: str) -> Stated | None:
        """The first sentence elsewhere that states what ``quote`` states with another figure."""
        for own in _stated(clause):
            if own.text not in quote:
                continue
            for other in (self._sentences[at] for at in self._near(own)):
                if self._same(own, other) and _contradict(own, other):
                    return other
        return None

    def _same(self, own: Stated, other: Stated) -> bool:
        """Are both the same sentence of the same statute, or of one document and its table?"""
        one, two = own.clause, other.clause
        if one.id == two.id:
            return False
        if own.source and own.source == other.source:
            return True
        in_tables = (one.kind == "table_row") + (two.kind == "table_row")
        return in_tables == 1 and self._store.document_of(one) == self._store.document_of(two)

    def _near(self, own: Stated) -> Iterable[int]:
        """The sentences that share the rarest pairs of characters of ``own``, in reading order."""
        known = [pair for pair in _pairs(own.words) if pair in self._places]
        rarest = sorted(known, key=lambda pair: (len(self._places[pair]), pair))[:_RARE]
        return sorted({at for pair in rarest for at in self._places[pair]})

    @cached_property
    def _sentences(self) -> list[Stated]:
        return [found for clause in self._store.clauses for found in _stated(clause)]

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        places = defaultdict(list)
        for at, sentence in enumerate(self._sentences):
            for pair in _pairs(sentence.words):
                places[pair].append(at)
        return dict(places)


def said_elsewhere(
    query: Query,
    statement: Statement,
    hits: Sequence[Hit],
    store: ClauseStore,
    chooser: SentenceChooser,
) -> Iterator[Statement]:
    """What another document of the same place says of the date or number that is asked for, where
    it gives other figures than ``statement``."""
    if not query.intents & {"date", "number"}:
        return
    own = store.document_of(statement.clause)
    answering = chooser.best_sentence(query.wording, statement.text)
    least = max(_LEAST_HELD, _AS_MUCH * answering.score)
    figures = _figures(answering.text)
    for hit in hits if answering.score >= _LEAST_HELD and figures else ():
        document = store.document_of(hit.clause)
        if document == own or document.region != own.region:
            continue
        other = chooser.best_sentence(query.wording, hit.clause.text)
        if other.score >= least and _figures(other.text) not in (figures, frozenset()):
            yield Statement(other.text, hit.clause, other.text, _ALSO[query.language])
            return


def _figures(text: str) -> frozenset[Quantity]:
    plain = unicodedata.normalize("NFKC", text)
    return frozenset(map(_quantity, _QUANTITY.finditer(plain)))


def _stated(clause: Clause) -> Iterator[Stated]:
    """The sentences of ``clause`` that are long enough to be compared and hold a quantity."""
    for match in _SENTENCE.finditer(clause.text):
        plain = re.sub(r"[\s、，,：:“”\"（）()]", "", unicodedata.normalize("NFKC", match[0]))
        found = tuple(map(_quantity, _QUANTITY.finditer(plain)))
        if found and len(plain) >= _LEAST_LENGTH:
            source = _source(clause.text, match)
            yield Stated(clause, match[0].strip(), source, _QUANTITY.sub("#", plain), found)


def _source(text: str, sentence: re.Match[str]) -> tuple[str, str] | None:
    """(《title》, 第X条) that the text has named last by the end of the sentence; None without a title."""
    titles = _TITLE.findall(text, 0, sentence.end())
    articles = _ARTICLE.findall(text, 0, sentence.end())
    return (titles[-1], articles[-1] if articles else "") if titles else None


def _quantity(match: re.Match[str]) -> Quantity:
    number = match[1] if "." in match[1] else str(numeral_value(match[1]))
    return number, _SAME_UNIT.get(match[2], match[2])


def _contradict(one: Stated, other: Stated) -> bool:
    if len(one.quantities) != len(other.quantities):
        return False
    differing = [a != b for a, b in zip(one.quantities, other.quantities, strict=True)]
    if sum(differing) != 1:
        return False
    return SequenceMatcher(None, one.words, other.words, autojunk=False).ratio() >= _LIKENESS


def _pairs(words: str) -> set[str]:
    return {a + b for a, b in pairwise(words)}
