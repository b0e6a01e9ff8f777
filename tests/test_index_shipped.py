"""The vectors that are shipped belong to the corpus, the parser and the model as they are now."""

from __future__ import annotations

import numpy as np
import pytest

from qa_bot.index.embedding import embed_texts, load_embedding
from qa_bot.index.shipped import corpus_texts
from qa_bot.index.vector_cache import VectorCache
from qa_bot.settings import Settings


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return corpus_texts(Settings(_env_file=None))


def test_every_passage_of_the_corpus_has_a_shipped_vector(texts, tmp_path):
    cache = VectorCache.of(Settings(_env_file=None, index_dir=tmp_path))
    assert not cache.missing(texts), "run `make vectors`"


def test_a_sample_computed_again_agrees(texts, tmp_path):
    settings = Settings(_env_file=None, index_dir=tmp_path)
    sample = texts[:: len(texts) // 12]
    shipped = VectorCache.of(settings).vectors(sample)
    fresh = embed_texts(sample, load_embedding(settings))
    assert np.min(np.sum(shipped * fresh, axis=1)) > 0.9999
