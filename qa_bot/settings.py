"""All settings in one typed place: environment variables ``QA_BOT_*`` and the file ``.env``."""

from __future__ import annotations

import re
from datetime import date
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal

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
        env_file_encoding="utf-8-sig",
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
        description="Seconds for a whole answer of the language model or embedding endpoint.",
    )
    llm_first_token_s: float = Field(
        default=15.0,
        gt=0,
        description="Seconds to wait for the model's first word, and for each next one.",
    )
    llm_connect_s: float = Field(
        default=5.0, gt=0, description="Seconds to wait for a connection to the language model."
    )
    llm_retries: int = Field(
        default=2,
        ge=0,
        le=10,
        description="Times that a failed request to the language model is made again, with back-off.",
    )
    llm_failures: int = Field(
        default=3, ge=1, description="Failures in a row after which the model is not asked."
    )
    llm_pause_s: float = Field(
        default=60.0, ge=0, description="Seconds for which it is then not asked, before one trial."
    )
    llm_concurrency: int = Field(
        default=4,
        ge=1,
        description="Questions that wait for the model at a time; others are answered without it.",
    )
    llm_max_tokens: int = Field(
        default=800, ge=16, description="Longest reply of the language model, in tokens."
    )
    evidence_tokens: int = Field(
        default=4000, ge=100, description="Tokens of clauses that the language model is shown."
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

    auth: Literal["none", "users", "proxy"] = Field(
        default="none",
        description="Who signs visitors in: nobody, the users file, or a trusted proxy's headers.",
    )
    auth_open: bool = Field(
        default=False, description="With sign-in: those who have not signed in may ask, too."
    )
    auth_user_header: str = Field(
        default="X-Remote-User", description="Header in which the trusted proxy names the user."
    )
    auth_role_header: str = Field(
        default="X-Remote-Role",
        description="Header in which the trusted proxy says citizen, staff or admin.",
    )
    users_file: Path | None = Field(
        default=None,
        description="File of those who may sign in (`qa-bot user`); unset: in the index folder.",
    )
    session_hours: float = Field(
        default=8, gt=0, description="Hours after which one has to sign in again."
    )
    trusted_proxies: str = Field(
        default="",
        description="Addresses or networks of reverse proxies whose headers are believed.",
    )
    root_path: str = Field(
        default="", description="Path below which a reverse proxy shows the page, like /qa."
    )

    concurrent_questions: int = Field(
        default=8, ge=1, le=256, description="Questions that are answered at a time."
    )
    waiting_questions: int = Field(
        default=64, ge=0, description="Questions that may wait; more are refused politely."
    )
    questions_per_minute: int = Field(
        default=60,
        ge=0,
        description="Questions that a client may ask in a minute, and ten times as many other requests; 0: any number.",
    )
    answer_timeout_s: float = Field(
        default=60.0, gt=0, description="Seconds after which a question is given up."
    )
    max_body_kb: int = Field(
        default=1000, ge=1, description="Largest request in kB, uploads apart."
    )
    body_timeout_s: float = Field(
        default=30.0,
        gt=0,
        description="Seconds for a request to come in, more for a large one.",
    )
    max_connections: int = Field(
        default=1000, ge=1, description="Open connections; more are refused."
    )
    shutdown_s: float = Field(
        default=30.0, ge=0, description="Seconds that running answers have to finish at the end."
    )

    upload: bool = Field(
        default=False, description="Whether staff who signed in may upload gazette files."
    )
    uploads_dir: Path | None = Field(
        default=None, description="Folder of uploaded files; unset: in the index folder."
    )
    upload_mb: int = Field(default=20, ge=1, le=100, description="Largest uploaded file in MB.")

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Least serious lines of the server's log."
    )
    log_questions: bool = Field(
        default=False, description="Whether the log holds the questions that people ask."
    )

    @property
    def uploads_path(self) -> Path:
        """Where uploaded files are kept."""
        return self.uploads_dir or self.index_dir / "uploads"

    @property
    def users_path(self) -> Path:
        """Where those who may sign in are kept."""
        return self.users_file or self.index_dir / "users.json"

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

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        networks = [ip_network(part.strip(), strict=False) for part in value.split(",") if part]
        return ",".join(map(str, networks))

    @field_validator("root_path")
    @classmethod
    def _rooted(cls, value: str) -> str:
        if not re.fullmatch(r"(/[\w.~-]+)*/?", value):
            raise ValueError("QA_BOT_ROOT_PATH must be a path like /qa")
        return value.rstrip("/")

    @field_validator("embedding")
    @classmethod
    def _known_embedding(cls, value: str) -> str:
        kind, _, name = value.strip().partition(":")
        if value.strip() == "shipped" or (kind in {"openai", "local"} and name.strip()):
            return value.strip()
        raise ValueError(f"QA_BOT_EMBEDDING must be {EMBEDDING_FORMS}, not {value!r}")


def load_settings() -> Settings:
    """The settings in force; ``SettingsError`` where a value or the file cannot be used."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = env_name(str(first["loc"][0])) if first["loc"] else "QA_BOT_*"
        raise SettingsError(
            f"设置 {name} 的值无法使用，请改正环境变量或 .env 文件。({name}: {first['msg']}.)"
        ) from None
    except UnicodeDecodeError:
        raise SettingsError(
            ".env 文件不是 UTF-8 编码，请另存为 UTF-8 后再试。(.env is not in UTF-8: save it as UTF-8.)"
        ) from None
    except OSError as error:
        raise SettingsError(
            f".env 文件无法读取（{error.strerror}），请检查权限。(.env cannot be read: check its permissions.)"
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
