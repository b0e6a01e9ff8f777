"""A run keeps every answer, survives failures and aborts, and is measured from its folder."""

from __future__ import annotations

import json
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from evaluation_samples import FromGold, corpus_library, empty, perfect, shipped_gold
from pydantic import BaseModel, SecretStr

from qa_bot.answer.model import Answer, Fallback
from qa_bot.evaluation.compare import make_baseline
from qa_bot.evaluation.errors import EvaluationError
from qa_bot.evaluation.gold import GoldSet
from qa_bot.evaluation.results import AnswerRecord, Usage, latencies, score
from qa_bot.evaluation.run_folder import RunFolder, hash_code, hash_index, hash_settings, run_info
from qa_bot.evaluation.runner import run_gold
from qa_bot.evaluation.session import Prices, evaluate, write_reports
from qa_bot.evaluation.summary import headline
from qa_bot.retrieval.question import Question
from qa_bot.settings import Settings


@pytest.fixture
def gold() -> GoldSet:
    return shipped_gold().select(limit=12)


@pytest.fixture
def folder(gold: GoldSet, tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path, info(gold))


def info(gold: GoldSet, **changes: Any):  # type: ignore[no-untyped-def]
    values = {"mode": "extractive", "settings_hash": "s", "index_hash": "i"}
    return run_info(gold, **(values | changes))


class Fragile:
    """Raises on every other question; counts what it was asked."""

    def __init__(self, gold: GoldSet) -> None:
        self.inner = FromGold(gold, perfect(corpus_library()))
        self.failing = {pair.id for pair in gold.pairs[::2]}
        self.asked: list[str] = []
        self._lock = threading.Lock()

    def ask(self, question: Question) -> Answer:
        with self._lock:
            self.asked.append(question.id or "")
        if question.id in self.failing:
            raise RuntimeError("no connection")
        return self.inner.ask(question)


def test_a_failed_question_scores_0_and_is_not_dropped(gold: GoldSet, folder: RunFolder) -> None:
    records = run_gold(Fragile(gold), gold, folder)
    assert len(records) == 12
    results = score(gold, records, corpus_library())
    assert results.failed == 6
    assert results.overall["strict_success"].n == 12
    assert results.overall["strict_success"].mean == 0.5
    assert results.questions[0].error == "RuntimeError: no connection"


def test_every_answer_is_kept_with_its_evidence(gold: GoldSet, folder: RunFolder) -> None:
    records = run_gold(FromGold(gold, perfect(corpus_library())), gold, folder)
    assert folder.read_answers() == records
    line = json.loads(folder.answers_file.read_text(encoding="utf-8").splitlines()[0])
    assert line["answer"]["candidates"]
    assert line["answer"]["citations"]
    kept = folder.read_info()
    assert kept.settings_hash == "s"
    assert kept.versions["pydantic"]


def test_a_run_is_taken_up_where_it_was_left(gold: GoldSet, folder: RunFolder) -> None:
    fragile = Fragile(gold)
    run_gold(fragile, gold, folder)
    with folder.answers_file.open("ab") as file:
        file.write('{"id": "cut o中'.encode()[:-1])
    resumed = RunFolder.resume(folder.path, info(gold))
    failing, fragile.failing, fragile.asked = fragile.failing, set(), []
    records = run_gold(fragile, gold, resumed)
    assert set(fragile.asked) == failing
    assert [record.error for record in records.values()] == [None] * 12
    assert list(records) == [pair.id for pair in gold.pairs]
    assert resumed.read_answers() == records


class Model:
    """Words its answers itself, but for those questions that it fails at, in one way or another."""

    def __init__(self, gold: GoldSet, down: set[str], fallback: Fallback | None = None) -> None:
        self.inner = FromGold(gold, perfect(corpus_library()))
        self.down = down
        self.fallback = fallback
        self.asked: list[str] = []

    def ask(self, question: Question) -> Answer:
        self.asked.append(question.id or "")
        answer = self.inner.ask(question)
        if answer.refused:
            return answer
        if question.id in self.down:
            return answer.model_copy(update={"fallback": self.fallback})
        return answer.model_copy(update={"mode": "llm"})


def test_answers_that_the_model_did_not_give_are_seen_and_asked_again(
    gold: GoldSet, tmp_path: Path
) -> None:
    folder = RunFolder.create(tmp_path, info(gold, mode="llm"))
    well = evaluate(Model(gold, set()), gold, corpus_library(), folder)
    assert well.results.fell_back == 0
    assert "模型未答" not in headline(well.results)
    baseline = make_baseline(well.results, gold_hash="g", mode="llm")
    answerable = {pair.id for pair in gold.pairs if pair.answerable}
    folder = RunFolder.create(tmp_path, info(gold, mode="llm"))
    down = evaluate(Model(gold, answerable), gold, corpus_library(), folder, baseline=baseline)
    assert down.results.fell_back == len(answerable)
    assert f"{len(answerable)} 题模型未答" in headline(down.results)
    assert down.comparison
    assert [d.measure for d in down.comparison.deltas if not d.ok] == ["model_fallback"]
    model = Model(gold, set())
    again = evaluate(model, gold, corpus_library(), folder, baseline=baseline)
    assert set(model.asked) == answerable
    assert again.ok


@pytest.mark.parametrize(
    ("fallback", "said", "asked_again"),
    [
        ("unavailable", "：模型不可用 1", True),
        ("unverified", "：未能核对 1", False),
        ("no_answer", "：模型认为证据不足 1", False),
        (None, "", True),
    ],
)
def test_why_the_model_did_not_answer_is_told_and_only_an_absent_one_asked_again(
    gold: GoldSet, tmp_path: Path, fallback: Fallback | None, said: str, asked_again: bool
) -> None:
    fallen = {next(pair.id for pair in gold.pairs if pair.answerable)}
    folder = RunFolder.create(tmp_path, info(gold, mode="llm"))
    first = evaluate(Model(gold, fallen, fallback), gold, corpus_library(), folder)
    assert f"1 题模型未答，改用条款原文{said} (" in headline(first.results)
    assert [q.fallback for q in folder.read_results().questions if q.id in fallen] == [fallback]
    model = Model(gold, set())
    evaluate(model, gold, corpus_library(), folder)
    assert set(model.asked) == (fallen if asked_again else set())


@pytest.mark.parametrize(
    "change",
    [
        {"mode": "llm"},
        {"settings_hash": "x"},
        {"index_hash": "x"},
        {"code_hash": "x"},
        {"code_hash": ""},
        {"filters": {"limit": 3}},
    ],
)
def test_another_setup_is_not_taken_up(
    gold: GoldSet, folder: RunFolder, change: dict[str, Any]
) -> None:
    with pytest.raises(EvaluationError, match="不能续跑"):
        RunFolder.resume(folder.path, info(gold).model_copy(update=change))


def test_questions_are_asked_in_parallel(gold: GoldSet, folder: RunFolder) -> None:
    barrier = threading.Barrier(4, timeout=10)

    class Meeting:
        def ask(self, question: Question) -> Answer:
            barrier.wait()
            return Answer(id=None, question="", answer="", refused=True, mode="extractive")

    records = run_gold(Meeting(), gold, folder, workers=4)
    assert all(record.error is None for record in records.values())


def test_progress_is_told(gold: GoldSet, folder: RunFolder) -> None:
    told: list[tuple[int, int]] = []
    run_gold(FromGold(gold, empty), gold, folder, progress=lambda *step: told.append(step))
    assert told == [(done, 12) for done in range(13)]


def test_an_interrupt_stops_the_run_and_keeps_what_was_answered(
    gold: GoldSet, folder: RunFolder
) -> None:
    def interrupt(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_gold(FromGold(gold, empty), gold, folder, workers=1, progress=interrupt)
    assert 3 <= len(folder.read_answers()) < 12


def test_latency_by_stage_by_hand() -> None:
    answers = [
        Answer(
            id=None,
            question="",
            answer="",
            refused=True,
            mode="extractive",
            timings_ms={"search": float(number)},
        )
        for number in range(1, 102)
    ]
    records = [AnswerRecord(id="q", answer=answer, wall_ms=7.0) for answer in answers]
    found = latencies(records)
    assert (found["search"].p50, found["search"].p95, found["search"].n) == (51.0, 96.0, 101)
    assert found["wall"].p50 == 7.0


def test_tokens_and_cost_by_hand(gold: GoldSet, folder: RunFolder) -> None:
    class Model:
        def ask(self, question: Question) -> Answer:
            usage = Usage(tokens_in=1000, tokens_out=50)
            return Answer(id=None, question="", answer="", refused=True, mode="llm", usage=usage)

    prices = Prices(tokens_in=2.0, tokens_out=8.0)
    outcome = evaluate(Model(), gold, corpus_library(), folder, prices=prices)
    assert outcome.results.usage == Usage(tokens_in=12_000, tokens_out=600)
    assert outcome.results.cost == pytest.approx(12 * (1000 * 2 + 50 * 8) / 1e6)
    assert "词元 12000 + 600，费用 0.0288" in headline(outcome.results)
    page = write_reports(outcome, gold, corpus_library()).read_text(encoding="utf-8")
    assert "词元 12000 + 600，费用 0.0288" in page
    assert folder.read_results() == outcome.results


def test_wall_time_is_measured(gold: GoldSet, folder: RunFolder) -> None:
    class Slow:
        def ask(self, question: Question) -> Answer:
            time.sleep(0.02)
            return Answer(id=None, question="", answer="", refused=True, mode="extractive")

    records = run_gold(Slow(), gold.select(limit=2), folder)
    assert min(record.wall_ms for record in records.values()) >= 20


class _Source(BaseModel):
    file: str
    sha256: str
    parser: str = "1"


class _Manifest(BaseModel):
    generation: str
    sources: dict[str, _Source]
    format: int = 1
    embedding: str = "e"
    dimension: int = 3
    recipe: str = "r"


def test_the_index_hash_follows_content_not_time_or_place() -> None:
    first = _Manifest(generation="1", sources={"../a": _Source(file="a", sha256="x")})
    moved = _Manifest(generation="2", sources={"/b/a": _Source(file="a", sha256="x")})
    other = _Manifest(generation="1", sources={"../a": _Source(file="a", sha256="y")})
    assert hash_index(first) == hash_index(moved)
    assert hash_index(first) != hash_index(other)


def test_the_settings_hash_follows_what_bears_on_answers(tmp_path: Path) -> None:
    settings = Settings()
    copied = shutil.copytree(settings.prompts_dir, tmp_path / "prompts")
    moved = settings.model_copy(update={"prompts_dir": copied, "port": 1})
    assert hash_settings(settings) == hash_settings(moved)
    (copied / "answer.txt").write_text("other words", encoding="utf-8")
    assert hash_settings(settings) != hash_settings(moved)
    keyed = settings.model_copy(update={"openai_api_key": SecretStr("a")})
    rekeyed = settings.model_copy(update={"openai_api_key": SecretStr("b")})
    fewer = settings.model_copy(update={"candidates": 3})
    assert hash_settings(keyed) == hash_settings(rekeyed)
    assert hash_settings(settings) != hash_settings(fewer)


def test_the_code_hash_follows_the_program_not_its_place(tmp_path: Path) -> None:
    def package(name: str, **files: str) -> Path:
        for file, text in files.items():
            path = tmp_path / name / f"{file.replace('_', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path / name

    first = hash_code(package("one", a="x", sub_b="y"))
    assert hash_code(package("same", a="x", sub_b="y")) == first
    assert hash_code(package("changed", a="x", sub_b="z")) != first
    assert hash_code(package("moved", a="x", b="y")) != first


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85"])
def test_a_line_of_answers_ends_at_a_newline_only(folder: RunFolder, separator: str) -> None:
    record = AnswerRecord(id="q", answer=None, error=f"a{separator}b", wall_ms=1.0)
    folder.append_answer(record)
    assert folder.read_answers() == {"q": record}


@pytest.mark.parametrize("content", [b'{"mode": "ext', b"{}", b"\xff"])
def test_a_run_that_was_cut_off_is_said_to_be_so(folder: RunFolder, content: bytes) -> None:
    for name, read in (("run.json", folder.read_info), ("results.json", folder.read_results)):
        (folder.path / name).write_bytes(content)
        with pytest.raises(EvaluationError, match="不完整"):
            read()


def test_a_folder_that_is_no_run_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="不是评测运行目录"):
        RunFolder(tmp_path).read_results()
