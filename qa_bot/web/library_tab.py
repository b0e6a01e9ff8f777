"""The tab 文件库: filters and list on one side, the document that is read on the other."""

from __future__ import annotations

from functools import partial
from typing import Any

import gradio as gr

from qa_bot.clauses.lookup import find_clause, find_document
from qa_bot.clauses.model import Document
from qa_bot.errors import NotFoundError
from qa_bot.web.catalog import Catalog, document_key
from qa_bot.web.conversation import Conversation
from qa_bot.web.events import AT_ONCE, then_in_browser
from qa_bot.web.languages import Worded
from qa_bot.web.library import LONGEST_WORDS, Filters, choices, listing_html
from qa_bot.web.notices import hint_html, problem_html
from qa_bot.web.reader import document_html
from qa_bot.web.strings import Language, text

_PLACE = "reading"


def library_tab(
    conversation: Conversation, bridge: gr.HTML, language: gr.State, worded: Worded
) -> None:
    """Build the tab inside the current Blocks context."""
    opened = gr.State("")

    def options(field: str) -> gr.Dropdown:
        given = choices(conversation.catalog.documents, field, "zh")
        dropdown = gr.Dropdown(given, value="", label=text("zh", field), interactive=True)
        return worded.bind(
            dropdown,
            label=field,
            choices=lambda lang: choices(conversation.catalog.documents, field, lang),
        )

    def words(label: str, example: str, **given: Any) -> gr.Textbox:
        box = gr.Textbox(
            label=text("zh", label),
            placeholder=text("zh", example),
            max_length=LONGEST_WORDS,
            **given,
        )
        return worded.bind(box, label=label, placeholder=example)

    with gr.Row(elem_id="qb-library"):
        with gr.Column(scale=2, min_width=300, elem_id="qb-shelf"):
            with gr.Row(elem_classes="qb-filters"):
                number = words("jump_number", "jump_example", elem_id="qb-jump-number")
                section = words("jump_section", "section_example", elem_id="qb-jump-section")
                jump = worded.bind(
                    gr.Button(text("zh", "jump"), elem_id="qb-jump", scale=0, min_width=80),
                    value="jump",
                )
            with gr.Row(elem_classes="qb-filters"):
                filters = [options(field) for field in ("region", "issuer", "year")]
                filters.append(words("find_document", "jump_example", elem_id="qb-find-document"))
            listing = worded.block(partial(_listing, conversation), elem_id="qb-listing")
        with gr.Column(scale=3, min_width=320, elem_id="qb-reader"):
            reading = worded.block(_nothing, elem_id="qb-reading")

    def filtered(lang: Language, shown: str, *chosen: str) -> str:
        return _listing(conversation, lang, shown, *chosen)

    def read(
        lang: Language, region: str, issuer: str, year: str, words: str, event: gr.EventData
    ) -> tuple[str, str, str]:
        key, catalog = str(event.document), conversation.catalog
        try:
            html = _reading(conversation, catalog, catalog.document(key), lang)
        except NotFoundError as error:
            key, html = "", problem_html(error)
        return html, _listing(conversation, lang, key, region, issuer, year, words), key

    def jumped(lang: Language, wanted: str, label: str, *chosen: str) -> tuple[Any, Any, Any]:
        catalog = conversation.catalog
        try:
            document = find_document(catalog.documents, wanted)
            found = (
                find_clause(catalog.store.clauses_of(document), label) if label.strip() else None
            )
        except NotFoundError as error:
            return problem_html(error), gr.skip(), gr.skip()
        key = document_key(document)
        html = _reading(conversation, catalog, document, lang, found.id if found else None)
        return html, _listing(conversation, lang, key, *chosen), key

    outputs = [reading, listing, opened]
    for part in filters:
        part.change(filtered, [language, opened, *filters], listing, **AT_ONCE)
    given = [language, number, section, *filters]
    opening = bridge.document(read, [language, *filters], outputs, **AT_ONCE)
    triggers = (jump.click, number.submit, section.submit)
    jumping = [trigger(jumped, given, outputs, **AT_ONCE) for trigger in triggers]
    for event in (opening, *jumping):
        then_in_browser(event, "() => window.qaBot.documentShown()")


def _listing(conversation: Conversation, language: Language, opened: str = "", *chosen: str) -> str:
    filters = Filters(*(value or "" for value in chosen))
    return listing_html(conversation.catalog, filters, language, conversation.today, opened)


def _reading(
    conversation: Conversation,
    catalog: Catalog,
    document: Document,
    language: Language,
    target: str | None = None,
) -> str:
    return document_html(
        catalog, document, language, conversation.today, place=_PLACE, target=target
    )


def _nothing(language: Language) -> str:
    return hint_html(text(language, "choose_document"))
