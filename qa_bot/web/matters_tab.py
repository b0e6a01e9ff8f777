"""The tab 事项查询: who handles a matter, as a table to search, sort, filter and export."""

from __future__ import annotations

from urllib.parse import urlencode

import gradio as gr

from qa_bot.errors import QuestionError
from qa_bot.web.conversation import Conversation
from qa_bot.web.escape import button, safe
from qa_bot.web.events import AT_ONCE
from qa_bot.web.languages import Worded, choices_of
from qa_bot.web.matters import (
    COLUMNS,
    LONGEST_WORDS,
    MatterRow,
    all_matters,
    find_matters,
    ordered,
)
from qa_bot.web.notices import hint_html, problem_html, status_html
from qa_bot.web.strings import Language, text

_MOST_ROWS = 200
_FILTERED = ("type", "body", "change")
Order = tuple[str, bool]


def matters_tab(
    conversation: Conversation, bridge: gr.HTML, language: gr.State, worded: Worded
) -> None:
    """Build the tab inside the current Blocks context."""
    order = gr.State(("", False))

    def values(field: str, lang: Language) -> list[tuple[str, str]]:
        rows = all_matters(conversation.catalog.store)
        found = sorted({getattr(row, field) for row in rows} - {""})
        return choices_of(found, lang)

    def options(field: str) -> gr.Dropdown:
        key = f"column_{field}"
        dropdown = gr.Dropdown(
            values(field, "zh"), value="", label=text("zh", key), interactive=True
        )
        return worded.bind(dropdown, label=key, choices=lambda lang: values(field, lang))

    def table(lang: Language, by: Order, *asked: str) -> str:
        return matters_html(all_matters(conversation.catalog.store), lang, by, *asked)

    worded.block(_intro)
    with gr.Row(elem_classes="qb-filters"):
        words = gr.Textbox(
            label=text("zh", "find_matter"),
            placeholder=text("zh", "matter_example"),
            max_length=LONGEST_WORDS,
            elem_id="qb-find-matter",
        )
        worded.bind(words, label="find_matter", placeholder="matter_example")
        filters = [options(field) for field in _FILTERED]
    asked = [words, *filters]
    shown = worded.block(lambda lang: table(lang, ("", False)), elem_id="qb-matters")

    def sorted_by(
        lang: Language,
        by: Order,
        words: str,
        kind: str,
        body: str,
        change: str,
        event: gr.EventData,
    ) -> tuple[str, Order]:
        column = str(event.column)
        chosen = (column, by[0] == column and not by[1])
        return table(lang, chosen, words, kind, body, change), chosen

    for part in asked:
        part.change(table, [language, order, *asked], shown, trigger_mode="always_last", **AT_ONCE)
    bridge.sort(sorted_by, [language, order, *asked], [shown, order], **AT_ONCE)


def matters_html(
    rows: tuple[MatterRow, ...],
    language: Language,
    by: Order,
    words: str = "",
    kind: str = "",
    body: str = "",
    change: str = "",
) -> str:
    """The table of the matters that fit, with links to their export."""
    try:
        found = find_matters(
            rows, words or "", type=kind or "", body=body or "", change=change or ""
        )
    except QuestionError as error:
        return problem_html(error)
    if not found:
        return status_html(text(language, "no_matters"))
    shown = ordered(found, *by)[:_MOST_ROWS]
    count = text(language, "found_matters", count=len(found))
    if len(shown) < len(found):
        count = text(language, "first_matters", count=len(found), shown=len(shown))
    asked = {"q": words, "type": kind, "body": body, "change": change, "sort": by[0]}
    query = urlencode(
        {"lang": language, "descending": str(by[1]).lower()}
        | {key: value for key, value in asked.items() if value}
    )
    links = "".join(
        f'<a class="qb-button" href="api/matters.{ending}?{safe(query)}" download>{name}</a>'
        for ending, name in (("csv", "CSV"), ("xlsx", "Excel"))
    )
    head = "".join(_head(column, by, language) for column in COLUMNS)
    body_rows = "".join(_row(row, language) for row in shown)
    return (
        f'<div class="qb-above"><p role="status">{count}</p>'
        f'<p class="qb-actions"><span>{text(language, "export")}</span>{links}</p></div>'
        f'<div class="qb-scroll" tabindex="0" role="region" aria-label="{text(language, "tab_matters")}">'
        f'<table class="qb-matters"><thead><tr>{head}</tr></thead><tbody>{body_rows}</tbody></table></div>'
    )


def _intro(language: Language) -> str:
    return hint_html(text(language, "matters_text"))


def _head(column: str, by: Order, language: Language) -> str:
    name = text(language, f"column_{column}")
    state, sign = "none", " ⇅"
    if by[0] == column:
        state, sign = ("descending", " ↓") if by[1] else ("ascending", " ↑")
    title = text(language, "sort_by", column=name)
    return (
        f'<th scope="col" aria-sort="{state}"><button type="button" data-act="sort" '
        f'data-column="{column}" title="{safe(title)}">{name}<span aria-hidden="true">{sign}</span></button></th>'
    )


def _row(row: MatterRow, language: Language) -> str:
    nothing = text(language, "not_printed")
    cells = "".join(
        f'<td data-name="{text(language, f"column_{column}")}">{safe(getattr(row, column) or nothing)}</td>'
        for column in COLUMNS[:-1]
    )
    source = button(row.source, kind="link", act="open", clause=row.clause_id)
    return f'<tr>{cells}<td data-name="{text(language, "column_source")}">{source}</td></tr>'
