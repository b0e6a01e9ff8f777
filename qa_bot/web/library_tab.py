"""The tab 文件库: filters and list on one side, the document that is read on the other."""

from __future__ import annotations

from typing import Any

import gradio as gr

from qa_bot.clauses.lookup import find_clause, find_document
from qa_bot.errors import NotFoundError
from qa_bot.web.conversation import Conversation
from qa_bot.web.escape import safe
from qa_bot.web.languages import Worded, block
from qa_bot.web.library import LONGEST_WORDS, Filters, choices, listing_html
from qa_bot.web.reader import document_html
from qa_bot.web.strings import Language, text

_PLACE = "reading"


def library_tab(
    conversation: Conversation, bridge: gr.HTML, language: gr.State, worded: Worded
) -> None:
    """Build the tab inside the current Blocks context."""
    opened = gr.State(None)

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
            listing = block(_listing(conversation, "zh", None), elem_id="qb-listing")
        with gr.Column(scale=3, min_width=320, elem_id="qb-reader"):
            reading = block(_nothing("zh"), elem_id="qb-reading")
    worded.bind(listing, value=lambda lang: _listing(conversation, lang, None))
    worded.bind(reading, value=_nothing)

    def filtered(lang: Language, shown: int | None, *chosen: str) -> str:
        return _listing(conversation, lang, shown, *chosen)

    def read(
        lang: Language, region: str, issuer: str, year: str, words: str, event: gr.EventData
    ) -> tuple[str, str, int]:
        documents = conversation.catalog.documents
        at = int(event.number) if 0 <= int(event.number) < len(documents) else 0
        listed = _listing(conversation, lang, at, region, issuer, year, words)
        return _reading(conversation, at, lang), listed, at

    def jumped(lang: Language, wanted: str, label: str, *chosen: str) -> tuple[Any, Any, Any]:
        catalog = conversation.catalog
        try:
            document = find_document(catalog.documents, wanted)
            found = (
                find_clause(catalog.store.clauses_of(document), label) if label.strip() else None
            )
        except NotFoundError as error:
            return f'<p class="qb-refusal" role="alert">{safe(error)}</p>', gr.skip(), gr.skip()
        at = catalog.number(document)
        html = _reading(conversation, at, lang, found.id if found else None)
        return html, _listing(conversation, lang, at, *chosen), at

    quiet: dict[str, Any] = {
        "queue": False, "show_progress": "hidden", "api_visibility": "private",
    }  # fmt: skip
    shown: dict[str, Any] = {
        "js": "() => window.qaBot.documentShown()",
        "api_visibility": "private",
    }
    outputs = [reading, listing, opened]
    for part in filters:
        part.change(filtered, [language, opened, *filters], listing, **quiet)
    bridge.document(read, [language, *filters], outputs, **quiet).then(None, None, None, **shown)
    for trigger in (jump.click, number.submit, section.submit):
        trigger(jumped, [language, number, section, *filters], outputs, **quiet).then(
            None, None, None, **shown
        )


def _listing(
    conversation: Conversation, language: Language, opened: int | None, *chosen: str
) -> str:
    filters = Filters(*(value or "" for value in chosen))
    return listing_html(conversation.catalog, filters, language, conversation.today, opened)


def _reading(
    conversation: Conversation, at: int, language: Language, target: str | None = None
) -> str:
    document = conversation.catalog.documents[at]
    return document_html(
        conversation.catalog, document, language, conversation.today, place=_PLACE, target=target
    )


def _nothing(language: Language) -> str:
    return f'<p class="qb-hint">{text(language, "choose_document")}</p>'
