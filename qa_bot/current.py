"""The chain over the current generation of the index, changed over while questions are asked."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from qa_bot.chain import Chain
from qa_bot.errors import IndexStoreError
from qa_bot.index.manifest import manifest_stamp, read_manifest
from qa_bot.index.reader import Index, open_index, open_sound_index
from qa_bot.settings import Settings

RETRY_S = 60.0
_log = logging.getLogger(__name__)


class CurrentChain:
    """Opens the index and, whenever another generation becomes current, that one in its place.

    The new generation is opened in the background; questions go on with the old one, which is
    closed when its last question is answered. One that cannot be opened is reported once in the
    log, and tried again when the index changes or after ``RETRY_S`` seconds.

    ``problem`` says why it is not the current generation that answers; None where it is.
    An ``index`` that is given stays. Raises ``IndexStoreError`` where no generation can be used.
    """

    def __init__(
        self, settings: Settings, build: Callable[[Index], Chain], index: Index | None = None
    ) -> None:
        self._settings = settings
        self._build = build
        self._lock = threading.Lock()
        self._users: dict[Chain, int] = {}
        self._seen = manifest_stamp(settings.index_dir)
        self._opening = False
        self.problem: str | None = None
        self._retry_at = 0.0
        self._follows = index is None
        problem = None
        if index is None:
            index, problem = open_sound_index(settings)
        self._chain = build(index)
        if problem:
            self._report(problem)

    def chain(self) -> Chain:
        """The chain to look into now; to ask it, ``lend`` it."""
        self._follow()
        return self._chain

    @contextmanager
    def lend(self) -> Iterator[Chain]:
        """The chain for one question: its index stays open as long."""
        self._follow()
        with self._lock:
            chain = self._chain
            self._users[chain] = self._users.get(chain, 0) + 1
        try:
            yield chain
        finally:
            with self._lock:
                self._users[chain] -= 1
                idle = not self._users[chain]
                if idle:
                    del self._users[chain]
                done = idle and chain is not self._chain
            if done:
                chain.index.close()

    def _follow(self) -> None:
        """Begin to open another generation, if there is one and nobody is at it yet."""
        if not self._follows:
            return
        stamp = manifest_stamp(self._settings.index_dir)
        retry = self.problem is not None and time.monotonic() >= self._retry_at
        if stamp == self._seen and not retry:
            return
        with self._lock:
            if self._opening:
                return
            self._opening = True
            self._seen = stamp
        try:
            threading.Thread(target=self._change_over, name="qa-bot-index").start()
        except RuntimeError as error:
            self._opening = False
            self._report(str(error))

    def _change_over(self) -> None:
        try:
            manifest = read_manifest(self._settings.index_dir)
            if manifest.generation != self._chain.index.manifest.generation:
                self._replace(self._build(open_index(self._settings)))
            self.problem = None
        except IndexStoreError as error:
            self._report(str(error))
        except Exception as error:
            self._report(f"{type(error).__name__}: {error}")
        finally:
            self._opening = False

    def _replace(self, chain: Chain) -> None:
        with self._lock:
            old, self._chain = self._chain, chain
            idle = old not in self._users
        if idle:
            old.index.close()
        _log.info("The index is now generation %s", chain.index.manifest.generation)

    def _report(self, problem: str) -> None:
        if problem != self.problem:
            generation = self._chain.index.manifest.generation
            _log.warning("索引 %s 继续作答 (goes on answering): %s", generation, problem)
        self.problem = problem
        self._retry_at = time.monotonic() + RETRY_S
