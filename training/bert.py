"""The encoder in PyTorch: a 12-layer BERT, mean pooling, unit vectors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.packed import Array, dequantised
from training.paths import whole

HIDDEN, LAYERS, HEADS, INNER = 384, 12, 12, 1536
EPSILON = 1e-12
PAD = 1

# Names in the weights file → names of a layer's modules here.
PARTS = {
    "q": "query",
    "k": "key",
    "v": "value",
    "ao": "mixed",
    "aln": "mixed_norm",
    "fi": "wide",
    "fo": "narrow",
    "oln": "norm",
}
_KINDS = {"w": "weight", "b": "bias"}


class Layer(nn.Module):
    """Self-attention and the two-layer perceptron, each with a residual and a norm behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Linear(HIDDEN, HIDDEN)
        self.key = nn.Linear(HIDDEN, HIDDEN)
        self.value = nn.Linear(HIDDEN, HIDDEN)
        self.mixed = nn.Linear(HIDDEN, HIDDEN)
        self.mixed_norm = nn.LayerNorm(HIDDEN, eps=EPSILON)
        self.wide = nn.Linear(HIDDEN, INNER)
        self.narrow = nn.Linear(INNER, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=EPSILON)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """The states behind the layer; ``mask`` is True where a token may be looked at."""
        query, key, value = (
            part(states).unflatten(-1, (HEADS, -1)).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        )
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        states = self.mixed_norm(states + self.mixed(seen.transpose(1, 2).flatten(2)))
        out: Tensor = self.norm(states + self.narrow(functional.gelu(self.wide(states))))
        return out


class Encoder(nn.Module):
    """Token ids → unit vectors; the embeddings are buffers and never trained."""

    words: Tensor
    positions: Tensor

    def __init__(self, weights: Mapping[str, Array]) -> None:
        super().__init__()
        words = dequantised(weights["emb.word.q"], weights["emb.word.d"])
        positions = weights["emb.pos"] + weights["emb.type"][:1]
        self.register_buffer("words", torch.from_numpy(words), persistent=False)
        self.register_buffer("positions", torch.from_numpy(positions), persistent=False)
        self.first_norm = nn.LayerNorm(HIDDEN, eps=EPSILON)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        state = self.state_dict()
        state.update({ours: torch.from_numpy(weights[name]) for name, ours in _names().items()})
        self.load_state_dict(state)

    def forward(self, ids: Tensor) -> Tensor:
        """The vectors of a batch of token ids, padded with ``PAD``."""
        return functional.normalize(self.mean(ids), dim=-1)

    def mean(self, ids: Tensor) -> Tensor:
        """The mean of the tokens' states behind the last layer."""
        real = ids != PAD
        states = functional.embedding(ids, self.words) + self.positions[: ids.shape[1]]
        states = self.first_norm(states)
        mask = real[:, None, None, :]
        for layer in self.layers:
            states = layer(states, mask)
        weight = real.unsqueeze(-1).to(states.dtype)
        return (states * weight).sum(1) / weight.sum(1)

    def trained(self) -> dict[str, Array]:
        """The weights as they are now, without the embeddings."""
        state = self.state_dict()
        return {name: state[ours].cpu().numpy() for name, ours in _names().items()}


def load_weights(path: Path) -> dict[str, Array]:
    """The arrays of a weights file."""
    with np.load(path, allow_pickle=False) as stored:
        return dict(stored)


def save_weights(path: Path, weights: Mapping[str, Array]) -> None:
    """Write a weights file, whole or not at all."""
    arrays: dict[str, Any] = dict(weights)
    with whole(path) as part:
        np.savez(part, **arrays)


def pad(rows: list[list[int]]) -> Tensor:
    """Rows of token ids as one matrix."""
    ids = torch.full((len(rows), max(map(len, rows))), PAD)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = torch.tensor(row)
    return ids


def _names() -> dict[str, str]:
    names = {f"emb.ln.{kind}": f"first_norm.{ours}" for kind, ours in _KINDS.items()}
    for layer in range(LAYERS):
        for part, module in PARTS.items():
            for kind, ours in _KINDS.items():
                names[f"l{layer}.{part}.{kind}"] = f"layers.{layer}.{module}.{ours}"
    return names
