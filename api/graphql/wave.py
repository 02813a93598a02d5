"""Waves: what a request wants of the store, gathered until nothing moves, then read in one go.

Resolvers ask for one thing each and wait. When all of them wait, everything that was asked for is read
by kind, in one worker thread, and all of them go on: the number of store statements follows from the
shape of a query, not from the number of items, and the event loop is never blocked (the DataLoader
pattern, made level by level, so that it is the same number every time).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
T = TypeVar("T")

QUIET = 8
"""Turns of the event loop without a new wish after which everybody is taken to be waiting."""


@dataclass(slots=True)
class _Told:
    """What came of a wish; kept as a value, so that one that nobody waits for any more is no error."""

    value: Any = None
    error: BaseException | None = None

    @classmethod
    def of(cls, work: Callable[[], Any]) -> _Told:
        try:
            return cls(work())
        except Exception as error:  # noqa: BLE001 - it is raised again where the wish was made
            return cls(error=error)

    def get(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.value


@dataclass(slots=True)
class _Batch:
    read: Callable[[Sequence[Any]], Mapping[Any, Any]]
    wishes: dict[Any, asyncio.Future[_Told]] = field(default_factory=dict)

    def told(self) -> list[tuple[asyncio.Future[_Told], _Told]]:
        told = _Told.of(lambda: self.read(list(self.wishes)))
        if told.error is not None:
            return [(future, told) for future in self.wishes.values()]
        return [(future, _Told(told.value.get(key))) for key, future in self.wishes.items()]


class Waves:
    """The wishes of one request.

    >>> async def both() -> list[int]:
    ...     waves, sizes = Waves(), []
    ...     def lengths(words: Sequence[str]) -> dict[str, int]:
    ...         sizes.append(len(words))
    ...         return {word: len(word) for word in words}
    ...     wishes = (waves.load("length", lengths, word) for word in ("tea", "honey", "tea"))
    ...     return [*await asyncio.gather(*wishes), *sizes]
    >>> asyncio.run(both())
    [3, 5, 3, 2]
    """

    def __init__(self) -> None:
        self._held: dict[tuple[Hashable, Any], asyncio.Future[_Told]] = {}
        self._batches: dict[Hashable, _Batch] = {}
        self._jobs: list[tuple[Callable[[], Any], asyncio.Future[_Told]]] = []
        self._quiet = 0
        self._watching = False
        self._wave: asyncio.Task[None] | None = None

    async def load(
        self, group: Hashable, read: Callable[[Sequence[K]], Mapping[K, V]], key: K
    ) -> V | None:
        """One value; all keys of a group are read together, each once a request."""
        future = self._held.get((group, key))
        if future is None:
            future = self._held[group, key] = asyncio.get_running_loop().create_future()
            batch = self._batches.setdefault(group, _Batch(read))
            batch.wishes[key] = future
            self._watch()
        found: V | None = (await asyncio.shield(future)).get()
        return found

    async def run(self, work: Callable[[], T]) -> T:
        """Do one piece of blocking work with the next wave."""
        future: asyncio.Future[_Told] = asyncio.get_running_loop().create_future()
        self._jobs.append((work, future))
        self._watch()
        done: T = (await asyncio.shield(future)).get()
        return done

    def _watch(self) -> None:
        self._quiet = 0
        if not self._watching and self._wave is None:
            self._watching = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        loop = asyncio.get_running_loop()
        self._quiet += 1
        if self._quiet < QUIET:
            loop.call_soon(self._turn)
            return
        self._watching = False
        self._wave = loop.create_task(self._go())

    async def _go(self) -> None:
        batches, self._batches = self._batches, {}
        jobs, self._jobs = self._jobs, []

        def work() -> list[tuple[asyncio.Future[_Told], _Told]]:
            told = [pair for batch in batches.values() for pair in batch.told()]
            return [*told, *((future, _Told.of(job)) for job, future in jobs)]

        try:
            for future, told in await asyncio.to_thread(work):
                if not future.done():
                    future.set_result(told)
        finally:
            self._wave = None
            if self._batches or self._jobs:
                self._watch()
