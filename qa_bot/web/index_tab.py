"""The tab 索引, for administrators: the generations of the index are checked, and gone back to."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import gradio as gr

from qa_bot.bot import Bot
from qa_bot.errors import QaBotError
from qa_bot.index.history import Generation, finished_folder, list_generations, rollback
from qa_bot.index.manifest import Manifest, read_manifest
from qa_bot.index.verify import faults_of
from qa_bot.web.events import QUIET
from qa_bot.web.languages import Worded, block
from qa_bot.web.notices import hint_html, problem_html, status_html
from qa_bot.web.roles import Role, current_visitor, require
from qa_bot.web.strings import Language, text

# In the browser: from the server it could come after the end of what was begun next, and wipe it out.
_CLEARED = "() => ['', {__type__: 'update', visible: false}]"
_log = logging.getLogger(__name__)


def index_tab(bot: Bot, language: gr.State, worded: Worded) -> None:
    """Build the tab inside the current Tabs context; shown to administrators, and filled and
    obeyed for them only."""
    index_dir = bot.settings.index_dir

    def button(what: str, **given: Any) -> gr.Button:
        made = gr.Button(text("zh", f"index_{what}"), scale=0, **given)
        return worded.bind(made, value=f"index_{what}")

    with worded.bind(
        gr.Tab(text("zh", "tab_index"), id="index", elem_id="qb-tab-index"), label="tab_index"
    ) as tab:
        worded.bind(block(_hint("zh")), value=_hint)
        chosen = worded.bind(
            gr.Radio([], label=text("zh", "index_generations"), elem_id="qb-generations"),
            label="index_generations",
        )
        with gr.Row(elem_classes="qb-decide"):
            verify, back = button("verify"), button("rollback")
        said = block("", elem_id="qb-index-said")
        with gr.Row(elem_classes="qb-decide", visible=False) as decision:
            confirm, cancel = button("confirm", variant="primary"), button("cancel")

    def listed(lang: Language) -> tuple[Any, str, Any]:
        if current_visitor().role < Role.ADMIN:
            return gr.skip(), "", gr.skip()
        return _choices(bot, lang), "", gr.update(visible=False)

    def verified(name: str | None, lang: Language) -> Iterator[str]:
        try:
            require(Role.ADMIN)
            manifest = _manifest(bot, name, lang)
            yield status_html(text(lang, "index_verifying"), waiting=True)
            faults = faults_of(index_dir, manifest)
            if faults:
                yield problem_html(f"{text(lang, 'index_faulty')} {'；'.join(faults)}")
            else:
                yield status_html(text(lang, "index_whole", name=manifest.generation))
        except QaBotError as error:
            yield problem_html(error)

    def asked(name: str | None, lang: Language) -> tuple[str, Any]:
        try:
            require(Role.ADMIN)
            generation = _manifest(bot, name, lang).generation
            return status_html(text(lang, "index_sure", name=generation)), gr.update(visible=True)
        except QaBotError as error:
            return problem_html(error), gr.update(visible=False)

    def rolled_back(name: str | None, lang: Language) -> Iterator[tuple[Any, str, Any]]:
        hidden = gr.update(visible=False)
        try:
            require(Role.ADMIN)
            generation = _manifest(bot, name, lang).generation
            yield gr.skip(), status_html(text(lang, "index_verifying"), waiting=True), hidden
            rollback(bot.settings, generation)
        except QaBotError as error:
            yield gr.skip(), problem_html(error), hidden
            return
        visitor = current_visitor()
        _log.info(
            "index rolled back",
            extra={
                "request_id": visitor.request, "user": visitor.name, "generation": generation,
            },
        )  # fmt: skip
        done = text(lang, "index_rolled_back", name=generation)
        yield _choices(bot, lang), status_html(done), hidden

    outputs = [chosen, said, decision]
    gr.on([tab.select, language.change], listed, language, outputs, **QUIET)
    verify.click(verified, [chosen, language], said, trigger_mode="always_last", **QUIET)
    back.click(asked, [chosen, language], [said, decision], **QUIET)
    confirm.click(rolled_back, [chosen, language], outputs, **QUIET)
    gr.on(
        [cancel.click, chosen.input],
        None,
        None,
        [said, decision],
        js=_CLEARED,
        api_visibility="private",
    )


def _manifest(bot: Bot, name: str | None, language: Language) -> Manifest:
    """The manifest of the generation that is chosen; ``QaBotError`` where there is none."""
    if not name:
        raise QaBotError(text(language, "index_none_chosen"))
    return read_manifest(finished_folder(bot.settings.index_dir, name))


def _choices(bot: Bot, language: Language) -> Any:
    found = list_generations(bot.settings.index_dir)
    return gr.update(choices=[(_line(each, language), each.name) for each in found], value=None)


def _line(generation: Generation, language: Language) -> str:
    manifest = generation.manifest
    if manifest is None:
        return text(language, "index_unreadable", name=generation.name)
    line = text(
        language,
        "index_generation",
        date=manifest.created.astimezone().strftime("%Y-%m-%d %H:%M"),
        files=len(manifest.sources),
        documents=manifest.documents,
        clauses=manifest.clauses,
        model=manifest.embedding,
        name=generation.name,
    )
    return line + text(language, "index_current") if generation.current else line


def _hint(language: Language) -> str:
    return hint_html(text(language, "index_text"))
