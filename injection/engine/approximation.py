"""Approximation: prompts whose beginning is composed of single cubes, while the exact one is made for the next time.

Opt-in, and labelled in every receipt: a composed cache is near to the exact one and not the same
(`activation.composed`). Chunks live in memory alone; what they tell is asked for its standing with the plan.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ...graph.errors import MemcubesError
from ..activation.composed import Chunk, Composed, Composer
from ..activation.guard import Guard
from ..local_model import LocalModel

Ids = tuple[int, ...]

ENOUGH = 0.5
"""The share of a prefix's tokens that must be known for it to be composed and not read."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A prompt's beginning as the header that every prompt has, and the segments after it."""

    header: Ids
    runs: tuple[Ids, ...]

    @property
    def tokens(self) -> int:
        """Of header and segments."""
        return len(self.header) + sum(map(len, self.runs))


class Approximation:
    """The chunks of one model, under a bound in bytes, and a thread that reads what is not known yet.

    Raises nothing of its own: `composed` raises `Invalid` for a model whose keys cannot be moved, with the
    way out.
    """

    def __init__(self, model: LocalModel, memory_bytes: int = 256_000_000) -> None:
        self._model = model
        self._bytes = memory_bytes
        self._composers: OrderedDict[Ids, Composer] = OrderedDict()
        self._chunks: OrderedDict[tuple[Ids, Ids], Chunk] = OrderedDict()
        self._lock = threading.RLock()
        self._jobs: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._idle = threading.Condition(self._lock)
        self._waiting = 0
        self._thread: threading.Thread | None = None
        self.refused = ""

    def known(self, parts: Parts) -> float:
        """The share of the tokens that need not be read for composing it."""
        with self._lock:
            if parts.header not in self._composers:
                return 0.0
            have = sum(len(run) for run in parts.runs if (parts.header, run) in self._chunks)
        return (len(parts.header) + have) / parts.tokens

    def enough(self, parts: Parts) -> bool:
        """Whether so much of it is known that it may be composed; whether it is, the guard says."""
        return len(parts.runs) > 1 and self.known(parts) >= ENOUGH

    def composed(self, parts: Parts, guard: Guard) -> Composed:
        """The cache of the beginning; what is not known of it is read for that, and counted as recomputed.

        The guard is told what it took to put it together.
        """
        new = self.recomputed(parts)
        composer = self._composer(parts.header)
        chunks = [self._chunk(composer, parts.header, run) for run in parts.runs]
        begun = time.perf_counter()
        made = composer.compose(chunks)
        guard.composed(made.tokens, time.perf_counter() - begun)
        return replace(made, recomputed=made.recomputed + new)

    def unread(self, parts: Parts) -> list[int]:
        """The tokens of each pass that has to be made before the beginning can be composed."""
        with self._lock:
            header = [] if parts.header in self._composers else [len(parts.header)]
            runs = {run for run in parts.runs if (parts.header, run) not in self._chunks}
        return [*header, *map(len, runs)]

    def label(self, parts: Parts) -> str:
        """What a receipt says of what is composed, where the best cube stands behind it."""
        return f"{self._composer(parts.header).label()}, the best cube last and read whole"

    def recomputed(self, parts: Parts) -> int:
        """How many tokens of it are not known and have to be read."""
        return sum(self.unread(parts))

    def later(self, job: Callable[[], object]) -> None:
        """Do something when nobody waits; what fails is told by `refused` and stops nothing."""
        with self._lock:
            self._waiting += 1
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._work, name="approximation", daemon=True
                )
                self._thread.start()
        self._jobs.put(job)

    def learn(self, parts: Parts, guard: Guard) -> None:
        """Read every segment of a beginning that is not known yet, and see what composing takes where nobody knows."""
        composer = self._composer(parts.header)
        for run in parts.runs:
            self._chunk(composer, parts.header, run)
        if not guard.knows_composing:
            self.composed(parts, guard)

    def settle(self) -> None:
        """Wait until everything that was to be done later is done."""
        with self._idle:
            self._idle.wait_for(lambda: not self._waiting)

    def close(self) -> None:
        """Finish what is begun, and let the chunks go."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
            self._thread = None
        with self._lock:
            self._chunks.clear()
            self._composers.clear()

    def _composer(self, header: Ids) -> Composer:
        with self._lock:
            held = self._composers.get(header)
            if held is not None:
                self._composers.move_to_end(header)
        if held is None:
            # one cube read whole behind the others brought more than the heads of each (benchmarks.compose)
            held = Composer(self._model, header, relinked=0)
            with self._lock:
                self._composers[header] = held
                while len(self._composers) > 4:
                    gone, _ = self._composers.popitem(last=False)
                    for key in [key for key in self._chunks if key[0] == gone]:
                        del self._chunks[key]
        return held

    def _chunk(self, composer: Composer, header: Ids, run: Ids) -> Chunk:
        with self._lock:
            held = self._chunks.get((header, run))
            if held is not None:
                self._chunks.move_to_end((header, run))
                return held
        made = composer.chunk(run)
        with self._lock:
            self._chunks[header, run] = made
            size = sum(one.size for one in self._chunks.values())
            while size > self._bytes and len(self._chunks) > 1:
                size -= self._chunks.popitem(last=False)[1].size
        return made

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except (MemcubesError, RuntimeError, ValueError, OSError, MemoryError) as error:
                # nobody waits for it, and the next reading is exact
                self.refused = str(error)
            finally:
                with self._idle:
                    self._waiting -= 1
                    self._idle.notify_all()


def parts_of(header: Sequence[int], runs: Sequence[Sequence[int]]) -> Parts:
    """Header and segments, hashable.

    >>> parts_of([1, 2], [[3], [4, 5]]).tokens
    5
    """
    return Parts(tuple(header), tuple(tuple(run) for run in runs))
