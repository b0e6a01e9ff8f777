"""Questions of readers who knew the gazettes and nothing else: found, answered, refused?

    python -m eval.fresh
    python -m eval.fresh eval/readers.jsonl --split test

``eval/fresh.jsonl``: for each shipped gazette questions that one of its clauses answers, and questions on
the very matter of a clause that the gazette does not answer (mostly who, where, how, what else is
covered; seldom a figure), written by readers who saw neither gold, tests nor answers. ``quote``:
words of the clause that answers, or of the one that a careless bot would cite. Nothing is learnt from
them. ``eval/readers.jsonl``: more of the kind, harder, with follow-ups (``history``); the
``dev`` half may be tuned on, the ``test`` half is not read. Prints a Markdown table, by style.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from qa_bot.bot import Bot
from qa_bot.evaluation.calibration import roc_auc
from qa_bot.evaluation.folding import squeeze
from qa_bot.index.whole import whole_text
from qa_bot.retrieval.question import Question, Turn
from qa_bot.settings import PROJECT_ROOT, load_settings

QUESTIONS = PROJECT_ROOT / "eval" / "fresh.jsonl"
READERS = PROJECT_ROOT / "eval" / "readers.jsonl"
_DEPTH = 10


@dataclass(frozen=True)
class Outcome:
    """What became of a question; ``rank``: of the first clause that holds the quote, from 0."""

    style: str
    answerable: bool
    refused: bool
    answerability: float
    rank: int


def outcomes(bot: Bot, questions: Path, split: str) -> list[Outcome]:
    """Every question of a file, or of a half of it, asked once."""
    store = bot.index.store
    found = []
    for line in questions.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if split and row["split"] != split:
            continue
        history = tuple(Turn(question=earlier) for earlier in row.get("history", ()))
        answer = bot.ask(Question(question=row["question"], history=history))
        quote = squeeze(row["quote"])
        held = [
            quote in squeeze(whole_text(store, store.clause(candidate.clause_id)))
            for candidate in answer.candidates[:_DEPTH]
        ]
        rank = held.index(True) if True in held else _DEPTH
        chance = answer.answerability or 0.0
        found.append(Outcome(row["style"], row["answerable"], answer.refused, chance, rank))
    return found


def row(name: str, found: list[Outcome]) -> str:
    """One line of the table."""
    yes = [one for one in found if one.answerable]
    no = [one for one in found if not one.answerable]
    values = [
        [one.rank < 1 for one in yes],
        [one.rank < 5 for one in yes],
        [1 / (1 + one.rank) if one.rank < _DEPTH else 0.0 for one in yes],
        [one.refused for one in yes],
        [one.refused for one in no],
    ]
    shown = " | ".join(f"{mean(of_each):.3f}" if of_each else "—" for of_each in values)
    return f"| {name} | {len(yes)} / {len(no)} | {shown} |"


def main() -> None:
    """Ask them all and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("questions", type=Path, nargs="?", default=QUESTIONS)
    arguments.add_argument("--split", default="", choices=["dev", "test"], help="one half alone")
    given = arguments.parse_args()
    found = outcomes(Bot(load_settings()), given.questions, given.split)
    styles = defaultdict(list)
    for one in found:
        styles[one.style].append(one)
    print("| questions | answerable / not | hit@1 | hit@5 | MRR@10 | lost | refused |")
    print("|---|---|---|---|---|---|---|")
    print(row("all", found))
    for style, of_style in sorted(styles.items()):
        print(row(style, of_style))
    auc = roc_auc((one.answerability, one.answerable) for one in found)
    print(f"\nROC-AUC {auc.mean:.3f} [{auc.low:.3f}, {auc.high:.3f}]")


if __name__ == "__main__":
    main()
