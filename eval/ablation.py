"""What each retrieval signal is worth: switched off in turn, on the development gold.

python -m eval.ablation            # prints the table of docs/retrieval.md
"""

from __future__ import annotations

import time
from dataclasses import replace

from qa_bot.bot import Bot
from qa_bot.evaluation.gold import GoldSet, load_gold
from qa_bot.evaluation.results import AnswerRecord, Results, score
from qa_bot.evaluation.truth import Library, load_library
from qa_bot.retrieval.ranker import Ranker, Weights
from qa_bot.settings import PROJECT_ROOT, load_settings

SHOWN = ("hit_1", "hit_5", "mrr_10", "evidence_300", "evidence_1000", "evidence_3000")
VARIANTS = {
    "everything": Weights(),
    "no dense vectors": Weights(dense=0),
    "no BM25 over the text": Weights(text=0),
    "no BM25 over headings": Weights(headings=0),
    "no BM25 over titles": Weights(title=0),
    "no lexicon": Weights(expansion=0, expansion_english=0),
    "no places": Weights(place=0),
    "no named documents": Weights(document=0),
    "no section labels": Weights(label=0),
    "no intents": Weights(intent=0),
    "bare headings not lowered": Weights(bare_heading=0),
}


def main() -> None:
    """Print one row a variant: overall, then English and typo questions alone."""
    settings = load_settings()
    bot, library = Bot(settings), load_library(settings.corpus_dir)
    gold = load_gold(PROJECT_ROOT / "eval" / "gold").select(splits=["dev"])
    print("| signals | " + " | ".join(SHOWN) + " | English hit_5 | typo hit_5 |")
    print("|---|" + "---|" * (len(SHOWN) + 2))
    for name, weights in VARIANTS.items():
        bot.retriever.ranker = Ranker(bot.index, replace(weights))
        results = measure(bot, gold, library)
        overall = results.overall
        cells = [f"{overall[measure].mean:.3f}" for measure in SHOWN]
        cells += [f"{of_kind(results, kind, 'hit_5'):.2f}" for kind in ("english", "typo")]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
    low, high = overall["hit_5"].low, overall["hit_5"].high
    print(f"\n95 % interval of hit_5 in the last row: [{low:.3f}, {high:.3f}]")


def measure(bot: Bot, gold: GoldSet, library: Library) -> Results:
    """The results of asking every question of ``gold`` once."""
    records = {}
    for pair in gold.pairs:
        clock = time.perf_counter()
        answer = bot.ask(pair.to_question())
        wall = 1000 * (time.perf_counter() - clock)
        records[pair.id] = AnswerRecord(id=pair.id, answer=answer, wall_ms=wall)
    return score(gold, records, library)


def of_kind(results: Results, kind: str, measure: str) -> float:
    """The mean of a measure over the questions of one kind."""
    values = [q.values[measure] for q in results.questions if q.kind == kind]
    present = [value for value in values if value is not None]
    return sum(present) / len(present)


if __name__ == "__main__":
    main()
