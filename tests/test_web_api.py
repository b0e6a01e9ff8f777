"""The HTTP interface, the OpenAI-compatible endpoint and MCP, each through a client of its own."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
from openai import BadRequestError, OpenAI
from test_web_support import BUSES, through_the_page

WEATHER = "今天天气怎么样？"
HALF = "\\ud800"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def client(url):
    with httpx.Client(base_url=url, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def openai(url):
    return OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)


def test_ask_gives_the_answer_object(client):
    answer = client.post("/api/ask", json={"id": "q1", "question": BUSES}).json()
    assert answer["id"] == "q1"
    assert answer["citations"][0]["section"] == "附件2 第3项"


def test_ask_takes_the_conversation(client):
    history = [{"question": BUSES, "answer": "…"}]
    answer = client.post("/api/ask", json={"question": "那谁来审批？", "history": history}).json()
    assert not answer["refused"]


@pytest.mark.parametrize("way", ["field", "header"])
def test_ask_streams_events(client, way):
    body = {"question": BUSES, "stream": way == "field"}
    headers = {"Accept": "text/event-stream"} if way == "header" else {}
    stream = client.post("/api/ask", json=body, headers=headers)
    assert stream.headers["content-type"].startswith("text/event-stream")
    events = [block.split("\n") for block in stream.text.strip().split("\n\n")]
    names = [lines[0].removeprefix("event: ") for lines in events]
    data = [json.loads(lines[1].removeprefix("data: ")) for lines in events]
    assert names == ["delta"] * (len(names) - 1) + ["answer"]
    assert "".join(each["text"] for each in data[:-1]) == data[-1]["answer"]


def test_unusable_questions(client):
    assert client.post("/api/ask", json={"question": " "}).status_code == 400
    assert "问题为空" in client.post("/api/ask", json={"question": " "}).json()["error"]
    assert client.post("/api/ask", json={}).status_code == 422
    stream = client.post("/api/ask", json={"question": " ", "stream": True}).text
    assert stream.startswith("event: error")


@pytest.mark.parametrize(
    "body",
    [
        f'{{"question": "{HALF}"}}',
        f'{{"question": "校车？", "id": "{HALF}"}}',
        f'{{"question": "校车？", "history": [{{"question": "{HALF}"}}]}}',
        f'{{"question": "校车？", "history": [{{"question": "校车？", "answer": "{HALF}"}}]}}',
    ],
)
def test_half_a_character_is_refused(client, body):
    refused = client.post("/api/ask", content=body, headers=JSON)
    assert refused.status_code == 400
    assert "不完整的字符" in refused.json()["error"]


def test_half_a_character_is_refused_by_every_interface(client, url):
    chat = f'{{"messages": [{{"role": "user", "content": "{HALF}"}}]}}'
    refused = client.post("/v1/chat/completions", content=chat, headers=JSON)
    assert refused.status_code == 400
    assert "不完整的字符" in refused.json()["error"]["message"]
    assert "half a character" in through_the_page(url, "\ud800", "")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/ask", f'{{"q": "{HALF}"}}'),
        ("/api/ask", '{"question": NaN}'),
        ("/api/ask", f'{{"question": "校车？", "region": "{HALF}"}}'),
        ("/v1/chat/completions", f'{{"messages": "{HALF}"}}'),
    ],
)
def test_a_request_of_the_wrong_shape_is_refused_whatever_it_holds(client, path, body):
    refused = client.post(path, content=body, headers=JSON)
    assert refused.status_code == 422
    assert refused.json()["detail"][0]["loc"][0] == "body"


def test_documents_and_clauses(client):
    assert len(client.get("/api/documents").json()) == 38
    found = client.get("/api/documents", params={"region": "盘锦市"}).json()
    assert {each["document"]["issuer"][:3] for each in found} == {"盘锦市"}
    page = client.get("/api/clauses", params={"document": "盘政发[2023]8号", "limit": 3}).json()
    assert len(page["clauses"]) == 3 < page["total"]
    wanted = {"document": "盘政发〔2023〕8号", "section": "附件2第3项"}
    clause = client.get("/api/clauses", params=wanted).json()["clauses"][0]
    assert "市公安局" in clause["text"]
    missing = client.get("/api/clauses", params={"document": "国发〔1900〕1号"})
    assert missing.status_code == 404
    assert "找不到" in missing.json()["error"]


def test_too_many_words_for_a_matter(client):
    many = client.get("/api/matters.csv", params={"q": "校 车 标 牌 怎 么 办 理 呢"})
    assert many.status_code == 400
    assert "8 个词" in many.json()["error"]
    assert client.get("/api/matters.csv", params={"q": "长" * 101}).status_code == 422


def test_operations(client):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json()["documents"] == 38
    client.post("/api/ask", json={"question": WEATHER})
    figures = client.get("/metrics").text
    assert 'qa_bot_questions_total{mode="extractive",outcome="refused"}' in figures
    assert "qa_bot_clauses " in figures


def test_docs_need_no_other_host(client):
    page = client.get("/docs").text
    assert "/v1/chat/completions" in page
    assert "http://" not in page
    assert "https://" not in page
    assert "<script" not in page


def test_chat_completion(openai):
    done = openai.chat.completions.create(
        model="qa-bot", messages=[{"role": "user", "content": BUSES}]
    )
    message = done.choices[0].message
    assert "附件2 第3项" in message.content
    assert "[1] 《盘锦市人民政府" in message.content
    assert message.citations[0]["quote"] in message.citations[0]["text"]


def test_chat_completion_is_streamed(openai):
    chunks = list(
        openai.chat.completions.create(
            model="qa-bot",
            messages=[
                {"role": "system", "content": "be brief"},
                {"role": "user", "content": [{"type": "text", "text": BUSES}]},
            ],
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    words = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert "附件2 第3项" in words
    last = [c for c in chunks if c.choices][-1].choices[0]
    assert last.finish_reason == "stop"
    assert last.delta.citations[0]["number"] == 1
    assert chunks[-1].usage.total_tokens == 0


def test_chat_follow_up_and_errors(openai):
    done = openai.chat.completions.create(
        model="qa-bot",
        messages=[
            {"role": "user", "content": BUSES},
            {"role": "assistant", "content": "由市公安局发放。"},
            {"role": "user", "content": "那谁来审批？"},
        ],
    )
    assert done.choices[0].message.citations
    with pytest.raises(BadRequestError, match="问题为空"):
        openai.chat.completions.create(
            model="qa-bot", messages=[{"role": "system", "content": "x"}]
        )
    assert openai.models.list().data[0].id == "qa-bot"


def test_mcp_tools(url):
    mcp = pytest.importorskip("mcp")
    from mcp.client.streamable_http import streamablehttp_client

    async def talk() -> tuple[dict, list[str]]:
        async with (
            streamablehttp_client(f"{url}/gradio_api/mcp/") as (read, write, _),
            mcp.ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = {tool.name: tool for tool in (await session.list_tools()).tools}
            calls = {
                "ask": {"question": BUSES},
                "find_clause": {"document": "盘政发[2023]8号", "section": "附件2第3项"},
                "find_matter": {"words": "校车标排"},
            }
            said = [
                (await session.call_tool(name, given)).content[0].text
                for name, given in calls.items()
            ]
            return tools, said

    tools, said = asyncio.run(talk())
    assert set(tools) == {"ask", "find_clause", "find_matter"}
    assert all(tool.description for tool in tools.values())
    assert all("市公安局" in words or "\\u5e02\\u516c\\u5b89\\u5c40" in words for words in said)


def test_openapi_holds_under_fuzzing(url):
    schemathesis = pytest.importorskip("schemathesis", reason="pip install schemathesis")
    from hypothesis import HealthCheck, Phase, given, settings

    # A blank question fits the schema and is refused all the same, with a sentence for people.
    from schemathesis.specs.openapi.checks import positive_data_acceptance

    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    tried = 0
    for operation in schema.get_all_operations():

        @given(case=operation.ok().as_strategy())
        @settings(
            max_examples=12,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def holds(case):
            response = case.call(timeout=30)
            case.validate_response(response, excluded_checks=[positive_data_acceptance])
            assert response.status_code < 500

        holds()
        tried += 1
    assert tried >= 8
