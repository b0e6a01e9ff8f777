"""The tab 问答: the conversation, the question box and the source panel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import gradio as gr

from qa_bot.visible import visible
from qa_bot.web.conversation import Conversation
from qa_bot.web.events import AT_ONCE, QUIET, then_in_browser
from qa_bot.web.history import new_conversation
from qa_bot.web.languages import Worded, block
from qa_bot.web.library import choices
from qa_bot.web.past import Past
from qa_bot.web.strings import Language, text
from qa_bot.web.turns import Exchange

Outputs = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class AskTab:
    """The parts of the tab; ``turns`` and ``name`` are the open conversation, ``pending`` the
    exchange in progress as it would stand if it were stopped."""

    name: gr.State
    turns: gr.State
    pending: gr.State
    log: gr.HTML
    current: gr.HTML
    box: gr.Textbox
    region: gr.Dropdown
    send: gr.Button
    stop: gr.Button
    new: gr.Button
    past: gr.HTML
    panel: gr.HTML

    @property
    def changing(self) -> list[Any]:
        """What a question changes."""
        return [
            self.box, self.log, self.current, self.turns, self.name, self.pending, self.panel,
            self.past, self.send, self.stop,
        ]  # fmt: skip


def ask_tab(
    conversation: Conversation, past: Past, bridge: gr.HTML, language: gr.State, worded: Worded
) -> AskTab:
    """Build the tab inside the current Blocks context."""
    tab = _layout(conversation, worded)
    asking = _asking(tab, conversation, past, bridge, language)
    _looking_back(tab, conversation, past, bridge, language, asking)
    return tab


def _layout(conversation: Conversation, worded: Worded) -> AskTab:
    name, turns, pending = gr.State(""), gr.State([]), gr.State(None)
    with gr.Row(elem_id="qb-ask"):
        with gr.Column(scale=3, min_width=320, elem_id="qb-chat"):
            log = block("", elem_id="qb-log")
            current = block("", elem_id="qb-current")
            with gr.Group(elem_id="qb-composer"):
                box = gr.Textbox(
                    label=text("zh", "question"),
                    lines=1,
                    max_lines=6,
                    max_length=conversation.bot.settings.max_question_chars,
                    elem_id="qb-question",
                )
                worded.bind(
                    box, label="question", placeholder=lambda lang: _placeholder(conversation, lang)
                )
                with gr.Row(elem_id="qb-buttons"):
                    send = gr.Button(text("zh", "send"), variant="primary", elem_id="qb-send")
                    stop = gr.Button(text("zh", "stop"), visible=False, elem_id="qb-stop")
                    new = gr.Button(text("zh", "new"), elem_id="qb-new")
                    region = gr.Dropdown(
                        _regions(conversation, "zh"),
                        value="",
                        label=text("zh", "region_filter"),
                        interactive=True,
                        elem_id="qb-region",
                    )
            past = block("", elem_id="qb-past")
        with gr.Column(scale=2, min_width=320, elem_id="qb-side"):
            panel = block("", elem_id="qb-panel")
    for component, key in ((send, "send"), (stop, "stop"), (new, "new")):
        worded.bind(component, value=key)
    worded.bind(region, label="region_filter", choices=lambda lang: _regions(conversation, lang))
    return AskTab(
        name, turns, pending, log, current, box, region, send, stop, new, past, panel
    )  # fmt: skip


def _asking(
    tab: AskTab, conversation: Conversation, past: Past, bridge: gr.HTML, language: gr.State
) -> list[Any]:
    """A question is answered step by step, stopped, or a new conversation begun.

    Gives the events that ask, for others to cancel.
    """

    async def respond(
        question: str,
        earlier: list[Exchange],
        name: str,
        lang: Language,
        region: str,
        request: gr.Request,
    ) -> AsyncIterator[Outputs]:
        question = visible(question).strip()
        if not question:
            yield tuple(gr.skip() for _ in tab.changing)
            return
        same = gr.skip()
        name = name or new_conversation()
        log: Any = same if earlier else ""
        steps = conversation.ask(question, earlier, lang, region or "")
        async with aclosing(steps):
            async for step in steps:
                if not step.done:
                    yield "", log, step.html, same, name, step.so_far, same, same, *_busy(True)
                    log = same
                    continue
                kept = await asyncio.to_thread(past.keep, request, name, len(earlier), step.so_far)
                done = [*earlier, kept]
                log = conversation.log_html(done, lang, name)
                panel = conversation.panel_html(done, len(earlier), 1, lang)
                listed = await asyncio.to_thread(past.html, request, name, lang)
                yield "", log, "", done, name, None, panel, listed, *_busy(False)

    async def respond_to_click(
        earlier: list[Exchange],
        name: str,
        lang: Language,
        region: str,
        event: gr.EventData,
        request: gr.Request,
    ) -> AsyncIterator[Outputs]:
        longest = conversation.bot.settings.max_question_chars
        question = str(event.question)[:longest]
        async for update in respond(question, earlier, name, lang, region, request):
            yield update

    def stopped(
        pending: Exchange | None,
        earlier: list[Exchange],
        name: str,
        lang: Language,
        request: gr.Request,
    ) -> Outputs:
        if pending is None:
            return tuple(gr.skip() for _ in tab.changing)
        done = [*earlier, past.keep(request, name, len(earlier), pending)]
        log = conversation.log_html(done, lang, name)
        panel = conversation.panel_html(done, len(earlier), 1, lang)
        listed = past.html(request, name, lang)
        return pending.question, log, "", done, name, None, panel, listed, *_busy(False)

    def renewed(lang: Language, request: gr.Request) -> Outputs:
        panel = conversation.panel_html([], 0, 1, lang)
        listed = past.html(request, "", lang)
        return "", conversation.log_html([], lang), "", [], "", None, panel, listed, *_busy(False)

    def spoken(earlier: list[Exchange], lang: Language) -> str:
        answer = earlier[-1].answer if earlier else None
        if answer is None or answer.refused:
            return text(lang, "refused_status") if earlier else ""
        return text(lang, "answered", count=len(answer.citations))

    status = gr.Textbox(visible=False)
    known = [tab.turns, tab.name, language, tab.region]
    asking = []
    for trigger, function, given in (
        (tab.box.submit, respond, [tab.box, *known]),
        (tab.send.click, respond, [tab.box, *known]),
        (bridge.ask, respond_to_click, known),
    ):
        event = trigger(function, given, tab.changing, trigger_mode="once", **QUIET)
        then_in_browser(
            event.then(spoken, [tab.turns, language], status, **AT_ONCE),
            "(said) => window.qaBot.answered(said)",
            status,
        )
        asking.append(event)
    left = [tab.pending, tab.turns, tab.name, language]
    tab.stop.click(stopped, left, tab.changing, cancels=asking, **AT_ONCE)
    renewing = tab.new.click(renewed, language, tab.changing, cancels=asking, **AT_ONCE)
    then_in_browser(renewing, "() => window.qaBot.renewed()")
    return asking


def _looking_back(
    tab: AskTab,
    conversation: Conversation,
    past: Past,
    bridge: gr.HTML,
    language: gr.State,
    asking: list[Any],
) -> None:
    """A source is opened, a vote given, an earlier conversation taken up or deleted."""

    def cited(earlier: list[Exchange], lang: Language, event: gr.EventData) -> str:
        return conversation.panel_html(earlier, int(event.turn), int(event.number), lang)

    def voted(
        earlier: list[Exchange],
        name: str,
        lang: Language,
        event: gr.EventData,
        request: gr.Request,
    ) -> Outputs:
        turn, vote, reason = int(event.turn), int(event.vote), str(event.reason)
        turns = past.voted(request, name, earlier, turn, vote, reason)
        return turns, conversation.log_html(turns, lang, name)

    def resumed(lang: Language, event: gr.EventData, request: gr.Request) -> Outputs:
        name = str(event.conversation)
        turns = past.exchanges(request, name)
        name = name if turns else ""
        log = conversation.log_html(turns, lang, name)
        panel = conversation.panel_html(turns, len(turns) - 1, 1, lang)
        return log, "", turns, name, None, panel, past.html(request, name, lang), *_busy(False)

    def forgotten(
        pending: Exchange | None,
        earlier: list[Exchange],
        name: str,
        lang: Language,
        event: gr.EventData,
        request: gr.Request,
    ) -> Outputs:
        past.forget(request, str(event.conversation))
        if event.conversation == name:
            earlier, name = [], ""
        elif pending:
            earlier = [*earlier, past.keep(request, name, len(earlier), pending)]
        log = conversation.log_html(earlier, lang, name)
        panel = conversation.panel_html(earlier, len(earlier) - 1, 1, lang)
        return log, "", earlier, name, None, panel, past.html(request, name, lang), *_busy(False)

    shown = tab.changing[1:]
    known = [tab.turns, tab.name, language]
    citing = bridge.cite(cited, [tab.turns, language], tab.panel, **AT_ONCE)
    then_in_browser(citing, "() => window.qaBot.sourceShown()")
    bridge.vote(voted, known, [tab.turns, tab.log], **AT_ONCE)
    resuming = bridge.resume(resumed, language, shown, cancels=asking, **AT_ONCE)
    then_in_browser(resuming, "() => window.qaBot.answered('')")
    forgetting = [tab.pending, *known]
    bridge.forget(forgotten, forgetting, shown, cancels=asking, **AT_ONCE)


def _busy(busy: bool) -> tuple[Any, Any]:
    """Which of the buttons for asking and stopping is shown."""
    return gr.update(visible=not busy), gr.update(visible=busy)


def _regions(conversation: Conversation, language: Language) -> list[tuple[str, str]]:
    return choices(conversation.catalog.documents, "region", language)


def _placeholder(conversation: Conversation, language: Language) -> str:
    example = next(iter(conversation.examples(language)), "……")
    return text(language, "placeholder", example=example)
