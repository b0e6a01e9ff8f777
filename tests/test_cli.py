"""The command line as a user runs it: in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from qa_bot.batch import answer_lines


@pytest.fixture
def run(corpus_settings, tmp_path):
    """Run ``qa-bot`` with the corpus index; ``index`` names another index folder."""

    def call(
        *args: str | bytes, index: Path | None = None, **extra: str
    ) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "QA_BOT_INDEX_DIR": str(index or corpus_settings.index_dir),
            **extra,
        }
        return subprocess.run(
            [sys.executable, "-m", "qa_bot.cli", *args],
            capture_output=True,
            text=True,
            timeout=300,
            cwd=tmp_path,
            env=environment,
            check=False,
        )

    return call


def assert_one_sentence(result, *words):
    """Exit code 2, one line on standard error that holds ``words``, no traceback."""
    assert result.returncode == 2, result.stderr
    message = result.stderr.strip()
    assert message.startswith("错误")
    assert "\n" not in message
    assert "Traceback" not in message
    for word in words:
        assert word in message


def test_help_is_quick_and_loads_nothing_heavy(run):
    assert "ingest" in run("--help").stdout
    # Seconds of the processor: on an idle machine the same as on the clock.
    times = []
    for _ in range(3):
        before = os.times()
        run("--help")
        after = os.times()
        times.append(
            after.children_user
            + after.children_system
            - before.children_user
            - before.children_system
        )
    assert min(times) < 0.5
    code = "import sys, qa_bot.cli; print([m for m in ('chromadb', 'gradio', 'llama_index', 'openai') if m in sys.modules])"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]"


def test_every_option_has_help(run):
    for command in (
        "ingest",
        "ask",
        "batch",
        "parse",
        "show",
        "serve",
        "settings",
        "eval",
        "gold",
        "index",
        "doctor",
    ):
        result = run(command, "--help")
        assert result.returncode == 0, command
        assert "(" in result.stdout


def test_ask_prints_answer_and_citation(run):
    result = run("ask", "校车标牌怎么办理？")
    assert result.returncode == 0, result.stderr
    assert "市公安局" in result.stdout
    assert (
        "[1] 《盘锦市人民政府关于调整和新增一批政务服务事项的决定》（盘政发〔2023〕8号）附件2 第3项"
        in result.stdout
    )


def test_ask_json_is_one_answer_object(run):
    answer = json.loads(run("ask", "校车标牌怎么办理？", "--json").stdout)
    assert answer["citations"][0]["doc_no"] == "盘政发〔2023〕8号"


def test_a_region_of_which_nothing_is_indexed_is_said_so(run):
    assert_one_sentence(run("ask", "校车标牌怎么办理？", "--region", "巴黎"), "巴黎", "盘锦市")


def test_show_finds_documents_and_clauses_by_any_spelling(run):
    outline = run("show", "盘政发[2023] 8 号")
    assert "附件2 第3项" in outline.stdout
    clause = run("show", "盘政发〔2023〕8号", "附件2第3项")
    assert "实施主体：市公安局" in clause.stdout
    by_title = run("show", "安全生产责任制规定", "第33条")
    assert "2004年1月1日" in by_title.stdout


def test_show_says_what_it_does_not_find(run):
    assert_one_sentence(run("show", "盘政发〔1999〕1号"), "盘政发〔1999〕1号")
    assert_one_sentence(run("show", "盘政发〔2023〕8号", "第九百条"), "第九百条")


def test_batch_keeps_order_and_survives_bad_lines(run, tmp_path):
    questions = tmp_path / "q.jsonl"
    questions.write_text(
        "\n".join(
            [
                json.dumps({"id": "a", "question": "校车标牌怎么办理？"}, ensure_ascii=False),
                "{ not json",
                json.dumps({"id": "b"}),
                json.dumps({"id": "c", "question": "长" * 10_000}, ensure_ascii=False),
                json.dumps({"id": "d", "question": "   "}),
                json.dumps({"id": "e", "question": "供热经营许可归谁批？"}, ensure_ascii=False),
            ]
        ),
        encoding="utf-8",
    )
    output = tmp_path / "a.jsonl"
    result = run("batch", str(questions), "--output", str(output))
    assert result.returncode == 0, result.stderr
    answers = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == ["a", None, "b", "c", "d", "e"]
    assert ["error" in answer for answer in answers] == [False, True, True, True, True, False]
    assert answers[5]["citations"]


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ('{"id": "a", "question": "\\ud800"}', {"id": "a", "question": "\ud800"}),
        ('{"id": "\\udfff", "question": ""}', {"id": "\udfff", "question": ""}),
        ('{"id": 7, "question": "校车？"}', {"id": 7, "question": "校车？"}),
        ('{"id": ' + "[" * 200 + "]" * 200 + "}", {"id": None, "question": None}),
        ('{"id": NaN}', {"id": None, "question": None}),
        ("[" * 200_000, {"id": None, "question": None}),
        ('{"id":' * 200_000, {"id": None, "question": None}),
        ("9" * 10_000, {"id": None, "question": None}),
    ],
    ids=["half a character", "in its id", "number", "nested", "NaN", "deep", "deeper", "digits"],
)
def test_a_bad_line_of_any_kind_becomes_a_line_of_output(bot, line, known):
    (result,) = answer_lines(bot, [line])
    assert result.failed
    said = json.loads(result.line.encode("utf-8"))
    assert "不是问题对象" in said.pop("error") or known["question"] == ""
    assert said == known


def test_parse_needs_no_index(run, corpus_dir, tmp_path):
    result = run("parse", str(corpus_dir / "benxi-2019-05.txt"), index=tmp_path / "none")
    assert len([x for x in result.stdout.splitlines() if '"type": "document"' in x]) == 11
    assert not (tmp_path / "none").exists()


def test_settings_masks_secrets(run):
    result = run("settings", OPENAI_API_KEY="sk-very-secret")
    assert "QA_BOT_INDEX_DIR=" in result.stdout
    assert "very-secret" not in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("missing.txt", None, "找不到"),
        ("empty.txt", b"", "空"),
        ("junk.txt", bytes(range(256)) * 40, "文本"),
    ],
)
def test_unusable_file(run, tmp_path, name, data, words):
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    assert_one_sentence(run("parse", str(path)), name, words)
    assert_one_sentence(run("ingest", str(path), index=tmp_path / "fresh"), name)


def test_a_file_name_that_is_not_utf8_is_reported_and_the_other_files_are_ingested(run, tmp_path):
    folder = tmp_path / "unzipped"
    folder.mkdir()
    text = "甲市管理办法\n第一条 为了规范管理，制定本办法。\n第二条 本办法自2024年1月1日起施行。\n"
    bad = folder / os.fsdecode("公报.txt".encode("gbk"))
    for file in (folder / "good.txt", bad):
        file.write_text(text, "utf-8")

    done = run("ingest", str(folder), index=tmp_path / "fresh")

    assert done.returncode == 0, done.stderr
    assert "新增 1" in done.stdout
    assert "公报.txt 的名称不是 UTF-8" in done.stderr
    assert '"公报.txt"' in run("parse", str(bad)).stdout


def test_folder_without_gazettes(run, tmp_path):
    folder = tmp_path / "nothing"
    folder.mkdir()
    assert_one_sentence(run("ingest", str(folder), index=tmp_path / "fresh"), "nothing")


def test_failed_ingest_leaves_the_index_answering(run, tmp_path):
    junk = tmp_path / "junk.txt"
    junk.write_bytes(b"\x00\x01\x02" * 1000)
    assert run("ingest", str(junk)).returncode == 2
    assert "市公安局" in run("ask", "校车标牌怎么办理？").stdout


def test_index_of_another_model_is_refused(run):
    result = run("ask", "校车？", QA_BOT_EMBEDDING="openai:other", OPENAI_API_KEY="sk-x")
    assert_one_sentence(result, "e5-small-zh", "--rebuild")


def test_half_built_index(run, tmp_path):
    index = tmp_path / "half"
    (index / "generations").mkdir(parents=True)
    (index / "manifest.json").write_text("{", encoding="utf-8")
    assert_one_sentence(run("ask", "校车？", index=index), "--rebuild")


def test_unusable_question_and_setting(run):
    assert_one_sentence(run("ask", "  "), "空")
    assert_one_sentence(run("ask", "长" * 10_000), "10000")
    assert_one_sentence(run("settings", QA_BOT_PORT="many"), "QA_BOT_PORT")


def test_half_a_character_is_no_question(run):
    assert_one_sentence(run("ask", "--json", b"\xd0\xa3\xb3\xb5"), "不完整的字符")
    assert_one_sentence(run("ask", "校车？", "--region", b"\xd0"), "不完整的字符")


@pytest.mark.parametrize("port", ["0", "-1", "65536", "70000"])
def test_no_such_port(run, port):
    result = run("serve", "--port", port)
    assert result.returncode == 2
    assert "--port" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_host_that_is_none(run):
    assert_one_sentence(run("serve", "--host", "no.such.host.invalid"), "--host")


@pytest.mark.parametrize(
    ("encoding", "newline"), [("gb18030", "\n"), ("utf-8-sig", "\r\n"), ("utf-16", "\n")]
)
def test_encodings_give_the_same_structure(run, corpus_dir, tmp_path, encoding, newline):
    source = corpus_dir / "hangzhou-ningxia-xinzhou.txt"
    copy = tmp_path / source.name
    copy.write_bytes(source.read_text("utf-8").replace("\n", newline).encode(encoding))
    assert run("parse", str(copy)).stdout == run("parse", str(source)).stdout
