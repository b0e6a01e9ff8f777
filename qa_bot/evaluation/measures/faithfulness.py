"""Do the numbers and references of an answer come from where it says they come from?"""

from __future__ import annotations

from typing import ClassVar

from qa_bot.answer.model import Answer
from qa_bot.evaluation.folding import clause_key, document_key
from qa_bot.evaluation.measures.base import Case, Guard, Measure, StatementMeasure
from qa_bot.evaluation.quantities import quantities, supported
from qa_bot.evaluation.references import article_references, known_references, unknown_references


class NumberFaithfulness(StatementMeasure):
    NAME, TITLE = "number_faithfulness", "数字忠实度"
    DEFINITION = (
        "答案中的数字、日期、金额、文号、条号按数值见于所引条款、其标签文号或问题的比例。"
        "(numbers of the answer that occur by value in its cited clauses or the question / all)"
    )
    SOURCE = "ragas faithfulness restricted to numbers, exact and offline"
    GUARD: ClassVar[Guard] = "noise"

    def stated(self, case: Case, answer: Answer) -> float:
        stated = quantities(answer.answer, answer=True)
        if not stated:
            return 1.0
        evidence = quantities(evidence_text(case, answer))
        return sum(supported(quantity, evidence) for quantity in stated) / len(stated)


def evidence_text(case: Case, answer: Answer) -> str:
    """The cited clauses as the source has them, their labels, and the question."""
    parts = [case.pair.question]
    for citation in answer.citations:
        parts += [citation.section, citation.title, citation.doc_no or ""]
        key = clause_key(citation.doc_no, citation.title, citation.section)
        parts += [clause.text for clause in case.library.families(key)]
    return "\n".join(parts)


class InventedReference(Measure):
    NAME, TITLE = "invented_reference", "虚构出处率"
    DEFINITION = (
        "答案出现语料中不存在的文号，或所涉文件中不存在的第X条的比例，目标 0。"
        "(answers with a 文号 or 第X条 that the documents do not have / answers)"
    )
    SOURCE = "docs/evaluation.md: invented reference rate; bar 0"
    GUARD: ClassVar[Guard] = "any"
    HIGHER_IS_BETTER = False
    WORST = 1.0

    def value(self, case: Case, answer: Answer) -> float | None:
        if answer.refused:
            return 0.0
        if not case.states_something:
            return self.WORST
        text = answer.answer + "\n" + "\n".join(c.doc_no or "" for c in answer.citations)
        known = known_references(case.library)
        unknown_clause = any(not case.library.find(key) for key in case.cited_keys)
        if unknown_clause or unknown_references(text, known):
            return 1.0
        return float(bool(article_references(answer.answer) - _articles_there(case, answer)))


def _articles_there(case: Case, answer: Answer) -> set[int]:
    """The articles that the cited documents have or mention, and those of the question."""
    documents = {document_key(c.doc_no, c.title) for c in answer.citations}
    clauses = [c for document in documents for c in case.library.of_document(document)]
    text = "\n".join(f"{clause.section}\n{clause.text}" for clause in clauses)
    return article_references(text or case.library.text) | article_references(case.pair.question)
