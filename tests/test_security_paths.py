"""No name of a file, document or section leads out of the index: CLI, interface, library, names."""

from __future__ import annotations

import subprocess
import sys

import pytest
from fastapi.testclient import TestClient

from qa_bot.clauses.lookup import find_clause, find_document
from qa_bot.errors import NotFoundError
from qa_bot.index.ingest import ingest
from qa_bot.settings import Settings
from qa_bot.web.app import build_server

WAYS_OUT = [
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/etc/passwd",
    "file:///etc/passwd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "....//....//etc/passwd",
    "附件2/../../etc/passwd",
    "~/.ssh/id_rsa",
]
GAZETTE = "甲市管理办法\n第一条 甲乙丙。\n第二条 丁戊己。\n"


@pytest.fixture(scope="module")
def client(bot):
    with TestClient(build_server(bot)) as client:
        yield client


@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_reference_is_never_a_path(bot, way):
    with pytest.raises(NotFoundError):
        find_document(bot.index.store.documents, way)
    with pytest.raises(NotFoundError):
        find_clause(bot.index.store.clauses, way)


@pytest.mark.parametrize("way", WAYS_OUT)
def test_the_interface_answers_that_there_is_none(client, way):
    reply = client.get("/api/clauses", params={"document": way, "section": way})
    assert reply.status_code == 404
    assert "root:" not in reply.text
    assert client.get(f"/conversations/{way}.md").status_code in (404, 405)


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../pyproject.toml", ".env", "qa_bot/settings.py", "/proc/self/environ"],
)
@pytest.mark.parametrize("route", ["/gradio_api/file=", "/file=", "/static/", "/assets/"])
def test_the_server_gives_out_no_file_of_the_machine(client, route, path):
    reply = client.get(route + path)
    assert reply.status_code in (403, 404, 405)
    assert "root:" not in reply.text


def test_the_command_line_shows_documents_not_files(corpus_settings):
    run = subprocess.run(
        [sys.executable, "-m", "qa_bot.cli", "show", WAYS_OUT[0], WAYS_OUT[2]],
        capture_output=True, text=True, check=False,
        env={"QA_BOT_INDEX_DIR": str(corpus_settings.index_dir), "PYTHONPATH": ":".join(sys.path)},
    )  # fmt: skip
    assert run.returncode == 2
    assert "找不到文件" in run.stderr
    assert "Traceback" not in run.stderr


def test_names_with_line_breaks_and_markup_stay_names(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    names = ["a\nb.txt", "<img src=x onerror=alert(1)>.txt", "x..%2f..%2fx.txt", "-rf.txt"]
    for number, name in enumerate(names):
        (folder / name).write_text(GAZETTE.replace("甲市", f"甲{number}市"), "utf-8")

    report = ingest([folder], Settings(_env_file=None, index_dir=tmp_path / "index"))

    assert sorted(report.added) == sorted(names)
    assert {path.name for path in tmp_path.iterdir()} == {"corpus", "index"}
