"""What must hold of any document, checked on a folder of real ones without hand-made truth.

- no exception, and no character in two clauses, in a clause and in noise, or in neither
- articles run on without gap or repeat; those that do not are listed with what the source has
- documents, titles, dates, issuers: how many files have them
- speed: MB/s over all, and the slowest file

    python eval/structure/invariants.py [FOLDER]
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from qa_bot.clauses.model import Clause, ParsedFile  # noqa: E402
from qa_bot.clauses.numerals import NUMERAL, numeral_value  # noqa: E402
from qa_bot.clauses.parser import parse_text  # noqa: E402
from qa_bot.gazette.reader import read_source  # noqa: E402

CORPORA = ROOT.parent / "shared" / "corpora"
SUFFIXES = (".txt", ".md")
_ARTICLE = re.compile(rf"第({NUMERAL}|\d+)条(之\S+)?$")
_NOISY = 0.1


@dataclass(slots=True)
class Report:
    """One file: its size, the time it took and what does not hold of it."""

    file: str
    characters: int
    seconds: float
    numbered: bool
    faults: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def check_file(path: Path, name: str) -> Report:
    """Parse one file and check what must hold of it."""
    text = read_source(path)
    started = time.perf_counter()
    parsed = parse_text(text, path.name)
    seconds = time.perf_counter() - started
    gaps = list(article_gaps(parsed, text))
    report = Report(name, len(text), seconds, _is_numbered(parsed))
    report.faults = [*coverage_faults(text, parsed), *gaps]
    noise = sum(b - a for a, b in parsed.noise_spans)
    report.counts.update(
        documents=len(parsed.documents),
        clauses=len(parsed.clauses),
        titled=sum(bool(d.title) for d in parsed.documents),
        dated=sum(d.date is not None for d in parsed.documents),
        issued=sum(bool(d.issuer) for d in parsed.documents),
        numbered=sum(bool(d.doc_no) for d in parsed.documents),
        noisy=int(noise > _NOISY * len(text)),
    )
    return report


def coverage_faults(text: str, parsed: ParsedFile) -> Iterator[str]:
    """Characters that belong to no clause and no noise, or to more than one."""
    owned = bytearray(len(text))
    for span in (s for group in (_clause_spans(parsed), parsed.noise_spans) for s in group):
        start, end = span
        if any(owned[start:end]):
            yield f"overlap at {start}-{end}"
        owned[start:end] = b"\1" * (end - start)
    lost = [i for i, c in enumerate(text) if not owned[i] and not c.isspace() and c != "\ufeff"]
    if lost:
        yield f"{len(lost)} characters lost, the first at {lost[0]}: {text[lost[0] : lost[0] + 20]!r}"


def article_gaps(parsed: ParsedFile, text: str) -> Iterator[str]:
    """Articles that do not follow the one before them, and whether the source has the missing one."""
    runs: dict[tuple[str | None, ...], list[Clause]] = defaultdict(list)
    for clause in parsed.clauses:
        if clause.kind == "article":
            attachments = tuple(step for step in clause.path if step.startswith("附"))
            runs[(clause.doc_no, clause.title, *attachments)].append(clause)
    for run in runs.values():
        before = 0
        for clause in run:
            match = _ARTICLE.search(clause.section)
            if not match or match[2]:
                continue
            number = numeral_value(match[1]) or 0
            if number != before + 1:
                inside = _in_source(text, before + 1, number)
                yield f"articles {before} → {number} in line {clause.start_line} ({inside})"
            before = number


def _in_source(text: str, first: int, end: int) -> str:
    if end <= first:
        return "a number twice"
    opening = re.findall(rf"^\W*第({NUMERAL})条", text, re.MULTILINE)
    values = {numeral_value(n) for n in opening}
    missing = [n for n in range(first, end) if n not in values]
    return "the source has no line that opens with it" if len(missing) == end - first else "MISSED"


def _is_numbered(parsed: ParsedFile) -> bool:
    return sum(clause.kind == "article" for clause in parsed.clauses) > 1


def _clause_spans(parsed: ParsedFile) -> Iterator[tuple[int, int]]:
    return (span for clause in parsed.clauses for span in clause.spans)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else CORPORA
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix in SUFFIXES)
    reports = [check_file(path, str(path.relative_to(folder))) for path in files]
    counts = sum((report.counts for report in reports), Counter[str]())
    size = sum(path.stat().st_size for path in files) / 1e6
    seconds = sum(report.seconds for report in reports)
    slowest = max(reports, key=lambda report: report.seconds)
    numbered = [report for report in reports if report.numbered]
    gapless = [r for r in numbered if not any(f.startswith("articles") for f in r.faults)]
    print(f"{len(files)} files, {size:.1f} MB, {size / seconds:.1f} MB/s")
    print(
        f"slowest: {slowest.file}, {slowest.seconds * 1000:.0f} ms, {slowest.characters} characters"
    )
    print(", ".join(f"{name} {count}" for name, count in sorted(counts.items())))
    print(
        f"articles without gap or repeat: {len(gapless)} of {len(numbered)} files that number them"
    )
    for report in reports:
        for fault in report.faults:
            print(f"  {report.file}: {fault}")


if __name__ == "__main__":
    main()
