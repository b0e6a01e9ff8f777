"""Reading Word and PDF files in a process of their own, bounded in memory and time.

These files can unpack to a thousand times their size or keep a library busy for ever; what goes
wrong there ends that process, and the caller gets one sentence. The process has no secrets in
its environment.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

from qa_bot.errors import SourceError
from qa_bot.gazette.docx import docx_text
from qa_bot.gazette.pdf import pdf_text

MAX_MEMORY = 3_000_000_000  # bytes of address space
MAX_SECONDS = 600  # of processor time
READERS: dict[str, Callable[[bytes, str], str]] = {".docx": docx_text, ".pdf": pdf_text}
_REFUSED = 3


def text_apart(data: bytes, suffix: str, name: str) -> str:
    """The text of a file in the format that ``suffix`` (a key of ``READERS``) names.

    Raises SourceError where it cannot be read, or only with more memory or time than allowed.
    """
    command = [sys.executable, "-m", __name__, suffix, name, str(MAX_MEMORY), str(MAX_SECONDS)]
    known = {key: os.environ[key] for key in ("SYSTEMROOT", "TEMP") if key in os.environ}
    environment = {**known, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    run = subprocess.run(command, input=data, capture_output=True, env=environment, check=False)
    said = run.stdout.decode("utf-8", "replace")
    if run.returncode == 0:
        return said
    raise SourceError(
        said
        if run.returncode == _REFUSED
        else f"{name} 过于复杂或已损坏，读取被中止，请另存或拆分后再试。"
        "(too complex or damaged, reading was stopped: save it anew or split it.)"
    )


def main(suffix: str, name: str, memory: str, seconds: str) -> int:
    """Read standard input as a file of this format and print its text, or why there is none."""
    _limit(int(memory), int(seconds))
    try:
        text, status = READERS[suffix](sys.stdin.buffer.read(), name), 0
    except SourceError as error:
        text, status = str(error), _REFUSED
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    return status


def _limit(memory: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
