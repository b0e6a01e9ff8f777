"""The checker of gold pairs: does every pair stand on the corpus, do the splits stay apart?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from qa_bot.evaluation.folding import ClauseKey, fold, longest_common_run
from qa_bot.evaluation.gold import GoldPair, GoldSet, language_of
from qa_bot.evaluation.truth import Library

LONGEST_COPY = 6


@dataclass(frozen=True)
class Problem:
    """What is wrong with one pair, and the pairs that have a part in it."""

    pair: str
    message: str
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.pair}: {self.message}"


@dataclass(frozen=True)
class GoldReport:
    """What the checker found; ``ok`` where no pair needs repair."""

    problems: tuple[Problem, ...]
    pairs: int
    kinds: dict[str, int]
    splits: dict[str, int]
    per_document: dict[str, int]
    own_words: float

    @property
    def ok(self) -> bool:
        return not self.problems


def check_gold(gold: GoldSet, library: Library) -> GoldReport:
    """Check labels, quotes and splits of pairs whose schema was checked on loading."""
    problems = [p for pair in gold.pairs for p in _citation_problems(pair, library)]
    problems += [
        Problem(pair.id, f"lang 应为 en，问题中没有汉字 (no Chinese character): {pair.question}")
        for pair in gold.pairs
        if pair.lang == "zh" and language_of(pair.question) == "en"
    ]
    problems += _shared_clauses(gold)
    answerable = [pair for pair in gold.pairs if pair.answerable]
    own = sum(copied_run(pair, library) <= LONGEST_COPY for pair in answerable)
    documents = Counter(
        document for pair in gold.pairs for document in {c.key[0] for c in pair.citations}
    )
    return GoldReport(
        problems=tuple(problems),
        pairs=len(gold.pairs),
        kinds=dict(Counter(pair.kind for pair in gold.pairs)),
        splits=dict(Counter(pair.split for pair in gold.pairs)),
        per_document={key: documents[key] for key in sorted(library.document_keys)},
        own_words=own / len(answerable) if answerable else 1.0,
    )


def copied_run(pair: GoldPair, library: Library) -> int:
    """Length of the longest run of characters that the question copies from its clauses."""
    text = "\n".join(
        fold(clause.text) for c in pair.citations for clause in library.families(c.key)
    )
    return longest_common_run(fold(pair.question), text)


def _citation_problems(pair: GoldPair, library: Library) -> Iterator[Problem]:
    for citation in pair.citations:
        document = citation.key[0]
        where = f"{citation.doc_no or citation.title} {citation.section}"
        if document not in library.document_keys:
            yield Problem(pair.id, f"语料中没有文件 {where} (unknown document)")
            continue
        if not library.find(citation.key):
            yield Problem(
                pair.id, f"条款标签无法对应：{where}{_hint(citation.quote, document, library)}"
            )
        elif not library.holds_under(citation.key, citation.quote):
            yield Problem(
                pair.id,
                f"引文不在 {where} 中：{citation.quote}{_hint(citation.quote, document, library)}",
            )


def _hint(quote: str, document: str, library: Library) -> str:
    found = [c.section for c in library.of_document(document) if library.holds(c, quote)]
    if found:
        return f"（引文见于 {'、'.join(found)}）(quote stands there)"
    return "（该文件中未见此引文）(quote not in that document)"


def _shared_clauses(gold: GoldSet) -> Iterator[Problem]:
    users: dict[ClauseKey, list[GoldPair]] = defaultdict(list)
    for pair in gold.pairs:
        for key in {citation.key for citation in pair.citations}:
            users[key].append(pair)
    for key, pairs in users.items():
        if len({pair.split for pair in pairs}) > 1:
            ids = "、".join(f"{pair.id}({pair.split})" for pair in pairs)
            message = f"dev 与 test 共用条款 {' '.join(key)}：{ids} (shared clause)"
            yield Problem(pairs[0].id, message, tuple(pair.id for pair in pairs[1:]))
