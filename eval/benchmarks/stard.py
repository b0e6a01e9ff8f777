"""STARD: lay questions and the statute articles that answer them (arXiv 2406.15313).

The data lies outside the project, in ``../shared/stard`` next to it. Its corpus of 55,404
articles was rebuilt from public texts and is close to that of the authors, not the same: say
"reconstructed corpus" beside any figure.
"""

from __future__ import annotations

from pathlib import Path

from eval.benchmarks.beir import load_beir
from eval.benchmarks.benchmark import Benchmark
from training.pairs import is_stard_dev

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "stard"
PUBLISHED = {
    "BM25 (published)": {"R@10": 0.394, "R@100": 0.649},
    "best dense model fine-tuned on STARD (published)": {"R@10": 0.606, "R@100": 0.907},
    "Qwen3-Embedding-4B (published)": {"R@10": 0.604},
}


def load_stard(held_out: bool = False) -> Benchmark:
    """All judged questions, or only those that the shipped embedding model was not taught with.

    Raises BenchmarkMissing where the data is not there.
    """
    data = load_beir(FOLDER)
    return data.where(is_stard_dev) if held_out else data
