"""``python -m training reranker``: a model that reads question and clause together.

The first layers of the shipped embedding model, taught further: of a question's clause and clauses
near to it the right one must score highest (cross-entropy), and the score is the log-odds that the
clause answers the question (binary cross-entropy), near misses counting as questions that it does
not. A run that was stopped goes on from its checkpoint.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from training.bert import EPSILON, HIDDEN, PAD, Layer
from training.groups import Group

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recipe:
    layers: tuple[int, ...] = (0, 1, 2, 3, 4, 5)
    epochs: int = 2
    questions: int = 8
    wrong: int = 3
    learning_rate: float = 5e-5
    warm_up: int = 50
    weight_decay: float = 0.01
    question_tokens: int = 64
    tokens: int = 288
    odds: float = 1.0
    seed: int = 0


class Reader(nn.Module):
    def __init__(self, weights, layers: Sequence[int]) -> None:
        super().__init__()
        from training.bert import Encoder

        whole = Encoder(weights)
        self.register_buffer("words", whole.words, persistent=False)
        self.register_buffer("positions", whole.positions, persistent=False)
        self.first_norm = whole.first_norm
        self.layers = nn.ModuleList(whole.layers[i] for i in layers)
        self.head = nn.Linear(HIDDEN, 1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, ids: Tensor) -> Tensor:
        real = ids != PAD
        states = functional.embedding(ids, self.words) + self.positions[: ids.shape[1]]
        states = self.first_norm(states)
        mask = real[:, None, None, :]
        for layer in self.layers:
            states = layer(states, mask)
        weight = real.unsqueeze(-1).to(states.dtype)
        mean = (states * weight).sum(1) / weight.sum(1)
        return self.head(mean).squeeze(-1)
