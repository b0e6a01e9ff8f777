"""The encoder and the reranker as ONNX graphs with 8-bit weights, written node by node.

Operators of the ONNX standard, and onnxruntime's own product of 8-bit matrices, which every build
of it has. The inputs of a linear layer have fixed levels where they keep to a range, those with large
values made smaller and their weights larger by as much (SmoothQuant: Xiao et al., arXiv 2211.10438,
equation 4 with α = .5); else each token has levels by its own largest value. So a text has the same
vector alone and in a batch. Weights have levels by each output's largest, and keep to 7 bits (-63…63),
because processors without VNNI add pairs of 8-bit products in 16 bits: so no sum overflows there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import ArrayLike
from onnx import TensorProto, helper, numpy_helper

from training.bert import EPSILON, HEADS, HIDDEN, LAYERS, PAD
from training.packed import BLOCK, Array

OPSET = 20
IR_VERSION = 10
INPUT, OUTPUT, SCORES = "ids", "vectors", "scores"
_WEIGHT_LEVELS = 63
_TOKEN_LEVELS = 127
_ZERO = 128
_LEAST = 1e-5
_RUNTIME = "com.microsoft"
_UNSEEN = 1e9


def encoder_graph(
    weights: Mapping[str, Array], ranges: Mapping[str, Array], eight_bit: bool = True
) -> onnx.ModelProto:
    """Token ids of shape (texts, tokens), padded with ``PAD`` → unit vectors (texts, 384).

    ``ranges``: what ``training.ranges`` saw.
    """
    return _Writer(weights, ranges, eight_bit).encoder()


def reranker_graph(
    weights: Mapping[str, Array], ranges: Mapping[str, Array], layers: int
) -> onnx.ModelProto:
    """Token ids of question and clause, of shape (pairs, tokens), padded with ``PAD`` → of
    each the order's score and the log-odds that the clause answers, of shape (pairs, 2)."""
    return _Writer(weights, ranges).reranker(layers)


class _Writer:
    def __init__(
        self, weights: Mapping[str, Array], ranges: Mapping[str, Array], eight_bit: bool = True
    ) -> None:
        self._weights = weights
        self._ranges = ranges
        self._eight_bit = eight_bit
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def encoder(self) -> onnx.ModelProto:
        total = self._sum_of_tokens(self._embedded(), LAYERS)
        length = self._op("ReduceL2", total, self._axes(1), keepdims=1)
        self._nodes.append(helper.make_node("Div", [total, length], [OUTPUT]))
        return self._model("multilingual-e5-small", OUTPUT, ["texts", HIDDEN])

    def reranker(self, layers: int) -> onnx.ModelProto:
        total = self._sum_of_tokens(self._embedded_from_nibbles(), layers)
        count = self._op("ReduceSum", self._real(), self._axes(1), keepdims=1)
        mean = self._op("Div", total, count)
        scores = self._op("MatMul", mean, self._const(self._weights["head.w"].T))
        self._nodes.append(helper.make_node("Add", [scores, self._weight("head.b")], [SCORES]))
        return self._model("reranker", SCORES, ["pairs", 2])

    def _model(self, name: str, output: str, shape: list[str | int]) -> onnx.ModelProto:
        graph = helper.make_graph(
            self._nodes,
            name,
            [helper.make_tensor_value_info(INPUT, TensorProto.INT64, ["texts", "tokens"])],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)],
            self._constants,
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(_RUNTIME, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)

    def _real(self) -> str:
        """1 for a token, 0 where a text is padded."""
        padded = self._op("Equal", INPUT, self._const(PAD, np.int64))
        return self._cast(self._op("Not", padded), TensorProto.FLOAT)

    def _sum_of_tokens(self, states: str, layers: int) -> str:
        real = self._real()
        hidden = self._op("Sub", real, self._const(1))
        mask = self._op(
            "Unsqueeze", self._op("Mul", hidden, self._const(_UNSEEN)), self._axes(1, 2)
        )
        for layer in range(layers):
            states = self._layer(f"l{layer}", states, mask)
        weighted = self._op("Mul", states, self._op("Unsqueeze", real, self._axes(-1)))
        return self._op("ReduceSum", weighted, self._axes(1), keepdims=0)

    def _embedded(self) -> str:
        # The table keeps the blocks of the packed file: 4-bit levels, a scale for 32 of them.
        levels = self._cast(
            self._op("Gather", self._weight("emb.word.q"), INPUT), TensorProto.FLOAT
        )
        scales = self._cast(
            self._op("Gather", self._weight("emb.word.d"), INPUT), TensorProto.FLOAT
        )
        blocks = self._op("Reshape", levels, self._axes(0, 0, -1, BLOCK))
        words = self._op("Mul", blocks, self._op("Unsqueeze", scales, self._axes(-1)))
        words = self._op("Reshape", words, self._axes(0, 0, HIDDEN))
        return self._placed(words)

    def _embedded_from_nibbles(self) -> str:
        """The same from a table of half the size: two levels a byte."""
        levels = self._weights["emb.word.q"].astype(np.int8)
        packed = (levels[:, 0::2] & 0xF) | ((levels[:, 1::2] & 0xF) << 4)
        table = helper.make_tensor(
            "words", TensorProto.INT4, levels.shape, packed.astype(np.uint8).tobytes(), raw=True
        )
        self._constants.append(table)
        scales = self._weight("emb.word.d")
        words = self._op(
            "GatherBlockQuantized",
            *("words", INPUT, scales),
            domain=_RUNTIME,
            block_size=BLOCK,
            gather_axis=0,
            quantize_axis=1,
        )
        return self._placed(self._cast(words, TensorProto.FLOAT))

    def _placed(self, words: str) -> str:
        positions = self._const(self._weights["emb.pos"] + self._weights["emb.type"][:1])
        length = self._op("Shape", INPUT, start=1, end=2)
        first = self._op("Slice", positions, self._axes(0), length, self._axes(0))
        return self._norm("emb.ln", self._op("Add", words, first))

    def _layer(self, layer: str, states: str, mask: str) -> str:
        heads = self._linear(states, *(f"{layer}.{part}" for part in "qkv"))
        heads = self._op("Reshape", heads, self._axes(0, 0, 3, HEADS, HIDDEN // HEADS))
        query, key, value = (
            self._op("Gather", heads, self._const(number, np.int64), axis=2) for number in range(3)
        )
        query = self._op("Transpose", query, perm=[0, 2, 1, 3])
        query = self._op("Mul", query, self._const((HIDDEN // HEADS) ** -0.5))
        key = self._op("Transpose", key, perm=[0, 2, 3, 1])
        value = self._op("Transpose", value, perm=[0, 2, 1, 3])
        likeness = self._op("Add", self._op("MatMul", query, key), mask)
        seen = self._op("MatMul", self._op("Softmax", likeness, axis=-1), value)
        seen = self._op("Transpose", seen, perm=[0, 2, 1, 3])
        seen = self._op("Reshape", seen, self._axes(0, 0, HIDDEN))
        states = self._op("Add", states, self._linear(seen, f"{layer}.ao"))
        states = self._norm(f"{layer}.aln", states)
        wide = self._op("Gelu", self._linear(states, f"{layer}.fi"))
        states = self._op("Add", states, self._linear(wide, f"{layer}.fo"))
        return self._norm(f"{layer}.oln", states)

    def _linear(self, states: str, *names: str) -> str:
        matrix = np.concatenate([self._weights[f"{name}.w"] for name in names])
        bias = self._const(np.concatenate([self._weights[f"{name}.b"] for name in names]))
        if not self._eight_bit:
            return self._op("Add", self._op("MatMul", states, self._const(matrix.T)), bias)
        zero = self._const(_ZERO, np.uint8)
        if names[0] in self._ranges:
            largest = np.maximum(self._ranges[names[0]], _LEAST)
            smaller = np.sqrt(largest / np.maximum(np.abs(matrix).max(axis=0), _LEAST))
            step = self._const((largest / smaller).max() / _TOKEN_LEVELS)
            states = self._op("Mul", states, self._const(1 / smaller))
            tokens = self._op("QuantizeLinear", states, step, zero)
            levels, steps = self._weight_levels(matrix * smaller)
            of_weights = levels, step, steps, zero
            return self._op("MatMulIntegerToFloat", tokens, *of_weights, "", bias, domain=_RUNTIME)
        levels, steps = self._weight_levels(matrix)
        step, tokens = self._token_levels(states)
        scales = self._const(1), steps, zero
        product = self._op("MatMulIntegerToFloat", tokens, levels, *scales, domain=_RUNTIME)
        return self._op("Add", self._op("Mul", product, step), bias)

    def _weight_levels(self, matrix: Array) -> tuple[str, str]:
        """The levels of a matrix, transposed, and the step between two levels of each output."""
        steps = np.abs(matrix).max(axis=1, keepdims=True) / _WEIGHT_LEVELS
        return self._const(np.round(matrix / steps).T, np.int8), self._const(steps[:, 0])

    def _token_levels(self, states: str) -> tuple[str, str]:
        largest = self._op("ReduceMax", self._op("Abs", states), self._axes(-1), keepdims=1)
        step = self._op("Div", largest, self._const(_TOKEN_LEVELS))
        # The cast cuts off what stands behind the point: with a half more it rounds.
        levels = self._op("Add", self._op("Div", states, step), self._const(_ZERO + 0.5))
        return step, self._cast(levels, TensorProto.UINT8)

    def _norm(self, name: str, states: str) -> str:
        scale, bias = self._weight(f"{name}.w"), self._weight(f"{name}.b")
        return self._op("LayerNormalization", states, scale, bias, epsilon=EPSILON, axis=-1)

    def _axes(self, *values: int) -> str:
        return self._const(values, np.int64)

    def _weight(self, name: str) -> str:
        return self._const(self._weights[name], self._weights[name].dtype.type)

    def _const(self, value: ArrayLike, kind: type[np.generic] = np.float32) -> str:
        name = f"constant{len(self._constants)}"
        array = np.ascontiguousarray(np.asarray(value).astype(kind))
        # ascontiguousarray makes a scalar a vector.
        self._constants.append(numpy_helper.from_array(array.reshape(np.shape(value)), name))
        return name

    def _cast(self, value: str, kind: int) -> str:
        return self._op("Cast", value, to=kind)

    def _op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"{kind}{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name
