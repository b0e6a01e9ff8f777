"""Embedding models: the embedded default, an OpenAI-compatible endpoint, a local folder."""

from __future__ import annotations

import asyncio
import importlib
from pathlib import Path

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from numpy.typing import ArrayLike, NDArray

from qa_bot.embedding_model import model_id, shipped_embedder
from qa_bot.errors import ModelError
from qa_bot.settings import Settings

Vectors = NDArray[np.float32]


class ShippedEmbedding(BaseEmbedding):
    """The project's own model (``docs/embedding.md``): 384 dimensions, weights in the package.

    Loads on first use, adds the query and passage prefixes, returns unit vectors and may be
    called from several threads.
    """

    model_name: str = "e5-small-zh"
    embed_batch_size: int = 64

    @classmethod
    def class_name(cls) -> str:
        return "ShippedEmbedding"

    def _get_query_embedding(self, query: str) -> list[float]:
        vector: list[float] = shipped_embedder().query(query).tolist()
        return vector

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = shipped_embedder().passages(texts).tolist()
        return vectors

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return await asyncio.to_thread(self._get_query_embedding, query)


def load_embedding(settings: Settings) -> BaseEmbedding:
    """The model that ``settings.embedding`` names.

    Raises ``ModelError`` where a local model's folder or package is missing.
    """
    kind, _, name = settings.embedding.partition(":")
    if kind == "openai":
        return _endpoint(name, settings)
    if kind == "local":
        return _local(name)
    return ShippedEmbedding()


def embedding_id(settings: Settings) -> str:
    """A name that changes when vectors would: ``e5-small-zh-…``, ``openai:MODEL``, ``local:…``."""
    kind, _, name = settings.embedding.partition(":")
    if kind == "local":
        return f"local:{Path(name).expanduser().resolve()}"
    return settings.embedding if name else model_id()


def embed_query(question: str, embedding: BaseEmbedding) -> Vectors:
    """The unit vector of a question, float32 of shape ``(dimension,)``.

    Raises ``ModelError`` where the model fails.
    """
    try:
        vector = embedding.get_query_embedding(question)
    except Exception as error:
        raise model_failed(embedding, error) from error
    unit: Vectors = normalised([vector])[0]
    return unit


def embed_texts(texts: list[str], embedding: BaseEmbedding) -> Vectors:
    """The unit vectors of passages, float32 of shape ``(len(texts), dimension)``.

    Raises ``ModelError`` where the model fails.
    """
    try:
        vectors = embedding.get_text_embedding_batch(texts)
    except Exception as error:
        raise model_failed(embedding, error) from error
    return normalised(vectors)


def normalised(vectors: ArrayLike) -> Vectors:
    """The rows scaled to length 1; ``ModelError`` where a row has no direction."""
    matrix = np.array(vectors, dtype=np.float32)
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    if not np.all(np.isfinite(lengths)) or not np.all(lengths > 0):
        raise ModelError(
            "向量模型返回了无效的向量，请检查 QA_BOT_EMBEDDING 后重试。"
            "(the embedding model returned a vector without direction: check it and try again.)"
        )
    matrix /= lengths
    return matrix


def model_failed(embedding: BaseEmbedding, error: Exception) -> ModelError:
    """The error to show when ``embedding`` raised ``error``; never quotes it, it may hold a key."""
    return ModelError(
        f"向量模型 {embedding.model_name} 出错（{type(error).__name__}），请检查 QA_BOT_EMBEDDING、"
        "QA_BOT_EMBEDDING_BASE_URL 和 QA_BOT_EMBEDDING_API_KEY 后重试。"
        "(the embedding model failed: check these settings and try again.)"
    )


def _endpoint(model: str, settings: Settings) -> BaseEmbedding:
    from llama_index.embeddings.openai_like import OpenAILikeEmbedding

    own = settings.embedding_base_url is not None
    key = settings.embedding_api_key or (None if own else settings.openai_api_key)
    return OpenAILikeEmbedding(
        model_name=model,
        api_base=settings.embedding_base_url or settings.openai_base_url,
        api_key=key.get_secret_value() if key else "none",
        embed_batch_size=settings.embedding_batch_size,
        timeout=settings.llm_timeout_s,
        max_retries=3,
    )


def _local(name: str) -> BaseEmbedding:
    folder = Path(name).expanduser()
    if not folder.is_dir():
        raise ModelError(
            f"向量模型文件夹 {folder} 不存在，请检查 QA_BOT_EMBEDDING。"
            "(no such embedding model folder: check QA_BOT_EMBEDDING.)"
        )
    try:
        package = importlib.import_module("llama_index.embeddings.huggingface")
    except ImportError as error:
        raise ModelError(
            "本地向量模型需要另外安装：`pip install llama-index-embeddings-huggingface`。"
            "(local embedding models need this package: install it.)"
        ) from error
    try:
        model: BaseEmbedding = package.HuggingFaceEmbedding(model_name=str(folder))
    except Exception as error:
        raise ModelError(
            f"无法从 {folder} 载入向量模型，请检查其中的文件。"
            "(no embedding model can be loaded from there: check its files.)"
        ) from error
    return model
