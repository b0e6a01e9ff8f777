"""How long a question takes, stage by stage, over the shipped corpus or over many clauses.

python -m eval.speed                       # the index of the settings
python -m eval.speed --clauses 150000 --folder DIR      # with documents repeated and changed

For more clauses than are indexed, the documents of all files but the shipped ones are repeated;
those that the questions are about stay the only ones of their kind. So index other documents
too, first. In every copy a tenth of the Chinese characters and all digits give way to others of
the corpus, and to each vector noise as long as itself is added: as many words, rows and vectors as
a real corpus of that size has, without its meaning. What is measured is time, not whether the
answers are right. The larger index is built in ``DIR`` and used again if it is there.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import resource
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from qa_bot.bot import Bot
from qa_bot.clauses.model import Clause
from qa_bot.evaluation.gold import load_gold
from qa_bot.index.embedding import Vectors, embedding_id, load_embedding, normalised
from qa_bot.index.generation import build_generation
from qa_bot.index.node_parser import ClauseNodeParser, distinct
from qa_bot.index.reader import Index, open_index
from qa_bot.index.sources import default_gazettes
from qa_bot.index.store import ClauseStore
from qa_bot.index.vector_cache import VectorCache, embed_passages
from qa_bot.settings import PROJECT_ROOT, Settings, load_settings

_CHANGED = re.compile(r"\d|[\u4e00-\u9fff]")
_SHARE = 0.1


def main() -> None:
    """Print a table: milliseconds a stage, p50 and p95, of the development gold asked once."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--clauses", type=int, default=0, help="at least so many clauses")
    arguments.add_argument("--folder", type=Path, help="where the larger index is or will be")
    given = arguments.parse_args()
    settings = load_settings()
    index = open_index(settings)
    if given.clauses > len(index.store.clauses):
        if not given.folder:
            arguments.error("--clauses needs --folder")
        larger = settings.model_copy(update={"index_dir": given.folder})
        if not given.folder.is_dir():
            repeated = _of_other_files(index.store, settings.corpus_dir)
            if not repeated:
                arguments.error("index other documents than the shipped ones too: qa-bot ingest")
            missing = given.clauses - len(index.store.clauses)
            _build(index, settings, given.folder, repeated, math.ceil(missing / len(repeated)))
        index.close()
        index = open_index(larger)
    _measure(Bot(settings, index=index), len(index.store.clauses))
    index.close()


def _measure(bot: Bot, clauses: int) -> None:
    pairs = load_gold(PROJECT_ROOT / "eval" / "gold").select(splits=["dev"]).pairs
    questions = [pair.to_question() for pair in pairs]
    for question in questions[:20]:
        bot.ask(question)
    timings = [bot.ask(question).timings_ms for question in questions]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{clauses:,} clauses, {len(timings)} questions, at most {memory:,} MB\n")
    print("| stage | p50 ms | p95 ms |\n|---|---|---|")
    for stage in timings[0]:
        p50, p95 = np.percentile([timing[stage] for timing in timings], (50, 95))
        print(f"| {stage} | {p50:.1f} | {p95:.1f} |")


def _of_other_files(store: ClauseStore, shipped: Path) -> list[Clause]:
    names = {path.name for path in shipped.iterdir()}
    return [clause for clause in store.clauses if clause.file not in names]


def _build(
    index: Index, settings: Settings, folder: Path, repeated: Sequence[Clause], copies: int
) -> None:
    """Write the generation that is ``index`` with ``copies`` of the clauses ``repeated``."""
    parser = ClauseNodeParser(parse=default_gazettes().parse)
    chance = random.Random(0)
    characters = [c for clause in index.store.clauses for c in clause.text if "一" <= c <= "龥"]
    documents, clauses = [*index.store.documents], [*index.store.clauses]
    files = {clause.file for clause in repeated}
    for number in range(1, copies + 1):
        documents += (
            document.model_copy(update={"file": f"{number}/{document.file}"})
            for document in index.store.documents
            if document.file in files
        )
        clauses += _copied(repeated, number, characters, chance)
    store = ClauseStore(documents, clauses)
    original = parser.nodes_of(index.store.clauses)
    vectors = embed_passages(
        [node.text for node in original], load_embedding(settings), VectorCache.of(settings)
    )
    of_original = {node.node_id: vector for node, vector in zip(original, vectors, strict=True)}
    nodes = distinct(parser.nodes_of(store.clauses))
    near = np.stack([_original(node.node_id, of_original) for node in nodes])
    build_generation(
        folder,
        store,
        nodes,
        _noisy(near),
        embedding=embedding_id(settings),
        sources={},
        previous=None,
    )
    print(f"{len(nodes):,} passages written", flush=True)


def _copied(
    clauses: Sequence[Clause], number: int, characters: list[str], chance: random.Random
) -> Iterator[Clause]:
    def other(match: re.Match[str]) -> str:
        if match[0].isdigit():
            return str(chance.randrange(10))
        return chance.choice(characters) if chance.random() < _SHARE else match[0]

    for clause in clauses:
        yield clause.model_copy(
            update={
                "id": f"{number}/{clause.id}",
                "file": f"{number}/{clause.file}",
                "parent_id": clause.parent_id and f"{number}/{clause.parent_id}",
                "text": _CHANGED.sub(other, clause.text),
            }
        )


def _original(passage: str, vectors: dict[str, Vectors]) -> Vectors:
    """The vector of the passage that ``passage`` is a copy of. A changed clause may be cut into
    more passages: those get that of its first one."""
    known = passage.rpartition("/")[2]
    return vectors.get(known, vectors[f"{known.rpartition('#')[0]}#1"])


def _noisy(vectors: Vectors) -> Vectors:
    noise = np.random.default_rng(0).standard_normal(vectors.shape, dtype=np.float32)
    return normalised(vectors + noise / math.sqrt(vectors.shape[1]))


if __name__ == "__main__":
    main()
