"""Whether this machine is fit to answer: every part is tried, and each line says what to do."""

from __future__ import annotations

import platform
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from packaging.requirements import Requirement
from pydantic import BaseModel, ConfigDict

from qa_bot.errors import QaBotError
from qa_bot.settings import Settings

if TYPE_CHECKING:
    from qa_bot.index.reader import Index

Level = Literal["ok", "note", "fault"]
_SHOWN = ("chromadb", "gradio", "llama-index-core", "onnxruntime", "tokenizers")
_LLM_TIMEOUT_S = 10.0
_LLM_TOKENS = 16
_SAME = 0.99
_MB = 1_000_000


class Finding(BaseModel):
    """One line: "ok", a "note" that answers can go on with, or a "fault" that stops them."""

    model_config = ConfigDict(frozen=True)

    part: str
    level: Level
    text: str
    todo: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Try every part in turn; what fails in one is a finding too."""
    yield versions()
    yield folder(settings)
    with ExitStack() as until:
        found, index = open_index(settings)
        if index:
            until.callback(index.close)
        yield found
        yield embedding(settings, index)
    yield reranker()
    yield language_model(settings)
    yield port(settings)


def versions() -> Finding:
    """Python and the packages, against what the installed qa-bot asks for."""
    part = "版本 (versions)"
    shown = ", ".join(f"{name} {_version(name)}" for name in _SHOWN)
    text = f"Python {platform.python_version()}, {shown}"
    wrong = [
        f"{wanted.name} {_version(wanted.name)}（需要 {wanted.specifier}）"
        for wanted in map(Requirement, _requirements())
        if (wanted.marker is None or wanted.marker.evaluate({"extra": ""}))
        and not _fits(wanted, _version(wanted.name))
    ]
    if wrong:
        todo = "请运行 `make install` 重新安装。(install again.)"
        return Finding(part=part, level="fault", text="、".join(wrong), todo=todo)
    return Finding(part=part, level="ok", text=text)


def folder(settings: Settings) -> Finding:
    """Room and permission to write where the index lies."""
    part = "磁盘 (disk)"
    place = next(p for p in (settings.index_dir, *settings.index_dir.parents) if p.exists())
    free = shutil.disk_usage(place).free
    text = f"{settings.index_dir}，剩余 {free // _MB} MB (free)"
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"x")
    except OSError as error:
        return Finding(
            part=part,
            level="note",
            text=f"{settings.index_dir} 不可写 (cannot be written): {error.strerror}",
            todo="可以继续答题，但不能 ingest；请检查权限和磁盘空间。"
            "(answers go on, an ingest does not: check permissions and disk space.)",
        )
    if free < (needed := 3 * _generation_bytes(settings.index_dir)):
        return Finding(
            part=part,
            level="note",
            text=text,
            todo=f"重建索引可能需要 {needed // _MB} MB，请腾出空间，或运行 `qa-bot index gc`。"
            "(free some space: an ingest may need as much.)",
        )
    return Finding(part=part, level="ok", text=text)


def open_index(settings: Settings) -> tuple[Finding, Index | None]:
    """The index, opened and checked as a bot does."""
    from qa_bot.index.manifest import has_index
    from qa_bot.index.reader import open_sound_index

    part = "索引 (index)"
    todo = (
        "请运行 `qa-bot index verify` 查看，`qa-bot ingest --rebuild` 修复。(verify, then rebuild.)"
    )
    if not has_index(settings.index_dir):
        text = f"{settings.index_dir} 中还没有索引 (no index yet)"
        first = "首次启动会自动建立；也可运行 `qa-bot ingest PATH…`。(the first start builds it.)"
        return Finding(part=part, level="note", text=text, todo=first), None
    try:
        index, problem = open_sound_index(settings)
    except QaBotError as error:
        return Finding(part=part, level="fault", text=str(error), todo=todo), None
    held = index.manifest
    text = (
        f"{held.generation}，{held.documents} 份文件 (documents)、{held.clauses} 个条款 (clauses)"
    )
    if problem:
        text = f"由前一代作答 (an older generation answers): {text}；{problem}"
        return Finding(part=part, level="note", text=text, todo=todo), index
    return Finding(part=part, level="ok", text=text), index


def embedding(settings: Settings, index: Index | None) -> Finding:
    """A question embedded, and a passage of the index that must have the vector that it had."""
    part = "向量模型 (embedding)"
    todo = (
        "请检查 QA_BOT_EMBEDDING；换了模型则运行 `qa-bot ingest --rebuild`。(check it, or rebuild.)"
    )
    try:
        from qa_bot.index.embedding import embed_query, embed_texts, load_embedding

        model = load_embedding(settings)
        embed_query("校车", model)
        started = time.perf_counter()
        embed_query("校车标牌怎么办理？", model)
        took = 1000 * (time.perf_counter() - started)
        if index:
            _, (passage, _) = next(index.passages(1))
            (_, similarity), *_ = index.dense(embed_texts([passage], model)[0], 1)
            if similarity < _SAME:
                text = f"{model.model_name} 不是建立索引的模型 (not the model of the index)"
                return Finding(part=part, level="fault", text=text, todo=todo)
    except QaBotError as error:
        return Finding(part=part, level="fault", text=str(error), todo=todo)
    except Exception as error:
        return Finding(part=part, level="fault", text=f"{type(error).__name__}: {error}", todo=todo)
    return Finding(part=part, level="ok", text=f"{model.model_name}，{took:.0f} ms")


def reranker() -> Finding:
    """The shipped reranker, loaded, and a clause read."""
    part = "重排模型 (reranker)"
    try:
        from qa_bot.reranker_model import shipped_reranker

        model = shipped_reranker()
        started = time.perf_counter()
        model.scores("校车标牌怎么办理？", ["校车标牌由公安机关发放。"])
        took = 1000 * (time.perf_counter() - started)
    except Exception as error:
        todo = "请重新安装 qa-bot。(install qa-bot again.)"
        text = str(error) if isinstance(error, QaBotError) else f"{type(error).__name__}: {error}"
        return Finding(part=part, level="fault", text=text, todo=todo)
    return Finding(part=part, level="ok", text=f"随附 (shipped)，{took:.0f} ms")


def language_model(settings: Settings) -> Finding:
    """One short request to the language model, if one is configured."""
    part = "语言模型 (language model)"
    if settings.openai_api_key is None:
        return Finding(part=part, level="ok", text="未配置，摘录作答 (none: extractive answers)")
    from llama_index.core.llms import ChatMessage

    from qa_bot.answer.endpoint import Endpoint, load_llm

    quick = {
        "llm_timeout_s": min(settings.llm_timeout_s, _LLM_TIMEOUT_S),
        "llm_first_token_s": min(settings.llm_first_token_s, _LLM_TIMEOUT_S),
        "llm_max_tokens": _LLM_TOKENS,
        "llm_retries": 0,
    }
    settings = settings.model_copy(update=quick)
    started = time.perf_counter()
    try:
        llm = load_llm(settings)
        assert llm
        list(Endpoint(llm, settings).ask([ChatMessage(role="user", content="1")]))
    except Exception as error:
        kind = type(error.__cause__ or error).__name__
        return Finding(
            part=part,
            level="note",
            text=f"{settings.llm_model} 没有应答 (no answer): {kind}",
            todo="摘录作答照常；请检查 OPENAI_API_KEY、OPENAI_BASE_URL 和 QA_BOT_LLM_MODEL。"
            "(extractive answers go on: check these settings.)",
        )
    took = time.perf_counter() - started
    return Finding(part=part, level="ok", text=f"{settings.llm_model}，{took:.1f} s")


def port(settings: Settings) -> Finding:
    """Whether the page could listen where it should."""
    part = "端口 (port)"
    where = f"{settings.host}:{settings.port}"
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as error:
        return Finding(
            part=part,
            level="note",
            text=f"{where} 不能监听 (cannot listen): {error.strerror}",
            todo="若不是 qa-bot 正在运行，请用 QA_BOT_PORT 换一个端口。"
            "(unless it is qa-bot that is running, choose another QA_BOT_PORT.)",
        )
    return Finding(part=part, level="ok", text=f"{where} 空闲 (free)")


def _requirements() -> list[str]:
    try:
        return metadata.requires("qa-bot") or []
    except metadata.PackageNotFoundError:
        return []


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "—"


def _fits(wanted: Requirement, version: str) -> bool:
    return version != "—" and wanted.specifier.contains(version, prereleases=True)


def _generation_bytes(index_dir: Path) -> int:
    from qa_bot.index.manifest import newest_readable_manifest

    manifest = newest_readable_manifest(index_dir)
    return sum(manifest.files.values()) if manifest else 0
