"""`qa-bot serve` as a process: its log, how it ends, behind a proxy under a path, without a network."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from serving_support import PATIENCE_S, serving
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route
from test_web_support import BUSES, browsing, running, served
from web_access_support import with_settings

KEY = "sk-never-to-be-logged-0123456789"


class SlowModel(BaseHTTPRequestHandler):
    """A model endpoint that answers, with an error that repeats the key, when it is let."""

    def do_POST(self) -> None:
        self.server.asked.set()
        assert self.server.go.wait(PATIENCE_S)
        words = json.dumps({"error": {"message": f"bad key {self.headers['Authorization']}"}})
        self.send_response(401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def model() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), SlowModel)
    server.asked, server.go = threading.Event(), threading.Event()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.go.set()
    server.shutdown()
    thread.join()
    server.server_close()


def asked(url: str) -> httpx.Response:
    return httpx.post(f"{url}/api/ask", json={"question": BUSES}, timeout=PATIENCE_S)


def malformed(url: str) -> set[str]:
    """Calls as the page never sends them, each answered without a trace; gives the ids of those
    that fail in a way nobody foresaw."""
    region = {"data": [BUSES] * 2, "fn_index": 0, "session_hash": "x"}
    failed = set()
    for path, body in (
        ("/gradio_api/call/no_such_call", {"data": [BUSES]}),
        ("/gradio_api/queue/join", {"data": [], "fn_index": 999, "session_hash": "x"}),
        ("/gradio_api/run/predict", region),
        ("/gradio_api/call/ask", {"data": [{"question": BUSES}]}),
        ("/gradio_api/call/ask", {"data": []}),
    ):
        called = httpx.post(url + path, json=body, timeout=30)
        said = called.text
        failed.add(called.headers["x-request-id"])
        if event := called.json().get("event_id") if called.is_success else None:
            said = httpx.get(f"{url}/gradio_api/call/ask/{event}", timeout=30).text
            assert json.dumps("请求无法处理")[1:-1] in said
        assert "Traceback" not in said
        assert ".py" not in said
    return failed


def test_running_answers_finish_and_the_log_says_what_was_done(corpus_settings, tmp_path, model):
    settings = {
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": f"http://127.0.0.1:{model.server_port}/v1",
        "QA_BOT_LOG_LEVEL": "DEBUG",
    }
    with serving(corpus_settings.index_dir, tmp_path / "log", **settings) as server:
        with ThreadPoolExecutor() as threads, httpx.Client(base_url=server.url) as other:
            assert other.get("/healthz").status_code == 200
            failed = malformed(server.url)
            running = threads.submit(asked, server.url)
            assert model.asked.wait(PATIENCE_S)
            server.process.send_signal(signal.SIGTERM)
            while other.get("/readyz", timeout=30).json()["status"] != "closing":
                time.sleep(0.05)
            refused = other.post("/api/ask", json={"question": BUSES}, timeout=30)
            assert refused.status_code == 503
            assert "服务器正在重启" in refused.json()["error"]
            assert server.process.poll() is None
            model.go.set()
            answered = running.result()
        assert server.process.wait(PATIENCE_S) == 0
        assert answered.status_code == 200
        assert answered.json()["citations"]
        log = server.log.read_text()
        assert KEY not in log
        assert "校车" not in log
        assert "Traceback" not in log
        assert all(line[:1] == "{" for line in log.splitlines()[1:])
        failures = {
            line["request_id"]: line
            for line in server.lines()
            if line["logger"] == "qa_bot.failure"
        }
        assert failed <= set(failures)
        assert all(line["error"] and line["at"] for line in failures.values())
        mine = {
            line["message"]: line
            for line in server.lines()
            if line.get("request_id") == answered.headers["x-request-id"]
        }
        assert set(mine) == {"request", "answer"}
        request, answer = mine["request"], mine["answer"]
        assert (request["route"], request["status"], request["method"]) == ("/api/ask", 200, "POST")
        assert answer["refused"] is False
        assert answer["timings_ms"]["total"] > 0
        assert {"mode", "tokens_in", "tokens_out", "time", "level"} <= set(answer)
        assert {"uvicorn.error", "qa_bot.request"} <= {line["logger"] for line in server.lines()}


@contextmanager
def proxy(url: str, keeps_prefix: bool) -> Iterator[str]:
    """A reverse proxy that shows ``url`` below /qa and sets what docs/deployment.md asks for."""
    client = httpx.AsyncClient(base_url=url, timeout=PATIENCE_S)

    async def hand_on(request: Request) -> StreamingResponse:
        path = request.url.path if keeps_prefix else request.url.path.removeprefix("/qa") or "/"
        headers = {
            **request.headers,
            "x-forwarded-for": "192.0.2.7",
            "x-forwarded-proto": "http",
            "x-forwarded-host": request.headers["host"],
        }
        query = f"?{request.url.query}" if request.url.query else ""
        sent = client.build_request(
            request.method, path + query, headers=headers, content=await request.body()
        )
        given = await client.send(sent, stream=True)
        passed = {
            name: value
            for name, value in given.headers.items()
            if name not in ("content-length", "transfer-encoding", "connection")
        }
        return StreamingResponse(given.aiter_raw(), given.status_code, passed)

    methods = ["GET", "POST", "HEAD", "PUT", "DELETE"]
    routes = [Route("/qa{rest:path}", hand_on, methods=methods)]
    with running(Starlette(routes=routes)) as address:
        yield address


@pytest.mark.parametrize("keeps_prefix", [False, True], ids=["prefix dropped", "prefix kept"])
def test_behind_a_proxy_under_a_path(bot, keeps_prefix):
    settings = with_settings(bot, root_path="/qa", trusted_proxies="127.0.0.1")
    with (
        served(settings) as inner,
        proxy(inner, keeps_prefix) as outer,
        browsing() as browser,
    ):
        page = browser.new_page(locale="zh-CN")
        page.set_default_timeout(60_000)
        astray: list[str] = []
        page.on(
            "response",
            lambda response: (
                astray.append(f"{response.status} {response.url}")
                if response.status >= 400 or not response.url.startswith(f"{outer}/qa")
                else None
            ),
        )
        page.goto(f"{outer}/qa/")
        page.wait_for_selector(".qb-welcome")
        page.fill("#qb-question textarea", BUSES)
        page.keyboard.press("Enter")
        page.locator("#qb-log .qb-turn").wait_for()
        assert "市公安局" in page.inner_text("#qb-log .qb-said")
        page.locator(".qb-history").wait_for()
        assert not astray
        page.close()
        assert httpx.get(f"{outer}/qa/metrics", timeout=30).status_code == 403
        assert httpx.get(f"{outer}/qa/docs", timeout=30).status_code == 200


def test_everything_works_without_a_network(tmp_path, corpus_dir):
    """Index, ask and serve where there is no interface but loopback."""
    unshare = shutil.which("unshare")
    if not unshare or subprocess.run([unshare, "-rn", "true"], capture_output=True).returncode:
        pytest.skip("no network namespace can be made here")
    script = f"""
set -e
ip link set lo up 2>/dev/null || {sys.executable} -c '
import fcntl, socket, struct
request = struct.pack("16sH14s", b"lo", 0x1 | 0x40, b"")
fcntl.ioctl(socket.socket(), 0x8914, request)'
exec {sys.executable} {Path(__file__).with_name("offline.py")} {corpus_dir}/hangzhou-ningxia-xinzhou.txt
"""
    done = subprocess.run(
        [unshare, "-rn", "bash", "-c", script],
        capture_output=True,
        text=True,
        timeout=4 * PATIENCE_S,
        env={**os.environ, "QA_BOT_INDEX_DIR": str(tmp_path / "index")},
    )
    assert done.returncode == 0, done.stderr
    assert "served: 200 200 same" in done.stdout
