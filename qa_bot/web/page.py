"""The page: masthead, tabs and the bridge between the page's script and Python."""

from __future__ import annotations

from typing import Any

import gradio as gr

from qa_bot.errors import NotFoundError
from qa_bot.web.about import about_html
from qa_bot.web.account import account_html
from qa_bot.web.ask_tab import ask_tab
from qa_bot.web.conversation import Conversation
from qa_bot.web.events import AT_ONCE, then_in_browser
from qa_bot.web.frame import dialog_html, masthead_html, notice_html
from qa_bot.web.index_tab import index_tab
from qa_bot.web.languages import Worded, block
from qa_bot.web.library_tab import library_tab
from qa_bot.web.matters_tab import matters_tab
from qa_bot.web.notices import problem_html
from qa_bot.web.past import Past
from qa_bot.web.reader import document_html
from qa_bot.web.roles import visitor_of
from qa_bot.web.service import Service
from qa_bot.web.strings import Language, as_language, text
from qa_bot.web.turns import Exchange
from qa_bot.web.upload_tab import upload_tab
from qa_bot.web.uploads import Uploads

# The names of the events stand in this text, since Gradio reads them there.
_CONNECT = (
    "window.qaBot.connect(trigger, server); "
    "/* events: 'start', 'cite', 'ask', 'language', 'document', 'sort', 'vote', 'resume', 'forget' */"
)


def build_page(service: Service, past: Past) -> None:
    """Put everything into the current Blocks context.

    What stands in the index and in the history is not part of it: the page asks for that when it
    is opened.
    """
    bot = service.bot
    conversation = Conversation(service)
    worded = Worded()
    language = gr.State("zh")
    masthead = block(masthead_html("zh"))
    account = block("", elem_id="qb-account")
    bridge = block(
        dialog_html("zh"),
        js_on_load=_CONNECT,
        server_functions=[_document_reader(conversation)],
        elem_id="qb-bridge",
    )
    with gr.Tabs(elem_id="qb-tabs"):
        with _tab("ask", worded):
            asked = ask_tab(conversation, past, bridge, language, worded)
        with _tab("matters", worded):
            matters_tab(conversation, bridge, language, worded)
        with _tab("library", worded):
            library_tab(conversation, bridge, language, worded)
        if bot.settings.auth != "none":
            if bot.settings.upload:
                upload_tab(Uploads(bot), language, worded)
            index_tab(bot, language, worded)
        with _tab("about", worded):
            worded.block(lambda lang: about_html(bot, lang))
    worded.block(notice_html)
    worded.bind(masthead, value=masthead_html)
    worded.bind(bridge, value=dialog_html)

    def shown(turns: list[Exchange], name: str, chosen: Language, request: gr.Request) -> list[Any]:
        return [
            chosen,
            conversation.log_html(turns, chosen, name),
            conversation.panel_html(turns, len(turns) - 1, 1, chosen),
            past.html(request, name, chosen),
            account_html(visitor_of(request.request.scope), bot.settings, chosen),
            *worded.updates(chosen),
        ]

    def switched(
        turns: list[Exchange], name: str, event: gr.EventData, request: gr.Request
    ) -> list[Any]:
        return shown(turns, name, as_language(event.language), request)

    def started(event: gr.EventData, request: gr.Request) -> list[Any]:
        name = str(event.conversation)
        turns = past.exchanges(request, name)
        name = name if turns else ""
        return [turns, name, *shown(turns, name, as_language(event.language), request)]

    opened = [asked.turns, asked.name]
    outputs = [language, asked.log, asked.panel, asked.past, account, *worded.components]
    starting = bridge.start(started, None, [*opened, *outputs], **AT_ONCE)
    then_in_browser(starting, "() => window.qaBot.answered('')")
    bridge.language(switched, opened, outputs, **AT_ONCE)


def _tab(name: str, worded: Worded) -> Any:
    return worded.bind(gr.Tab(text("zh", f"tab_{name}"), id=name), label=f"tab_{name}")


def _document_reader(conversation: Conversation) -> Any:
    def whole_document(wanted: dict[str, str]) -> str:
        """The document of a clause, for the dialog of the page."""
        language: Language = as_language(wanted.get("language"))
        catalog = conversation.catalog
        try:
            clause = catalog.store.clause(str(wanted.get("clause")))
        except NotFoundError as error:
            return problem_html(error)
        return document_html(
            catalog,
            catalog.store.document_of(clause),
            language,
            conversation.today,
            place="whole",
            target=clause.id,
            quote=str(wanted.get("quote", "")),
        )

    return whole_document
