"""The cost guard: a kept cache is used only where that is thought to be faster than reading the text again.

Reading n tokens before m others in one pass takes n times the slope of a pass longer than reading the m
alone, since each pass pays its start once. That is what a kept cache of n tokens saves; loading costs its
bytes by the bandwidth and a start, attaching next to nothing. On a fast accelerator a slow disk loses (8B on
an H200: below 5 GB/s), on a CPU hardly any disk does (135M: below 12 MB/s).

Composing a beginning of single cubes takes a start and a time for each token that is moved, and one more pass for
each cube that is not at hand: it is asked in the same way, against reading and against what is kept exactly.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from statistics import median

from .line import Line

_PASS_START, _PASS_SLOPE = 0.0, 1e-3
_LOAD_START, _LOAD_SLOPE = 1e-3, 1e-9
_ATTACH = 5e-4
Points = tuple[tuple[float, float], ...]
"""Amounts and seconds."""

REMEMBERED = 600.0
"""Seconds after which a bandwidth is measured again: a disk that was busy once is not slow for ever."""


class Guard:
    """Rates, measured as the tier works, and what follows from them.

    Begins with a thousand tokens a second, 1 GB/s with a millisecond to open, and half a millisecond to
    attach. `clock` tells the seconds. Safe for threads.

    >>> guard = Guard()
    >>> for tokens in (100, 1000):
    ...     guard.passed(tokens, 0.01 + tokens / 10_000)   # 10,000 tokens a second
    >>> guard.loaded(1_000_000_000, 1.001)                 # 1 GB/s
    >>> guard.loads(1000, 50_000_000), guard.loads(1000, 150_000_000)
    (True, False)
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._pass = Line(_PASS_START, _PASS_SLOPE)
        self._load = Line(_LOAD_START, _LOAD_SLOPE)
        self._compose = Line(0.0, 0.0)  # of no meaning until something was measured
        self._attach: list[float] = []
        self._loaded = self._composed = clock()

    @property
    def measured(self) -> tuple[Points, Points, tuple[float, ...], float]:
        """Passes, loads, attaches, and how many seconds ago the last load was measured."""
        with self._lock:
            age = self._clock() - self._loaded
            return self._pass.measured, self._load.measured, tuple(self._attach), age

    def begin(self, passes: Points, loads: Points, attaches: Sequence[float], age: float) -> None:
        """Go on from what another guard has `measured`."""
        with self._lock:
            for tokens, seconds in passes:
                self._pass.add(tokens, seconds)
            for size, seconds in loads:
                self._load.add(size, seconds)
            self._attach = [*attaches, *self._attach][-31:]
            self._loaded = self._clock() - age

    def passed(self, tokens: int, seconds: float) -> None:
        """A pass over so many tokens, with nothing before them, took so long."""
        with self._lock:
            self._pass.add(tokens, seconds)

    def loaded(self, size: int, seconds: float) -> None:
        """So many bytes were read from the disk, verified and made into tensors."""
        with self._lock:
            self._load.add(size, seconds)
            self._loaded = self._clock()

    def attached(self, seconds: float) -> None:
        """A cache in memory was attached."""
        with self._lock:
            self._attach = [*self._attach[-30:], seconds]

    def composed(self, tokens: int, seconds: float) -> None:
        """A cache of so many tokens was composed of chunks that were all at hand."""
        with self._lock:
            self._compose.add(tokens, seconds)
            self._composed = self._clock()

    @property
    def knows_composing(self) -> bool:
        """Whether composing was measured, and not so long ago that one busy moment would count for ever."""
        with self._lock:
            if self._clock() - self._composed > REMEMBERED:
                self._compose.forget()
            return len(self._compose) > 0

    def prefill_seconds(self, tokens: int) -> float:
        """What reading so many tokens more adds to a pass."""
        with self._lock:
            return self._pass.slope * tokens

    def load_seconds(self, size: int) -> float:
        """What loading so many bytes is thought to take."""
        with self._lock:
            if self._clock() - self._loaded > REMEMBERED:
                self._load.forget()
            return self._load.seconds(size)

    @property
    def attach_seconds(self) -> float:
        """What attaching is thought to take."""
        with self._lock:
            return median(self._attach) if self._attach else _ATTACH

    def attaches(self, tokens: int) -> bool:
        """Whether going on from a cache of so many tokens in memory is cheaper than reading them."""
        return self.attach_seconds < self.prefill_seconds(tokens)

    def loads(self, tokens: int, size: int, already: int = 0) -> bool:
        """Whether loading so many bytes is cheaper than reading what they save.

        They save `tokens`, less those that a shorter cache in memory saves `already`.
        """
        cost = self.load_seconds(size) + (0.0 if already else self.attach_seconds)
        return cost < self.prefill_seconds(tokens - already)

    def composes(self, tokens: int, unread: Sequence[int], already: int = 0) -> bool:
        """Whether composing a beginning of so many tokens is cheaper than reading them.

        `unread` counts the tokens of each chunk that is not at hand and has a pass of its own. An exact cache in
        memory may save `already` of the tokens. Never while reading or composing was not measured.

        >>> guard = Guard()
        >>> for tokens in (100, 1000):
        ...     guard.passed(tokens, 0.01 + tokens / 10_000)
        ...     guard.composed(tokens, 0.005 + tokens / 1_000_000)
        >>> guard.composes(600, []), guard.composes(600, [300, 290]), guard.composes(600, [], already=550)
        (True, False, False)
        """
        if not self.knows_composing:
            return False
        with self._lock:
            if not len(self._pass):
                return False
            read = sum(self._pass.seconds(one) for one in unread)
            cost = self._compose.seconds(tokens) + read
            saved = self._pass.slope * (tokens - already)
        return cost < saved + (self.attach_seconds if already else 0.0)
