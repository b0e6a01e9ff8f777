"""Stand-ins for a language model: a queue of replies, and an endpoint over real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from llama_index.core.llms import ChatMessage, ChatResponse

Piece = str | Exception | threading.Event
_EACH = 3


class QueuedModel:
    """Gives out replies in turn, a few characters at a time, and keeps what it was asked.

    A reply is a text, an exception, or a list of pieces: texts, exceptions that are raised, and
    events that are waited for.
    """

    def __init__(self, *replies: Piece | list[Piece], streams: bool = True) -> None:
        self.replies = list(replies)
        self.streams = streams
        self.history: list[list[ChatMessage]] = []

    def stream_chat(self, messages):
        if not self.streams:
            raise NotImplementedError
        return self._responses(messages)

    def chat(self, messages):
        *_, last = self._responses(messages)
        return ChatResponse(message=last.message, additional_kwargs=last.additional_kwargs)

    def _responses(self, messages):
        self.history.append(messages)
        reply = self.replies.pop(0)
        pieces = reply if isinstance(reply, list) else [reply]
        said = ""
        for piece in pieces:
            if isinstance(piece, Exception):
                raise piece
            if isinstance(piece, threading.Event):
                piece.wait(30)
                continue
            for start in range(0, len(piece), _EACH):
                delta = piece[start : start + _EACH]
                said += delta
                yield ChatResponse(message=_message(said), delta=delta)
        counted = {"prompt_tokens": 100, "completion_tokens": len(said)}
        yield ChatResponse(message=_message(said), delta="", additional_kwargs=counted)


def _message(content: str) -> ChatMessage:
    return ChatMessage(role="assistant", content=content)


class ScriptedServer(ThreadingHTTPServer):
    """An OpenAI-compatible chat endpoint that always says the same, in the way of ``manner``:

    ``streams``, ``whole`` (knows no streaming and says so), ``deaf`` (knows none and sends JSON),
    ``broken`` (500), ``denied`` (401, with the key in its text), ``stalls``, ``dies``.
    """

    daemon_threads = True

    def __init__(self, manner: str, reply: str) -> None:
        self.manner = manner
        self.reply = reply
        self.seen: list[dict] = []
        self.stalled = threading.Event()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


@contextmanager
def scripted_server(manner: str, reply: str = "每半年检验一次。[E1]") -> Iterator[ScriptedServer]:
    with ScriptedServer(manner, reply) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.stalled.set()
            server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    server: ScriptedServer
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append({"path": self.path, "key": self.headers["Authorization"], **body})
        streams = body.get("stream", False)
        match self.server.manner:
            case "broken":
                self._json(500, {"error": {"message": "out of order"}})
            case "denied":
                self._json(401, {"error": {"message": f"bad key {self.headers['Authorization']}"}})
            case "whole" if streams:
                self._json(400, {"error": {"message": "streaming is not supported"}})
            case "streams" | "stalls" | "dies" if streams:
                self._stream()
            case _:
                self._json(200, self._completion())

    def _completion(self):
        message = {"role": "assistant", "content": self.server.reply}
        return {
            "id": "1",
            "object": "chat.completion",
            "created": 0,
            "model": "m",
            "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
            "usage": {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12},
        }

    def _stream(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        reply, head = self.server.reply, {"id": "1", "created": 0, "model": "m"}
        head["object"] = "chat.completion.chunk"
        cut = len(reply) // 2 if self.server.manner in ("stalls", "dies") else len(reply)
        for start in range(0, cut, _EACH):
            delta = {"content": reply[start : min(cut, start + _EACH)]}
            self._event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
        if self.server.manner == "stalls":
            self.server.stalled.wait(30)
        if self.server.manner != "streams":
            return
        self._event({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        usage = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}
        self._event({**head, "choices": [], "usage": usage})
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, chunk):
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.flush()

    def _json(self, status, content):
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass
