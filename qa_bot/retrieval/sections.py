"""The clauses that a question names by their label: 第5条, 附件2第3项, 三（一）7, Article 8."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa_bot.clauses.lookup import find_clause
from qa_bot.clauses.model import Clause
from qa_bot.clauses.numerals import NUMERAL
from qa_bot.clauses.references import LabelKey, as_item, label_key, within_divisions
from qa_bot.errors import NotFoundError

_N = rf"(?:\d+|{NUMERAL})"
_NTH = rf"第\s*[（(]?\s*{_N}\s*[）)]?\s*"
_SCOPE = rf"(?:附件\s*{_N}?|专栏\s*{_N})"
# 违反第五条 asks for what follows from it.
_LABEL = re.compile(
    rf"(?<!违反)(?<!违反了)(?:{_SCOPE}\s*[里的中]?\s*)?{_NTH}(?:条(?:之{NUMERAL})?|项|章|号|部分|点)"
    rf"(?:\s*(?:{_NTH}|[（(]\s*{_N}\s*[）)]\s*)[款项点])*|附件\s*{_N}(?!\s*[（(])|专栏\s*{_N}|"
    rf"(?<=[》\s])(?:附件)?\s*{NUMERAL}、?[（(]{NUMERAL}[）)]\s*\d*"
)
_IN_ENGLISH = re.compile(r"\b(article|item|chapter|annex|attachment|box)\s+(\d+)", re.IGNORECASE)
_CHINESE = {
    "article": "第{}条",
    "item": "第{}项",
    "chapter": "第{}章",
    "annex": "附件{}",
    "attachment": "附件{}",
    "box": "专栏{}",
}
_JOINT = re.compile(r"(?<=\d|件)\s*[里的中]\s*(?=第)")
_PARAGRAPH = re.compile(rf"{_NTH}款")
# How people call item X of a text.
_CALLED_ITEM = re.compile(rf"第\s*[（(]?\s*({_N})\s*[）)]?\s*(?:条|点|部分)")


def labels_in(text: str) -> tuple[str, ...]:
    """The labels that a question names, in Chinese."""
    chinese = (_PARAGRAPH.sub("", _JOINT.sub("", match[0])) for match in _LABEL.finditer(text))
    english = (_CHINESE[match[1].lower()].format(match[2]) for match in _IN_ENGLISH.finditer(text))
    return (*chinese, *english)


def without_labels(text: str) -> str:
    return _LABEL.sub(" ", text)


def labelled(label: str, clauses: Sequence[Clause]) -> list[Clause]:
    """Those of one document's ``clauses`` that ``label`` may mean; none where it has no such clause."""
    for key in keys_of(label):
        if found := [clause for clause in clauses if key in own_keys(clause)]:
            return found
    for spelt in (label, _CALLED_ITEM.sub(r"第\1项", label)):
        try:
            return [find_clause(clauses, spelt)]
        except NotFoundError:
            continue
    last = as_item(label_key(label))[-1:]
    return [clause for clause in clauses if last and label_key(clause.section)[-1:] == last]


def keys_of(label: str) -> tuple[LabelKey, LabelKey]:
    """By what a label is looked up: as it is, then as people call item X of a text article X."""
    return label_key(label), as_item(label_key(label))


def own_keys(clause: Clause) -> set[LabelKey]:
    """By what a clause is found: its label, and its label within its chapter."""
    key = label_key(clause.section)
    return {key, within_divisions(key)}
