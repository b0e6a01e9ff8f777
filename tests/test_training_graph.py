"""The 8-bit graph against the encoder in PyTorch that it is written from."""

from __future__ import annotations

import numpy as np
import pytest

from qa_bot.shipped_model import MODEL, OnnxModel
from training.packed import BLOCK

WHY = 'needs pip install ".[training]"'
torch = pytest.importorskip("torch", reason=WHY)
bert = pytest.importorskip("training.bert", reason=WHY)
encoder_graph = pytest.importorskip("training.graph", reason=WHY).encoder_graph
ranges = pytest.importorskip("training.ranges", reason=WHY).ranges
shipped_weights = pytest.importorskip("training.shipped", reason=WHY).shipped_weights
HIDDEN, INNER, LAYERS = bert.HIDDEN, bert.INNER, bert.LAYERS

PIECES = 500
ROWS = [[0, *range(10 + n, 10 + n * 7, 3), 2] for n in range(3, 30, 2)]


@pytest.fixture(scope="module")
def weights():
    """Weights as random as a model's: inputs of the layers with a few large ones."""
    chance = np.random.default_rng(0)

    def normal(*shape):
        return chance.normal(size=shape).astype(np.float32)

    made = {
        "emb.word.q": chance.integers(-8, 8, (PIECES, HIDDEN)).astype(np.int8),
        "emb.word.d": np.full((PIECES, HIDDEN // BLOCK), 0.02, dtype=np.float16),
        "emb.pos": normal(64, HIDDEN) * 0.02,
        "emb.type": normal(2, HIDDEN) * 0.02,
    }
    norms = ["emb.ln", *(f"l{n}.{part}" for n in range(LAYERS) for part in ("aln", "oln"))]
    for name in norms:
        scale = 1 + 0.1 * normal(HIDDEN)
        scale[7] = 2
        made |= {f"{name}.w": scale, f"{name}.b": 0.1 * normal(HIDDEN)}
    for layer in range(LAYERS):
        for part in ("q", "k", "v", "ao", "fi", "fo"):
            outputs, inputs = {"fi": (INNER, HIDDEN), "fo": (HIDDEN, INNER)}.get(
                part, (HIDDEN, HIDDEN)
            )
            made[f"l{layer}.{part}.w"] = normal(outputs, inputs) * 0.05
            made[f"l{layer}.{part}.b"] = normal(outputs) * 0.05
    return made


@pytest.fixture(scope="module")
def graph(weights):
    return encoder_graph(weights, ranges(bert.Encoder(weights), ROWS))


def test_eight_bits_have_the_vectors_of_the_encoder(weights, graph):
    with torch.inference_mode():
        exact = bert.Encoder(weights)(bert.pad(ROWS)).numpy()
    vectors = OnnxModel(graph.SerializeToString()).run(ROWS)
    assert np.sum(exact * vectors, axis=1).min() > 0.98


def test_a_text_has_the_same_vector_alone_and_in_a_batch(graph):
    model = OnnxModel(graph.SerializeToString())
    alone = np.concatenate([model.run([row]) for row in ROWS])
    assert np.abs(alone - model.run(ROWS)).max() < 1e-5


def test_weights_are_read_back_out_of_the_file(weights, graph, tmp_path):
    (tmp_path / MODEL).write_bytes(graph.SerializeToString())
    read = shipped_weights(tmp_path)
    for name, values in read.items():
        error = np.linalg.norm(values - weights[name])
        assert error <= 0.05 * np.linalg.norm(weights[name]), name
    assert {name for name in weights if not name.startswith("emb.") or ".ln" in name} == set(read)
