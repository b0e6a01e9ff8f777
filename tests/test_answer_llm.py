"""The language-model answerer: only what is verified is shown, and else the clauses' own words."""

from __future__ import annotations

import threading

import pytest
from model_samples import QueuedModel

from qa_bot.answer.model import Partial, Usage
from qa_bot.answer.prompts import load_prompts
from qa_bot.bot import Bot
from qa_bot.errors import ModelError
from qa_bot.retrieval.question import Question, Turn

BUSES = Question(question="校车多久检验一次？哪个部门管？")
TRUE = "校车每半年检验一次，由市公安局负责。[E1]"


@pytest.fixture
def open_bot(corpus_settings, bot):
    """A bot with a model that gives these replies, and settings of the test's own."""

    def call(model: QueuedModel, **settings) -> Bot:
        own = corpus_settings.model_copy(update=settings)
        return Bot(own, index=bot.index, llm=model)

    return call


@pytest.fixture
def ask(open_bot):
    """Ask with a model that gives these replies; returns the answer and the model."""

    def call(*replies, question: Question = BUSES, **settings):
        model = QueuedModel(*replies)
        return open_bot(model, **settings).ask(question), model

    return call


def test_verified_sentence_is_cited_by_the_code(ask):
    answer, model = ask(TRUE)
    assert answer.mode == "llm"
    assert answer.answer == "校车每半年检验一次，由市公安局负责。[1]"
    assert answer.citations[0].section == "附件2 第2项"
    assert answer.citations[0].quote in answer.citations[0].text
    assert "[E1]" in model.history[0][1].content


@pytest.mark.parametrize(
    "lie",
    [
        "校车每年检验2次，收费300元。[E1]",
        "校车每年检验一次。[E1]",
        "依据盘政发〔2099〕7号办理。[E1]",
        "校车每半年检验一次。[E99]",
        "校车每半年检验一次。[E0]",
        "校车每半年检验一次，没有编号。",
        "校车每半年检验一次，由省交通厅负责。[E1]",
        "校车司机可以免费乘坐高铁出行。[E1]",
        "校车每半年检验一次[1]。[E1]",
        "School buses are inspected often. [E1]",
        "",
    ],
)
def test_what_cannot_be_verified_never_reaches_the_user(ask, lie):
    answer, _ = ask(lie, lie)
    assert answer.mode == "extractive"
    assert not any(word in answer.answer for word in ("2099", "300元", "交通厅", "高铁", "often"))
    assert "每半年" in answer.answer
    assert answer.notes


def test_a_false_sentence_is_dropped_from_a_true_answer(ask):
    answer, _ = ask("校车每半年检验一次。[E1]费用为300元。[E1]")
    assert answer.answer == "校车每半年检验一次。[1]"
    assert "1 句话" in answer.notes[0]


def test_of_several_sentences_with_one_key_each_is_verified(ask):
    answer, _ = ask("校车每半年检验一次。飞机票可以报销。由市公安局负责。[E1]")
    assert answer.answer == "校车每半年检验一次。由市公安局负责。[1]"


def test_too_little_left_is_no_answer(ask):
    answer, _ = ask("由市公安局负责。[E1]校车司机每人每天补助500元，另发三套制服和两双皮鞋。[E1]")
    assert answer.mode == "extractive"
    assert "500元" not in answer.answer


@pytest.mark.parametrize(
    "form", ["，由市公安局负责[E1]。", "，由市公安局负责。【E1】", "，由市公安局负责。 [E1, E1]"]
)
def test_keys_are_read_in_the_forms_that_models_write(ask, form):
    answer, _ = ask(f"<think>先想一想[E9]。</think>\n**校车每半年检验一次**{form}")
    assert answer.answer == "校车每半年检验一次，由市公安局负责。[1]"


def test_model_that_finds_nothing_or_fails_leaves_the_extractive_answer(ask, caplog):
    for reply in ("NO_ANSWER", f"{TRUE}NO_ANSWER", RuntimeError("sk-secret in here")):
        answer, _ = ask(reply)
        assert answer.mode == "extractive"
        assert "市公安局" in answer.answer
        assert answer.notes
        assert "sk-secret" not in answer.model_dump_json() + caplog.text


@pytest.mark.parametrize(
    ("reply", "fallback"),
    [
        (TRUE, None),
        ("校车每半年检验一次。[E1]费用为300元。[E1]", None),
        ("NO_ANSWER", "no_answer"),
        ("校车每年检验2次，收费300元。[E1]", "unverified"),
        ("", "unverified"),
        (TimeoutError(), "unavailable"),
        (["校车每半年检验一次。[E1]由市公", ConnectionError("gone")], "unavailable"),
    ],
)
def test_an_answer_says_why_the_model_did_not_word_it(ask, reply, fallback):
    answer, _ = ask(reply, reply)
    assert answer.fallback == fallback
    assert (answer.mode == "llm") == (fallback is None)


def test_off_topic_question_never_reaches_the_model(ask):
    answer, model = ask("东京。[E1]", question=Question(question="巴黎今天天气怎么样？"))
    assert answer.refused
    assert answer.fallback is None
    assert not model.history


def test_sentences_arrive_one_by_one_while_the_model_still_writes(open_bot):
    more = threading.Event()
    model = QueuedModel(["校车每半年检验一次。[E1]由市公安", more, "局负责。[E1]收费300元。[E1]"])
    stream = open_bot(model).stream(BUSES)
    first = next(stream)
    assert isinstance(first, Partial)
    assert first.answer == "校车每半年检验一次。[1]"
    assert [citation.number for citation in first.citations] == [1]
    more.set()
    *partials, answer = stream
    assert [partial.answer for partial in partials] == [
        "校车每半年检验一次。[1]由市公安局负责。[1]"
    ]
    assert answer.answer == partials[-1].answer
    assert answer.mode == "llm"


def test_stream_that_breaks_off_ends_in_the_extractive_answer(open_bot):
    model = QueuedModel(["校车每半年检验一次。[E1]由市公", ConnectionError("gone")])
    partial, answer = open_bot(model).stream(BUSES)
    assert partial.answer == "校车每半年检验一次。[1]"
    assert answer.mode == "extractive"
    assert "ConnectionError" in answer.notes[0]


def test_reader_who_leaves_ends_the_call(open_bot):
    more = threading.Event()
    bot = open_bot(QueuedModel(["校车每半年检验一次。[E1]由", more, TRUE], TRUE), llm_concurrency=1)
    stream = bot.stream(BUSES)
    next(stream)
    stream.close()
    assert bot.ask(BUSES).mode == "extractive"  # the call that was left still holds its place
    more.set()
    while bot.ask(BUSES).mode != "llm":
        pass


def test_tokens_are_counted_also_where_the_answer_is_not_used(ask):
    assert ask(TRUE)[0].usage == Usage(tokens_in=100, tokens_out=len(TRUE))
    assert ask("收费300元。[E1]")[0].usage.tokens_in == 100
    assert ask(RuntimeError())[0].usage == Usage()


def test_model_that_cannot_stream_is_asked_whole(open_bot):
    answer = open_bot(QueuedModel(TRUE, streams=False)).ask(BUSES)
    assert answer.mode == "llm"
    assert answer.usage.tokens_in == 100


def test_english_question_gets_an_english_answer_that_says_what_was_checked(ask):
    question = Question(question="How often is a school bus inspected in Panjin, and by whom?")
    said = "School buses are inspected by 市公安局. [E1] The fee is 300 yuan. [E1]"
    answer, model = ask(said, question=question)
    assert answer.answer == "School buses are inspected by 市公安局.[1]"
    assert len(answer.notes) == 2
    assert "English" in model.history[0][1].content
    uncited = "Buses are free. School buses are inspected by 市公安局. [E1]"
    assert "free" not in ask(uncited, question=question)[0].answer


def test_evidence_stays_within_its_budget(ask):
    _, small = ask(TRUE, evidence_tokens=150)
    _, large = ask(TRUE, evidence_tokens=4000)
    short, long = (model.history[0][1].content for model in (small, large))
    assert "[E2]" not in short.split("证据到此为止")[0]
    assert len(short) < 600 < len(long)


FOLLOW_UP = Question(
    question="那归谁管？", history=(Turn(question="校车多久检验一次？", answer="每半年检验一次。"),)
)


def test_follow_up_is_completed_by_the_model_before_the_search(ask):
    answer, model = ask("校车检验归谁管？", TRUE, question=FOLLOW_UP)
    assert answer.mode == "llm"
    assert answer.question == "那归谁管？"
    assert answer.usage.tokens_in == 200
    assert "校车多久检验一次" in model.history[0][0].content
    assert "校车检验归谁管？" in model.history[1][1].content


@pytest.mark.parametrize(
    "invented",
    [
        "盘政发〔2023〕8号规定校车检验归谁管？",
        "2023年校车检验归谁管？",
        "校车检验归省交通厅管吗？",
        "《校车管理办法》规定归谁管？",
        "校车检验归谁管？\n第二行",
        "那归谁管？",
        "",
    ],
)
def test_completion_that_brings_in_something_new_is_not_used(ask, invented):
    answer, model = ask(*([invented] * (1 if invented else 2)), TRUE, question=FOLLOW_UP)
    assert answer.mode == "llm"
    assert "校车多久检验一次？ 那归谁管？" in model.history[-1][1].content


def test_model_that_fails_to_complete_is_not_asked_again(ask):
    answer, model = ask(RuntimeError(), question=FOLLOW_UP)
    assert answer.mode == "extractive"
    assert len(model.history) == 1
    assert answer.notes
    assert "公安局" in answer.answer


def test_prompts_are_checked_when_the_bot_opens(open_bot, tmp_path):
    (tmp_path / "system.txt").write_text("规则", encoding="utf-8")
    (tmp_path / "answer.txt").write_text("$evidence $quesiton $language", encoding="utf-8")
    with pytest.raises(ModelError, match="quesiton"):
        open_bot(QueuedModel(), prompts_dir=tmp_path)
    with pytest.raises(ModelError, match=r"system\.txt"):
        load_prompts(tmp_path / "none")


def test_prompts_may_come_from_a_folder_of_the_users_own(ask, tmp_path):
    (tmp_path / "system.txt").write_text("收费写作 $$。", encoding="utf-8")
    (tmp_path / "answer.txt").write_text("甲$evidence乙$question丙$language", encoding="utf-8")
    (tmp_path / "condense.txt").write_text("$history$question", encoding="utf-8")
    _, model = ask(TRUE, prompts_dir=tmp_path)
    system, user = (message.content for message in model.history[0])
    assert system == "收费写作 $。"
    assert user.endswith(f"乙{BUSES.question}丙中文")
