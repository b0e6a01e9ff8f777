"""Is the answer there at all? What makes the bot say no instead of citing something near.

Checked in turn: a 文号 or an article that the question names and the index lacks; a question too
far from the nearest clause to be about the documents; a kind of fact (money, a telephone
number, …) of which the best clauses hold none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa_bot.answer.citing import whole_text
from qa_bot.answer.model import RefusalReason
from qa_bot.answer.sentences import SentenceChooser
from qa_bot.clauses.labels import fold_label
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.query import Query
from qa_bot.retrieval.retriever import Hit

# Below this nearness (see ``nearness``) a question is not about the documents. Measured by
# `python -m eval.calibrate_refusals`: 2 % of the answerable questions of the development gold
# lie below it. A question in English of which the lexicon knows no word is refused too.
LEAST_NEARNESS = 0.41
_LOOKED_AT = 3

_NUMBER = r"(?:\d[.,]*|[一二三四五六七八九十百千万两半])\s*(?:(?:多|余|以上|至|—|-)\s*)?"
_FACTS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(asked, re.IGNORECASE), re.compile(held))
    for asked, held in (
        (
            r"电话|联系方式|热线|telephone|phone",
            r"\d{3,4}[-—)）]?\d{7,8}|\d{7,11}|1[2-9]\d{3}(?!\d)",
        ),
        (
            r"多少[块元钱]|多少万元|几块钱|几元|[花交罚收]多少|费(?:用)?多少|多少费|什么价|价钱|"
            r"how much (?:money|does it cost)",
            rf"{_NUMBER}万?亿?元|免费|不收|不得收",
        ),
        (r"几点|开门|关门|上班时间|opening hours", r"\d{1,2}\s*[:：]\s*\d\d|[上下]午|\d\s*时"),
        (r"(?:哪条|什么)路|门牌|地址|street address", r"[路街巷]\s*\d*\s*号?"),
        (r"几个工作日|多少个?工作日", rf"{_NUMBER}个?工作日"),
        (
            r"多少天|几天|提前多[久少]",
            rf"{_NUMBER}(?:个?工作日|日|天|个?月|年|周|小时)|即时|当场|当日",
        ),
        (r"管几年|能用几年|几年有效|有效期", rf"{_NUMBER}年|有效期|长期"),
        (
            r"几月几[号日]|哪年哪月|哪月哪[日天]|哪一?天",
            r"\d\s*[月日]|[一二三四五六七八九十]+[月日]",
        ),
        (r"哪家银行|什么银行", r"银行|信用社"),
        (r"哪家(?:公司|企业)", r"公司|企业|集团"),
    )
)


def refusal(
    query: Query, hits: Sequence[Hit], store: ClauseStore, chooser: SentenceChooser
) -> RefusalReason | None:
    """Why the question cannot be answered from these hits, or None where it can."""
    if not hits:
        return "nothing_found"
    if _names_unknown_document(query, store) or _names_missing_clause(query, hits, store):
        return "not_answerable"
    untranslated = query.language == "en" and not query.expansion
    if untranslated or nearness(query, hits, store, chooser) < LEAST_NEARNESS:
        return "out_of_scope"
    texts = [whole_text(store, hit.clause) for hit in hits[:_LOOKED_AT]]
    for asked, held in _FACTS:
        if asked.search(query.question) and not any(held.search(text) for text in texts):
            return "not_answerable"
    return None


def nearness(
    query: Query, hits: Sequence[Hit], store: ClauseStore, chooser: SentenceChooser
) -> float:
    """How near the question is to its best clauses: the highest cosine, raised by the share of
    its words that a clause holds, and for Chinese lowered by the share that none does."""
    nearest = max(hit.similarity for hit in hits)
    if query.language == "en":
        return nearest
    held = max(
        chooser.coverage(query.wording, whole_text(store, hit.clause)) for hit in hits[:_LOOKED_AT]
    )
    return nearest + 0.2 * held - 0.1 * chooser.unknown_share(query.wording)


def _names_unknown_document(query: Query, store: ClauseStore) -> bool:
    """A complete 文号 that no document of the index has, nor any clause quotes."""
    for words, year, number in query.doc_numbers:
        if not words:
            continue
        printed = f"〔{year}〕{number}号"
        tail = words[-2:]
        known = any(
            printed in (d.doc_no or "") and tail in (d.doc_no or "") for d in store.documents
        )
        if not known and not any(f"{tail}{printed}" in clause.text for clause in store.clauses):
            return True
    return False


def _names_missing_clause(query: Query, hits: Sequence[Hit], store: ClauseStore) -> bool:
    """An article (第X条) that the document named with it does not have."""
    articles = [label for label in query.labels if "条" in label]
    if not articles or not (query.titles or query.doc_numbers):
        return False
    sections = {fold_label(c.section) for c in store.clauses_of(store.document_of(hits[0].clause))}
    return not any(
        section.endswith(fold_label(label)) for label in articles for section in sections
    )
