"""The structure of a parsed file as JSON Lines (``docs/interface.md``)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from qa_bot.clauses.model import ParsedFile


def structure_lines(parsed: ParsedFile) -> Iterator[str]:
    """One JSON object a line: each document, followed by its clauses in reading order."""
    clauses = iter(parsed.clauses)
    pending = next(clauses, None)
    for document, following in zip(parsed.documents, [*parsed.documents[1:], None], strict=True):
        fields = {"type": "document", **document.model_dump(mode="json")}
        yield json.dumps(fields, ensure_ascii=False)
        while pending and (following is None or pending.start_line < following.start_line):
            data = pending.model_dump(mode="json")
            yield json.dumps(
                {
                    "type": "clause",
                    **data,
                    "start_line": pending.start_line,
                    "end_line": pending.end_line,
                },
                ensure_ascii=False,
            )
            pending = next(clauses, None)
