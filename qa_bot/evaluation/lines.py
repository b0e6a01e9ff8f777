"""Files of one record a line."""

from __future__ import annotations

import os
from pathlib import Path


def append_line(file: Path, line: str) -> None:
    """Append ``line``, as a line of its own also where the last one was cut off."""
    with file.open("a+b") as out:
        cut_off = False
        if out.seek(0, os.SEEK_END):
            out.seek(-1, os.SEEK_END)
            cut_off = out.read(1) != b"\n"
        out.write(b"\n" * cut_off + line.encode() + b"\n")
