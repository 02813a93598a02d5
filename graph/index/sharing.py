"""Sharing: what the models have to do, divided between this process and its workers.

Jobs are handed out in order, and taken back from the end: whoever is free works, and nobody waits for
another while there is something that nobody has begun.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

Job = TypeVar("Job")
Found = TypeVar("Found")

Lost = (OSError, EOFError, pickle.PickleError, ValueError, RuntimeError)
"""What comes up when a worker is gone, or has no such model."""


def cores() -> int:
    """How many cores this process may use.

    >>> cores() >= 1
    True
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Shared(Generic[Job, Found]):
    """Jobs of which some are done elsewhere; `here` does one in this process.

    >>> shared = Shared([1, 2, 3], lambda n: n * n)
    >>> shared.results()
    [1, 4, 9]
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        here: Callable[[Job], Found],
        elsewhere: Callable[[Job], Future[Found]] | None = None,
    ) -> None:
        self._jobs, self._here = jobs, here
        self._handed = [elsewhere(job) for job in jobs] if elsewhere else []
        self._found: dict[int, Found] = {}
        self._next = len(jobs) - 1

    def help(self) -> bool:
        """Do here one job that was handed out and that nobody has begun; False where there is none left."""
        if not self._handed:
            return False
        while self._next >= 0:
            place, self._next = self._next, self._next - 1
            if self._handed[place].cancel():
                self._found[place] = self._here(self._jobs[place])
                return True
        return False

    def results(self, others: Sequence[Shared[Job, Found]] = ()) -> list[Found]:
        """Every job's result, in order; what a worker did not manage is done here.

        While another has the last of them, one of `others` is helped.
        """
        while self.help():
            pass
        for place in reversed(range(len(self._jobs))):
            if place in self._found:
                continue
            if not self._handed:
                self._found[place] = self._here(self._jobs[place])
                continue
            waited = self._handed[place]
            while not waited.done() and any(other.help() for other in others):
                pass
            try:
                self._found[place] = waited.result()
            except Lost:
                self._found[place] = self._here(self._jobs[place])
        return [self._found[place] for place in range(len(self._jobs))]
