"""Running the web server: from the first connection to the last running answer."""

from __future__ import annotations

import socket
import time
from types import FrameType

import uvicorn

from qa_bot.bot import Bot
from qa_bot.errors import QaBotError
from qa_bot.web.app import build_server
from qa_bot.web.logs import log_as_json
from qa_bot.web.service import Service

_LAST_BYTES_S = 3


def launch(bot: Bot, host: str, port: int) -> None:
    """Serve the page until interrupted; ``QaBotError`` where the port cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError:
        raise QaBotError(
            f"无法监听 {host}:{port}，请用 --host 或 --port 换一个地址或端口。"
            "(cannot listen there: try another address or port.)"
        ) from None
    settings = bot.settings
    log_as_json(settings)
    application = build_server(bot)
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=settings.max_connections,
        timeout_graceful_shutdown=_LAST_BYTES_S,
    )
    shown = f"[{host}]" if family == socket.AF_INET6 else host
    print(f"政府公报问答 (gazette Q&A): http://{shown}:{port}{settings.root_path}", flush=True)
    server = PatientServer(config, application.state.service, settings.shutdown_s)
    server.run(sockets=[listening])


class PatientServer(uvicorn.Server):
    """Ends when asked to, but lets running answers finish first; asked again, ends at once."""

    def __init__(self, config: uvicorn.Config, service: Service, patience_s: float) -> None:
        super().__init__(config)
        self._service = service
        self._patience_s = patience_s
        self._ends: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._ends is not None:
            super().handle_exit(sig, frame)
            return
        self._service.close()
        self._ends = time.monotonic() + self._patience_s

    async def on_tick(self, counter: int) -> bool:
        if self._ends is not None and (not self._service.running or time.monotonic() > self._ends):
            self.should_exit = True
        return await super().on_tick(counter)
