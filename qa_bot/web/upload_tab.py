"""The tab 上传, for staff: a gazette file is looked at, confirmed and indexed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import gradio as gr

from qa_bot.errors import QaBotError
from qa_bot.gazette.reader import SUFFIXES
from qa_bot.web.events import AT_ONCE, QUIET
from qa_bot.web.languages import Worded, block
from qa_bot.web.notices import hint_html, problem_html, status_html
from qa_bot.web.outline import outline_html
from qa_bot.web.roles import Role, require
from qa_bot.web.strings import Language, text
from qa_bot.web.uploads import Job, Staged, Uploads

_LOOK_S = 0.2
Outputs = tuple[Any, ...]


def upload_tab(uploads: Uploads, language: gr.State, worded: Worded) -> None:
    """Build the tab inside the current Tabs context; shown to staff, and obeyed by staff only."""
    with worded.bind(
        gr.Tab(text("zh", "tab_upload"), id="upload", elem_id="qb-tab-upload"), label="tab_upload"
    ):
        staged = gr.State(None)  # outside of the tab it would count as one
        worded.bind(block(_hint("zh")), value=_hint)
        given = worded.bind(
            gr.File(
                label=text("zh", "upload_file"),
                file_types=list(SUFFIXES),
                type="filepath",
                elem_id="qb-upload",
            ),
            label="upload_file",
        )
        said = block("", elem_id="qb-upload-said")
        with gr.Row(elem_classes="qb-decide"):
            confirm, cancel = (
                gr.Button(text("zh", f"upload_{what}"), variant=look, interactive=False, scale=0)
                for what, look in (("confirm", "primary"), ("cancel", "secondary"))
            )
    worded.bind(confirm, value="upload_confirm")
    worded.bind(cancel, value="upload_cancel")

    def looked_at(path: str | None, lang: Language) -> Outputs:
        if not path:
            return None, "", *_open(False), None
        try:
            require(Role.STAFF)
            found = uploads.stage(Path(path))
        except QaBotError as error:
            return None, problem_html(error), *_open(False), None
        return found, outline_html(found.parsed, lang), *_open(True), None

    async def confirmed(found: Staged | None, lang: Language) -> AsyncIterator[Outputs]:
        if found is None:
            return
        try:
            require(Role.STAFF)
            job = uploads.index(found)
        except QaBotError as error:
            yield found, problem_html(error) + outline_html(found.parsed, lang), *_open(True)
            return
        while not job.ended.is_set():
            yield found, _progress(job, lang), *_open(False)
            await asyncio.sleep(_LOOK_S)
        if job.error:
            yield found, problem_html(job.error), *_open(True)
        else:
            yield None, _done(job, lang), *_open(False)

    def cancelled(found: Staged | None, lang: Language) -> Outputs:
        if found is not None:
            uploads.discard(found)
        return None, status_html(text(lang, "upload_cancelled")), *_open(False)

    outputs = [staged, said, confirm, cancel]
    given.upload(looked_at, [given, language], [*outputs, given], **QUIET)
    confirm.click(confirmed, [staged, language], outputs, **QUIET)
    cancel.click(cancelled, [staged, language], outputs, **AT_ONCE)


def _open(decision: bool) -> tuple[Any, Any]:
    """Whether the buttons that decide on a file can be pressed."""
    return gr.update(interactive=decision), gr.update(interactive=decision)


def _hint(language: Language) -> str:
    return hint_html(text(language, "upload_text"))


def _progress(job: Job, language: Language) -> str:
    stage = text(language, f"upload_{job.stage}")
    share = f' max="{job.total}" value="{job.done}"' if job.total else ""
    return (
        f'<p class="qb-waiting" role="status">{stage}</p>'
        f'<progress class="qb-progress" aria-label="{stage}"{share}></progress>'
    )


def _done(job: Job, language: Language) -> str:
    assert job.report is not None
    counts = {"documents": job.report.documents, "clauses": job.report.clauses}
    return status_html(text(language, "upload_done", name=job.name, **counts))
