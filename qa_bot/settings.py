"""All settings in one typed place: environment variables ``QA_BOT_*`` and the file ``.env``."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from qa_bot.errors import SettingsError

PROJECT_ROOT = Path(__file__).resolve().parent.parent
EMBEDDING_FORMS = "`shipped`, `openai:MODEL` or `local:FOLDER`"


class Settings(BaseSettings):
    """What can be set. A blank value counts as unset; secrets are masked in ``repr``.

    Raises ``pydantic.ValidationError`` where a value cannot be used.
    """

    model_config = SettingsConfigDict(
        env_prefix="QA_BOT_",
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    corpus_dir: Path = Field(
        default=PROJECT_ROOT / "corpus", description="Folder of the gazette files that are shipped."
    )
    index_dir: Path = Field(
        default=PROJECT_ROOT / "index_store",
        description="Folder that holds the index; made if missing.",
    )
    vector_cache_dir: Path = Field(
        default=PROJECT_ROOT / "index_store" / "vector_cache",
        description="Folder of the shipped vectors; only read, never written by an ingest.",
    )
    prompts_dir: Path = Field(
        default=PROJECT_ROOT / "prompts", description="Folder of prompt templates."
    )

    keep_generations: int = Field(
        default=3,
        ge=2,
        description="Newest generations of the index that an ingest keeps, the current one included.",
    )

    embedding: str = Field(default="shipped", description=f"Embedding model: {EMBEDDING_FORMS}.")
    embedding_base_url: str | None = Field(
        default=None,
        description="Base URL of the embedding endpoint; unset: that of the language model.",
    )
    embedding_api_key: SecretStr | None = Field(
        default=None,
        description="Key of the embedding endpoint where it has a base URL of its own.",
    )
    embedding_batch_size: int = Field(
        default=10, ge=1, le=2048, description="Texts in one request to the embedding endpoint."
    )

    llm_model: str = Field(default="gpt-4o-mini", description="Name of the language model.")
    openai_api_key: SecretStr | None = Field(
        default=None,
        validation_alias="OPENAI_API_KEY",
        description="Key of the language model; unset: answers are extractive.",
    )
    openai_base_url: str | None = Field(
        default=None,
        validation_alias="OPENAI_BASE_URL",
        description="Base URL of an OpenAI-compatible endpoint; unset: that of OpenAI.",
    )
    llm_timeout_s: float = Field(
        default=30.0,
        gt=0,
        description="Seconds to wait for the language model or embedding endpoint.",
    )

    host: str = Field(default="127.0.0.1", description="Address that the web page listens on.")
    port: int = Field(
        default=7860, ge=1, le=65535, description="Port that the web page listens on."
    )
    candidates: int = Field(
        default=20, ge=1, le=200, description="Ranked clauses that come back with an answer."
    )
    max_question_chars: int = Field(
        default=2000, ge=1, description="Longest question, in characters, that is answered."
    )
    today: date | None = Field(
        default=None, description="Date that counts as today (ISO), for tests; unset: the clock."
    )

    history_file: Path | None = Field(
        default=None,
        description="File of the conversations kept for the page; unset: in the index folder.",
    )
    history_days: int = Field(
        default=90, ge=1, description="Days after which a kept conversation is deleted."
    )

    @property
    def history_path(self) -> Path:
        """Where the conversations of the page are kept."""
        return self.history_file or self.index_dir / "history.sqlite3"

    @model_validator(mode="before")
    @classmethod
    def _blank_is_unset(cls, values: dict[str, Any]) -> dict[str, Any]:
        return {
            name: value
            for name, value in values.items()
            if not (isinstance(value, str) and not value.strip())
        }

    @field_validator("embedding")
    @classmethod
    def _known_embedding(cls, value: str) -> str:
        kind, _, name = value.strip().partition(":")
        if value.strip() == "shipped" or (kind in {"openai", "local"} and name.strip()):
            return value.strip()
        raise ValueError(f"QA_BOT_EMBEDDING must be {EMBEDDING_FORMS}, not {value!r}")


def load_settings() -> Settings:
    """The settings in force; ``SettingsError`` where a value cannot be used."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = env_name(str(first["loc"][0])) if first["loc"] else "QA_BOT_*"
        raise SettingsError(
            f"设置 {name} 的值无法使用，请改正环境变量或 .env 文件。({name}: {first['msg']}.)"
        ) from None


def describe(settings: Settings) -> list[tuple[str, str, str]]:
    """(environment variable, value in force with secrets masked, meaning) of every setting."""
    rows = []
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        rows.append((env_name(name), "" if value is None else str(value), field.description or ""))
    return rows


def env_name(field: str) -> str:
    """The environment variable that sets a field."""
    known = Settings.model_fields.get(field)
    alias = known.validation_alias if known else None
    return alias if isinstance(alias, str) else f"QA_BOT_{field.upper()}"
