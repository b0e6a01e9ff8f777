"""Taking files in: what an ingest adds to, replaces in and removes from the known sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from llama_index.core.schema import Document as TextDocument

from qa_bot.clauses.model import Clause, Document, ParsedFile
from qa_bot.errors import SourceError
from qa_bot.index.manifest import Source
from qa_bot.index.node_parser import ClauseNodeParser
from qa_bot.index.progress import Progress
from qa_bot.index.sources import (
    FoundFile,
    Gazettes,
    Problem,
    free_name,
    sha256_of,
    source_key,
    source_path,
)
from qa_bot.index.store import ClauseStore


class Intake:
    """The sources of the next generation, starting from those of the last.

    ``added``, ``replaced``, ``unchanged`` and ``removed`` hold file names, ``duplicates`` maps a
    path to the file that holds the same, ``problems`` the files that could not be used; one that
    was known before keeps its clauses.
    """

    def __init__(
        self,
        gazettes: Gazettes,
        index_dir: Path,
        sources: Mapping[str, Source],
        store: ClauseStore,
    ) -> None:
        self.sources = dict(sources)
        self.added: list[str] = []
        self.replaced: list[str] = []
        self.unchanged: list[str] = []
        self.removed: list[str] = []
        self.duplicates: dict[str, str] = {}
        self.problems: list[Problem] = []
        self._gazettes = gazettes
        self.parser = ClauseNodeParser(parse=gazettes.parse)
        self._index_dir = index_dir
        self._store = store
        self._parsed: dict[str, ParsedFile] = {}

    @property
    def changed(self) -> bool:
        return bool(self.added or self.replaced or self.removed)

    def prune(self) -> None:
        """Remove the sources whose file is gone."""
        for key in list(self.sources):
            if not source_path(key, self._index_dir).is_file():
                self.removed.append(self.sources.pop(key).file)

    def take(self, files: list[FoundFile], rebuild: bool, progress: Progress) -> None:
        """Parse the files that are new, changed or, to ``rebuild``, any; others stay."""
        digests: dict[str, str] = {}
        for file in files:
            with self._noting(file):
                digests[source_key(file.path, self._index_dir)] = sha256_of(file.path)
        for done, file in enumerate(files, 1):
            if source_key(file.path, self._index_dir) in digests:
                with self._noting(file):
                    self._take(file, digests, rebuild)
            progress("reading", done, len(files))

    def next_store(self) -> ClauseStore:
        """The documents and clauses of every source, in the order of the sources."""
        parts = [self._part(source.file) for source in self.sources.values()]
        return ClauseStore(
            (document for documents, _ in parts for document in documents),
            (clause for _, clauses in parts for clause in clauses),
        )

    def drop_lost(self) -> None:
        """Give up sources whose file and whose stored clauses are both gone."""
        for key, source in list(self.sources.items()):
            if not self._part(source.file)[1]:
                del self.sources[key]
                path = str(source_path(key, self._index_dir))
                self.problems.append(
                    Problem(path, f"{path} 的条款已丢失，请重新导入。(its clauses are lost.)")
                )

    def _take(self, file: FoundFile, digests: Mapping[str, str], rebuild: bool) -> None:
        key = source_key(file.path, self._index_dir)
        known, digest = self.sources.get(key), digests[key]
        if known and not rebuild and (known.sha256, known.parser) == (digest, self._version):
            self.unchanged.append(known.file)
        elif twin := self._twin(key, digests):
            self.duplicates[str(file.path)] = twin
            if known:
                self.removed.append(self.sources.pop(key).file)
        else:
            taken = {source.file for source in self.sources.values()}
            name = known.file if known else free_name(file, taken)
            self._parsed[name] = self._parse(file.path, name)
            self.sources[key] = Source(file=name, sha256=digest, parser=self._version)
            (self.replaced if known else self.added).append(name)

    def _twin(self, key: str, digests: Mapping[str, str]) -> str | None:
        """The name of another source that holds, as of now, the same bytes."""
        for other, source in self.sources.items():
            if other != key and digests.get(other, source.sha256) == digests[key]:
                return source.file
        return None

    @contextmanager
    def _noting(self, file: FoundFile) -> Iterator[None]:
        try:
            yield
        except SourceError as error:
            self.problems.append(Problem(str(file.path), str(error)))

    def _parse(self, path: Path, name: str) -> ParsedFile:
        text = self._gazettes.read(path)
        parsed = self.parser.parse_document(TextDocument(text=text, metadata={"file": name}))
        if not parsed.clauses:
            raise SourceError(
                f"{path} 中没有找到公文条款，请确认它是政府公报。"
                "(no clause found in it, make sure that it is a gazette.)"
            )
        return parsed

    @property
    def _version(self) -> str:
        return self._gazettes.version

    def _part(self, file: str) -> tuple[Iterable[Document], list[Clause]]:
        if file in self._parsed:
            return self._parsed[file].documents, list(self._parsed[file].clauses)
        return self._store.of_file(file)
