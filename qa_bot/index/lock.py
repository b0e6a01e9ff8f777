"""One writer at a time: an ingest, a rollback or a clean-up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from qa_bot.errors import IndexStoreError


@contextmanager
def write_lock(index_dir: Path) -> Iterator[None]:
    """Be the only writer of the index; ``IndexStoreError`` where another one is at work."""
    lock = FileLock(index_dir / ".lock")
    try:
        index_dir.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise IndexStoreError(
            f"另一个 ingest 正在更新 {index_dir}，请等它结束后重试。"
            "(another ingest is at work there: wait for it to end, then try again.)"
        ) from None
    except OSError as error:
        raise IndexStoreError(
            f"无法写入 {index_dir}（{error.strerror}），请检查权限和磁盘空间。"
            "(cannot be written: check permissions and disk space.)"
        ) from error
    try:
        yield
    finally:
        lock.release()
