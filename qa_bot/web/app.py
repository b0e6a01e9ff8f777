"""The web server: the page and the interfaces beside it."""

from __future__ import annotations

import os
from typing import cast

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import gradio as gr
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from qa_bot import __version__
from qa_bot.bot import Bot
from qa_bot.errors import QaBotError
from qa_bot.web import api
from qa_bot.web.browser import give_cookies
from qa_bot.web.docs_page import docs
from qa_bot.web.guard import guard
from qa_bot.web.history import open_history
from qa_bot.web.openai_api import chat
from qa_bot.web.operations import MeteredBot, operations
from qa_bot.web.page import build_page
from qa_bot.web.past import Past
from qa_bot.web.service import Service, headers_of, status_of
from qa_bot.web.theme import STYLE, head, page_theme
from qa_bot.web.tools import Endpoints, offer_tools
from qa_bot.web.transcript import transcripts


def build_app(service: Service, past: Past) -> gr.Blocks:
    """The page over a bot; its endpoint ``/ask`` takes a question, and a region if one is meant, and gives
    an answer object.

    Conversations are kept in ``past``.
    """
    with Endpoints(title="政府公报问答", analytics_enabled=False) as page:
        build_page(service, past)
        offer_tools(service)
    # The service refuses with a sentence before Gradio's own queue is full.
    settings = service.bot.settings
    places = settings.concurrent_questions + settings.waiting_questions
    page.queue(default_concurrency_limit=2 * places, max_size=places)
    return page


def build_server(bot: Bot) -> FastAPI:
    """The page at ``/``, MCP below it, and the HTTP interface described at ``/docs``."""
    metered = MeteredBot(bot)
    service = Service(cast(Bot, metered))
    settings = bot.settings
    server = FastAPI(
        title="qa-bot",
        version=__version__,
        docs_url=None,
        redoc_url=None,
    )
    server.state.service = service
    server.add_exception_handler(QaBotError, _problem)
    server.add_exception_handler(RequestValidationError, _misshapen)
    give_cookies(server)
    guard(server, settings)
    days = settings.history_days
    past = Past(open_history(settings.history_path, days), days)
    for router in (
        transcripts(past),
        api.questions(service),
        api.library(service),
        api.matters(service),
        chat(service),
        operations(metered, service),
        docs(server),
    ):
        server.include_router(router)
    gr.mount_gradio_app(
        server,
        build_app(service, past),
        path="/",
        theme=page_theme(),
        css_paths=STYLE,
        head=head(),
        ssr_mode=False,
        show_error=False,
        enable_monitoring=False,
        footer_links=[],
        mcp_server=True,
        root_path=settings.root_path or None,
        max_file_size=settings.upload_mb * 1_000_000,
    )
    return server


def _problem(_: Request, error: Exception) -> JSONResponse:
    """An error that may be shown, as JSON with the status of its kind."""
    status = status_of(error) if isinstance(error, QaBotError) else 500
    return JSONResponse({"error": str(error)}, status_code=status, headers=headers_of(error))


def _misshapen(_: Request, error: Exception) -> JSONResponse:
    """What is wrong with the shape of a request, without what was sent: it may not be writable."""
    assert isinstance(error, RequestValidationError)
    detail = [{name: each[name] for name in ("type", "loc", "msg")} for each in error.errors()]
    return JSONResponse({"detail": detail}, status_code=422)
