"""The list of documents: filters over region, issuer, year and words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from qa_bot.clauses.model import Document
from qa_bot.clauses.references import fold_words
from qa_bot.web.catalog import Catalog, document_key, region_of, year_of
from qa_bot.web.escape import safe
from qa_bot.web.languages import choices_of
from qa_bot.web.notices import status_html
from qa_bot.web.sources import force_badge
from qa_bot.web.strings import Language, text

LONGEST_WORDS = 200
_READ: dict[str, Callable[[Document], str]] = {
    "region": region_of,
    "issuer": lambda document: document.issuer or "",
    "year": year_of,
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a document must have; an empty string asks for nothing."""

    region: str = ""
    issuer: str = ""
    year: str = ""
    words: str = ""

    def fit(self, document: Document) -> bool:
        if len(self.words) > LONGEST_WORDS:
            return False
        wanted = fold_words(self.words)
        return (
            self.region in ("", region_of(document))
            and self.issuer in ("", document.issuer)
            and self.year in ("", year_of(document))
            and (not wanted or wanted in fold_words(f"{document.doc_no or ''}{document.title}"))
        )


def choices(documents: Sequence[Document], field: str, language: Language) -> list[tuple[str, str]]:
    """What a filter offers: everything, then the values that occur (newest year first)."""
    read = _READ[field]
    values = sorted({read(document) for document in documents} - {""}, reverse=field == "year")
    return choices_of(values, language)


def listing_html(
    catalog: Catalog,
    filters: Filters,
    language: Language,
    today: date,
    opened: str = "",
) -> str:
    """The documents that fit, by region, newest first; ``opened`` is the key of the one being read."""
    found = [document for document in catalog.documents if filters.fit(document)]
    if not found:
        return status_html(text(language, "no_documents"))
    found.sort(key=lambda d: d.date or date.min, reverse=True)
    found.sort(key=lambda d: region_of(d) or "\uffff")
    groups = "".join(
        f"<h3>{safe(region) or text(language, 'elsewhere')}</h3><ul>"
        + "".join(_entry(catalog, document, language, today, opened) for document in documents)
        + "</ul>"
        for region, documents in groupby(found, key=region_of)
    )
    count = text(language, "found_documents", count=len(found))
    return (
        f'<nav class="qb-listing" aria-label="{count}"><p role="status">{count}</p>{groups}</nav>'
    )


def _entry(
    catalog: Catalog, document: Document, language: Language, today: date, opened: str
) -> str:
    key = document_key(document)
    current = ' aria-current="true"' if key == opened else ""
    return (
        f'<li><button type="button" data-act="document" data-document="{safe(key)}"{current}>'
        f'<span class="qb-docno">{safe(document.doc_no or text(language, "no_number"))}'
        f"{force_badge(catalog, document, language, today)}</span>"
        f'<span class="qb-name" lang="zh">{safe(document.title)}</span>'
        f'<span class="qb-facts">{safe(document.date or "")}</span></button></li>'
    )
