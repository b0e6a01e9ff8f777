"""Where the recipe reads and writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qa_bot.embedding_model import model_id

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "build" / "embedding"
SHARED = ROOT.parent / "shared"
CORPORA = SHARED / "corpora"
QUESTIONS = SHARED / "questions" / "questions.jsonl"
STARD = SHARED / "stard"
GAZETTES = ROOT / "corpus"
GOLD = ROOT / "eval" / "gold"
MISSES = ROOT / "eval" / "near_misses.jsonl"
WRITTEN = ROOT / "training" / "data" / "written.jsonl"
CONTRAST = ROOT / "training" / "data" / "contrast.jsonl"
LAY = ROOT / "training" / "data" / "lay.jsonl"
MADE_UP = tuple(ROOT / "training" / "data" / f"{name}.jsonl" for name in ("rows", "notices"))
PACKAGE = ROOT / "qa_bot" / "embedding_model"
RERANKER_PACKAGE = ROOT / "qa_bot" / "reranker_model"

FULL_WEIGHTS = WORK / "full.npz"
FULL_TOKENIZER = WORK / "full-tokenizer.json"
BASE_WEIGHTS = WORK / "base.npz"
TOKENIZER = WORK / "tokenizer.json"
TUNED_WEIGHTS = WORK / "tuned.npz"
POOL_VECTORS = WORK / f"pool-{model_id()}.npz"
RERANKER_WEIGHTS = WORK / "reranker.npz"
RERANKER_MODEL = WORK / "reranker.onnx"
RERANKER_LOG = WORK / "reranker.jsonl"
LOG = WORK / "finetune.jsonl"
FINISHED = WORK / "finished"

RUNS = {name: WORK / f"run-{name}.npz" for name in ("questions", "near_misses")}
WEIGHTS = {"base": BASE_WEIGHTS, **RUNS, "tuned": TUNED_WEIGHTS}
MODELS = {name: WORK / f"{name}.onnx" for name in WEIGHTS}


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A name to write under; the file is called ``path`` only when it is complete."""
    part = path.with_name(f"part-{path.name}")
    yield part
    part.replace(path)
