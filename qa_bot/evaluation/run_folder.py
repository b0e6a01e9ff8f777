"""A run on disk: ``run.json`` (what was run), ``answers.jsonl``, ``results.json``, reports."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from qa_bot.answer.model import Mode
from qa_bot.evaluation.errors import EvaluationError
from qa_bot.evaluation.gold import GoldSet
from qa_bot.evaluation.lines import append_line
from qa_bot.evaluation.results import AnswerRecord, Results
from qa_bot.settings import PROJECT_ROOT, Settings

_VERSIONED = (
    "llama-index-core",
    "chromadb",
    "onnxruntime",
    "tokenizers",
    "bm25s",
    "openai",
    "ir-measures",
    "numpy",
    "pydantic",
)
_PROGRAM = ("*.py", "*.json", "*.tsv", "SHA256SUMS")
_ANSWERING = {
    "embedding",
    "embedding_base_url",
    "llm_model",
    "openai_base_url",
    "llm_max_tokens",
    "evidence_tokens",
    "candidates",
    "max_question_chars",
    "today",
}
_Kept = TypeVar("_Kept", bound=BaseModel)


class RunInfo(BaseModel):
    """What a run was made with; two runs with the same hashes should give the same answers.

    ``code_hash`` is empty in runs that did not keep it.
    """

    model_config = ConfigDict(frozen=True)

    started: datetime
    mode: Mode
    gold_hash: str
    settings_hash: str
    index_hash: str
    code_hash: str = ""
    filters: dict[str, Any]
    versions: dict[str, str]

    @property
    def identity(self) -> tuple[str, ...]:
        """What must not change when a run is taken up again."""
        hashes = (self.gold_hash, self.settings_hash, self.index_hash, self.code_hash)
        return self.mode, *hashes, json.dumps(self.filters, sort_keys=True)


class RunFolder:
    """One run's folder; answers are appended as they come, from any thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()

    @classmethod
    def create(cls, parent: Path, info: RunInfo) -> RunFolder:
        """A new folder under ``parent``, named by the time it was started."""
        stamp = info.started.strftime("%Y%m%dT%H%M%S.%fZ")
        folder = cls(parent / stamp)
        folder.path.mkdir(parents=True)
        folder._write("run.json", info.model_dump_json(indent=2))
        return folder

    @classmethod
    def resume(cls, path: Path, info: RunInfo) -> RunFolder:
        """An earlier run's folder. Raises EvaluationError where it was made otherwise."""
        folder = cls(path)
        if folder.read_info().identity != info.identity:
            raise EvaluationError(
                f"{path} 的程序、设置、索引、金标或筛选条件与当前不同，不能续跑。"
                "(made with other code, settings, index, gold or filters: cannot be resumed.)"
            )
        return folder

    @property
    def answers_file(self) -> Path:
        return self.path / "answers.jsonl"

    def append_answer(self, record: AnswerRecord) -> None:
        with self._lock:
            append_line(self.answers_file, record.model_dump_json())

    def read_answers(self) -> dict[str, AnswerRecord]:
        """The last record of every question; a line cut off by an abort is passed over."""
        if not self.answers_file.exists():
            return {}
        records: dict[str, AnswerRecord] = {}
        for line in self.answers_file.read_bytes().split(b"\n"):
            try:
                record = AnswerRecord.model_validate_json(line)
            except ValidationError:
                continue
            records[record.id] = record
        return records

    def read_info(self) -> RunInfo:
        return self._read("run.json", RunInfo)

    def write_results(self, results: Results) -> None:
        self._write("results.json", results.model_dump_json(indent=1))

    def read_results(self) -> Results:
        return self._read("results.json", Results)

    def _write(self, name: str, text: str) -> None:
        (self.path / name).write_text(text, encoding="utf-8")

    def _read(self, name: str, kind: type[_Kept]) -> _Kept:
        try:
            return kind.model_validate_json((self.path / name).read_bytes())
        except OSError:
            raise EvaluationError(
                f"{self.path} 不是评测运行目录或缺少 {name}。(no run folder, or {name} missing.)"
            ) from None
        except ValidationError:
            raise EvaluationError(
                f"{self.path / name} 不完整，或出自别的版本，不能使用。"
                "(cut off, or of another version: cannot be used.)"
            ) from None


def run_info(
    gold: GoldSet,
    *,
    mode: Mode,
    settings_hash: str,
    index_hash: str,
    filters: dict[str, Any] | None = None,
) -> RunInfo:
    """The description of a run that starts now; ``gold`` is all of it, whatever filters leave out."""
    return RunInfo(
        started=datetime.now(UTC),
        mode=mode,
        gold_hash=digest(pair.model_dump_json() for pair in gold.pairs),
        settings_hash=settings_hash,
        index_hash=index_hash,
        code_hash=hash_code(PROJECT_ROOT / "qa_bot"),
        filters=filters or {},
        versions=_versions(),
    )


@cache
def hash_code(package: Path) -> str:
    """A hash of the program in a folder: its sources and tables, and the sums of its models."""
    files = sorted(path for pattern in _PROGRAM for path in package.rglob(pattern))
    return digest(
        f"{path.relative_to(package).as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in files
    )


def hash_settings(settings: Settings) -> str:
    """A hash of the settings that bear on answers, and of the prompts, wherever these lie."""
    values = settings.model_dump(mode="json", include=_ANSWERING)
    prompts = [
        path.read_text(encoding="utf-8") for path in sorted(settings.prompts_dir.glob("*.txt"))
    ]
    return digest([json.dumps(values, sort_keys=True, ensure_ascii=False), *prompts])


def hash_index(manifest: BaseModel) -> str:
    """A hash of what an index was built from and how, not of when or where."""
    values = manifest.model_dump(mode="json")
    sources = sorted(
        (source["file"], source["sha256"], source["parser"])
        for source in values["sources"].values()
    )
    kept = {name: values[name] for name in ("format", "embedding", "dimension", "recipe")}
    return digest([json.dumps([sources, kept], sort_keys=True)])


def digest(parts: Iterable[str]) -> str:
    """The first 16 hex digits of a SHA-256 over the parts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for name in _VERSIONED:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions
