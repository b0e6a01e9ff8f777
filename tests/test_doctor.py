"""``qa-bot doctor``: every part tried, one line each, and what to do."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path

import pytest
from index_samples import settings_in, take_in
from model_samples import scripted_server
from pydantic import SecretStr
from typer.testing import CliRunner

from qa_bot import doctor, reranker_model
from qa_bot.cli import app
from qa_bot.index.ingest import ingest
from qa_bot.index.manifest import generation_folder, read_manifest
from qa_bot.reranker_model import OnnxReranker
from qa_bot.settings import Settings

KEY = "sk-very-secret"


def finding(settings: Settings, part: str) -> doctor.Finding:
    (found,) = [f for f in doctor.examine(settings) if part in f.part]
    return found


@pytest.fixture
def settings(corpus_settings, tmp_path) -> Settings:
    """A copy of the corpus index, to be harmed, and a port that is free."""
    shutil.copytree(corpus_settings.index_dir, tmp_path / "index")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return corpus_settings.model_copy(update={"index_dir": tmp_path / "index", "port": port})


@pytest.fixture
def run(settings, monkeypatch):
    monkeypatch.setenv("QA_BOT_INDEX_DIR", str(settings.index_dir))
    monkeypatch.setenv("QA_BOT_PORT", str(settings.port))
    return lambda *arguments: CliRunner().invoke(app, ["doctor", *arguments])


def current(settings: Settings) -> Path:
    return generation_folder(settings.index_dir, read_manifest(settings.index_dir).generation)


def test_all_is_well(settings, run):
    result = run()
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert [line[0] for line in lines] == ["✓"] * 7
    clauses = f"{read_manifest(settings.index_dir).clauses} 个条款"
    for word in ("chromadb", clauses, "e5-small-zh", "extractive", str(settings.port)):
        assert word in result.output


def test_damage_is_a_fault_and_exit_code_1(settings, run):
    (current(settings) / "clauses.jsonl").write_text("")
    result = run("--json")
    assert result.exit_code == 1
    answer = json.loads(result.output)
    assert answer["ok"] is False
    (fault,) = [row for row in answer["findings"] if row["level"] == "fault"]
    assert "索引" in fault["part"]
    assert "qa-bot ingest --rebuild" in fault["todo"]


def test_an_older_generation_that_answers_is_a_note(settings):
    ingest([settings.corpus_dir], settings, rebuild=True)
    (current(settings) / "documents.jsonl").unlink()
    found = finding(settings, "index")
    assert found.level == "note"
    assert "documents.jsonl" in found.text
    assert read_manifest(settings.index_dir).previous in found.text


def test_no_index_yet_is_a_note(tmp_path):
    assert finding(settings_in(tmp_path), "index").level == "note"
    assert not settings_in(tmp_path).index_dir.exists()


def test_an_index_with_the_vectors_of_another_model(tmp_path):
    settings = settings_in(tmp_path)
    settings.corpus_dir.mkdir()
    (settings.corpus_dir / "a.txt").write_text("办法\n第一条。", "utf-8")
    take_in(settings, settings.corpus_dir)
    assert finding(settings, "embedding").level == "fault"


def test_an_embedding_model_that_cannot_be_loaded(settings, tmp_path):
    changed = settings.model_copy(update={"embedding": f"local:{tmp_path / 'none'}"})
    found = finding(changed, "embedding")
    assert found.level == "fault"
    assert "none" in found.text
    assert "QA_BOT_EMBEDDING" in finding(changed, "index").text


def test_the_reranker_reads_a_clause():
    found = doctor.reranker()
    assert found.level == "ok"
    assert "ms" in found.text


def test_a_damaged_reranker(monkeypatch, tmp_path):
    monkeypatch.setattr(reranker_model, "shipped_reranker", lambda: OnnxReranker(tmp_path))
    found = doctor.reranker()
    assert found.level == "fault"
    assert "重新安装" in found.todo


@pytest.mark.parametrize("manner", ["streams", "whole", "denied", "broken"])
def test_a_language_model_is_asked_once_and_its_key_stays_unsaid(settings, manner):
    with scripted_server(manner) as server:
        changed = settings.model_copy(
            update={"openai_api_key": SecretStr(KEY), "openai_base_url": server.url}
        )
        found = doctor.language_model(changed)
    assert found.level == ("ok" if manner in ("streams", "whole") else "note")
    assert server.seen[0]["max_tokens"] == 16
    assert KEY not in str(found)


def test_a_language_model_that_is_not_there(run, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{port}/v1")
    result = run()
    assert result.exit_code == 0
    assert "! 语言模型" in result.output
    assert "OPENAI_BASE_URL" in result.output
    assert KEY not in result.output


def test_a_taken_port(settings):
    with socket.create_server(("127.0.0.1", settings.port)):
        assert finding(settings, "port").level == "note"
    assert finding(settings, "port").level == "ok"


def test_a_folder_that_cannot_be_written():
    settings = Settings(_env_file=None, index_dir="/proc/none")
    assert doctor.folder(settings).level == "note"


def test_a_package_of_the_wrong_version(monkeypatch):
    monkeypatch.setattr(doctor.metadata, "requires", lambda _: ["pydantic>=999", "typer"])
    found = doctor.versions()
    assert found.level == "fault"
    assert "pydantic" in found.text
    assert "typer" not in found.text
