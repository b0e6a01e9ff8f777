"""Score the parser against the structure truth of whole gazettes, read off by hand.

The measure is exact: a document counts when 文号, title, issuer and date are right, a clause
when its marker's line and its section label are right, a table row when its number and all its
cells are right.

    python eval/structure/score.py
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from qa_bot.clauses.labels import fold_label  # noqa: E402
from qa_bot.clauses.model import Clause, ParsedFile  # noqa: E402
from qa_bot.clauses.parser import parse_text  # noqa: E402
from qa_bot.gazette.reader import read_source  # noqa: E402

TRUTH = Path(__file__).parent
_MARKED = frozenset({"heading", "article", "item", "attachment"})
_BEGINS = "^"  # a column name with this sign holds only the beginning of its cell


@dataclass(frozen=True, slots=True)
class Part:
    """How much of one kind was found: ``right`` of ``wanted``, and ``found`` in all."""

    right: int
    found: int
    wanted: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class Score:
    """One file: documents, clauses with a marker, clauses without one, table rows."""

    file: str
    documents: Part
    marked: Part
    unmarked: Part
    rows: Part
    faults: tuple[str, ...]


def score_file(truth_file: Path) -> Score:
    """The score of the gazette whose truth this is."""
    truth = [json.loads(line) for line in truth_file.read_text("utf-8").splitlines()]
    source = ROOT / "corpus" / f"{truth_file.stem}.txt"
    parsed = parse_text(read_source(source), source.name)
    faults: list[str] = []
    return Score(
        file=source.name,
        documents=_documents([t for t in truth if t["type"] == "document"], parsed, faults),
        marked=_marked([t for t in truth if _is_clause(t, unmarked=False)], parsed, faults),
        unmarked=_unmarked([t for t in truth if _is_clause(t, unmarked=True)], parsed, faults),
        rows=_rows([t for t in truth if t["type"] == "table_row"], parsed, faults),
        faults=tuple(faults),
    )


def _is_clause(entry: dict[str, Any], unmarked: bool) -> bool:
    return entry["type"] == "clause" and bool(entry.get("unmarked")) == unmarked


def _documents(truth: list[dict[str, Any]], parsed: ParsedFile, faults: list[str]) -> Part:
    found = {
        (d.doc_no, d.title, d.issuer, str(d.date), d.start_line, d.end_line)
        for d in parsed.documents
    }
    wanted = {
        (t["doc_no"], t["title"], t["issuer"], str(t["date"]), t["start_line"], t["end_line"])
        for t in truth
    }
    return _part("document", found, wanted, faults)


def _marked(truth: list[dict[str, Any]], parsed: ParsedFile, faults: list[str]) -> Part:
    found = {_place(c) for c in parsed.clauses if c.kind in _MARKED and not _is_box(c)}
    wanted = {(t["doc_no"], t["line"], fold_label(t["section"])) for t in truth}
    boxes = {_place(c) for c in parsed.clauses if _is_box(c)}
    return _part("clause", found | (boxes & wanted), wanted, faults)


def _unmarked(truth: list[dict[str, Any]], parsed: ParsedFile, faults: list[str]) -> Part:
    found = {_place(clause) for clause in parsed.clauses}
    wanted = {(t["doc_no"], t["line"], fold_label(t["section"])) for t in truth}
    return _part("unmarked", found & wanted, wanted, faults)


def _rows(truth: list[dict[str, Any]], parsed: ParsedFile, faults: list[str]) -> Part:
    rows = {(c.doc_no, fold_label(c.section)): c for c in parsed.clauses if c.kind == "table_row"}
    wanted = {(t["doc_no"], fold_label(t["section"])): t["cells"] for t in truth}
    right = {key for key, cells in wanted.items() if key in rows and _same(rows[key], cells)}
    faults += [f"row {key} is wrong or missing" for key in wanted if key not in right]
    return Part(len(right), len(rows), len(wanted))


def _same(row: Clause, cells: dict[str, str]) -> bool:
    for column, value in cells.items():
        got, want = (
            re.sub(r"\s", "", v) for v in (row.fields.get(column.rstrip(_BEGINS), ""), value)
        )
        if not (got.startswith(want) if column.endswith(_BEGINS) else got == want):
            return False
    return True


def _place(clause: Clause) -> tuple[str | None, int, str]:
    return clause.doc_no, clause.start_line, fold_label(clause.section)


def _is_box(clause: Clause) -> bool:
    return clause.section.startswith("专栏")


def _part(name: str, found: Iterable[object], wanted: Iterable[object], faults: list[str]) -> Part:
    found, wanted = set(found), set(wanted)
    faults += [f"{name} not found: {item}" for item in wanted - found]
    faults += [f"{name} too many: {item}" for item in found - wanted]
    return Part(len(found & wanted), len(found), len(wanted))


def main() -> None:
    for truth_file in sorted(TRUTH.glob("*.jsonl")):
        score = score_file(truth_file)
        print(score.file)
        for name in ("documents", "marked", "unmarked", "rows"):
            part: Part = getattr(score, name)
            print(
                f"  {name:9} P {part.precision:.4f}  R {part.recall:.4f}  F1 {part.f1:.4f}"
                f"  ({part.right} of {part.wanted}, {part.found} found)"
            )
        for fault in score.faults:
            print(f"    {fault}")


if __name__ == "__main__":
    main()
