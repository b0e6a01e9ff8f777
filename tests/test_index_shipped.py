"""The vectors that are shipped belong to the corpus, the parser and the model as they are now."""

from __future__ import annotations

import numpy as np
import pytest

from qa_bot.index.among import Among
from qa_bot.index.embedding import embed_query, embed_texts, load_embedding
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


@pytest.mark.parametrize("share", ["one document", "a third", "all but one"])
def test_a_search_among_some_documents_is_the_whole_search_without_the_others(bot, share):
    index, question = bot.index, "校车标牌怎么办理？"
    titles = sorted({clause.title for clause in index.store.clauses})
    among = {"one document": titles[:1], "a third": titles[::3], "all but one": titles[1:]}[share]
    vector = embed_query(question, load_embedding(bot.settings))
    ranked = index.dense(vector, len(index.store.clauses))
    expected = [
        similarity
        for clause_id, similarity in ranked
        if index.store.clause(clause_id).title in among
    ][:300]
    found = index.dense(vector, 300, among)
    assert {index.store.clause(clause_id).title for clause_id, _ in found} <= {*among}
    assert [similarity for _, similarity in found] == pytest.approx(expected, abs=1e-5)


def test_a_search_among_no_documents_finds_nothing(bot):
    vector = embed_query("校车标牌", load_embedding(bot.settings))
    assert bot.index.dense(vector, 5, ["没有这份文件"]) == []


def test_vectors_of_few_documents_are_kept_within_bounds(bot, monkeypatch):
    monkeypatch.setattr("qa_bot.index.among._MOST_KEPT", 0)
    among = Among(bot.index._collection, bot.index.manifest.dimension)
    vector = embed_query("校车标牌怎么办理？", load_embedding(bot.settings))
    titles = [document.title for document in bot.index.store.documents[:3]]
    alone = [among.nearest(vector, 5, [title]) for title in titles]
    assert all(alone)
    assert len(among._known) == 1
    together = sorted((near for one in alone for near in one), key=lambda found: -found[1])
    assert among.nearest(vector, 5, titles) == together[:5]
