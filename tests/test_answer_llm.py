"""The language-model answerer: over real HTTP against a scripted endpoint, and with a queue."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import ClassVar

import pytest

from qa_bot.answer.prompts import load_prompts
from qa_bot.answer.verify import figures, unsupported
from qa_bot.bot import Bot
from qa_bot.errors import ModelError
from qa_bot.retrieval.question import Question

BUSES = Question(question="校车多久检验一次？哪个部门管？")


class QueuedModel:
    """Gives out replies in turn and keeps what it was asked."""

    def __init__(self, *replies: str | Exception) -> None:
        self.replies = list(replies)
        self.history: list[list] = []

    def chat(self, messages):
        self.history.append(messages)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return SimpleNamespace(message=SimpleNamespace(content=reply))


@pytest.fixture
def ask(corpus_settings, bot):
    """Ask with a model that gives these replies; returns the answer and the model."""

    def call(*replies: str | Exception, question: Question = BUSES):
        model = QueuedModel(*replies)
        return Bot(corpus_settings, index=bot.index, llm=model).ask(question), model

    return call


def test_verified_sentence_is_cited_by_the_code(ask):
    answer, model = ask("校车每半年检验一次，由市公安局负责。[E1]")
    assert answer.mode == "llm"
    assert answer.answer == "校车每半年检验一次，由市公安局负责。[1]"
    assert answer.citations[0].section == "附件2 第2项"
    assert answer.citations[0].quote in answer.citations[0].text
    assert "[E1]" in model.history[0][1].content


@pytest.mark.parametrize(
    "lie",
    [
        "校车每年检验2次，收费300元。[E1]",
        "依据盘政发〔2099〕7号办理。[E1]",
        "校车每半年检验一次。[E99]",
        "校车每半年检验一次，没有编号。",
        "",
    ],
)
def test_what_cannot_be_verified_never_reaches_the_user(ask, lie):
    answer, _ = ask(lie)
    assert answer.mode == "extractive"
    assert "2099" not in answer.answer
    assert "300元" not in answer.answer
    assert "每半年" in answer.answer
    assert answer.notes


def test_a_false_sentence_is_dropped_from_a_true_answer(ask):
    answer, _ = ask("校车每半年检验一次。[E1]费用为300元。[E1]")
    assert answer.answer == "校车每半年检验一次。[1]"
    assert answer.notes


def test_model_that_finds_nothing_or_fails_leaves_the_extractive_answer(ask):
    for reply in ("NO_ANSWER", RuntimeError("secret-key in here")):
        answer, _ = ask(reply)
        assert answer.mode == "extractive"
        assert "市公安局" in answer.answer
        assert "secret-key" not in "".join(answer.notes)


def test_off_topic_question_never_reaches_the_model(ask):
    answer, model = ask("东京。[E1]", question=Question(question="巴黎今天天气怎么样？"))
    assert answer.refused
    assert not model.history


@pytest.mark.parametrize(
    ("sentence", "source", "missing"),
    [
        ("应当在30日内提交。", "申请人应当在三十日内提交材料", []),
        ("应当在60日内提交。", "申请人应当在30日内提交材料", ["60日"]),
        ("应当在30日内提交。", "应当在30个工作日内提交", ["30日"]),
        ("比例为40％。", "不超过40%", []),
        ("自2004年1月1日起施行。", "自2004年1月1日起施行", []),
        ("自2004年1月2日起施行。", "自2004年1月1日起施行", ["2日"]),
        ("依据盘政发〔2023〕8号。", "盘政发〔2023〕8号", []),
    ],
)
def test_figures_are_compared_by_value_and_unit(sentence, source, missing):
    assert unsupported(sentence, [source]) == missing


def test_figures_leave_plain_words_alone():
    assert figures("一件事一次办，统一规划") <= {("1", "次")}
    assert figures("第二十二条第三款") == {("22", "条"), ("3", "款")}


def test_prompts_with_other_variables_are_an_error_at_start(tmp_path):
    (tmp_path / "system.txt").write_text("规则", encoding="utf-8")
    (tmp_path / "answer.txt").write_text("$evidence $quesiton", encoding="utf-8")
    with pytest.raises(ModelError, match="quesiton"):
        load_prompts(tmp_path)
    with pytest.raises(ModelError, match=r"system\.txt"):
        load_prompts(tmp_path / "none")


class ScriptedEndpoint(BaseHTTPRequestHandler):
    """An OpenAI-compatible chat endpoint that always says the same."""

    seen: ClassVar[list[dict]] = []

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.seen.append({"path": self.path, "key": self.headers["Authorization"], **body})
        reply = {
            "id": "1",
            "object": "chat.completion",
            "created": 0,
            "model": body["model"],
            "choices": [
                {
                    "index": 0,
                    "finish_reason": "stop",
                    "message": {"role": "assistant", "content": "每半年检验一次。[E1]"},
                }
            ],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }
        data = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


def test_openai_compatible_endpoint_answers_over_http(corpus_settings, bot):
    with ThreadingHTTPServer(("127.0.0.1", 0), ScriptedEndpoint) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings = corpus_settings.model_copy(
            update={
                "openai_api_key": type(corpus_settings)
                .model_validate({"openai_api_key": "sk-test"})
                .openai_api_key,
                "openai_base_url": f"http://127.0.0.1:{server.server_port}/v1",
                "llm_model": "some-model",
            }
        )
        answer = Bot(settings, index=bot.index).ask(BUSES)
        server.shutdown()
    assert answer.mode == "llm"
    assert answer.answer == "每半年检验一次。[1]"
    assert ScriptedEndpoint.seen[0]["path"] == "/v1/chat/completions"
    assert ScriptedEndpoint.seen[0]["model"] == "some-model"


def test_unreachable_endpoint_leaves_the_extractive_answer(corpus_settings, bot):
    with ThreadingHTTPServer(("127.0.0.1", 0), ScriptedEndpoint) as server:
        port = server.server_port
    settings = type(corpus_settings).model_validate(
        {
            "index_dir": corpus_settings.index_dir,
            "openai_api_key": "sk-very-secret",
            "openai_base_url": f"http://127.0.0.1:{port}/v1",
            "llm_timeout_s": 2,
        }
    )
    answer = Bot(settings, index=bot.index).ask(BUSES)
    assert answer.mode == "extractive"
    assert "每半年" in answer.answer
    assert "very-secret" not in answer.model_dump_json()
