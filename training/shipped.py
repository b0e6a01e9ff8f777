"""The weights of a shipped model, read back out of its ONNX file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from qa_bot.shipped_model import MODEL
from training.bert import LAYERS
from training.packed import Array


def shipped_weights(package: Path) -> dict[str, Array]:
    """What was taught, by the names of ``training.bert``, the layers' matrices as their 8 bits have
    them; of the reranker also ``head.w`` and ``head.b``."""
    graph = onnx.load(str(package / MODEL)).graph
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    used_by = {name: node for node in graph.node for name in node.input}
    made_by = {node.output[0]: node for node in graph.node}
    weights: dict[str, Array] = {}
    products = (node for node in graph.node if node.op_type == "MatMulIntegerToFloat")
    linear = [[f"l{n}.{part}" for part in parts] for n in range(LAYERS) for parts in _LINEAR]
    for names, node in zip(linear, products, strict=True):
        matrix = constants[node.input[1]].astype(np.float32) * constants[node.input[3]]
        levels = made_by[node.input[0]]
        if levels.op_type == "QuantizeLinear":
            matrix *= constants[made_by[levels.input[0]].input[1]][:, None]
            bias = constants[node.input[6]]
        else:
            biased = used_by[used_by[node.output[0]].output[0]]
            bias = next(constants[name] for name in biased.input if name in constants)
        parts = zip(names, np.split(matrix.T, len(names)), np.split(bias, len(names)), strict=True)
        for name, weight, share in parts:
            weights |= {f"{name}.w": np.ascontiguousarray(weight), f"{name}.b": share}
    norms = (node for node in graph.node if node.op_type == "LayerNormalization")
    names = ["emb.ln", *(f"l{n}.{part}" for n in range(LAYERS) for part in ("aln", "oln"))]
    for name, node in zip(names, norms, strict=True):
        weights |= {f"{name}.w": constants[node.input[1]], f"{name}.b": constants[node.input[2]]}
    heads = (node for node in graph.node if node.op_type == "MatMul" and node.input[1] in constants)
    for node in heads:
        weights["head.w"] = constants[node.input[1]].T
        weights["head.b"] = constants[used_by[node.output[0]].input[1]]
    return weights


_LINEAR = ("qkv", ("ao",), ("fi",), ("fo",))
