"""Example questions, made from what the indexed documents hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from qa_bot.clauses.model import Clause, Document
from qa_bot.web.catalog import Catalog
from qa_bot.web.strings import Language

_MOST = 5
_LONGEST_NAME = 14
_SUBJECT = re.compile(
    r"关于印发[《〈]?(?P<subject>.+?(?:方案|规划|办法|细则|规则))(?:[（(].*?[)）])?[》〉]?的通知"
)
_LONGEST_SUBJECT = 26
_AIMS = ("主要目标", "总体目标", "工作目标")


@lru_cache(maxsize=4)
def example_questions(catalog: Catalog, language: Language) -> tuple[str, ...]:
    """A handful of questions from different documents, in the language of the page."""
    questions = []
    found = [question for document in catalog.documents if (question := _one(catalog, document))]
    for kind in ("matter", "term", "aim"):
        of_kind = [(subject, asked) for asked, subject in found if asked == kind]
        questions += [
            _WORDS[asked][0 if language == "zh" else 1].format(subject)
            for subject, asked in of_kind[:2]
        ]
    return tuple(questions[:_MOST])


_WORDS = {
    "matter": ("{}现在由哪个部门办理？", "Which department handles {} now?"),
    "term": ("{}的有效期是多久？", "How long is {} valid?"),
    "aim": ("{}的主要目标是什么？", "What are the main goals of {}?"),
}


def _one(catalog: Catalog, document: Document) -> tuple[str, str] | None:
    """(kind of question, its subject) for one document, where it holds what can be asked."""
    clauses = catalog.store.clauses_of(document)
    if name := next(_matters(clauses), None):
        return "matter", name
    match = _SUBJECT.search(document.title)
    if not match or len(match["subject"]) > _LONGEST_SUBJECT:
        return None
    if document.validity and document.validity.term:
        return "term", match["subject"]
    if any(clause.path and clause.path[-1].endswith(_AIMS) for clause in clauses):
        return "aim", match["subject"]
    return None


def _matters(clauses: tuple[Clause, ...]) -> Iterator[str]:
    """Names of matters, short enough to ask for, that say which body handles them."""
    for clause in clauses:
        matter = clause.matter
        if (
            matter
            and matter.body
            and len(matter.name) <= _LONGEST_NAME
            and "处罚" not in matter.name
        ):
            yield matter.name
