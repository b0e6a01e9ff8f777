"""What teaching a model takes, whatever it is taught: steps of a rate that rises and falls, rows of
tokens run in batches of like length, and a checkpoint from which a stopped run goes on."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from training.bert import pad
from training.paths import whole

_log = logging.getLogger(__name__)
_LEAST_RATE = 0.02
_LARGEST_GRADIENT = 1.0


class Learner:
    """A model and its optimiser.

    ``parameters``: as ``torch.optim.AdamW`` takes them, each group with its learning rate, which it
    reaches after ``warm_up`` steps and from which it falls to nothing in ``steps``. ``recipe``: what
    a checkpoint must have been made with; ``SystemExit`` where it was another.
    """

    def __init__(
        self,
        model: nn.Module,
        parameters: list[dict[str, Any]],
        steps: int,
        warm_up: int,
        weight_decay: float,
        checkpoint: Path,
        recipe: dict[str, Any],
    ) -> None:
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.model = model.to(self.device)
        self._steps, self._warm_up = steps, max(1, min(warm_up, steps // 2))
        self._optimizer = torch.optim.AdamW(parameters, weight_decay=weight_decay)
        self._scheduler = torch.optim.lr_scheduler.LambdaLR(self._optimizer, self._rate)
        self._parts = {
            "model": self.model,
            "optimizer": self._optimizer,
            "scheduler": self._scheduler,
        }
        self._checkpoint, self._recipe = checkpoint, recipe

    def learn(self, loss: Tensor) -> float:
        """One step down the gradient of ``loss``; its value."""
        self._optimizer.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), _LARGEST_GRADIENT)
        self._optimizer.step()
        self._scheduler.step()
        return float(loss.item())

    def run(self, rows: Sequence[list[int]], batch: int) -> Tensor:
        """What the model makes of rows of token ids, in their order."""
        order = sorted(range(len(rows)), key=lambda number: len(rows[number]))
        parts = [
            self.model(
                pad([rows[number] for number in order[start : start + batch]]).to(self.device)
            )
            for start in range(0, len(order), batch)
        ]
        back = torch.empty(len(order), dtype=torch.long, device=self.device)
        back[torch.tensor(order)] = torch.arange(len(order), device=self.device)
        return torch.cat(parts)[back]

    def save(self, progress: Any) -> None:
        """Write the checkpoint, with how far the run has come."""
        state = {name: part.state_dict() for name, part in self._parts.items()}
        with whole(self._checkpoint) as file:
            torch.save({**state, "progress": progress, "recipe": self._recipe}, file)

    def resume(self) -> Any:
        """How far the stopped run had come; None where there is no checkpoint."""
        if not self._checkpoint.exists():
            return None
        state = torch.load(self._checkpoint, map_location=self.device, weights_only=True)
        if state["recipe"] != self._recipe:
            raise SystemExit(
                f"{self._checkpoint} is of another recipe or other data: delete it to begin anew"
            )
        for name, part in self._parts.items():
            part.load_state_dict(state[name])
        _log.info("going on from %s", state["progress"])
        return state["progress"]

    def _rate(self, step: int) -> float:
        falling = (self._steps - step) / max(1, self._steps - self._warm_up)
        return max(min((step + 1) / self._warm_up, falling), _LEAST_RATE)
