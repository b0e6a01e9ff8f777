"""Which document is it? Answered by title, 文号 and date."""

from __future__ import annotations

from qa_bot.answer.statement import Statement
from qa_bot.clauses.model import Clause
from qa_bot.clauses.numerals import parse_date
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.query import Query

_TITLE, _SIGNATURE = "标题", "落款"


def named_document(query: Query, best: Clause, store: ClauseStore) -> list[Statement]:
    """Title and 文号, and the signature with its date, where ``query`` asks which document it is;
    [] where it does not. ``best`` is a clause of that document.

    Where the basis of a document is asked for, its introduction names it and not its title.
    """
    if "document" not in query.intents or "basis" in query.intents:
        return []
    document = store.document_of(best)
    clauses = {clause.section: clause for clause in reversed(store.clauses_of(document))}
    title, signature = clauses.get(_TITLE), clauses.get(_SIGNATURE)
    if title is None:
        return []
    number = f"（{document.doc_no}）" if document.doc_no else ""
    statements = [Statement(f"《{document.title}》{number}", title, title.text)]
    if signature and parse_date(signature.text):
        statements.append(Statement(signature.text, signature, signature.text))
    return statements
