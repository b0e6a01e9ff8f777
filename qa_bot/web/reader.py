"""A whole document as HTML: head, outline, full text; one clause may be the target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from qa_bot.clauses.model import Clause, Document
from qa_bot.web.catalog import Catalog
from qa_bot.web.escape import button, marked, quote_span, safe
from qa_bot.web.sources import document_head, fields_html
from qa_bot.web.strings import Language, text

_OUTLINED = frozenset({"heading", "article", "attachment", "roster", "item"})
_DEEPEST = 3
_LONGEST_ENTRY = 32
_LONGEST_CELL = 120


def document_html(
    catalog: Catalog,
    document: Document,
    language: Language,
    today: date,
    *,
    place: str,
    target: str | None = None,
    quote: str = "",
) -> str:
    """The document; ``place`` keeps its element ids apart from those of another on the page."""
    clauses = catalog.store.clauses_of(document)
    facts = " · ".join(str(fact) for fact in (document.issuer, document.date) if fact)
    tools = button(text(language, "print"), act="print")
    return (
        f'<div class="qb-document" data-place="{place}">'
        f"<header>{document_head(catalog, document, language, today)}"
        f'<p class="qb-facts" lang="zh">{safe(facts)}</p>'
        f'<p class="qb-actions">{tools}</p></header>'
        f"{_outline(clauses, place, language)}"
        f'<div class="qb-text" lang="zh">{"".join(_body(clauses, place, target, quote))}</div></div>'
    )


def anchor(place: str, clause_id: str) -> str:
    """The element id of a clause."""
    return f"{place}-{safe(clause_id)}"


def _outline(clauses: Sequence[Clause], place: str, language: Language) -> str:
    entries = "".join(
        f'<li class="deep{min(len(clause.path), _DEEPEST)}">'
        f'<a href="#{anchor(place, clause.id)}" data-act="jump">{safe(_entry(clause))}</a></li>'
        for clause in clauses
        if clause.kind in _OUTLINED and 0 < len(clause.path) <= _DEEPEST
    )
    if not entries:
        return ""
    title = text(language, "outline")
    return (
        f'<nav class="qb-outline" aria-label="{title}" lang="zh"><details open>'
        f"<summary>{title}</summary><ol>{entries}</ol></details></nav>"
    )


def _entry(clause: Clause) -> str:
    """The heading; where the path has but a marker, the words that it stands before."""
    words = clause.path[-1]
    if words in clause.section:
        words = clause.text.partition("\n")[0] or words
    return words[:_LONGEST_ENTRY] + ("…" if len(words) > _LONGEST_ENTRY else "")


def _body(clauses: Sequence[Clause], place: str, target: str | None, quote: str) -> Iterator[str]:
    for columns, group in groupby(clauses, key=lambda clause: tuple(clause.fields)):
        rows = list(group)
        if columns and all(
            len(value) <= _LONGEST_CELL for row in rows for value in row.fields.values()
        ):
            yield _table(columns, rows, place, target)
        else:
            yield from (_paragraph(clause, place, target, quote) for clause in rows)


def _paragraph(clause: Clause, place: str, target: str | None, quote: str) -> str:
    span = quote_span(clause.text, quote)
    if span is None and clause.text in quote:
        span = (0, len(clause.text))
    body = fields_html(clause, clause.text, span) if clause.fields else marked(clause.text, span)
    return (
        f'<section id="{anchor(place, clause.id)}" class="qb-part {clause.kind}" tabindex="-1"'
        f"{_current(clause, target)}>"
        f'<span class="qb-label">{safe(clause.section)}</span>{body}</section>'
    )


def _table(columns: Sequence[str], rows: Sequence[Clause], place: str, target: str | None) -> str:
    head = "".join(f'<th scope="col">{safe(column)}</th>' for column in columns)
    body = ""
    for row in rows:
        cells = "".join(f"<td>{safe(row.fields[column])}</td>" for column in columns)
        body += (
            f'<tr id="{anchor(place, row.id)}" tabindex="-1"{_current(row, target)}>{cells}</tr>'
        )
    return (
        '<div class="qb-scroll" tabindex="0" role="region" aria-label="表格"><table><thead>'
        f"<tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _current(clause: Clause, target: str | None) -> str:
    return ' aria-current="true"' if clause.id == target else ""
