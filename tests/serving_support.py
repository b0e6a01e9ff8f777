"""`qa-bot serve` as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

PATIENCE_S = 120


@dataclass
class Served:
    """A running `qa-bot serve`; its log is whole when it has ended."""

    url: str
    process: subprocess.Popen
    log: Path

    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line[:1] == "{"]

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)


@contextmanager
def serving(index_dir: Path, log: Path, **settings: str) -> Iterator[Served]:
    """A server over an index, ready; ``settings`` are further variables of its environment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if name != "OPENAI_API_KEY"}
    environment |= {"QA_BOT_INDEX_DIR": str(index_dir), **settings}
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "qa_bot.cli", "serve", "--port", str(port)],
            stdout=out,
            stderr=out,
            env=environment,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        ends = time.monotonic() + PATIENCE_S
        while True:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < ends
            try:
                httpx.get(f"{url}/readyz", timeout=5).raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.2)
        yield Served(url, process, log)
    finally:
        process.kill()
        process.wait()
