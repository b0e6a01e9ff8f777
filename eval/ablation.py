"""What each retrieval signal is worth: switched off in turn, on the development gold.

python -m eval.ablation            # prints the table of docs/retrieval.md
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np

from qa_bot.bot import Bot
from qa_bot.evaluation.gold import GoldSet, load_gold
from qa_bot.evaluation.results import AnswerRecord, Results, score
from qa_bot.evaluation.truth import Library, load_library
from qa_bot.index.reader import Index
from qa_bot.retrieval.ranker import Ranker, Weights, load_learned
from qa_bot.settings import PROJECT_ROOT, load_settings
from qa_bot.shipped_model import Vectors

SHOWN = ("hit_1", "hit_5", "mrr_10", "evidence_300", "evidence_1000", "evidence_3000")
KINDS = ("colloquial", "typo", "english", "followup", "docno", "department")
SIGNALS = {
    "no dense vectors": Weights(dense=0),
    "no BM25": Weights(text=0),
    "no lexicon": Weights(expansion=0, expansion_english=0),
    "no places": Weights(place=0),
    "no named documents": Weights(document=0),
    "no section labels": Weights(label=0),
}
COLUMNS = {
    "no places": ("of_place",),
    "no named documents": ("of_document",),
    "no section labels": ("labelled",),
    "no dense vectors": ("dense",),
    "no words held": ("coverage",),
    "no kinds of clause": ("bare", "title", "table_row", "opens_list"),
    "no kinds of fact": ("fact", "strict_fact_missing", "defines"),
}


def main() -> None:
    """Print one row a variant: overall with intervals, then hit_1 by kind."""
    settings = load_settings()
    bot, library = Bot(settings), load_library(settings.corpus_dir)
    gold = load_gold(PROJECT_ROOT / "eval" / "gold").select(splits=["dev"])
    read, unread = bot.retriever.reader, _Unread()
    print("| signals | " + " | ".join((*SHOWN, *(f"{kind} hit_1" for kind in KINDS))) + " |")
    print("|---|" + "---|" * (len(SHOWN) + len(KINDS)))
    for name, ranker in _variants(bot.index):
        bot.retriever.ranker = ranker
        bot.retriever.reader = unread if name == "nothing read" else read
        results = measure(bot, gold, library)
        means = [results.overall[measure] for measure in SHOWN]
        cells = [f"{mean.mean:.3f} [{mean.low:.2f}, {mean.high:.2f}]" for mean in means]
        cells += [f"{of_kind(results, kind, 'hit_1'):.2f}" for kind in KINDS]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def _variants(index: Index) -> Iterator[tuple[str, Ranker]]:
    learned = load_learned()
    yield "everything", Ranker(index)
    yield "nothing read", Ranker(index)
    yield "first stage alone", Ranker(index, learned={"first_stage": 1.0})
    uncorrected = Ranker(index)
    uncorrected.corrector = _Unchanged()
    yield "no homophones", uncorrected
    for name in dict.fromkeys((*SIGNALS, *COLUMNS)):
        kept = {key: weight for key, weight in learned.items() if key not in COLUMNS.get(name, ())}
        yield name, Ranker(index, SIGNALS.get(name), kept)


class _Unchanged:
    def correct(self, text: str) -> str:
        return text


class _Unread:
    def scores(self, question: str, texts: Sequence[str]) -> Vectors:
        return np.zeros((len(texts), 2), dtype=np.float32)


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
