"""How large the inputs of the linear layers become: by this their fixed 8-bit levels are set."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from training.bert import PARTS, Encoder, pad
from training.packed import Array

# The parts whose inputs keep to a range, whatever the text: what comes out of a norm and what
# attention mixes. What comes out of the GELU does not: single tokens reach twenty times the others.
_STEADY = ("q", "ao", "fi")


def ranges(encoder: Encoder, rows: Sequence[list[int]]) -> dict[str, Array]:
    """Name of a part (``l0.q``) → the largest absolute value of each of its inputs, of shape
    ``(384,)``, over rows of token ids."""
    largest: dict[str, Array] = {}

    def see(name: str, _: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        values = inputs[0].flatten(0, -2).abs().amax(dim=0).cpu().numpy()
        largest[name] = np.maximum(largest.get(name, values), values)

    hooks = [
        getattr(layer, PARTS[part]).register_forward_pre_hook(partial(see, f"l{number}.{part}"))
        for number, layer in enumerate(encoder.layers)
        for part in _STEADY
    ]
    with torch.inference_mode():
        for row in rows:
            encoder.mean(pad([row]))
    for hook in hooks:
        hook.remove()
    return largest
