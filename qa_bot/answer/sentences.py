"""Choosing the words of a clause that answer a question: the best run of whole sentences."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from qa_bot.index.lexical import tokenize
from qa_bot.nfkc import nfkc
from qa_bot.retrieval.features import coverage
from qa_bot.retrieval.query import Intent

_ROUND = r"[(（](?:[^()（）。\n]|[(（][^()（）\n]{0,60}[)）]){2,400}[)）]"
_SQUARE = r"[〔\[][^〔〕\[\]。\n]{2,400}[〕\]]"
# A bracket behind a full stop, (市财政局牵头;2018年基本完成), is said of the sentence before it;
# a semicolon within a bracket ends no sentence.
_ASIDE = rf"(?:(?![(（][一二三四五六七八九十\d]+[)）])(?:{_ROUND}|{_SQUARE}))?"
_SENTENCE = re.compile(
    rf"(?:{_ROUND}|{_SQUARE}|[^。；;！？!?\n])*(?:[。；;！？!?]+[”’」』）)]*{_ASIDE}|\n|$)"
)
# What a sentence of the kind of thing asked for counts more.
_KIND = 0.1
_LATER_ITEM = re.compile(
    r"\s*(?:[（(](?:[二三四五六七八九十]|\d*[02-9]|\d+1)[）)]|[二三四五六七八九]是)"
)
_SHOWS: dict[Intent, re.Pattern[str]] = {
    "department": re.compile(
        r"负责|牵头|责任单位|责任部门|主管|承担|办理|设在|(?:局|委|办|厅|政府|部门|中心|管委会)"
    ),
    "number": re.compile(r"\d|[一二三四五六七八九十百千万](?:个|项|元|人|次|倍|％|%)|百分之"),
    "date": re.compile(
        r"\d\s*[年月日天]|[一二三四五六七八九十](?:日|天|个月|年)|前完成|每[年半季月周]|期限|持续"
    ),
    "validity": re.compile(r"施行|有效期|废止|生效"),
    "list": re.compile(r"[^、。；;]、[^、。；;]+、[^、。；;]|包括|下列|以下"),
    "procedure": re.compile(r"申请|提交|受理|审核|审批|办理|领取|应当|材料"),
}


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of sentences of a clause, verbatim, and how well it fits the question."""

    text: str
    score: float


class SentenceChooser:
    """Scores sentences by the question's words, rare ones counting more (idf over the corpus)."""

    def __init__(self, texts: Iterable[str]) -> None:
        frequency: Counter[str] = Counter()
        count = 0
        for text in texts:
            frequency.update(set(tokenize(text)))
            count += 1
        self._count = count
        self._frequency = frequency

    def weight(self, token: str) -> float:
        """Inverse document frequency; single characters say little on their own."""
        idf = math.log(1 + self._count / (1 + self._frequency[token]))
        return idf if len(token) > 1 else 0.2 * idf

    def coverage(self, keywords: str, text: str) -> float:
        """The share (0…1, by weight) of the words of ``keywords`` that ``text`` holds."""
        wanted = {token: self.weight(token) for token in tokenize(keywords)}
        return coverage(wanted, frozenset(tokenize(text)))

    def unknown_share(self, keywords: str) -> float:
        """The share (0…1, by weight) of the words of ``keywords`` that no text holds."""
        words = {token for token in tokenize(keywords) if len(token) > 1}
        total = sum(self.weight(word) for word in words)
        return (
            sum(self.weight(w) for w in words if not self._frequency[w]) / total if total else 0.0
        )

    def best(self, keywords: str, intents: frozenset[Intent], text: str, limit: int) -> Passage:
        """The best run of sentences of ``text`` within ``limit`` characters (at least one).

        A run begins in the middle of an enumeration only where it would be too long from the
        words that open it.
        """
        spans = [match.span() for match in _SENTENCE.finditer(text) if match[0].strip()]
        values = [self._value(keywords, intents, text[a:b]) for a, b in spans]
        best = Passage("", -1.0)
        opening = 0
        for first, (start, end) in enumerate(spans):
            if not _LATER_ITEM.match(text, start):
                opening = start
            elif end - opening <= limit:
                continue
            last = first
            while last + 1 < len(spans) and spans[last + 1][1] - start <= limit:
                last += 1
            total = sum(values[first : last + 1])
            if total > best.score:
                best = Passage(text[start : spans[last][1]].strip(), total)
        return best

    def best_sentence(self, keywords: str, text: str) -> Passage:
        """The sentence of ``text`` that holds most of ``keywords``, with its share (0…1) of them."""
        sentences = sentences_of(text) or [text]
        held = [Passage(one, self.coverage(keywords, one)) for one in sentences]
        return max(held, key=lambda one: one.score)

    def _value(self, keywords: str, intents: frozenset[Intent], sentence: str) -> float:
        """Coverage of the question, and whether the sentence shows the kind of thing asked for:
        that counts for no more than the words do."""
        held = self.coverage(keywords, sentence)
        shown = sum(bool(p.search(sentence)) for i, p in _SHOWS.items() if i in intents)
        return held + min(_KIND, held) * shown


def sentences_of(text: str) -> list[str]:
    """The sentences of ``text``, verbatim."""
    return [match[0].strip() for match in _SENTENCE.finditer(text) if match[0].strip()]


def opening_run(text: str, limit: int) -> str:
    """The sentences that open ``text``, as many as fit ``limit`` characters, at least one."""
    ends = [match.end() for match in _SENTENCE.finditer(text) if match[0].strip()]
    fitting = [end for end in ends if end <= limit] or ends[:1]
    return text[: fitting[-1]].strip() if fitting else ""


def fold(text: str) -> str:
    """Text in the form in which quotations are compared: NFKC, no white space."""
    return re.sub(r"\s", "", nfkc(text))
