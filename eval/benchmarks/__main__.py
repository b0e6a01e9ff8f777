"""``python -m eval.benchmarks stard`` or ``python -m eval.benchmarks FOLDER`` (BEIR format)."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from eval.benchmarks.beir import load_beir
from eval.benchmarks.benchmark import MEASURES, BenchmarkMissing, Search, SearchFactory, measure
from eval.benchmarks.stard import PUBLISHED, load_stard


def main(
    benchmark: Annotated[
        str, typer.Argument(help="stard 或 BEIR 目录。(stard, or a BEIR folder.)")
    ],
    search: Annotated[
        str,
        typer.Option(help="模块:函数，由文档造出检索。(module:function that makes the search.)"),
    ] = "eval.benchmarks.__main__:bm25",
    held_out: Annotated[
        bool,
        typer.Option(
            help="只用向量模型没有学过的问题（仅 stard）。"
            "(Only the questions that the embedding model was not taught with; stard only.)"
        ),
    ] = False,
    queries: Annotated[
        int | None, typer.Option(min=1, help="只用前 N 个问题。(Only the first N queries.)")
    ] = None,
) -> None:
    """量出 R@10、R@100、MRR@10。(Measure a search on a benchmark.)"""
    try:
        data = load_stard(held_out) if benchmark == "stard" else load_beir(Path(benchmark))
    except BenchmarkMissing as missing:
        typer.echo(str(missing))
        return
    data = data.first(queries)
    typer.echo(
        f"{data.name}: {len(data.documents)} 篇 (documents), {len(data.queries)} 问 (queries)"
    )
    _print(search, measure(data, _factory(search)(data.documents)))
    if benchmark == "stard":
        typer.echo("重建的语料，与论文数字不完全可比。(reconstructed corpus: compare with care)")
        for name, values in PUBLISHED.items():
            _print(name, values)


def bm25(documents: Mapping[str, str]) -> Search:
    """BM25 over characters and character pairs, as the bot's own lexical signal."""
    import numpy as np

    from qa_bot.index.lexical import LexicalIndex

    ids = list(documents)
    index = LexicalIndex.build(list(documents.values()))

    def search(text: str, k: int) -> list[str]:
        scores = index.scores(text)
        best = np.argsort(-scores, kind="stable")[:k]
        return [ids[row] for row in best if scores[row] > 0]

    return search


def _factory(path: str) -> SearchFactory:
    module, _, name = path.partition(":")
    try:
        factory: SearchFactory = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        message = f"找不到检索函数 {path}。(no such function, give module:function.)"
        raise typer.BadParameter(message) from None
    return factory


def _print(name: str, values: Mapping[str, float]) -> None:
    shown = "  ".join(f"{m} {values[m]:.3f}" if m in values else f"{m} —" for m in MEASURES)
    typer.echo(f"{shown}  {name}")


if __name__ == "__main__":
    typer.run(main)
