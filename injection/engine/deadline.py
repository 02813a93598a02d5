"""A deadline for a connection, which moves while something comes."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Self


class Deadline:
    """Runs `shut` once, in a thread of its own, when the time runs out in the `with` block.

    HTTP libraries bound single reads, and a server that sends a comment every second is never late for
    them. `passed` says whether the time ran out.

    >>> with Deadline(60, print) as deadline:
    ...     deadline.move(30)
    >>> deadline.passed
    False
    """

    def __init__(self, seconds: float, shut: Callable[[], object]) -> None:
        self._shut = shut
        self._changed = threading.Condition()
        self._at = self._wakes = time.monotonic() + seconds
        self._closed = False
        self.passed = False
        self._thread = threading.Thread(target=self._wait, name="deadline", daemon=True)

    def move(self, seconds: float) -> None:
        """Let the time run anew, for so many seconds; `math.inf` stops it."""
        with self._changed:
            self._at = time.monotonic() + seconds
            if self._at < self._wakes:  # otherwise the thread wakes first, and sees the new time
                self._changed.notify()

    def stop(self) -> None:
        """Let no time run until the next `move`."""
        self.move(math.inf)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _wait(self) -> None:
        with self._changed:
            while not self._closed and not self.passed:
                left = self._at - time.monotonic()
                if left <= 0:
                    self.passed = True
                else:
                    self._wakes = self._at
                    self._changed.wait(None if math.isinf(left) else left)
        if self.passed:
            self._shut()
