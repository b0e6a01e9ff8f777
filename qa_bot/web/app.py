"""The web server: the page and the interfaces beside it, served until interrupted."""

from __future__ import annotations

import os
import socket
from typing import cast

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import gradio as gr
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from qa_bot import __version__
from qa_bot.bot import Bot
from qa_bot.errors import QaBotError
from qa_bot.web import api
from qa_bot.web.browser import give_cookies
from qa_bot.web.docs_page import docs
from qa_bot.web.history import History, open_history
from qa_bot.web.openai_api import chat
from qa_bot.web.operations import MeteredBot, operations
from qa_bot.web.page import build_page
from qa_bot.web.service import CONCURRENT, WAITING, Service, status_of
from qa_bot.web.theme import STYLE, head, page_theme
from qa_bot.web.tools import offer_tools
from qa_bot.web.transcript import transcripts


def build_app(service: Service, history: History | None) -> gr.Blocks:
    """The page over a bot; its endpoint ``/ask`` takes a question and gives an answer object.

    Conversations are kept in ``history``, if there is one.
    """
    with gr.Blocks(title="政府公报问答", analytics_enabled=False) as page:
        build_page(page, service, history)
        offer_tools(service)
    page.queue(default_concurrency_limit=CONCURRENT, max_size=WAITING)
    return page


def build_server(bot: Bot) -> FastAPI:
    """The page at ``/``, MCP below it, and the HTTP interface described at ``/docs``."""
    metered = MeteredBot(bot)
    service = Service(cast(Bot, metered))
    server = FastAPI(title="qa-bot", version=__version__, docs_url=None, redoc_url=None)
    server.add_exception_handler(QaBotError, _problem)
    give_cookies(server)
    history = open_history(bot.settings.history_path, bot.settings.history_days)
    if history:
        server.include_router(transcripts(history))
    for router in (
        api.questions(service),
        api.library(service),
        api.matters(service),
        chat(service),
        operations(metered),
        docs(server),
    ):
        server.include_router(router)
    gr.mount_gradio_app(
        server,
        build_app(service, history),
        path="/",
        theme=page_theme(),
        css_paths=STYLE,
        head=head(),
        ssr_mode=False,
        show_error=False,
        enable_monitoring=False,
        footer_links=[],
        mcp_server=True,
    )
    return server


def launch(bot: Bot, host: str, port: int) -> None:
    """Serve the page until interrupted; ``QaBotError`` where the port cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError:
        raise QaBotError(
            f"无法监听 {host}:{port}，请用 --port 换一个端口。(cannot listen there: try another port.)"
        ) from None
    config = uvicorn.Config(build_server(bot), log_level="warning")
    shown = f"[{host}]" if family == socket.AF_INET6 else host
    print(f"政府公报问答 (gazette Q&A): http://{shown}:{port}", flush=True)
    uvicorn.Server(config).run(sockets=[listening])


def _problem(_: Request, error: Exception) -> JSONResponse:
    """An error that may be shown, as JSON with the status of its kind."""
    status = status_of(error) if isinstance(error, QaBotError) else 500
    return JSONResponse({"error": str(error)}, status_code=status)
