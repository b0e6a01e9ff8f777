"""Stage 3: contrastive fine-tuning of every layer but the embeddings, twice from the same weights.

Once with questions alone, once with more of them and with near misses. The second knows better
when a clause is no answer; the mean of their weights (a model soup: Wortsman et al., arXiv
2203.05482) keeps half of that and orders clauses better than either.

A batch is 32 pairs in groups of up to four from one document, so that a question must tell its
clause from its neighbours: hard negatives at no cost; and a passage must tell its question from the
near misses, which ask for what it does not state. Every few steps the development questions are
searched for, and the best weights are kept. A run that was stopped goes on from its checkpoint.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from training.bert import Encoder, load_weights, save_weights
from training.learner import Learner
from training.pairs import Pair, also_right, everyday_questions, training_pairs
from training.paths import (
    BASE_WEIGHTS,
    FINISHED,
    LOG,
    RUNS,
    TOKENIZER,
    TUNED_WEIGHTS,
)

_log = logging.getLogger(__name__)
# Scores as near to the best as this are as good: then the later weights, which have seen more.
_AS_GOOD = 0.001


@dataclass(frozen=True)
class Recipe:
    """How to fine-tune; the defaults are what the shipped model was made with."""

    steps: int | None = None  # None: once through the pairs
    batch: int = 32
    group: int = 4
    learning_rate: float = 3e-5
    warm_up: int = 20
    temperature: float = 0.05
    weight_decay: float = 0.01
    question_tokens: int = 48
    passage_tokens: int = 144
    evaluate_every: int = 40
    minutes: float = 60.0
    patience: int = 3
    seed: int = 0


class FineTuning:
    """One run over ``pairs``, from the base weights or from the checkpoint of a stopped run; the
    best weights are written to ``best``."""

    def __init__(self, recipe: Recipe, pairs: Sequence[Pair], best: Path) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self._best_weights = recipe, best
        self.steps = recipe.steps or len(pairs) // recipe.batch
        self.tokenizer = Tokenizer.from_file(str(TOKENIZER))
        self.model = Encoder(load_weights(BASE_WEIGHTS))
        self._learner = Learner(
            self.model,
            [{"params": list(self.model.parameters()), "lr": recipe.learning_rate}],
            self.steps,
            recipe.warm_up,
            recipe.weight_decay,
            best.with_suffix(".pt"),
            asdict(recipe),
        )
        self._answers = frozenset((pair.question, pair.passage) for pair in pairs)
        self.batches = batches(pairs, recipe, self.steps)
        progress: tuple[int, float, int] = self._learner.resume() or (0, 0.0, 0)
        self.step, self.best, self.stale = progress

    def run(self) -> None:
        """Train until the steps or the minutes are over or the development score falls."""
        end = time.monotonic() + 60 * self.recipe.minutes
        if self.step == 0:
            self._evaluate()
        while self.step < self.steps and self.stale < self.recipe.patience:
            self.model.train()
            loss = self._learner.learn(self._loss(self.batches[self.step]))
            self.step += 1
            _note(step=self.step, loss=round(loss / 2, 4), at=round(time.monotonic()))
            late = time.monotonic() > end
            last = late or self.step == self.steps
            if last or self.step % self.recipe.evaluate_every == 0:
                self._evaluate()
            if late:
                break

    def _loss(self, pairs: Sequence[Pair]) -> Tensor:
        questions = self._vectors([pair.question for pair in pairs], "query: ")
        passages = self._vectors([pair.passage for pair in pairs], "passage: ")
        scores = questions @ passages.T / self.recipe.temperature
        right = torch.tensor(also_right(pairs, self._answers), device=scores.device)
        scores = scores.masked_fill(right, float("-inf"))
        target = torch.arange(len(pairs), device=scores.device)
        asked = scores.T
        if near_misses := [pair.near_miss for pair in pairs if pair.near_miss]:
            missed = passages @ self._vectors(near_misses, "query: ").T / self.recipe.temperature
            asked = torch.cat((asked, missed), dim=1)
        return functional.cross_entropy(scores, target) + functional.cross_entropy(asked, target)

    def _vectors(self, texts: Sequence[str], prefix: str, batch: int = 16) -> Tensor:
        """The vectors of texts, run in batches of like length."""
        limit = self.recipe.question_tokens if prefix == "query: " else self.recipe.passage_tokens
        rows = [one.ids for one in self.tokenizer.encode_batch([prefix + text for text in texts])]
        rows = [row if len(row) <= limit else [*row[: limit - 1], row[-1]] for row in rows]
        return self._learner.run(rows, batch)

    def _evaluate(self) -> None:
        """Search for the development clauses; keep the weights if they are the best so far."""
        self.model.eval()
        questions = [one for one in everyday_questions() if one.split == "dev"]
        pool = sorted({one.passage for one in questions})
        with torch.inference_mode():
            found = self._vectors([one.text for one in questions], "query: ", 32)
            there = self._vectors(pool, "passage: ", 32)
        scores = (found @ there.T).cpu().numpy()
        right = scores[range(len(questions)), [pool.index(one.passage) for one in questions]]
        ranks = (scores > right[:, None]).sum(axis=1) + 1
        score = float(np.mean(1 / ranks))
        _note(step=self.step, mrr=round(score, 4), hit1=round(float(np.mean(ranks == 1)), 4))
        _log.info("step %d: development MRR %.4f", self.step, score)
        better = score > self.best
        self.best, self.stale = (score, 0) if better else (self.best, self.stale + 1)
        if score > self.best - _AS_GOOD:
            save_weights(self._best_weights, self.model.trained())
        self._learner.save((self.step, self.best, self.stale))


def batches(pairs: Sequence[Pair], recipe: Recipe, steps: int) -> list[list[Pair]]:
    """So many batches, each of groups from one document."""
    chance = random.Random(recipe.seed)
    made: list[list[Pair]] = []
    while len(made) < steps:
        documents = defaultdict(list)
        for pair in pairs:
            documents[pair.document].append(pair)
        groups = []
        for group in documents.values():
            chance.shuffle(group)
            groups += [group[at : at + recipe.group] for at in range(0, len(group), recipe.group)]
        chance.shuffle(groups)
        row = [pair for group in groups for pair in group]
        full = len(row) // recipe.batch * recipe.batch
        made += [row[at : at + recipe.batch] for at in range(0, full, recipe.batch)]
    return made[:steps]


def finetune(recipe: Recipe) -> None:
    """Write the mean of the best weights of each run."""
    runs = []
    for name, best in RUNS.items():
        finished = best.with_suffix(".finished")
        if not finished.exists():
            _log.info("run %s", name)
            FineTuning(recipe, training_pairs(written=name == "near_misses"), best).run()
            finished.touch()
        runs.append(load_weights(best))
    mean = {name: np.mean([run[name] for run in runs], axis=0) for name in runs[0]}
    save_weights(TUNED_WEIGHTS, mean)
    FINISHED.touch()


def _note(**values: float) -> None:
    with LOG.open("a", encoding="utf-8") as log:
        log.write(json.dumps(values) + "\n")
