"""Where the refusal thresholds of ``qa_bot/answer/answerable.py`` come from.

    python -m eval.calibrate_refusals

Prints the nearness of the answerable questions of the development gold and of the everyday
off-topic questions of ``eval/off_topic.txt``.
"""

from __future__ import annotations

import numpy as np

from qa_bot.answer.answerable import LEAST_NEARNESS, nearness
from qa_bot.answer.sentences import SentenceChooser
from qa_bot.bot import Bot
from qa_bot.evaluation.gold import load_gold
from qa_bot.retrieval.question import Question
from qa_bot.settings import PROJECT_ROOT, load_settings

_QUANTILES = (0.01, 0.02, 0.05, 0.5)


def main() -> None:
    """Print the quantiles of both groups by language."""
    bot = Bot(load_settings())
    gold = load_gold(PROJECT_ROOT / "eval" / "gold").select(splits=["dev"])
    on_topic = [pair.to_question() for pair in gold.pairs if pair.answerable]
    lines = (PROJECT_ROOT / "eval" / "off_topic.txt").read_text(encoding="utf-8").splitlines()
    off_topic = [Question(question=line) for line in lines]
    chooser = SentenceChooser(clause.text for clause in bot.index.store.clauses)
    for language in ("zh", "en"):
        near = _measure(bot, chooser, on_topic, language)
        far = _measure(bot, chooser, off_topic, language)
        print(f"{language}: {len(near)} answerable, {len(far)} off topic")
        print("  answerable, nearness at", *_shown(near, _QUANTILES))
        print("  off topic, nearness at", *_shown(far, (0.5, 0.9, 1.0)))
        print(f"  off topic below the threshold: {np.mean(far < LEAST_NEARNESS):.0%}")


def _measure(
    bot: Bot, chooser: SentenceChooser, questions: list[Question], language: str
) -> np.ndarray:
    """The nearness of every question in this language."""
    values = []
    for question in questions:
        found = bot.retriever.search(question)
        if found.query.language == language:
            values.append(nearness(found.query, found.hits, bot.index.store, chooser))
    return np.array(values)


def _shown(values: np.ndarray, quantiles: tuple[float, ...]) -> list[str]:
    return [f"{q:.0%}: {np.quantile(values, q):.3f}" for q in quantiles]


if __name__ == "__main__":
    main()
