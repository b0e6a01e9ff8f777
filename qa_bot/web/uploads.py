"""Uploaded gazette files: checked and parsed, then indexed in the background or discarded."""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
import threading
import time
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from qa_bot.bot import Bot
from qa_bot.clauses.model import ParsedFile
from qa_bot.clauses.parser import parse_text
from qa_bot.errors import QaBotError, SourceError
from qa_bot.gazette.reader import SUFFIXES, text_of
from qa_bot.index.ingest import IngestReport, ingest
from qa_bot.visible import visible

_STAGED = ".staged"
_MOST_STAGED = 20
_LONGEST_STEM = 60
_FOLLOW_S = 30.0
_UNSAFE = re.compile(r'[<>:"|?*]')
_log = logging.getLogger(__name__)


class UploadError(QaBotError):
    """A file cannot be taken."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that waits for a decision, and what it holds."""

    path: Path
    parsed: ParsedFile

    @property
    def name(self) -> str:
        return self.path.name


@dataclass(slots=True)
class Job:
    """A file on its way into the index; ``report`` or ``error`` is set when it ``ended``."""

    name: str
    stage: str = "reading"
    done: int = 0
    total: int = 0
    report: IngestReport | None = None
    error: str = ""
    ended: threading.Event = field(default_factory=threading.Event)

    def progress(self, stage: str, done: int, total: int) -> None:
        self.stage, self.done, self.total = stage, done, total


class Uploads:
    """The folder of uploaded files; one of them is indexed at a time."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._folder = bot.settings.uploads_path
        self._working = threading.Lock()
        shutil.rmtree(self._folder / _STAGED, ignore_errors=True)

    def stage(self, file: Path) -> Staged:
        """Take a file in and parse it; it is moved from where it was.

        Raises ``UploadError`` or ``SourceError`` where it is no gazette that can be indexed; it is
        then deleted.
        """
        try:
            name = safe_name(file.name)
            self._check(file, name)
            data = file.read_bytes()
            self._require_new(name, data)
            text = text_of(data, Path(name).suffix, name)
            if not text.strip():
                raise SourceError(f"{name} 是空文件，请换一个有文字的文件。(it is empty.)")
            parsed = parse_text(text, name)
            if not parsed.clauses:
                raise SourceError(
                    f"{name} 中没有找到公文条款，请确认它是政府公报。"
                    "(no clause found in it, make sure that it is a gazette.)"
                )
            return Staged(self._put_aside(file, name), parsed)
        except OSError as error:
            raise UploadError(
                f"文件无法保存（{error.strerror}），请联系管理员。(it cannot be stored.)"
            ) from error
        finally:
            file.unlink(missing_ok=True)

    def discard(self, staged: Staged) -> None:
        shutil.rmtree(staged.path.parent, ignore_errors=True)

    def index(self, staged: Staged) -> Job:
        """Begin to index a staged file; ``UploadError`` where another one is being indexed."""
        if not staged.path.is_file():
            raise UploadError("文件已不在，请重新上传。(the file is gone: upload it again.)")
        if not self._working.acquire(blocking=False):
            raise UploadError(
                "另一个文件正在编入索引，请等它完成后再确认。"
                "(another file is being indexed: wait for it to end, then confirm again.)"
            )
        job = Job(staged.name)
        try:
            threading.Thread(target=self._work, args=(staged, job), name="upload").start()
        except RuntimeError:
            self._working.release()
            raise
        return job

    def _work(self, staged: Staged, job: Job) -> None:
        try:
            job.report = self._take_in(staged, job)
            self.discard(staged)
            self._await(job.report.generation)
        except QaBotError as error:
            job.error = str(error)
        except Exception:
            _log.exception("an uploaded file was not indexed")
            job.error = "服务器出错，文件没有编入索引。(something failed: it was not indexed.)"
        finally:
            self._working.release()
            job.ended.set()

    def _take_in(self, staged: Staged, job: Job) -> IngestReport:
        """Keep a staged file and index it; where that fails, it is staged only, as before.

        Name and content are compared again: another file may have been indexed meanwhile.
        """
        data = staged.path.read_bytes()
        self._require_new(staged.name, data)
        kept = self._folder / staged.name
        try:
            out = kept.open("xb")
        except FileExistsError:
            raise _name_taken(staged.name) from None
        try:
            with out:
                out.write(data)
            report = ingest([kept], self._bot.settings, progress=job.progress)
            if report.duplicates:
                raise _content_known(*report.duplicates.values())
        except BaseException:
            kept.unlink(missing_ok=True)
            raise
        return report

    def _await(self, generation: str) -> None:
        """Wait until the bot answers from a generation, but not for ever."""
        ends = time.monotonic() + _FOLLOW_S
        while self._bot.index.manifest.generation != generation and time.monotonic() < ends:
            time.sleep(0.05)

    def _check(self, file: Path, name: str) -> None:
        most = self._bot.settings.upload_mb
        size = file.stat().st_size
        if size > most * 1_000_000:
            raise UploadError(
                f"{name} 超过 {most} MB，请拆分后再上传。(it is too large: split it.)"
            )
        if not size:
            raise UploadError(f"{name} 是空文件。(it is empty.)")

    def _require_new(self, name: str, data: bytes) -> None:
        digest = hashlib.sha256(data).hexdigest()
        for source in self._bot.index.manifest.sources.values():
            if source.sha256 == digest:
                raise _content_known(source.file)
        if (self._folder / name).exists():
            raise _name_taken(name)

    def _put_aside(self, file: Path, name: str) -> Path:
        """The file in a folder of its own; the oldest that nobody decided on makes room."""
        aside = self._folder / _STAGED
        aside.mkdir(parents=True, exist_ok=True)
        waiting = sorted(aside.iterdir(), key=lambda folder: folder.stat().st_mtime)
        for folder in waiting[: max(0, len(waiting) + 1 - _MOST_STAGED)]:
            shutil.rmtree(folder, ignore_errors=True)
        place = aside / uuid4().hex / name
        place.parent.mkdir()
        shutil.move(file, place)
        return place


def _name_taken(name: str) -> UploadError:
    return UploadError(
        f"已有同名文件 {name}，请改名后再上传。(there is a file of this name: rename it.)"
    )


def _content_known(file: str) -> UploadError:
    return UploadError(f"相同内容已经收录：{file}。(the same content is indexed already.)")


def safe_name(given: str) -> str:
    """The last part of a file name, without what a file system or a reader may take amiss.

    ``UploadError`` where it is no name of a gazette file.
    """
    last = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(c for c in visible(last) if c.isprintable())
    stem, dot, ending = _UNSAFE.sub("", seen).rpartition(".")
    suffix = f"{dot}{ending.strip().lower()}"
    if suffix not in SUFFIXES:
        raise UploadError(
            f"只能上传 {' '.join(SUFFIXES)} 文件。(only files of these kinds can be uploaded.)"
        )
    stem = stem.strip(" .")[:_LONGEST_STEM]
    if not stem:
        raise UploadError("文件名为空，请改名后再上传。(it has no name: rename it.)")
    return f"{stem}{suffix}"
