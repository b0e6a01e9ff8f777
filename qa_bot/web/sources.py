"""The source panel: one cited clause with its document, its neighbours and its formal citation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from qa_bot.answer.model import Citation
from qa_bot.clauses.model import Clause, Document
from qa_bot.web.catalog import Catalog
from qa_bot.web.escape import button, lines, marked, quote_span, safe
from qa_bot.web.strings import Language, text

_NEIGHBOUR = 90
Span = tuple[int, int]


def no_source_html(language: Language) -> str:
    """The panel before anything is cited."""
    return (
        f'<section class="qb-sources" aria-label="{text(language, "sources")}">'
        f"<h2>{text(language, 'sources')}</h2>"
        f'<p class="qb-hint">{text(language, "no_source")}</p></section>'
    )


def source_html(
    catalog: Catalog,
    citations: Sequence[Citation],
    turn: int,
    number: int,
    language: Language,
    today: date,
) -> str:
    """The panel with citation ``number`` open and buttons for the other citations of its turn."""
    citation = citations[number - 1]
    clause = catalog.cited(citation)
    source = (
        _indexed(catalog, clause, citation, language, today)
        if clause
        else _kept(citation, language)
    )
    return (
        f'<section class="qb-sources" tabindex="-1" aria-label="{text(language, "sources")}">'
        f"<h2>{text(language, 'sources')}</h2>{_choice(citations, turn, number, language)}"
        f'<article class="qb-source" aria-label="{text(language, "source", number=number)}">'
        f"{source}</article></section>"
    )


def document_head(catalog: Catalog, document: Document, language: Language, today: date) -> str:
    """文号, validity badge and title of a document."""
    badge = force_badge(catalog, document, language, today)
    return _head(document.doc_no, badge, document.title, language)


def force_badge(catalog: Catalog, document: Document, language: Language, today: date) -> str:
    """What is known of the document's force, in words and colour."""
    force = catalog.force(document, today)
    words = text(language, f"force_{force.kind}", **({"day": force.day} if force.day else {}))
    title = text(language, "force_title")
    if force.by:
        words += f"（{text(language, 'force_repealed_by', by=force.by)}）"
    return f'<span class="qb-badge {force.kind}" title="{safe(title)}">{safe(words)}</span>'


def fields_html(clause: Clause, body: str, quote: Span | None) -> str:
    """A table row as a list of its cells, the quote marked across them; ``body`` is its text."""
    rows, position = [], 0
    for column, value in clause.fields.items():
        if not value:
            continue
        at = body.find(value, position)
        span = None
        if at >= 0:
            position = at + len(value)
            if quote:
                span = (max(quote[0], at) - at, min(quote[1], position) - at)
        rows.append(f"<dt>{safe(column)}</dt><dd>{marked(value, span)}</dd>")
    return f'<dl class="qb-fields" lang="zh">{"".join(rows)}</dl>'


def _indexed(
    catalog: Catalog, clause: Clause, citation: Citation, language: Language, today: date
) -> str:
    """A cited clause as it stands in the index, with its document and its neighbours."""
    document = catalog.store.document_of(clause)
    unknown = text(language, "unknown")
    facts = [
        ("issuer", document.issuer or unknown),
        ("date", document.date.isoformat() if document.date else unknown),
        ("place", " › ".join(clause.path) or citation.section),
    ]
    opened = button(
        text(language, "open_document"),
        kind="primary",
        act="open",
        clause=citation.clause_id,
        quote=citation.quote,
    )
    return (
        document_head(catalog, document, language, today)
        + _facts(facts, citation, language)
        + _quoted(_clause_body(clause, citation), language)
        + _actions(citation, language, opened)
        + _neighbours(catalog, clause, language)
    )


def _kept(citation: Citation, language: Language) -> str:
    """A citation in its own words: what it cites is no longer in the index."""
    return (
        _head(citation.doc_no, "", citation.title, language)
        + f'<div class="qb-notes"><p>{text(language, "not_indexed")}</p></div>'
        + _facts([("place", citation.section)], citation, language)
        + _quoted(_own_words(citation), language)
        + _actions(citation, language)
    )


def _head(doc_no: str | None, badge: str, title: str, language: Language) -> str:
    return (
        f'<p class="qb-docno"><span>{safe(doc_no or text(language, "no_number"))}</span>{badge}</p>'
        f'<h3 class="qb-title" lang="zh">{safe(title)}</h3>'
    )


def _quoted(body: str, language: Language) -> str:
    name = text(language, "clause_text")
    return (
        f'<h4>{name}</h4><blockquote class="qb-clause" tabindex="0" aria-label="{name}">'
        f"{body}</blockquote>"
    )


def _choice(citations: Sequence[Citation], turn: int, number: int, language: Language) -> str:
    """Buttons for the citations of a turn; none where there is but one."""
    if len(citations) < 2:
        return ""
    buttons = "".join(
        f'<button type="button" class="qb-pick" aria-pressed="{str(c.number == number).lower()}" '
        f'data-act="cite" data-turn="{turn}" data-number="{c.number}" '
        f'aria-label="{text(language, "source", number=c.number)}">[{c.number}]</button>'
        for c in citations
    )
    return f'<div class="qb-choice" role="group" aria-label="{text(language, "sources")}">{buttons}</div>'


def _facts(facts: Sequence[tuple[str, str]], citation: Citation, language: Language) -> str:
    """What is known of the source, and the file that it was read from."""
    source = citation.source
    where = text(language, "line_numbers", first=source.start_line, last=source.end_line)
    rows = "".join(
        f"<div><dt>{text(language, key)}</dt><dd>{safe(value)}</dd></div>"
        for key, value in (*facts, ("file", f"{source.file}　{where}"))
    )
    return f"<dl>{rows}</dl>"


def _clause_body(clause: Clause, citation: Citation) -> str:
    if clause.fields:
        span = quote_span(citation.text, citation.quote)
        return fields_html(clause, citation.text, span)
    return _own_words(citation)


def _own_words(citation: Citation) -> str:
    span = quote_span(citation.text, citation.quote)
    return f'<div lang="zh">{marked(citation.text, span)}</div>'


def _actions(citation: Citation, language: Language, opened: str = "") -> str:
    copied = button(text(language, "copy_citation"), act="copy", copy=citation.reference)
    return (
        f'<p class="qb-reference" lang="zh">{safe(citation.reference)}</p>'
        f'<p class="qb-actions">{opened}{copied}</p>'
    )


def _neighbours(catalog: Catalog, clause: Clause, language: Language) -> str:
    parts = []
    for key, other in zip(("before", "after"), catalog.neighbours(clause), strict=True):
        if other:
            words = other.text[:_NEIGHBOUR] + ("……" if len(other.text) > _NEIGHBOUR else "")
            parts.append(
                f'<button type="button" class="qb-neighbour" data-act="open" data-clause="{safe(other.id)}">'
                f"<span>{text(language, key)}　{safe(other.section)}</span>{lines(words)}</button>"
            )
    return f'<div class="qb-neighbours">{"".join(parts)}</div>'
