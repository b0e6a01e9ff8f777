"""What the bot says when it does not answer."""

from __future__ import annotations

from collections.abc import Sequence

from qa_bot.answer.model import RefusalReason
from qa_bot.clauses.model import Document
from qa_bot.retrieval.retriever import Hit

_SUGGESTED = 3
_EXAMPLES = 3

_TEXTS: dict[str, dict[RefusalReason, str]] = {
    "zh": {
        "nothing_found": "没有找到与这个问题有关的条款。",
        "out_of_scope": "这个问题不在已收录公报的范围内，我不能回答。",
        "not_answerable": "已收录的公报里有相近的条款，但没有写明您问的这一点，所以不作回答。",
        "unusable_question": "这个问题无法处理，请换一种说法。",
    },
    "en": {
        "nothing_found": "No clause about this question was found.",
        "out_of_scope": "This question is outside the indexed gazettes, so I cannot answer it.",
        "not_answerable": (
            "The indexed gazettes have clauses near this, but none states what you ask, "
            "so no answer is given."
        ),
        "unusable_question": "This question cannot be used; please put it another way.",
    },
}


def refusal_text(reason: RefusalReason, language: str, documents: Sequence[Document]) -> str:
    """One polite sentence on why, one on what can be asked instead."""
    titles = [f"《{document.title}》" for document in documents[:_EXAMPLES]]
    if language == "en":
        offer = "You can ask about the official documents in the index, for example "
        return f"{_TEXTS['en'][reason]} {offer}{'; '.join(titles)}."
    return f"{_TEXTS['zh'][reason]}您可以就已收录的政府文件提问，例如{'、'.join(titles)}。"


def suggestions(hits: Sequence[Hit]) -> tuple[str, ...]:
    """The nearest clauses by name: hints on where to look, not an answer."""
    return tuple(
        f"{hit.clause.doc_no or f'《{hit.clause.title}》'} {hit.clause.section}"
        for hit in hits[:_SUGGESTED]
    )
