"""Statements as the text of an answer: each behind the name of its clause, with its number."""

from __future__ import annotations

from collections.abc import Sequence

from qa_bot.answer.citing import Composed, cite
from qa_bot.answer.model import Citation
from qa_bot.answer.statement import Statement
from qa_bot.clauses.labels import fold_label
from qa_bot.clauses.markers import read_marker
from qa_bot.clauses.model import Clause
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.query import Query

_LONGEST_HEADING = 60


def numbered(store: ClauseStore, query: Query, statements: Sequence[Statement]) -> Composed:
    """The statements as text, each with the number of its citation."""
    paragraphs: list[str] = []
    citations: list[Citation] = []
    for statement in statements:
        clause, quote = statement.clause, statement.quote
        known = (c for c in citations if c.clause_id == clause.id and c.quote == quote)
        citation = next(known, None)
        if citation is None:
            citation = cite(store, clause, quote, len(citations) + 1, statement.listed)
            citations.append(citation)
        mark = f"[{citation.number}]"
        name = f"{clause.doc_no or f'《{clause.title}》'}{_under(store, clause)} {clause.section}"
        name, text = name.rstrip("、"), without_label(statement.text, clause.section)
        if query.language == "en":
            lead = f"{statement.lead}. {mark}\n" if statement.lead else ""
            paragraphs.append(f"{lead}{name} says (original Chinese):\n{text} {mark}")
        else:
            lead = f"{statement.lead}。{mark}\n" if statement.lead else ""
            paragraphs.append(f"{lead}{name}：{text} {mark}")
    return Composed("\n\n".join(paragraphs), tuple(citations))


def _under(store: ClauseStore, clause: Clause) -> str:
    """The heading above a clause that has none of its own, in quotes: “镇(街道)职责”."""
    above = store.clause(clause.parent_id) if clause.parent_id else None
    own = clause.path[-1] if clause.path else ""
    if above is None or above.kind != "heading" or clause.kind != "item":
        return ""
    if without_label(own, clause.section):
        return ""
    words = without_label(above.path[-1], above.section) if above.path else ""
    return f"“{words}”" if 0 < len(words) <= _LONGEST_HEADING else ""


def without_label(text: str, label: str) -> str:
    """``text`` without a heading line, a first word (附件2 …) or a marker that repeats the end of
    ``label``."""
    end = fold_label(label)
    for blank in ("\n", None):
        words = text.split(blank, maxsplit=1)
        if len(words) > 1 and (own := fold_label(words[0])) and end.endswith(own):
            return words[1]
    marker = read_marker(text)
    repeats = marker and end.removesuffix("项").endswith(fold_label(marker.label))
    return marker.rest if marker and repeats else text
