"""A circuit breaker: whoever fails again and again is left alone for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock


class Breaker:
    """Opens after ``limit`` failures in a row; then admits one trial every ``pause_s`` seconds,
    and closes with the first success. Holds no lock while a call runs."""

    def __init__(
        self, limit: int, pause_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = limit
        self._pause_s = pause_s
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._next_trial = 0.0

    def admits(self) -> bool:
        """May a call be made now?"""
        with self._lock:
            if self._failures < self._limit:
                return True
            if self._clock() < self._next_trial:
                return False
            self._next_trial = self._clock() + self._pause_s
            return True

    def record(self, *, success: bool) -> None:
        """Say how a call went."""
        with self._lock:
            self._failures = 0 if success else self._failures + 1
            if self._failures >= self._limit:
                self._next_trial = self._clock() + self._pause_s
