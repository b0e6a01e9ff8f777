"""The clauses of the corpus as the harness sees them: what citations are checked against.

It is always read from the source files, never from the index under test, so that an index that
was changed or lost a document is found out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from qa_bot.clauses.model import Clause, Document, ParsedFile
from qa_bot.evaluation.errors import EvaluationError
from qa_bot.evaluation.folding import ClauseKey, clause_key, document_key, squeeze


class Library:
    """Documents and clauses of parsed files, found by citation; built once, then only read."""

    def __init__(self, parsed: Iterable[ParsedFile], sources: Mapping[str, str]) -> None:
        parsed = tuple(parsed)
        self.documents: tuple[Document, ...] = tuple(d for p in parsed for d in p.documents)
        self.clauses: tuple[Clause, ...] = tuple(c for p in parsed for c in p.clauses)
        self.sources = dict(sources)
        self._by_id = {clause.id: clause for clause in self.clauses}
        self._by_key: dict[ClauseKey, list[Clause]] = defaultdict(list)
        self._children: dict[str, list[Clause]] = defaultdict(list)
        self._of_document: dict[str, list[Clause]] = defaultdict(list)
        for clause in self.clauses:
            self._by_key[clause_key(clause.doc_no, clause.title, clause.section)].append(clause)
            self._of_document[document_key(clause.doc_no, clause.title)].append(clause)
            if clause.parent_id:
                self._children[clause.parent_id].append(clause)

    @cached_property
    def document_keys(self) -> frozenset[str]:
        return frozenset(document_key(d.doc_no, d.title) for d in self.documents)

    def find(self, key: ClauseKey) -> tuple[Clause, ...]:
        """The clauses that go by this key (seldom more than one), none where it is unknown."""
        return tuple(self._by_key.get(key, ()))

    def of_document(self, document: str) -> tuple[Clause, ...]:
        """Every clause of the document with this key, in reading order."""
        return tuple(self._of_document.get(document, ()))

    def family(self, clause: Clause) -> Iterator[Clause]:
        """The clause and all that stands beneath it, in reading order."""
        yield clause
        for child in self._children.get(clause.id, ()):
            yield from self.family(child)

    def families(self, key: ClauseKey) -> tuple[Clause, ...]:
        """The clauses with this key and all beneath them."""
        return tuple(member for clause in self.find(key) for member in self.family(clause))

    def related(self, key: ClauseKey) -> frozenset[ClauseKey]:
        """The keys of the parents and children (at any distance) of a clause, not its own."""
        keys: set[ClauseKey] = set()
        for clause in self.find(key):
            keys |= {_key(member) for member in self.family(clause)}
            keys |= {_key(parent) for parent in self._ancestors(clause)}
        return frozenset(keys - {key})

    def source_text(self, clause: Clause) -> str:
        """The clause as it is printed in its file, mark-up and line breaks included."""
        source = self.sources.get(clause.file, "")
        return "".join(source[start:end] for start, end in clause.spans)

    def holds(self, clause: Clause, quote: str) -> bool:
        """Does the quote stand verbatim, white space aside, in this clause alone?

        A table row may be quoted as it reads or as it is printed.
        """
        wanted = squeeze(quote)
        return bool(wanted) and (
            wanted in squeeze(clause.text) or wanted in squeeze(self.source_text(clause))
        )

    def holds_under(self, key: ClauseKey, quote: str) -> bool:
        """Does the quote stand in a clause with this key, or in what stands beneath it?

        It may run on from a clause into the next one beneath it.
        """
        return any(
            squeeze(quote) in squeeze("".join(member.text for member in self.family(clause)))
            or any(self.holds(member, quote) for member in self.family(clause))
            for clause in self.find(key)
            if quote.strip()
        )

    @cached_property
    def text(self) -> str:
        """Everything that is printed in the files."""
        return "\n".join(self.sources.values())

    def _ancestors(self, clause: Clause) -> Iterator[Clause]:
        parent = self._by_id.get(clause.parent_id or "")
        if parent:
            yield parent
            yield from self._ancestors(parent)


def _key(clause: Clause) -> ClauseKey:
    return clause_key(clause.doc_no, clause.title, clause.section)


def load_library(folder: Path) -> Library:
    """The library of a folder of gazette files. Raises EvaluationError where it holds none."""
    from qa_bot.index.sources import default_gazettes, find_files

    gazettes = default_gazettes()
    files, problems = find_files([folder])
    if problems:
        raise EvaluationError(problems[0].message)
    sources = {file.name: gazettes.read(file.path) for file in files}
    return Library((gazettes.parse(text, name) for name, text in sources.items()), sources)
