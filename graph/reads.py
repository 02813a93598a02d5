"""Reads that belong together: what somebody may do is asked once for them, and after them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import local
from typing import Protocol, TypeVar, runtime_checkable

from .store import GraphStore

Found = TypeVar("Found")


@dataclass(slots=True)
class Group:
    """Reads of one namespace that are under way, and by which reader sets, once they needed any."""

    ns: str
    acls: tuple[int, ...] | None = None


class Reads:
    """Those that each thread does together."""

    def __init__(self) -> None:
        self._under_way = local()

    def of(self, ns: str) -> Group | None:
        """What this thread does together, if it is of this namespace."""
        group: Group | None = getattr(self._under_way, "group", None)
        return group if group is not None and group.ns == ns else None

    def together(
        self, ns: str, reads: Callable[[], Found], allowed: Callable[[], tuple[int, ...]]
    ) -> Found:
        """Do them, then ask what is `allowed`, which raises or gives the reader sets; where these are others, again."""
        if self.of(ns) is not None:
            return reads()
        before: Group | None = getattr(self._under_way, "group", None)
        while True:
            group = self._under_way.group = Group(ns)
            try:
                found = reads()
            finally:
                self._under_way.group = before
            acls = frozenset(allowed())
            if group.acls is None or frozenset(group.acls) == acls:
                return found


@runtime_checkable
class _Guarding(Protocol):
    def together(self, ns: str, reads: Callable[[], Found]) -> Found: ...


def together(store: GraphStore, ns: str, reads: Callable[[], Found]) -> Found:
    """Do reads of a store that belong together (`GuardedStore.together`); one that guards nothing does them as they are.

    >>> from memcubes.graph.guard import GuardedStore
    >>> from memcubes.graph.sqlite import SqliteStore
    >>> store = GuardedStore(SqliteStore(None), "local:ann")
    >>> together(store, "default", lambda: store.scope("default"))
    Traceback (most recent call last):
    memcubes.graph.errors.NotFound: there is no namespace 'default' here for 'local:ann': the first write to a new name makes one, an owner's grant opens another
    >>> store.close()
    """
    return store.together(ns, reads) if isinstance(store, _Guarding) else reads()
