"""Sharing: what the models have to do, divided between this process and its workers.

Jobs are handed out in order, and taken back from the end: whoever is free works, and nobody waits for
another while there is something that nobody has begun.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

Job = TypeVar("Job")
Found = TypeVar("Found")

Lost = (OSError, EOFError, pickle.PickleError, ValueError, RuntimeError)
"""What comes up when a worker is gone, or has no such model."""


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

    def results(self) -> list[Found]:
        """Every job's result, in order; what a worker did not manage is done here."""
        found: dict[int, Found] = {}
        waiting: list[int] = []
        for place in reversed(range(len(self._jobs))):
            if not self._handed or self._handed[place].cancel():
                found[place] = self._here(self._jobs[place])
            else:
                waiting.append(place)
        for place in waiting:
            try:
                found[place] = self._handed[place].result()
            except Lost:
                found[place] = self._here(self._jobs[place])
        return [found[place] for place in range(len(self._jobs))]
