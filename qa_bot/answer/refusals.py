"""What the bot says when it does not answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa_bot.answer.model import RefusalReason
from qa_bot.answer.numbering import without_label
from qa_bot.answer.statutes import article_elsewhere
from qa_bot.clauses.model import Clause, Document
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.doc_numbers import with_whole_number
from qa_bot.retrieval.hits import Hit
from qa_bot.retrieval.query import Query

_SUGGESTED = 3
_EXAMPLES = 3
_LONGEST_NAME = 40
_KINDS_OF_MATTER = {"许可", "备案", "处罚", "审批"}
_POINTING = re.compile(
    r"(?:(?:[这那该此]|上述|前述)(?:一?[个份部项条])?|本(?=[办规条通决意方细制]))"
    r"(?P<what>办法|规定|条例|通知|方案|决定|意见|细则|规则|制度|规划|许可|备案|处罚|审批)?"
    r"(?:文件|政策|事项|文|证)?|\b(?:this|that|it)\b(?: (?:document|notice|rule|permit|licence))?",
    re.IGNORECASE,
)

_TEXTS: dict[str, dict[RefusalReason, str]] = {
    "zh": {
        "nothing_found": "没有找到与这个问题有关的条款。",
        "out_of_scope": "这个问题不在已收录公报的范围内，我不能回答。",
        "not_answerable": "已收录的公报里有相近的条款，但没有写明您问的这一点，所以不作回答。",
        "unclear_reference": "请问您指的是哪份文件或哪个事项？问题里没有写明，所以先不作回答。",
    },
    "en": {
        "nothing_found": "No clause about this question was found.",
        "out_of_scope": "This question is outside the indexed gazettes, so I cannot answer it.",
        "not_answerable": (
            "The indexed gazettes have clauses near this, but none states what you ask, "
            "so no answer is given."
        ),
        "unclear_reference": (
            "Which document or matter do you mean? The question does not name it, "
            "so no answer is given yet."
        ),
    },
}


_NOT_INDEXED = {
    "zh": "没有收录{name}，所以不作回答。",
    "en": "No document {name} is indexed, so no answer is given.",
}
_NO_SECTION = {
    "zh": "已收录的文件中没有{name}，所以不作回答。",
    "en": "{name} does not exist in the indexed document, so no answer is given.",
}
_NUMBERED = {"zh": "文号为{number}的文件", "en": "numbered {number}"}

_MISSING = {
    "zh": "没有找到写明{pieces}的条款，所以这一点不作回答。",
    "en": "No clause that states {pieces} was found, so that is not answered.",
}


_QUOTED_ONLY = {
    "zh": "《{title}》本身没有收录，以上出自引用或提到它的文件。",
    "en": "《{title}》 itself is not indexed; the above is from a document that quotes or names it.",
}


def refusal_text(
    reason: RefusalReason,
    language: str,
    documents: Sequence[Document],
    unknown: str = "",
    missing: str = "",
) -> str:
    """One polite sentence on why, one on what can be asked instead; ``unknown`` is the 文号 or the
    《title》 that was asked about and that no document has, ``missing`` a section that a document
    lacks."""
    named = unknown if unknown.startswith("《") else _NUMBERED[language].format(number=unknown)
    why = _TEXTS[language][reason]
    if unknown:
        why = _NOT_INDEXED[language].format(name=named)
    elif missing:
        why = _NO_SECTION[language].format(name=missing)
    titles = [f"《{document.title}》" for document in _one_of_each_region(documents)[:_EXAMPLES]]
    if language == "en":
        offer = "You can ask about the official documents in the index, for example "
        return f"{why} {offer}{'; '.join(titles)}."
    return f"{why}您可以就已收录的政府文件提问，例如{'、'.join(titles)}。"


def missing_text(pieces: Sequence[str], language: str) -> tuple[str, ...]:
    """One sentence on the pieces of a question that are left unanswered; none where all are
    answered."""
    quoted = "".join(f"“{piece}”" for piece in pieces)
    return (_MISSING[language].format(pieces=quoted),) if pieces else ()


def quoted_text(query: Query, store: ClauseStore) -> tuple[str, ...]:
    """One sentence that the statute of which an article is asked is not indexed itself; else none."""
    asked = article_elsewhere(query, store)
    return (_QUOTED_ONLY[query.language].format(title=asked[0]),) if asked else ()


def suggestions(query: Query, hits: Sequence[Hit], store: ClauseStore) -> tuple[str, ...]:
    """The nearest clauses by name: hints on where to look, not an answer. Where it is not clear
    what is meant, the question asked again of what it could be about; nothing where it says nothing."""
    if query.wordless:
        return ()
    if query.dangling:
        return _asked_again(query.question, store)
    if alike := query.alike(store.documents):
        numbers = (document.doc_no or "" for document in alike[:_SUGGESTED])
        return tuple(with_whole_number(query.question, number) for number in numbers)
    return tuple(_name(hit.clause) for hit in hits[:_SUGGESTED])


def _name(clause: Clause) -> str:
    """``盘政发〔2023〕8号 附件2 第3项 校车标牌发放``: reference, section and what it is about."""
    heading = clause.matter.name if clause.matter else clause.path[-1] if clause.path else ""
    about = without_label(heading, clause.section)
    name = f"{clause.doc_no or f'《{clause.title}》'} {clause.section}"
    return name if not about or about in name or len(about) > _LONGEST_NAME else f"{name} {about}"


def _asked_again(question: str, store: ClauseStore) -> tuple[str, ...]:
    """The question with the names of documents or matters in the place of what it points at."""
    pointing = _POINTING.search(question)
    called = (pointing and pointing["what"]) or ""
    matters = dict.fromkeys(
        f"“{c.matter.name}”"
        for c in store.clauses
        if c.matter
        and called in _KINDS_OF_MATTER
        and called in c.matter.name
        and len(c.matter.name) <= _LONGEST_NAME
    )
    documents = _one_of_each_region([d for d in store.documents if called in d.title])
    documents = documents or _one_of_each_region(store.documents)
    names = list(matters) or [f"《{document.title}》" for document in documents]
    return tuple(
        question.replace(pointing[0], name, 1) if pointing else f"{name}：{question}"
        for name in names[:_SUGGESTED]
    )


def _one_of_each_region(documents: Sequence[Document]) -> list[Document]:
    """The first document of each region, then the others."""
    regions = [document.region for document in documents]
    first = [regions.index(region) == at for at, region in enumerate(regions)]
    return [d for d, is_first in zip(documents, first, strict=True) if is_first] + [
        d for d, is_first in zip(documents, first, strict=True) if not is_first
    ]
