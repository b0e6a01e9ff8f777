"""The vectors of a benchmark's documents, made once and kept outside the project.

    python -m eval.benchmarks.vectors stard FILE.npy [--model build/embedding/base]

One unit vector a document, in their order. What is cut off goes on where it was: a row of zeros
is one that is still to be made.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from eval.benchmarks.beir import load_beir
from eval.benchmarks.benchmark import BenchmarkMissing
from eval.benchmarks.chain import article
from eval.benchmarks.stard import load_stard
from qa_bot.embedding_model import DIMENSION, FOLDER, OnnxEmbedder
from training.pairs import passage

_AT_ONCE = 256


def main(
    benchmark: Annotated[
        str, typer.Argument(help="stard 或 BEIR 目录。(stard, or a BEIR folder.)")
    ],
    file: Annotated[Path, typer.Argument(help="写到这里。(where to write them, .npy)")],
    model: Annotated[Path, typer.Option(help="模型目录。(folder of the model.)")] = FOLDER,
) -> None:
    """生成向量。(Embed the documents of a benchmark; goes on where it was cut off.)"""
    try:
        data = load_stard() if benchmark == "stard" else load_beir(Path(benchmark))
    except BenchmarkMissing as missing:
        raise typer.BadParameter(str(missing)) from None
    clauses = [article(id, text) for id, text in data.documents.items()]
    texts = [passage(clause.title, clause.text) for clause in clauses]
    shape = (len(texts), DIMENSION)
    if file.is_file():
        vectors = np.lib.format.open_memmap(file, mode="r+")
        if vectors.shape != shape:
            raise typer.BadParameter(
                f"{file} 是别的文档的向量。(holds vectors of other documents.)"
            )
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        vectors = np.lib.format.open_memmap(file, mode="w+", dtype=np.float32, shape=shape)
    missing_rows = np.flatnonzero(~np.any(vectors, axis=1))
    rows = sorted(missing_rows.tolist(), key=lambda row: len(texts[row]))
    embedder = OnnxEmbedder(model)
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        vectors[some] = embedder.passages([texts[row] for row in some])
        vectors.flush()
    typer.echo(f"{file}: {len(texts)}")


if __name__ == "__main__":
    typer.run(main)
