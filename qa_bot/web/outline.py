"""What a file holds, for somebody who decides whether to index it: documents, clauses, doubts."""

from __future__ import annotations

from collections.abc import Sequence

from qa_bot.clauses.model import Clause, Document, ParsedFile
from qa_bot.index.store import ClauseStore
from qa_bot.web.escape import safe
from qa_bot.web.strings import Language, text

_MARKED = frozenset({"heading", "article", "item"})
_OPEN = 3
_LONGEST = 60


def outline_html(parsed: ParsedFile, language: Language) -> str:
    """Counts, what looks wrong, and every document with the tree of its clauses."""
    store = ClauseStore(parsed.documents, parsed.clauses)
    counts = {"documents": len(parsed.documents), "clauses": len(parsed.clauses)}
    doubts = "".join(f"<li>{safe(doubt)}</li>" for doubt in _doubts(parsed, language))
    noted = (
        f'<div class="qb-notes"><p>{text(language, "notes")}</p><ul>{doubts}</ul></div>'
        if doubts
        else ""
    )
    documents = "".join(
        _document(document, store.clauses_of(document), language, number < _OPEN)
        for number, document in enumerate(parsed.documents)
    )
    found = text(language, "upload_found", name=parsed.file, **counts)
    return f'<div class="qb-listing"><p class="qb-hint">{safe(found)}</p>{noted}{documents}</div>'


def _document(
    document: Document, clauses: Sequence[Clause], language: Language, opened: bool
) -> str:
    facts = [
        document.doc_no or text(language, "no_number"),
        document.issuer or "",
        str(document.date or ""),
        text(language, "upload_clauses", count=len(clauses)),
    ]
    rows = "".join(map(_row, clauses))
    return (
        f'<details class="qb-outline" lang="zh"{" open" if opened else ""}>'
        f"<summary>{safe(document.title)}（{safe(' · '.join(filter(None, facts)))}）</summary>"
        f"<ol>{rows}</ol></details>"
    )


def _row(clause: Clause) -> str:
    """The clause's first words, after its label where they do not begin with it themselves."""
    named = clause.kind in _MARKED or clause.text.startswith((*clause.path[-1:], clause.section))
    label = "" if named else f"{safe(clause.section)} "
    words = f"<span>{safe(clause.text[:_LONGEST])}</span>"
    return f'<li class="deep{min(len(clause.path), 3)}">{label}{words}</li>'


def _doubts(parsed: ParsedFile, language: Language) -> list[str]:
    """What the parser did not find, or left out."""
    doubts = [
        text(language, f"upload_no_{what}", title=document.title)
        for document in parsed.documents
        for what, value in (("number", document.doc_no), ("date", document.date))
        if not value
    ]
    lines = sum(last - first + 1 for first, last in parsed.noise)
    if lines:
        doubts.append(text(language, "upload_noise", lines=lines))
    return doubts
