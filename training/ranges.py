"""How large the inputs of the linear layers become: by this their fixed 8-bit levels are set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from training.bert import Encoder, pad
from training.packed import Array

# The layers' parts whose inputs keep to a range, whatever the text: what comes out of a norm and what
# attention mixes. What comes out of the GELU does not: single tokens reach twenty times the others.
_PARTS = {"q": "query", "ao": "mixed", "fi": "wide"}


def ranges(encoder: Encoder, rows: Sequence[list[int]]) -> dict[str, Array]:
    """Name of a part (``l0.q``) → the largest absolute value of each of its inputs, of shape
    ``(384,)``, over rows of token ids."""
    largest: defaultdict[str, float | Array] = defaultdict(float)

    def look(name: str) -> None:
        number, part = name[1:].split(".")
        linear: nn.Module = getattr(encoder.layers[int(number)], _PARTS[part])

        def seen(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            values = inputs[0].flatten(0, -2).abs().amax(dim=0).cpu().numpy()
            largest[name] = np.maximum(largest[name], values)

        hooks.append(linear.register_forward_pre_hook(seen))

    hooks: list[torch.utils.hooks.RemovableHandle] = []
    for number in range(len(encoder.layers)):
        for part in _PARTS:
            look(f"l{number}.{part}")
    with torch.inference_mode():
        for row in rows:
            encoder.mean(pad([row]))
    for hook in hooks:
        hook.remove()
    return {name: np.asarray(values) for name, values in largest.items()}
