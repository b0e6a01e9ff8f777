"""Which document is it? Answered by title and 文号, and by its date where that is asked for."""

from __future__ import annotations

from qa_bot.answer.statement import Statement
from qa_bot.clauses.model import Clause
from qa_bot.clauses.numerals import parse_date
from qa_bot.index.store import ClauseStore
from qa_bot.retrieval.query import Query

_TITLE, _SIGNATURE = "标题", "落款"
_DATE = {"date", "issued"}


def named_document(query: Query, best: Clause, store: ClauseStore) -> list[Statement]:
    """Title and 文号 where ``query`` asks which document it is, with the dated signature where it
    also asks for the date; [] where it does not. ``best`` is a clause of that document.

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
    if query.intents & _DATE and signature and parse_date(signature.text):
        statements.append(Statement(signature.text, signature, signature.text))
    return statements
