"""``qa-bot eval`` and ``qa-bot gold`` from the outside: output, files, exit codes."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
from evaluation_samples import (
    ROOT,
    Composer,
    FromGold,
    corpus_library,
    empty,
    perfect,
    shipped_gold,
)
from model_samples import scripted_server
from pydantic import SecretStr
from test_evaluation_runner import _Manifest
from typer.testing import CliRunner, Result

from qa_bot.answer.model import Answer, Mode
from qa_bot.evaluation.cli import eval_app
from qa_bot.evaluation.gold import GoldPair
from qa_bot.evaluation.gold_cli import gold_app
from qa_bot.evaluation.workbench import Workbench
from qa_bot.settings import Settings
from qa_bot.web.history import History
from qa_bot.web.turns import Exchange

QUOTE = "供热单位应当在停业开始六个月前向市供热行政主管部门提出申请"


class FakeBot(FromGold):
    index = SimpleNamespace(manifest=_Manifest(generation="1", sources={}))


def bench(tmp_path: Path, compose: Composer) -> Workbench:
    def open_bot(settings: Settings, mode: Mode) -> Any:
        return FakeBot(shipped_gold(), compose)

    return Workbench(runs=tmp_path / "runs", open_bot=open_bot)


def evaluate(tmp_path: Path, compose: Composer, *options: str) -> Result:
    return CliRunner().invoke(eval_app, list(options), obj=bench(tmp_path, compose))


def gold(*arguments: str, at: Path | None = None) -> Result:
    return CliRunner().invoke(gold_app, list(arguments), obj=Workbench(gold=at or Workbench.gold))


@pytest.fixture
def good() -> Composer:
    return perfect(corpus_library())


def test_a_run_prints_measures_and_writes_its_folder(tmp_path: Path, good: Composer) -> None:
    result = evaluate(tmp_path, good, "--limit", "5")
    assert result.exit_code == 0, result.output
    assert "strict_success" in result.output
    assert "5 题，失败 0 题" in result.output
    [folder] = (tmp_path / "runs").iterdir()
    names = {path.name for path in folder.iterdir()}
    assert names == {"run.json", "answers.jsonl", "results.json", "report.html", "summary.md"}


def test_filters(tmp_path: Path, good: Composer) -> None:
    options = ["--kind", "date", "--kind", "number", "--split", "dev"]
    result = evaluate(tmp_path, good, *options)
    wanted = shipped_gold().select(kinds=["date", "number"], splits=["dev"])
    assert f"{len(wanted.pairs)} 题" in result.output


def test_the_gate(tmp_path: Path, good: Composer) -> None:
    baseline = tmp_path / "baseline.json"
    assert evaluate(tmp_path, good, "--save-baseline", str(baseline)).exit_code == 0
    again = evaluate(tmp_path, good, "--baseline", str(baseline))
    assert again.exit_code == 0, again.output
    junit, summary = tmp_path / "out" / "junit.xml", tmp_path / "out" / "summary.md"
    reports = ["--junit", str(junit), "--markdown", str(summary)]
    worse = evaluate(tmp_path, empty, "--baseline", str(baseline), *reports)
    assert worse.exit_code == 1
    assert "不通过" in worse.output
    assert int(ElementTree.parse(junit).getroot().get("failures", "0")) > 5
    assert "变差的问题" in summary.read_text(encoding="utf-8")
    better = tmp_path / "bad.json"
    assert evaluate(tmp_path, empty, "--save-baseline", str(better)).exit_code == 0
    improved = evaluate(tmp_path, good, "--baseline", str(better))
    assert improved.exit_code == 0
    part = evaluate(tmp_path, good, "--baseline", str(baseline), "--limit", "9")
    assert part.exit_code == 0, part.output
    assert "金标与基线不同" not in part.output


def test_a_baseline_is_not_lost(tmp_path: Path, good: Composer) -> None:
    file = tmp_path / "baseline.json"
    save = ["--save-baseline", str(file)]
    few = ["--kind", "date", "--limit", "9"]
    assert evaluate(tmp_path, good, *few, *save).exit_code == 0
    kept = file.read_text(encoding="utf-8")
    for options in (["--kind", "date", "--limit", "5"], [*few, "--mode", "llm"]):
        refused = evaluate(tmp_path, empty, *options, *save)
        assert refused.exit_code == 2
        assert "不能替换基线" in refused.output
    failed = evaluate(tmp_path, empty, *few, *save, "--baseline", str(file))
    assert failed.exit_code == 1
    assert "没有保存基线" in failed.output
    assert file.read_text(encoding="utf-8") == kept
    assert evaluate(tmp_path, empty, *few, *save).exit_code == 0
    assert file.read_text(encoding="utf-8") != kept
    other = tmp_path / "notes.json"
    other.write_text("{}", encoding="utf-8")
    assert evaluate(tmp_path, good, *few, "--save-baseline", str(other)).exit_code == 2
    assert other.read_text(encoding="utf-8") == "{}"


def test_no_baseline_is_made_of_a_model_that_was_down(tmp_path: Path, good: Composer) -> None:
    file = tmp_path / "baseline.json"
    options = ["--mode", "llm", "--limit", "5", "--save-baseline", str(file)]
    result = evaluate(tmp_path, good, *options)
    assert result.exit_code == 2
    assert "语言模型一题也没有答" in result.output
    assert not file.exists()


@pytest.mark.parametrize(
    "option", ["save-baseline", "baseline", "junit", "markdown", "runs", "resume", "gold"]
)
def test_an_option_is_not_taken_for_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, good: Composer, option: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = evaluate(tmp_path, good, f"--{option}", "--help")
    assert result.exit_code == 2
    assert "--help 不能作为文件名" in result.output
    assert list(tmp_path.iterdir()) == []


def test_diff_of_two_runs(tmp_path: Path, good: Composer) -> None:
    evaluate(tmp_path, good)
    evaluate(tmp_path, empty)
    first, second = sorted(str(path) for path in (tmp_path / "runs").iterdir())
    worse = CliRunner().invoke(eval_app, ["diff", first, second])
    assert worse.exit_code == 1
    assert "- `panjin-001`" in worse.output
    assert CliRunner().invoke(eval_app, ["diff", second, first]).exit_code == 0


def test_runs_that_cannot_be_compared_are_not(tmp_path: Path, good: Composer) -> None:
    for options in (["--limit", "3"], ["--limit", "4"], ["--limit", "3", "--mode", "llm"]):
        evaluate(tmp_path, good, *options)
    first, *others = sorted(str(path) for path in (tmp_path / "runs").iterdir())
    for other in others:
        result = CliRunner().invoke(eval_app, ["diff", first, other])
        assert result.exit_code == 2
        assert "不可比" in result.output
    (Path(first) / "results.json").write_text('{"questions": [', encoding="utf-8")
    cut_off = CliRunner().invoke(eval_app, ["diff", first, first])
    assert cut_off.exit_code == 2
    assert "results.json 不完整" in cut_off.output


def test_a_run_is_resumed(tmp_path: Path, good: Composer) -> None:
    evaluate(tmp_path, good, "--limit", "3")
    [folder] = (tmp_path / "runs").iterdir()
    result = evaluate(tmp_path, empty, "--limit", "3", "--resume", str(folder))
    assert result.exit_code == 0
    assert "1.000" in result.output
    assert evaluate(tmp_path, good, "--limit", "4", "--resume", str(folder)).exit_code == 2


def test_a_language_model_is_evaluated_with_its_cost(
    tmp_path: Path, corpus_settings: Settings
) -> None:
    with scripted_server("streams") as server:
        values = {"openai_api_key": SecretStr("sk-secret"), "openai_base_url": server.url}
        settings = corpus_settings.model_copy(update=values)
        work = Workbench(runs=tmp_path / "runs", settings=lambda: settings)
        options = ["--mode", "llm", "--limit", "2", "--price-in", "2", "--price-out", "8"]
        result = CliRunner().invoke(eval_app, options, obj=work)
    assert result.exit_code == 0, result.output
    asked = len(server.seen)
    assert asked >= 2
    assert f"词元 {7 * asked} + {5 * asked}" in result.output
    [folder] = (tmp_path / "runs").iterdir()
    summary = (folder / "summary.md").read_text(encoding="utf-8")
    assert f"费用 {(7 * 2 + 5 * 8) * asked / 1e6:.4f}" in summary
    assert all("sk-secret" not in path.read_text(encoding="utf-8") for path in folder.iterdir())


def test_no_more_questions_are_asked_in_parallel_than_the_model_takes(
    tmp_path: Path, good: Composer
) -> None:
    settings = Settings(llm_concurrency=2)
    most, now = 0, 0

    def compose(pair: GoldPair) -> Answer:
        nonlocal most, now
        now += 1
        most = max(most, now)
        time.sleep(0.2)
        now -= 1
        return good(pair)

    work = dataclasses.replace(bench(tmp_path, compose), settings=lambda: settings)
    for mode, held_to_2 in (("llm", True), ("extractive", False)):
        most = 0
        options = ["--mode", mode, "--limit", "5", "--workers", "5"]
        assert CliRunner().invoke(eval_app, options, obj=work).exit_code == 0
        assert (most <= 2) is held_to_2


@pytest.mark.parametrize(
    "options",
    [
        ["--gold", "missing.jsonl"],
        ["--kind", "riddle"],
        ["--baseline", "missing.json"],
        ["--mode", "guess"],
        ["--limit", "0"],
        ["--junit", "x.xml"],
        ["--resume", "nowhere"],
        ["diff", "nowhere", "nowhere"],
    ],
)
def test_unusable_input_exits_2_without_a_traceback(
    tmp_path: Path, good: Composer, options: list[str]
) -> None:
    result = evaluate(tmp_path, good, *options)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output


def test_gold_check() -> None:
    result = gold("check")
    assert result.exit_code == 0, result.output
    assert f"{len(shipped_gold().pairs)} 题 (pairs)，0 个问题 (problems)" in result.output


def test_gold_check_finds_problems(tmp_path: Path) -> None:
    text = (ROOT / "eval" / "gold" / "panjin-2023-11-12.jsonl").read_text(encoding="utf-8")
    file = tmp_path / "panjin.jsonl"
    file.write_text(text.replace("附件1 第2项", "附件1 第9项"), encoding="utf-8")
    assert gold("check", str(file)).exit_code == 1
    file.write_text("{}", encoding="utf-8")
    broken = gold("check", str(file))
    assert broken.exit_code == 1
    assert "panjin.jsonl:1" in broken.output
    assert gold("check", str(tmp_path / "missing")).exit_code == 2


def test_gold_new_shows_the_clause_then_adds_a_pair(tmp_path: Path) -> None:
    where = ["--doc", "盘政发[2023]8号", "--section", "附件1第2项"]
    shown = gold("new", *where)
    assert shown.exit_code == 0
    assert QUOTE in shown.output
    file = tmp_path / "panjin.jsonl"
    values = ["--question", "停业多早说？", "--answer", "六个月前。", "--fact", "六个月|6个月"]
    values += ["--quote", QUOTE, "--kind", "number", "--file", str(file)]
    file.write_text("", encoding="utf-8")
    added = gold("new", *where, *values, at=tmp_path)
    assert added.exit_code == 0, added.output
    assert "panjin-001" in file.read_text(encoding="utf-8")
    values[values.index(QUOTE)] = "没有这句话"
    assert gold("new", *where, *values, at=tmp_path).exit_code == 1
    assert gold("new", "--doc", "x", "--section", "y").exit_code == 2
    assert gold("new", *where, "--question", "停业？").exit_code == 2


def test_gold_candidates_come_from_the_votes_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "kept.sqlite3"
    history = History(file, 90)
    history.keep("browser", "c", 0, Exchange("暖气停了找谁？"))
    history.vote("browser", "c", 0, -1, "wrong_source")
    monkeypatch.setenv("QA_BOT_HISTORY_FILE", str(file))
    printed = gold("candidates")
    assert printed.exit_code == 0, printed.output
    assert json.loads(printed.stdout)["question"] == "暖气停了找谁？"
    assert "wrong_source" in printed.stderr
    written = tmp_path / "out" / "new.jsonl"
    options = ["--history", str(file), "--file", str(written)]
    assert gold("candidates", *options).exit_code == 0
    assert written.read_text(encoding="utf-8") == printed.stdout
    assert gold("check", str(written)).exit_code == 1
    again = gold("candidates", *options)
    assert again.exit_code == 2
    assert "new.jsonl" in again.stderr
    assert gold("candidates", "--history", str(tmp_path / "none")).exit_code == 2


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; import qa_bot.evaluation.cli, qa_bot.evaluation.gold_cli; "
        "heavy = {'numpy', 'ir_measures', 'llama_index', 'chromadb', 'pydantic'}; "
        "sys.exit(', '.join(heavy & sys.modules.keys()) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_settings_that_cannot_be_used_exit_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_BOT_PORT", "none")
    result = CliRunner().invoke(eval_app, [])
    assert result.exit_code == 2
    assert "Traceback" not in result.output
