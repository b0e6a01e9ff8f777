from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

import qa_bot
from qa_bot.errors import SettingsError
from qa_bot.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch, tmp_path):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "QA_BOT_PORT", "QA_BOT_EMBEDDING"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_environment_is_read_with_prefix_and_openai_names_without(monkeypatch):
    monkeypatch.setenv("QA_BOT_PORT", "8123")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    settings = Settings()
    assert settings.port == 8123
    assert settings.openai_base_url == "http://127.0.0.1:9/v1"
    assert settings.openai_api_key is not None
    assert settings.openai_api_key.get_secret_value() == "sk-secret"


def test_dotenv_is_read_and_foreign_lines_are_ignored(tmp_path):
    (tmp_path / ".env").write_text("QA_BOT_CANDIDATES=7\nOTHER=1\nQA_BOT_UNKNOWN=2\n")
    assert Settings().candidates == 7


def test_dotenv_may_begin_with_a_byte_order_mark(tmp_path):
    (tmp_path / ".env").write_text("QA_BOT_CANDIDATES=7\n", encoding="utf-8-sig")
    assert Settings().candidates == 7


def test_dotenv_that_cannot_be_read_is_said_so(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("# 候选条数\nQA_BOT_CANDIDATES=7\n", encoding="gbk")
    with pytest.raises(SettingsError, match=r"\.env .*UTF-8.+\(.+\)$"):
        load_settings()

    def refused(*given, **more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refused)
    with pytest.raises(SettingsError, match=r"\.env .*Permission denied.+\(.+\)$"):
        load_settings()


@pytest.mark.parametrize("blank", ["", "   "])
def test_blank_counts_as_unset_and_hides_dotenv(monkeypatch, tmp_path, blank):
    (tmp_path / ".env").write_text("OPENAI_API_KEY=sk-file\nQA_BOT_PORT=8123\n")
    monkeypatch.setenv("OPENAI_API_KEY", blank)
    monkeypatch.setenv("QA_BOT_PORT", blank)
    settings = Settings()
    assert settings.openai_api_key is None
    assert settings.port == 7860


def test_secrets_are_masked():
    settings = Settings(openai_api_key="sk-one", embedding_api_key="sk-two")
    assert "sk-" not in repr(settings) + str(settings) + settings.model_dump_json()


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError):
        Settings().port = 1


@pytest.mark.parametrize("name", ["bert", "openai:", "local: ", "shipped:x"])
def test_unknown_embedding_is_refused_with_the_known_forms(name):
    with pytest.raises(ValidationError, match="openai:MODEL"):
        Settings(embedding=name)


def test_every_field_is_described():
    assert all(field.description for field in Settings.model_fields.values())


def test_no_heavy_import():
    heavy = "{'chromadb', 'llama_index', 'numpy', 'onnxruntime', 'openai', 'gradio'}"
    code = f"import sys, qa_bot.settings, qa_bot.errors; print({heavy} & set(sys.modules))"
    root = Path(qa_bot.__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"
