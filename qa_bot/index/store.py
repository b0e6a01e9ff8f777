"""The clause store: documents and clauses of one generation, held in memory.

On disk it is two JSON Lines files, ``documents.jsonl`` and ``clauses.jsonl``. The position of a
clause is also its row in the lexical index.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from qa_bot.clauses.model import Clause, Document
from qa_bot.errors import NotFoundError

_Model = TypeVar("_Model", bound=BaseModel)
_QUOTED_TITLE = re.compile(r"《([^《》]{2,60})》")


class ClauseStore:
    """``documents`` and ``clauses``, both in reading order, file by file."""

    def __init__(self, documents: Iterable[Document], clauses: Iterable[Clause]) -> None:
        self.documents: tuple[Document, ...] = tuple(documents)
        self.clauses: tuple[Clause, ...] = tuple(clauses)
        self._rows = {clause.id: row for row, clause in enumerate(self.clauses)}

    def clause(self, clause_id: str) -> Clause:
        """The clause of that id; ``NotFoundError`` where there is none."""
        return self.clauses[self.row(clause_id)]

    def row(self, clause_id: str) -> int:
        """The position of a clause; ``NotFoundError`` where there is none."""
        try:
            return self._rows[clause_id]
        except KeyError:
            raise NotFoundError(
                f"索引中没有条款 {clause_id}。(the index has no clause {clause_id}.)"
            ) from None

    def children(self, clause_id: str) -> tuple[Clause, ...]:
        """The clauses right below one clause, in reading order."""
        return tuple(self._children.get(clause_id, ()))

    def clauses_of(self, document: Document) -> tuple[Clause, ...]:
        """The clauses of a document of this store, in reading order."""
        return tuple(self._clauses_of_document.get(document, ()))

    def document_of(self, clause: Clause) -> Document:
        """The document that a clause of this store belongs to."""
        namesakes = self._namesakes[clause.file, clause.doc_no, clause.title]
        after = bisect_right(namesakes, clause.start_line, key=lambda found: found.start_line)
        return namesakes[max(after - 1, 0)]

    def of_file(self, file: str) -> tuple[list[Document], list[Clause]]:
        """The documents and clauses that came from one source file."""
        return self._files.get(file, ([], []))

    def save(self, folder: Path) -> None:
        _write_lines(folder / "documents.jsonl", self.documents)
        _write_lines(folder / "clauses.jsonl", self.clauses)

    @classmethod
    def load(cls, folder: Path) -> ClauseStore:
        """Read a saved store; OSError or ValueError where it is damaged."""
        return cls(
            _read_lines(folder / "documents.jsonl", Document),
            _read_lines(folder / "clauses.jsonl", Clause),
        )

    @cached_property
    def quoted_titles(self) -> frozenset[str]:
        """The 《titles》 that clauses name, of whatever document."""
        return frozenset(
            title for clause in self.clauses for title in _QUOTED_TITLE.findall(clause.text)
        )

    @cached_property
    def _files(self) -> dict[str, tuple[list[Document], list[Clause]]]:
        files: dict[str, tuple[list[Document], list[Clause]]] = defaultdict(lambda: ([], []))
        for document in self.documents:
            files[document.file][0].append(document)
        for clause in self.clauses:
            files[clause.file][1].append(clause)
        return dict(files)

    @cached_property
    def _children(self) -> dict[str, list[Clause]]:
        children = defaultdict(list)
        for clause in self.clauses:
            if clause.parent_id is not None:
                children[clause.parent_id].append(clause)
        return dict(children)

    @cached_property
    def _namesakes(self) -> dict[tuple[str, str | None, str], list[Document]]:
        namesakes = defaultdict(list)
        for document in self.documents:
            namesakes[document.file, document.doc_no, document.title].append(document)
        return {
            key: sorted(found, key=lambda document: document.start_line)
            for key, found in namesakes.items()
        }

    @cached_property
    def _clauses_of_document(self) -> dict[Document, list[Clause]]:
        clauses = defaultdict(list)
        for clause in self.clauses:
            clauses[self.document_of(clause)].append(clause)
        return dict(clauses)


def _write_lines(path: Path, rows: Sequence[BaseModel]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(row.model_dump_json() + "\n" for row in rows)


def _read_lines(path: Path, model: type[_Model]) -> list[_Model]:
    with path.open("rb") as file:
        return [model.model_validate_json(line) for line in file]
