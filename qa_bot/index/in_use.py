"""Which generations are open, also in other processes.

A reader holds a shared lock on its generation's manifest. The lock ends with the process, however
that ends, and works in a read-only folder. Windows has no such lock and refuses to move what is
open.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

if sys.platform != "win32":
    import fcntl

_NAME = "manifest.json"


def hold(folder: Path) -> BinaryIO:
    """Keep the generation in ``folder`` from being dropped until the file returned is closed.

    Raises OSError where it is not there or being dropped just now.
    """
    return _locked(folder, "rb", shared=True)


def claim(folder: Path) -> BinaryIO | None:
    """Keep readers out of the generation in ``folder`` until the file returned is closed.

    None where a reader has it open; OSError where it is not there or may not be written.
    """
    try:
        return _locked(folder, "r+b", shared=False)
    except BlockingIOError:
        return None


def _locked(folder: Path, mode: str, *, shared: bool) -> BinaryIO:
    file: BinaryIO = (folder / _NAME).open(mode)  # type: ignore[assignment]
    if sys.platform != "win32":
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise
    return file
