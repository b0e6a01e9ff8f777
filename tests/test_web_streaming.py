"""Answers that come piece by piece: the service, the event stream, the OpenAI endpoint."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing

import httpx
import pytest
from openai import OpenAI
from test_web_support import Broken, StandIn, cut, endless, made_answer, served

from qa_bot.answer.model import Answer, Usage
from qa_bot.retrieval.question import Question
from qa_bot.web.service import Busy, Failed, Service

ASKED = {"question": "校车标牌怎么办理？", "stream": True}


@pytest.fixture(scope="module")
def stand_in(bot):
    return StandIn(bot)


@pytest.fixture(autouse=True)
def whole(stand_in, bot) -> Answer:
    """The answer of the stand-in, which gives its first sentence before."""
    stand_in.reset()
    usage = Usage(tokens_in=70, tokens_out=9)
    stand_in.answer = made_answer(bot, "先写这句。[1]再写这句。[1]", mode="llm", usage=usage)
    stand_in.partials = (cut(stand_in.answer, "先写这句。[1]"),)
    return stand_in.answer


@pytest.fixture(scope="module")
def url(stand_in):
    with served(stand_in) as address:
        yield address


@pytest.fixture(scope="module")
def openai(url):
    return OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)


def streamed(openai, **given):
    said = [{"role": "user", "content": ASKED["question"]}]
    return openai.chat.completions.create(model="qa-bot", messages=said, stream=True, **given)


def events(lines):
    """(name, data) of each event, as it comes."""
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def test_events_come_before_the_answer_is_done(url, stand_in, whole):
    stand_in.go.clear()
    with httpx.stream("POST", f"{url}/api/ask", json=ASKED, timeout=60) as response:
        given = events(response.iter_lines())
        assert next(given) == ("delta", {"text": "先写这句。[1]"})
        stand_in.go.set()
        assert next(given) == ("delta", {"text": "再写这句。[1]"})
        name, answer = next(given)
    assert name == "answer"
    assert Answer.model_validate(answer) == whole


def test_what_does_not_go_on_is_replaced(url, stand_in, bot):
    stand_in.answer = made_answer(bot, "条款原文。[1]", notes=("语言模型没有应答。",))
    given = list(events(httpx.post(f"{url}/api/ask", json=ASKED, timeout=60).iter_lines()))
    assert [name for name, _ in given] == ["delta", "replace", "answer"]
    assert given[1][1] == {"text": "条款原文。[1]"}


@pytest.mark.parametrize(
    ("error", "words"), [(Broken("说不了。"), "说不了。"), (RuntimeError("secret"), "稍后再试")]
)
def test_an_error_on_the_way_is_the_last_event(url, stand_in, openai, error, words):
    stand_in.error = error
    given = list(events(httpx.post(f"{url}/api/ask", json=ASKED, timeout=60).iter_lines()))
    assert [name for name, _ in given] == ["delta", "error"]
    assert words in given[-1][1]["error"]
    with pytest.raises(Exception, match=words):
        list(streamed(openai))


def test_region_reaches_the_bot(url, stand_in):
    body = {"question": "q", "region": "盘锦市"}
    assert httpx.post(f"{url}/api/ask", json=body, timeout=60).status_code == 200
    assert stand_in.asked[-1].region == "盘锦市"


def test_a_client_who_leaves_ends_the_work(url, stand_in, whole):
    stand_in.partials = endless(cut(whole, "先写"))
    with httpx.stream("POST", f"{url}/api/ask", json=ASKED, timeout=60) as response:
        next(events(response.iter_lines()))
    assert stand_in.left.wait(20)


def test_openai_client_reads_it_as_it_is_written(openai, stand_in):
    stand_in.go.clear()
    chunks = streamed(openai, stream_options={"include_usage": True})
    words = ""
    while "先写这句" not in words:
        words += next(chunks).choices[0].delta.content or ""
    assert "再写这句" not in words
    stand_in.go.set()
    later = list(chunks)
    words += "".join(c.choices[0].delta.content or "" for c in later if c.choices)
    assert words.startswith("先写这句。[1]再写这句。[1]\n")
    assert later[-2].choices[0].delta.mode == "llm"
    assert later[-1].usage.total_tokens == 79


def test_openai_client_is_told_what_is_void(openai, stand_in, bot):
    stand_in.answer = made_answer(bot, "条款原文。[1]", notes=("语言模型没有应答。",))
    words = "".join(c.choices[0].delta.content or "" for c in streamed(openai))
    before, after = words.split("以上作废")
    assert "先写这句" in before
    assert "条款原文。[1]\n\n※ 语言模型没有应答。" in after


def places(service: Service) -> int:
    settings = service.bot.settings
    return settings.concurrent_questions + settings.waiting_questions


def test_readers_who_leave_hold_no_thread(stand_in, whole):
    """More of them than there are places: each gives its place back."""
    service = Service(stand_in)

    async def ask_all() -> Answer:
        for _ in range(2 * places(service)):
            stand_in.partials = endless(cut(whole, "先写"))
            async with aclosing(service.stream(Question(question="q"))) as items:
                await anext(items)
        stand_in.partials = ()
        return await service.ask(Question(question="q"))

    assert asyncio.run(ask_all()) == whole


def test_no_endless_queue(stand_in, whole):
    service = Service(stand_in)
    stand_in.go.clear()

    async def crowd() -> list[Answer | BaseException]:
        many = [service.ask(Question(question="q")) for _ in range(places(service) + 1)]
        asking = [asyncio.create_task(one) for one in many]
        done, _ = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
        stand_in.go.set()
        assert [type(task.exception()) for task in done] == [Busy]
        return await asyncio.gather(*asking, return_exceptions=True)

    given = asyncio.run(crowd())
    assert given.count(whole) == places(service)


def test_what_nobody_foresaw_is_not_shown(stand_in, caplog):
    stand_in.error = RuntimeError("secret detail")
    with pytest.raises(Failed) as raised:
        asyncio.run(Service(stand_in).ask(Question(question="q")))
    assert "secret" not in str(raised.value)
    (record,) = (each for each in caplog.records if each.name == "qa_bot.failure")
    assert record.error == "RuntimeError"
    assert record.at[-1].endswith(" stream")
    assert "secret" not in caplog.text
