"""What a regular-expression splitter and LlamaIndex's SentenceSplitter make of the same gazettes.

Measured against the hand-made truth: how many clauses with a marker begin a piece, how many
pieces hold more than one of them or text of two documents, how many table rows have a piece of
their own, and the longest piece. A row printed on one line with another counts for our parser
where its cells are right (as in score.py); the other splitters cannot cut within a line.

    python eval/structure/side_by_side.py
"""

from __future__ import annotations

import bisect
import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from score import score_file  # noqa: E402

from qa_bot.clauses.parser import parse_text  # noqa: E402
from qa_bot.gazette.reader import read_source  # noqa: E402

TRUTH = Path(__file__).parent
_FAMILIES = (
    r"第[零一二三四五六七八九十百0-9]+条",
    r"第[零一二三四五六七八九十百0-9]+章",
    r"[零一二三四五六七八九十百]+、",
    r"[(（][零一二三四五六七八九十百]+[)）]",
    r"[0-9]{1,2}[.．、]",
)

Span = tuple[int, int]
Piece = list[Span]


@dataclass(frozen=True, slots=True)
class Row:
    """One splitter on one file."""

    splitter: str
    file: str
    pieces: int
    begun: str
    mixed: int
    two_documents: int
    rows_alone: str
    longest: int


def ours(text: str) -> list[Piece]:
    """One piece a clause: all stretches of the source that it was put together from."""
    return [list(clause.spans) for clause in parse_text(text, "x").clauses]


def one_family(text: str) -> list[Piece]:
    """Cut at the numbering that most lines open with, as RAGFlow's ``laws`` does."""
    counts = [len(re.findall(rf"(?m)^[#*\s-]*{family}", text)) for family in _FAMILIES]
    return _cut(text, rf"(?m)^[#*\s-]*{_FAMILIES[counts.index(max(counts))]}")


def all_families(text: str) -> list[Piece]:
    """Cut at every line that opens with any numbering."""
    return _cut(text, rf"(?m)^[#*\s-]*(?:{'|'.join(_FAMILIES)})")


def sentences(text: str) -> list[Piece]:
    """LlamaIndex's SentenceSplitter at its defaults (1024 tokens, overlap 200)."""
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.schema import Document

    nodes = SentenceSplitter().get_nodes_from_documents([Document(text=text)])
    return [[(n.start_char_idx, n.end_char_idx)] for n in nodes]  # type: ignore[attr-defined]


def _cut(text: str, pattern: str) -> list[Piece]:
    starts = [0, *(m.start() for m in re.finditer(pattern, text)), len(text)]
    return [[(a, b)] for a, b in pairwise(starts) if text[a:b].strip()]


SPLITTERS: dict[str, Callable[[str], list[Piece]]] = {
    "ours": ours,
    "regex, one family": one_family,
    "regex, all families": all_families,
    "SentenceSplitter": sentences,
}


def measure(name: str, truth_file: Path) -> Row:
    """One splitter on the gazette of this truth."""
    truth: list[dict[str, Any]] = [
        json.loads(line) for line in truth_file.read_text("utf-8").splitlines()
    ]
    text = read_source(ROOT / "corpus" / f"{truth_file.stem}.txt")
    ends = [m.end() for m in re.finditer("\n", text)]
    pieces = SPLITTERS[name](text)
    covered = [_lines(piece, text, ends) for piece in pieces]
    begun = {min(_lines(piece[:1], text, ends)) for piece in pieces}
    marked = {t["line"] for t in truth if t["type"] == "clause" and not t.get("unmarked")}
    rows = [t["line"] for t in truth if t["type"] == "table_row"]
    starts = [t["start_line"] for t in truth if t["type"] == "document"]
    alone = sum(any(min(c) == row and not set(rows) & c - {row} for c in covered) for row in rows)
    if name == "ours":
        alone = score_file(truth_file).rows.right
    return Row(
        splitter=name,
        file=truth_file.stem,
        pieces=len(pieces),
        begun=f"{len(marked & begun)} of {len(marked)}",
        mixed=sum(len(marked & lines) > 1 for lines in covered),
        two_documents=sum(any(min(c) < start <= max(c) for start in starts) for c in covered),
        rows_alone=f"{alone} of {len(rows)}",
        longest=max(sum(end - start for start, end in piece) for piece in pieces),
    )


def _lines(piece: Piece, text: str, ends: list[int]) -> set[int]:
    """The numbers of the lines on which the piece has more than blanks."""
    return {
        bisect.bisect_right(ends, start + word.start()) + 1
        for start, end in piece
        for word in re.finditer(r"\S+", text[start:end])
    }


def main() -> None:
    print(
        "| file | splitter | pieces | clauses that begin a piece | pieces with several clauses"
        " | pieces over two documents | table rows on their own | longest piece |"
    )
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for truth_file in sorted(TRUTH.glob("*.jsonl")):
        for name in SPLITTERS:
            row = measure(name, truth_file)
            print(
                f"| {row.file} | {row.splitter} | {row.pieces} | {row.begun} | {row.mixed} | "
                f"{row.two_documents} | {row.rows_alone} | {row.longest} |"
            )


if __name__ == "__main__":
    main()
