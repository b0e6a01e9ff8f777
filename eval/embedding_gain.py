"""What the shipped embedding model is worth in the whole chain: against another, on the gold.

    python -m eval.embedding_gain build/embedding/base                 # development half, by kind
    python -m eval.embedding_gain build/embedding/base --split test    # overall and English alone

The folder holds ``model.onnx``, ``tokenizer.json`` and ``SHA256SUMS``, as ``python -m training``
leaves them. Everything but the model is the same, the weights of the ranking too (they were found
with the shipped model).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import PrivateAttr

from eval.ablation import measure
from qa_bot.bot import Bot
from qa_bot.embedding_model import OnnxEmbedder
from qa_bot.evaluation.bootstrap import paired_interval
from qa_bot.evaluation.gold import load_gold
from qa_bot.evaluation.results import QuestionResult
from qa_bot.evaluation.truth import load_library
from qa_bot.index.ingest import ingest
from qa_bot.settings import PROJECT_ROOT, load_settings

SHOWN = ("hit_1", "hit_5", "mrr_10", "strict_success")


class FolderEmbedding(BaseEmbedding):
    """A model of the project's own form that lies in some folder."""

    _model: OnnxEmbedder = PrivateAttr()

    def __init__(self, folder: Path) -> None:
        super().__init__(model_name=folder.name, embed_batch_size=64)
        self._model = OnnxEmbedder(folder)

    def _get_query_embedding(self, query: str) -> list[float]:
        vector: list[float] = self._model.query(query).tolist()
        return vector

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._model.passages(texts).tolist()
        return vectors

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def main() -> None:
    """Print one row for each group of questions: other model → shipped model, with intervals."""
    parser = argparse.ArgumentParser(prog="python -m eval.embedding_gain", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", choices=("dev", "test"), default="dev")
    options = parser.parse_args()
    settings = load_settings()
    library = load_library(settings.corpus_dir)
    gold = load_gold(PROJECT_ROOT / "eval" / "gold").select(splits=[options.split])
    before = measure(_bot_with(options.folder), gold, library).questions
    after = measure(Bot(settings), gold, library).questions
    print("| questions | n | " + " | ".join(SHOWN) + " |")
    print("|---|---|" + "---|" * len(SHOWN))
    kinds = {question.kind for question in after if question.answerable}
    shown = sorted(kinds) if options.split == "dev" else ["english"]
    _print_row("all", before, after)
    for kind in shown:
        _print_row(
            kind, [q for q in before if q.kind == kind], [q for q in after if q.kind == kind]
        )


def _bot_with(folder: Path) -> Bot:
    """The bot over an index of the shipped corpus that this model made, kept for the next time."""
    settings = load_settings().model_copy(
        update={
            "embedding": f"local:{folder}",
            "index_dir": PROJECT_ROOT / "build" / f"index-{folder.name}",
        }
    )
    embedding = FolderEmbedding(folder)
    ingest([settings.corpus_dir], settings, embedding=embedding)
    return Bot(settings, embedding=embedding)


def _print_row(
    name: str, before: Sequence[QuestionResult], after: Sequence[QuestionResult]
) -> None:
    cells = []
    for measured in SHOWN:
        pairs = [
            (old, new)
            for one, other in zip(before, after, strict=True)
            if (old := one.values[measured]) is not None
            and (new := other.values[measured]) is not None
        ]
        low, high, _ = paired_interval([new - old for old, new in pairs])
        old, new = (sum(column) / len(pairs) for column in zip(*pairs, strict=True))
        cells.append(f"{old:.3f} → {new:.3f} [{low:+.3f}, {high:+.3f}]")
    print(f"| {name} | {len(pairs)} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
