"""Ingest: source files into a new generation of the index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from llama_index.core.base.embeddings.base import BaseEmbedding

from qa_bot.errors import IndexStoreError, SourceError
from qa_bot.index.embedding import embedding_id, load_embedding
from qa_bot.index.generation import build_generation
from qa_bot.index.history import drop_old, restore_manifest
from qa_bot.index.intake import Intake
from qa_bot.index.lock import write_lock
from qa_bot.index.manifest import (
    Manifest,
    has_index,
    known_sources,
    newest_readable_manifest,
)
from qa_bot.index.node_parser import distinct
from qa_bot.index.passages import RECIPE
from qa_bot.index.progress import Progress, no_progress
from qa_bot.index.reader import load_store, open_index
from qa_bot.index.sources import (
    FoundFile,
    Gazettes,
    Problem,
    default_gazettes,
    find_files,
    source_path,
)
from qa_bot.index.store import ClauseStore
from qa_bot.index.vector_cache import VectorCache, embed_passages
from qa_bot.settings import Settings

_SHOWN_PROBLEMS = 3


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did; ``built`` is False where the index was up to date already.

    ``added``, ``replaced``, ``unchanged`` and ``removed`` hold file names as citations show them,
    ``duplicates`` maps a path to the indexed file of the same content. The counts are those of
    the index as it is now.
    """

    generation: str
    built: bool
    added: tuple[str, ...]
    replaced: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    duplicates: dict[str, str]
    problems: tuple[Problem, ...]
    files: int
    documents: int
    clauses: int
    passages: int


def ingest(
    paths: Sequence[Path],
    settings: Settings,
    *,
    rebuild: bool = False,
    prune: bool = False,
    progress: Progress = no_progress,
    gazettes: Gazettes | None = None,
    embedding: BaseEmbedding | None = None,
) -> IngestReport:
    """Bring the files and folders ``paths`` into the index and make it the current one.

    Unchanged files are not parsed again, files ingested before stay; ``prune`` removes those that
    are gone from the disk; ``rebuild`` parses every known file again and heals a damaged index or
    changes the embedding model. ``gazettes`` and ``embedding`` stand in for the project's own.

    Raises ``SourceError`` where no file could be used, ``IndexStoreError`` where another ingest
    is at work or the index is damaged or cannot be written, ``ModelError`` where the embedding
    model fails; the index in use then stays as it was.
    """
    with write_lock(settings.index_dir):
        restore_manifest(settings)
        manifest, store = _last(settings, rebuild)
        known = known_sources(settings.index_dir)
        intake = Intake(gazettes or default_gazettes(), settings.index_dir, known, store)
        if prune:
            intake.prune()
        files, intake.problems[:] = find_files(paths)
        if rebuild:
            files += _known_files(intake, settings.index_dir, files)
        intake.take(files, rebuild, progress)
        intake.drop_lost()
        _require_use(intake)
        if manifest and not (rebuild or intake.changed or manifest.recipe != RECIPE):
            return _report(manifest, intake, built=False)
        built = _build(settings, intake, manifest, embedding, progress)
        drop_old(settings.index_dir, settings.keep_generations)
        return _report(built, intake, built=True)


def _last(settings: Settings, rebuild: bool) -> tuple[Manifest | None, ClauseStore]:
    """The last generation: checked, or to ``rebuild`` whatever of it can still be read."""
    if not rebuild:
        if not has_index(settings.index_dir):
            return None, ClauseStore((), ())
        index = open_index(settings)
        index.close()
        return index.manifest, index.store
    manifest = newest_readable_manifest(settings.index_dir)
    if manifest:
        try:
            return manifest, load_store(settings.index_dir, manifest)
        except IndexStoreError:
            pass
    return manifest, ClauseStore((), ())


def _known_files(intake: Intake, index_dir: Path, files: list[FoundFile]) -> list[FoundFile]:
    """The known sources that are on the disk and not among ``files``."""
    seen = {file.path for file in files}
    known = [
        FoundFile(source_path(key, index_dir), source.file)
        for key, source in intake.sources.items()
    ]
    return [file for file in known if file.path not in seen and file.path.is_file()]


def _require_use(intake: Intake) -> None:
    """Refuse an ingest that could use nothing it was given, or would leave nothing."""
    used = intake.changed or intake.unchanged or intake.duplicates
    if intake.problems and not used:
        shown = "\n".join(problem.message for problem in intake.problems[:_SHOWN_PROBLEMS])
        raise SourceError(shown)
    if not intake.sources:
        raise SourceError(
            "没有可以编入索引的文件，请指定公报文件或文件夹。"
            "(nothing would be left in the index: name gazette files or folders.)"
        )


def _build(
    settings: Settings,
    intake: Intake,
    last: Manifest | None,
    embedding: BaseEmbedding | None,
    progress: Progress,
) -> Manifest:
    store = intake.next_store()
    nodes = distinct(intake.parser.nodes_of(store.clauses))
    vectors = embed_passages(
        [node.text for node in nodes],
        embedding or load_embedding(settings),
        VectorCache.of(settings),
        progress,
    )
    return build_generation(
        settings.index_dir,
        store,
        nodes,
        vectors,
        embedding=embedding_id(settings),
        sources=intake.sources,
        previous=last.generation if last else None,
        progress=progress,
    )


def _report(manifest: Manifest, intake: Intake, built: bool) -> IngestReport:
    return IngestReport(
        generation=manifest.generation,
        built=built,
        added=tuple(intake.added),
        replaced=tuple(intake.replaced),
        unchanged=tuple(intake.unchanged),
        removed=tuple(intake.removed),
        duplicates=intake.duplicates,
        problems=tuple(intake.problems),
        files=len(manifest.sources),
        documents=manifest.documents,
        clauses=manifest.clauses,
        passages=manifest.passages,
    )
