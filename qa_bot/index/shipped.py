"""The vectors that are shipped with the corpus."""

from __future__ import annotations

from pathlib import Path

from qa_bot.errors import SourceError
from qa_bot.index.embedding import load_embedding
from qa_bot.index.node_parser import ClauseNodeParser
from qa_bot.index.progress import Progress, no_progress
from qa_bot.index.sources import Gazettes, default_gazettes, find_files
from qa_bot.index.vector_cache import VectorCache, embed_passages
from qa_bot.settings import Settings


def corpus_texts(settings: Settings, gazettes: Gazettes | None = None) -> list[str]:
    """The text of every passage of the shipped corpus, in order."""
    gazettes = gazettes or default_gazettes()
    parser = ClauseNodeParser(parse=gazettes.parse)
    files, problems = find_files([settings.corpus_dir])
    if problems:
        raise SourceError(problems[0].message)
    parsed = [gazettes.parse(gazettes.read(file.path), file.name) for file in files]
    return [node.text for part in parsed for node in parser.nodes_of(part.clauses)]


def ship_vectors(
    settings: Settings, *, gazettes: Gazettes | None = None, progress: Progress = no_progress
) -> Path:
    """Write the vectors of the shipped corpus, and no others, to ``vector_cache_dir``.

    Returns the file. Known vectors are taken over, so this is quick after an ingest.
    """
    texts = corpus_texts(settings, gazettes)
    cache = VectorCache.of(settings)
    embed_passages(texts, load_embedding(settings), cache, progress)
    return cache.export(texts, settings.vector_cache_dir)


if __name__ == "__main__":
    print(ship_vectors(Settings()))
