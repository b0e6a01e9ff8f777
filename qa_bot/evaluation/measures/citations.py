"""Are the right clauses cited, exactly, and is what is stated cited at all?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from qa_bot.answer.model import Answer, Citation
from qa_bot.clauses.labels import fold_label
from qa_bot.evaluation.folding import MARKER, clause_key
from qa_bot.evaluation.measures.base import AnswerableMeasure, Case, Guard, StatementMeasure
from qa_bot.evaluation.truth import Library

_AZURE = "Azure-Samples ai-rag-chat-evaluator: citations_matched"


class CitationPrecision(AnswerableMeasure):
    NAME, TITLE = "citation_precision", "引用准确率"
    DEFINITION = (
        "引用的条款中属于金标的比例（文件与标签都须一致）。(gold clauses cited / clauses cited)"
    )
    SOURCE = "ALCE citation precision on exact (doc_no, section)"

    def value(self, case: Case, answer: Answer) -> float:
        if answer.refused or not case.cited_keys:
            return 0.0
        return len(case.cited_keys & case.gold_keys) / len(case.cited_keys)


class CitationRecall(AnswerableMeasure):
    NAME, TITLE = "citation_recall", "引用召回率"
    DEFINITION = "金标条款中被引用的比例。(gold clauses cited / gold clauses)"
    SOURCE = f"ALCE citation recall on exact (doc_no, section); {_AZURE}"

    def value(self, case: Case, answer: Answer) -> float:
        if answer.refused:
            return 0.0
        return len(case.cited_keys & case.gold_keys) / len(case.gold_keys)


class CitationF1(AnswerableMeasure):
    NAME, TITLE = "citation_f1", "引用 F1"
    DEFINITION = "引用准确率与召回率的调和平均。(harmonic mean of the two)"
    SOURCE = "ALCE; exact (doc_no, section)"
    GUARD: ClassVar[Guard] = "noise"

    def value(self, case: Case, answer: Answer) -> float:
        precision = CitationPrecision().value(case, answer)
        recall = CitationRecall().value(case, answer)
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


class CitationNear(AnswerableMeasure):
    NAME, TITLE = "citation_near", "引用上下级"
    DEFINITION = (
        "金标条款中未被引用、但其上级或下级被引用的比例。"
        "(gold clauses not cited themselves but by their parent or child / gold clauses)"
    )
    SOURCE = "docs/evaluation.md: parent or child of gold counts apart as near"

    def value(self, case: Case, answer: Answer) -> float:
        if answer.refused:
            return 0.0
        missed = case.gold_keys - case.cited_keys
        near = sum(bool(case.library.related(key) & case.cited_keys) for key in missed)
        return near / len(case.gold_keys)


class QuoteValidity(StatementMeasure):
    NAME, TITLE = "quote_validity", "引文逐字率"
    DEFINITION = (
        "引文在公报原文所引条款中逐字出现（不计空白）的比例，目标 1。"
        "(quotes that stand verbatim in the cited clause of the source / quotes)"
    )
    SOURCE = "docs/evaluation.md: quote validity; bar 1.0"
    GUARD: ClassVar[Guard] = "any"

    def stated(self, case: Case, answer: Answer) -> float:
        if not answer.citations:
            return 0.0
        return sum(_stands(case, citation) for citation in answer.citations) / len(answer.citations)


def _stands(case: Case, citation: Citation) -> bool:
    key = clause_key(citation.doc_no, citation.title, citation.section)
    return case.library.holds_under(key, citation.quote)


class CitationCoverage(StatementMeasure):
    NAME, TITLE = "citation_coverage", "引用覆盖率"
    DEFINITION = (
        "答案的陈述句中带引用标记者，或逐字见于其后所标条款者的比例。"
        "(sentences that carry a citation, or stand in the clause that is marked next / sentences)"
    )
    SOURCE = "ALCE: a sentence without citation, or with an unknown one, counts 0"
    GUARD: ClassVar[Guard] = "noise"

    def stated(self, case: Case, answer: Answer) -> float:
        cited = {citation.number: citation for citation in answer.citations}
        sentences = [s for line in answer.answer.splitlines() for s in _sentences(line)]
        covered = [
            _covered(sentences, at, cited, case.library)
            for at, sentence in enumerate(sentences)
            if _claims(sentence)
        ]
        return sum(covered) / len(covered) if covered else 0.0


_SENTENCE = re.compile(
    r"(?:[^。！？!?.]|\.(?![ \n]|$))+[。！？!?.]*[”’」』）)]*(?:\s*\[\d{1,2}\])*"
)


def _sentences(line: str) -> list[str]:
    """The sentences of a line, each with the citation marks that follow it."""
    return [found for found in _SENTENCE.findall(line) if found.strip()]


def _claims(sentence: str) -> bool:
    """A sentence that states something: not a lead-in, a question or a mere marker."""
    bare = MARKER.sub("", sentence).strip()
    return len(re.findall(r"\w", bare)) >= 2 and bare[-1] not in "：:？?"


def _covered(
    sentences: list[str], at: int, cited: Mapping[int, Citation], library: Library
) -> bool:
    own = _marks(sentences[at])
    if own:
        return bool(own & cited.keys())
    following = next((marks for s in sentences[at:] if (marks := _marks(s))), set())
    return any(_stands_in(sentences[at], cited[m], library) for m in following & cited.keys())


def _stands_in(sentence: str, citation: Citation, library: Library) -> bool:
    """Does the sentence, less a leading ``盘政发〔2023〕8号 正文：``, stand in the cited clause?"""
    lead, _, rest = sentence.partition("：")
    names_clause = fold_label(lead).endswith(fold_label(citation.section))
    key = clause_key(citation.doc_no, citation.title, citation.section)
    return library.holds_under(key, rest if rest and names_clause else sentence)


def _marks(sentence: str) -> set[int]:
    return {int(mark.strip("[]")) for mark in MARKER.findall(sentence)}
