"""Where the recipe reads and writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "build" / "embedding"
SHARED = ROOT.parent / "shared"
CORPORA = SHARED / "corpora"
QUESTIONS = SHARED / "questions" / "questions.jsonl"
STARD = SHARED / "stard"
GAZETTES = ROOT / "corpus"
GOLD = ROOT / "eval" / "gold"
WRITTEN = ROOT / "training" / "data" / "written.jsonl"
PACKAGE = ROOT / "qa_bot" / "embedding_model"

FULL_WEIGHTS = WORK / "full.npz"
FULL_TOKENIZER = WORK / "full-tokenizer.json"
BASE_WEIGHTS = WORK / "base.npz"
TOKENIZER = WORK / "tokenizer.json"
TUNED_WEIGHTS = WORK / "tuned.npz"
BASE_MODEL = WORK / "base.onnx"
TUNED_MODEL = WORK / "tuned.onnx"
LOG = WORK / "finetune.jsonl"
FINISHED = WORK / "finished"

WEIGHTS = {"base": BASE_WEIGHTS, "tuned": TUNED_WEIGHTS}
MODELS = {"base": BASE_MODEL, "tuned": TUNED_MODEL}


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A name to write under; the file is called ``path`` only when it is complete."""
    part = path.with_name(f"part-{path.name}")
    yield part
    part.replace(path)
