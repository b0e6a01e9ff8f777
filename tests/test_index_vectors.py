from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from index_samples import settings_in
from llama_index.core.base.embeddings.base import BaseEmbedding

from qa_bot.errors import ModelError
from qa_bot.index.embedding import (
    ShippedEmbedding,
    embed_query,
    embed_texts,
    embedding_id,
    load_embedding,
)
from qa_bot.index.vector_cache import VectorCache, embed_passages

TEXTS = ["校车标牌由市公安局发放。", "供热经营许可由住建局审批。", "停业应当提前申请。"]


class FailingEmbedding(ShippedEmbedding):
    """Embeds one text at a time and fails after ``good`` of them."""

    embed_batch_size: int = 1
    good: int

    def _get_text_embeddings(self, texts):
        if self.good == 0:
            raise RuntimeError("key sk-123 refused")
        self.good -= len(texts)
        return super()._get_text_embeddings(texts)


class ZeroEmbedding(ShippedEmbedding):
    def _get_text_embeddings(self, texts):
        return [[0.0] * 384 for _ in texts]


@pytest.fixture
def cache_of(tmp_path):
    def make(model_id: str = "model-test") -> VectorCache:
        return VectorCache(model_id, tmp_path / "shipped", tmp_path / "local")

    return make


def test_shipped_model_vectors_are_unit_and_rank_the_right_text():
    model = ShippedEmbedding()
    vectors = embed_texts(TEXTS, model)
    query = embed_query("校车标牌怎么办理？", model)
    assert vectors.shape == (3, 384)
    assert vectors.dtype == query.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert (vectors @ query).argmax() == 0


def test_shipped_model_knows_queries_from_passages():
    model = ShippedEmbedding()
    assert not np.allclose(embed_query(TEXTS[0], model), embed_texts(TEXTS[:1], model)[0])


def test_shipped_model_reads_beyond_a_nul():
    with_nul, short = embed_texts(["校车\0供热许可", "校车"], ShippedEmbedding())
    assert with_nul @ short < 0.999


def test_shipped_model_gives_the_same_vector_from_many_threads():
    model = ShippedEmbedding()
    alone = embed_texts(TEXTS, model)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda n: embed_texts([TEXTS[n % 3]], model)[0], range(24)))
    np.testing.assert_allclose(together, alone[[n % 3 for n in range(24)]], atol=1e-5)


def test_embedding_ids_tell_models_apart(tmp_path):
    names = ["shipped", "openai:text-embedding-3-small", f"local:{tmp_path}"]
    ids = [embedding_id(settings_in(tmp_path, embedding=name)) for name in names]
    assert ids[0].startswith("e5-small-zh-")
    assert ids[1:] == names[1:]


def test_endpoint_key_is_not_sent_to_another_host(tmp_path):
    keys = {"openai_api_key": "sk-llm", "embedding": "openai:m"}
    elsewhere = settings_in(tmp_path, embedding_base_url="http://127.0.0.1:9/v1", **keys)
    assert load_embedding(elsewhere).api_key == "none"
    assert load_embedding(settings_in(tmp_path, **keys)).api_key == "sk-llm"


def test_local_model_needs_its_folder(tmp_path):
    with pytest.raises(ModelError, match="QA_BOT_EMBEDDING"):
        load_embedding(settings_in(tmp_path, embedding=f"local:{tmp_path / 'none'}"))


def test_vector_without_direction_is_refused():
    with pytest.raises(ModelError):
        embed_texts(TEXTS, ZeroEmbedding())


def test_cached_and_fresh_vectors_are_the_same(cache_of):
    fresh = embed_passages(TEXTS, ShippedEmbedding(), cache_of())
    cached = embed_passages(TEXTS, FailingEmbedding(good=0), cache_of())
    np.testing.assert_array_equal(fresh, cached)
    np.testing.assert_allclose(fresh, embed_texts(TEXTS, ShippedEmbedding()), atol=2e-4)


def test_rows_follow_the_texts_and_twins_are_embedded_once(cache_of):
    vectors = embed_passages([TEXTS[0], TEXTS[1], TEXTS[0]], FailingEmbedding(good=2), cache_of())
    np.testing.assert_array_equal(vectors[0], vectors[2])
    alone = embed_texts(TEXTS[1:2], ShippedEmbedding())[0]
    np.testing.assert_allclose(vectors[1], alone, atol=2e-4)


def test_interrupted_work_is_kept_and_the_error_shows_no_key(cache_of):
    with pytest.raises(ModelError) as failed:
        embed_passages(TEXTS, FailingEmbedding(good=2), cache_of())
    assert "sk-123" not in str(failed.value)
    assert len(cache_of().missing(TEXTS)) == 1
    embed_passages(TEXTS, FailingEmbedding(good=1), cache_of())


def test_vectors_are_saved_on_the_way(cache_of):
    seen = []

    def progress(stage: str, done: int, total: int) -> None:
        seen.append((stage, done, total, len(cache_of().missing(TEXTS))))

    embed_passages(TEXTS, FailingEmbedding(good=3), cache_of(), progress, save_every_s=0)
    assert seen[0] == ("embedding", 0, 3, 3)
    assert seen[-1] == ("embedding", 3, 3, 1)


def test_shipped_vectors_are_used_and_never_written(cache_of, tmp_path):
    cache = cache_of()
    embed_passages(TEXTS[:1], ShippedEmbedding(), cache)
    shipped = cache.export(TEXTS[:1], tmp_path / "shipped")
    cache.local_file.unlink()
    before = shipped.read_bytes()
    embed_passages(TEXTS, FailingEmbedding(good=2), cache_of())
    assert shipped.read_bytes() == before
    (tmp_path / "shipped" / shipped.name).unlink()
    assert cache_of().missing(TEXTS) == TEXTS[:1]


def test_export_is_the_same_whatever_the_order(cache_of, tmp_path):
    cache = cache_of()
    embed_passages(TEXTS, ShippedEmbedding(), cache)
    first = cache.export(TEXTS, tmp_path / "one").read_bytes()
    assert cache.export(TEXTS[::-1], tmp_path / "two").read_bytes() == first


@pytest.mark.parametrize("junk", [b"", b"not a zip", None])
def test_damaged_cache_is_built_anew_with_a_warning(cache_of, caplog, junk):
    embed_passages(TEXTS, ShippedEmbedding(), cache_of())
    path = cache_of().local_file
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if junk is None else junk)
    with caplog.at_level(logging.WARNING):
        cache = cache_of()
    assert str(path) in caplog.text
    assert cache.missing(TEXTS) == TEXTS
    embed_passages(TEXTS, ShippedEmbedding(), cache)
    assert cache_of().missing(TEXTS) == []


def test_cache_of_another_model_is_ignored(cache_of, caplog):
    embed_passages(TEXTS, ShippedEmbedding(), cache_of())
    cache_of().local_file.rename(cache_of("other").local_file)
    assert cache_of("other").missing(TEXTS) == TEXTS
    assert "other" in caplog.text


def test_cache_without_its_arrays_is_ignored(cache_of, caplog):
    path = cache_of().local_file
    path.parent.mkdir()
    np.savez(path, model=np.array("model-test"), keys=np.zeros(3), vectors=np.zeros((2, 4)))
    assert cache_of().missing(TEXTS) == TEXTS
    assert "model-test" in caplog.text


def test_changed_dimension_is_refused(cache_of):
    class Shorter(ShippedEmbedding):
        def _get_text_embeddings(self, texts):
            return [[1.0, 0.0] for _ in texts]

    model: BaseEmbedding = Shorter()
    embed_passages(TEXTS[:1], ShippedEmbedding(), cache_of())
    with pytest.raises(ModelError, match="384"):
        embed_passages(TEXTS, model, cache_of())
