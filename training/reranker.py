"""``python -m training reranker``: a model that reads question and clause together.

All layers of the shipped embedding model over both texts at once, the upper half of them taught,
and two scores. ``RELEVANCE``: of a question's clause and clauses near to it the right one must score
highest (cross-entropy). ``ANSWERABILITY``, the log-odds that the clause answers the question: each clause
must be told right or wrong (binary cross-entropy), and of one clause the question that it answers
must score above one that it does not (pairwise, logistic). A run that was stopped goes on from its
checkpoint.
"""

from __future__ import annotations

import hashlib
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

from qa_bot.reranker_model import ANSWERABILITY, RELEVANCE, pair_ids
from training.bert import HIDDEN, Encoder, load_weights, save_weights
from training.groups import Group, groups
from training.learner import Learner
from training.paths import (
    BASE_WEIGHTS,
    PACKAGE,
    RERANKER_LOG,
    RERANKER_PACKAGE,
    RERANKER_WEIGHTS,
    TOKENIZER,
)
from training.shipped import shipped_weights

_log = logging.getLogger(__name__)
_TOKENS_AT_ONCE = 4096


@dataclass(frozen=True)
class Recipe:
    """How to teach the reranker; ``onward``: from the shipped one, not from the embedding model."""

    steps: int = 3000
    questions: int = 8
    wrong: int = 1
    frozen: int = 6
    learning_rate: float = 1e-4
    head_learning_rate: float = 1e-3
    warm_up: int = 100
    weight_decay: float = 0.01
    wrong_weight: float = 0.33
    save_every: int = 250
    seed: int = 0
    onward: bool = False


class CrossEncoder(nn.Module):
    """Token ids of question and clause → two scores; the embeddings and the lowest layers stay.

    ``package``: the shipped model that it begins with.
    """

    def __init__(self, frozen: int, package: Path) -> None:
        super().__init__()
        weights = {**load_weights(BASE_WEIGHTS), **shipped_weights(package)}
        self.encoder = Encoder(weights)
        self.head = nn.Linear(HIDDEN, 2)
        nothing = np.zeros((2, HIDDEN), dtype=np.float32)
        head = {
            "weight": torch.from_numpy(weights.get("head.w", nothing).copy()),
            "bias": torch.from_numpy(weights.get("head.b", nothing[:, 0]).copy()),
        }
        self.head.load_state_dict(head)
        for part in (self.encoder.first_norm, *self.encoder.layers[:frozen]):
            part.requires_grad_(False)

    def forward(self, ids: Tensor) -> Tensor:
        """The scores, of shape (pairs, 2), of token ids padded with ``PAD``."""
        scores: Tensor = self.head(self.encoder.mean(ids))
        return scores


class Teaching:
    """One run over ``taught``, from a shipped model or from a stopped run."""

    def __init__(self, recipe: Recipe, taught: Sequence[Group]) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        self._tokenizer = Tokenizer.from_file(str(TOKENIZER))
        self._model = CrossEncoder(recipe.frozen, RERANKER_PACKAGE if recipe.onward else PACKAGE)
        head = list(self._model.head.parameters())
        body = [one for one in self._model.encoder.parameters() if one.requires_grad]
        self._learner = Learner(
            self._model,
            [
                {"params": body, "lr": recipe.learning_rate},
                {"params": head, "lr": recipe.head_learning_rate},
            ],
            recipe.steps,
            recipe.warm_up,
            recipe.weight_decay,
            RERANKER_WEIGHTS.with_suffix(".pt"),
            {**asdict(recipe), "data": _digest(taught)},
        )
        self._batches = list(_batches(taught, recipe))
        self.step: int = self._learner.resume() or 0

    def run(self) -> None:
        """Teach until the steps are over, and write the weights."""
        self._model.train()
        while self.step < self.recipe.steps:
            loss = self._learner.learn(self._loss(*self._batches[self.step]))
            self.step += 1
            with RERANKER_LOG.open("a", encoding="utf-8") as log:
                values = {"step": self.step, "loss": round(loss, 4), "at": round(time.monotonic())}
                log.write(json.dumps(values) + "\n")
            if self.step % self.recipe.save_every == 0:
                _log.info("step %d: loss %.3f", self.step, loss)
                self._learner.save(self.step)
        head = {name: value.cpu().numpy() for name, value in self._model.head.state_dict().items()}
        taught = {**self._model.encoder.trained(), "head.w": head["weight"], "head.b": head["bias"]}
        save_weights(RERANKER_WEIGHTS, taught)

    def _loss(self, batch: Sequence[Group], wrong: Sequence[Sequence[str]]) -> Tensor:
        ordered = [
            [(group.question, text) for text in (group.right, *others)]
            for group, others in zip(batch, wrong, strict=True)
        ]
        missed = [pair for group in batch for pair in group.missed]
        scores = self._scores([*(pair for pairs in ordered for pair in pairs), *missed])
        *of_groups, of_missed = scores.split([*map(len, ordered), len(missed)])
        best = [functional.log_softmax(one[:, RELEVANCE], dim=0)[0] for one in of_groups]
        order = -torch.stack(best).mean()
        right = torch.stack([one[0, ANSWERABILITY] for one in of_groups])
        others = torch.cat([one[1:, ANSWERABILITY] for one in of_groups])
        of_missed = of_missed[:, ANSWERABILITY]
        odds = (
            functional.softplus(-right).sum()
            + functional.softplus(others).sum() * self.recipe.wrong_weight
            + functional.softplus(of_missed).sum()
        ) / len(scores)
        loss = order + odds
        if missed:
            times = torch.tensor([len(group.missed) for group in batch], device=right.device)
            answered = right.repeat_interleave(times)
            loss = loss + functional.softplus(of_missed - answered).mean()
        return loss

    def _scores(self, pairs: Sequence[tuple[str, str]]) -> Tensor:
        """The scores of (question, reading); on a GPU in 16 bits."""
        rows = [pair_ids(self._tokenizer, question, text) for question, text in pairs]
        size = max(1, _TOKENS_AT_ONCE // max(map(len, rows)))
        device = self._learner.device
        with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
            return self._learner.run(rows, size).float()


def teach(recipe: Recipe) -> None:
    """Write the weights of the reranker."""
    Teaching(recipe, groups()).run()


def _digest(taught: Sequence[Group]) -> str:
    return hashlib.sha256(repr(taught).encode()).hexdigest()


def _batches(
    taught: Sequence[Group], recipe: Recipe
) -> Iterator[tuple[list[Group], list[list[str]]]]:
    """For each step some questions, each with some of its wrong clauses."""
    chance = random.Random(recipe.seed)
    waiting: list[Group] = []
    for _ in range(recipe.steps):
        if len(waiting) < recipe.questions:
            waiting = list(taught)
            chance.shuffle(waiting)
        batch = [waiting.pop() for _ in range(recipe.questions)]
        drawn = [chance.sample(one.wrong, min(recipe.wrong, len(one.wrong))) for one in batch]
        yield batch, drawn
