"""No request reaches a setting, an address or a file: what requests may say is listed here."""

from __future__ import annotations

import inspect

import pytest
from fastapi.testclient import TestClient

from qa_bot.retrieval.question import Question, Turn
from qa_bot.web.api import Asked
from qa_bot.web.app import build_server
from qa_bot.web.openai_api import ChatRequest

LOCAL = "http://127.0.0.1:9/latest/meta-data"


@pytest.fixture(scope="module")
def client(bot):
    with TestClient(build_server(bot)) as client:
        yield client


def test_questions_carry_words_only():
    assert set(Asked.model_fields) <= {"question", "id", "history", "stream", "region"}
    assert set(Turn.model_fields) == {"question", "answer"}
    assert set(ChatRequest.model_fields) == {"messages", "model", "stream", "stream_options"}


def test_no_parameter_of_the_interface_is_an_address_or_a_path(client):
    described = client.get("/openapi.json").json()
    names = {
        parameter["name"]
        for path in described["paths"].values()
        for call in path.values()
        for parameter in call.get("parameters", ())
    }
    suspicious = {"url", "uri", "base_url", "endpoint", "host", "path", "file", "callback", "proxy"}
    assert not names & suspicious


def test_what_a_chat_request_says_of_models_and_addresses_is_not_heeded(client, monkeypatch):
    import socket

    def forbidden(*args, **kwargs):
        raise AssertionError("an address was looked up")

    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    reply = client.post(
        "/v1/chat/completions",
        json={
            "model": LOCAL,
            "base_url": LOCAL,
            "api_base": LOCAL,
            "tools": [{"type": "web", "url": LOCAL}],
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "校车标牌怎么办理？"},
                        {"type": "image_url", "image_url": {"url": LOCAL}},
                    ],
                }
            ],
        },
    )
    assert reply.status_code == 200
    assert reply.json()["model"] == "qa-bot"
    assert LOCAL not in reply.text


def test_the_bot_is_asked_with_questions_alone(bot):
    assert list(inspect.signature(bot.ask).parameters) == ["question"]
    assert set(Question.model_fields) <= {"question", "id", "history", "region"}


@pytest.mark.parametrize(
    "target", [LOCAL, "https://example.org/x", "//example.org", "file:///etc/passwd"]
)
def test_gradio_fetches_no_foreign_file(client, target):
    reply = client.get(f"/gradio_api/file={target}", follow_redirects=False)
    assert reply.status_code in (400, 403, 404)
    assert "location" not in reply.headers
