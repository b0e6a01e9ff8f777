"""What the commands work with; tests hand in one with an answerer of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from qa_bot.evaluation.errors import EvaluationError
from qa_bot.settings import PROJECT_ROOT

if TYPE_CHECKING:
    from qa_bot.answer.model import Answer, Mode
    from qa_bot.index.manifest import Manifest
    from qa_bot.retrieval.question import Question
    from qa_bot.settings import Settings


class HasManifest(Protocol):
    """An open index, as far as the harness looks into it."""

    @property
    def manifest(self) -> Manifest: ...


class OpenBot(Protocol):
    """The bot, as far as the harness knows it."""

    @property
    def index(self) -> HasManifest: ...

    def ask(self, question: Question) -> Answer: ...


def open_bot(settings: Settings, mode: Mode) -> OpenBot:
    """The real bot over the index that the settings name; built of the corpus where there is none.

    Raises EvaluationError where ``mode`` is ``llm`` and no language model is configured.
    """
    from qa_bot.bot import Bot
    from qa_bot.index.ingest import ingest
    from qa_bot.index.manifest import has_index

    if not has_index(settings.index_dir):
        ingest([settings.corpus_dir], settings)
    if mode == "extractive":
        settings = settings.model_copy(update={"openai_api_key": None, "openai_base_url": None})
    bot = Bot(settings)
    if bot.mode != mode:
        raise EvaluationError(
            "没有配置语言模型，不能以 llm 方式评测，请设置 OPENAI_API_KEY。"
            "(no language model is configured: set OPENAI_API_KEY.)"
        )
    return bot


def _settings() -> Settings:
    from qa_bot.settings import load_settings

    return load_settings()


@dataclass(frozen=True)
class Workbench:
    """Where gold and runs lie, and how settings and bot are come by."""

    gold: Path = PROJECT_ROOT / "eval" / "gold"
    runs: Path = PROJECT_ROOT / "eval" / "runs"
    settings: Callable[[], Settings] = field(default=_settings)
    open_bot: Callable[[Settings, Mode], OpenBot] = field(default=open_bot)
