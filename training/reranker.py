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

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from qa_bot.reranker_model import ANSWERABILITY, RELEVANCE, pair_ids
from training.bert import HIDDEN, LAYERS, Encoder, load_weights, pad, save_weights
from training.graph import reranker_graph
from training.groups import Group, groups
from training.paths import (
    BASE_WEIGHTS,
    RERANKER_LOG,
    RERANKER_MODEL,
    RERANKER_WEIGHTS,
    TOKENIZER,
    whole,
)
from training.shipped import shipped_weights

_log = logging.getLogger(__name__)
_TOKENS_AT_ONCE = 4096


@dataclass(frozen=True)
class Recipe:
    """How to teach the reranker."""

    steps: int = 1200
    questions: int = 8
    wrong: int = 2
    frozen: int = 6
    learning_rate: float = 1e-4
    head_learning_rate: float = 1e-3
    warm_up: int = 100
    weight_decay: float = 0.01
    wrong_weight: float = 0.33
    save_every: int = 250
    seed: int = 0


class CrossEncoder(nn.Module):
    """Token ids of question and clause → two scores; the embeddings and the lowest layers stay."""

    def __init__(self, frozen: int) -> None:
        super().__init__()
        self.encoder = Encoder({**load_weights(BASE_WEIGHTS), **shipped_weights()})
        self.head = nn.Linear(HIDDEN, 2)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        for part in (self.encoder.first_norm, *self.encoder.layers[:frozen]):
            part.requires_grad_(False)

    def forward(self, ids: Tensor) -> Tensor:
        """The scores, of shape (pairs, 2), of token ids padded with ``PAD``."""
        scores: Tensor = self.head(self.encoder.mean(ids))
        return scores


class Teaching:
    """One run over ``taught``, from the shipped embedding model or from a stopped run."""

    def __init__(self, recipe: Recipe, taught: Sequence[Group]) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.tokenizer = Tokenizer.from_file(str(TOKENIZER))
        self.model = CrossEncoder(recipe.frozen).to(self.device)
        head = list(self.model.head.parameters())
        body = [one for one in self.model.encoder.parameters() if one.requires_grad]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": body, "lr": recipe.learning_rate},
                {"params": head, "lr": recipe.head_learning_rate},
            ],
            weight_decay=recipe.weight_decay,
        )
        self.scheduler = torch.optim.lr_scheduler.LambdaLR(self.optimizer, self._rate)
        self.batches = list(_batches(taught, recipe))
        self._data = _digest(taught)
        self.step = 0
        self._checkpoint = RERANKER_WEIGHTS.with_suffix(".pt")
        if self._checkpoint.exists():
            self._resume()

    def run(self) -> None:
        """Teach until the steps are over, and write the weights."""
        self.model.train()
        while self.step < self.recipe.steps:
            loss, began = self._learn(*self.batches[self.step]), time.monotonic()
            self.step += 1
            with RERANKER_LOG.open("a", encoding="utf-8") as log:
                log.write(json.dumps({"step": self.step, "loss": round(loss, 4), "at": began}))
                log.write("\n")
            if self.step % self.recipe.save_every == 0:
                _log.info("step %d: loss %.3f", self.step, loss)
                self._save()
        head = {name: value.cpu().numpy() for name, value in self.model.head.state_dict().items()}
        taught = {**self.model.encoder.trained(), "head.w": head["weight"], "head.b": head["bias"]}
        save_weights(RERANKER_WEIGHTS, taught)

    def _learn(self, batch: Sequence[Group], wrong: Sequence[Sequence[str]]) -> float:
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
            answered = right.repeat_interleave(
                torch.tensor([len(group.missed) for group in batch], device=self.device)
            )
            loss = loss + functional.softplus(of_missed - answered).mean()
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.scheduler.step()
        return float(loss.item())

    def _scores(self, pairs: Sequence[tuple[str, str]]) -> Tensor:
        """The scores of (question, reading), run in batches of like length, in 16 bits."""
        rows = [pair_ids(self.tokenizer, question, text) for question, text in pairs]
        order = sorted(range(len(rows)), key=lambda number: len(rows[number]))
        size = max(1, _TOKENS_AT_ONCE // len(rows[order[-1]]))
        with torch.autocast(self.device, torch.bfloat16):
            parts = [
                self.model(
                    pad([rows[number] for number in order[start : start + size]]).to(self.device)
                )
                for start in range(0, len(order), size)
            ]
        back = torch.empty(len(order), dtype=torch.long, device=self.device)
        back[torch.tensor(order)] = torch.arange(len(order), device=self.device)
        return torch.cat(parts).float()[back]

    def _rate(self, step: int) -> float:
        recipe = self.recipe
        warm_up = max(1, min(recipe.warm_up, recipe.steps // 2))
        falling = (recipe.steps - step) / max(1, recipe.steps - warm_up)
        return max(min((step + 1) / warm_up, falling), 0.02)

    def _save(self) -> None:
        state = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scheduler": self.scheduler.state_dict(),
            "step": self.step,
            "recipe": asdict(self.recipe),
            "data": self._data,
        }
        with whole(self._checkpoint) as part:
            torch.save(state, part)

    def _resume(self) -> None:
        state = torch.load(self._checkpoint, map_location=self.device, weights_only=True)
        if (state["recipe"], state["data"]) != (asdict(self.recipe), self._data):
            raise SystemExit(
                f"{self._checkpoint} is of another recipe or other data: delete it to begin anew"
            )
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.scheduler.load_state_dict(state["scheduler"])
        self.step = state["step"]
        _log.info("going on from step %d", self.step)


def teach(recipe: Recipe) -> None:
    """Write the weights of the reranker."""
    Teaching(recipe, groups()).run()


def export() -> None:
    """Write the reranker as an ONNX file in 8 bits."""
    weights = {**load_weights(BASE_WEIGHTS), **load_weights(RERANKER_WEIGHTS)}
    with whole(RERANKER_MODEL) as part:
        part.write_bytes(reranker_graph(weights, LAYERS).SerializeToString())


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
