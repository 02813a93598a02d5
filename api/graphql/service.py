"""Service: what a running server holds: the store, a memory for each namespace, and what it may do."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...graph.change import ChangeSet, Committed
from ...graph.errors import Invalid, MemcubesError, ModelFailed, NotFound
from ...graph.guard import GuardedStore
from ...graph.impact import Impact
from ...graph.scope import Scope
from ...graph.store import Name
from ...graph.usage import UsageLog
from ...ingest.apart import Apart, Limits
from ...injection.model_files import SHIPPED
from ...query.cube_filter import CubeFilter
from ...query.facet import Facet
from ...query.hit import SearchResult
from ..joining import Joints
from ..memory import Memory
from ..past_answer import PastAnswer
from ..resolving import IndexResolver
from ..reviewing import Review
from ..settings import Settings

LOG = logging.getLogger("memcubes.serve")


class Desk(Memory):
    """The memory of one namespace in a server: it shares the store and never closes it."""

    def __init__(self, root: Memory, namespace: str) -> None:
        super().__init__(root.settings.model_copy(update={"namespace": namespace}))
        self._root = root
        self.lock = threading.Lock()

    def store(self, *, writing: bool = False) -> GuardedStore:
        """The store of the server."""
        return self._root.store(writing=writing)

    @property
    def usage(self) -> UsageLog:
        """The one count of the server."""
        return self._root.usage

    def close(self) -> None:
        """Let go of the index and of engines; the store stays open."""
        for engine in self._engines.values():
            engine.close()
        self._engines.clear()
        self._let_go()

    def entity(self, scope: Scope, name: str) -> str:
        """The entity that a name or an id means."""
        return self._entity(scope, name)

    def source(self, scope: Scope, name: str) -> str:
        """The source that a name or an id means."""
        return self._source(scope, name)

    def named(self, name: str) -> Name:
        """The entity that a name means, whether or not anything mentions it."""
        return self._named(name)


WAITING = 3
"""Requests that have a model at work or wait for it; the other threads stay free for those that read."""


@dataclass(slots=True)
class _Doors:
    opening: threading.Lock
    writing: threading.Lock
    models: threading.Lock
    waiting: threading.BoundedSemaphore


class Service:
    """Everything that requests share; every request acts as the one user of the settings.

    `folder` is the only place from which files are ingested; None: none are.

    >>> service = Service(Settings(db="sqlite:///:memory:", user="local:ann"))
    >>> service.store(writing=True).namespaces()
    ()
    >>> service.close()
    """

    def __init__(self, settings: Settings, folder: Path | None = None) -> None:
        self.settings = settings
        self.folder = folder.resolve() if folder is not None else None
        self._root = Memory(settings)
        self._desks: dict[str, Desk] = {}
        self.joints = Joints(self.store, lambda ns: self.desk(ns).retrieval)
        self._resolver: IndexResolver | None = None
        self._doors = _Doors(
            threading.Lock(),
            threading.Lock(),
            threading.Lock(),
            threading.BoundedSemaphore(WAITING),
        )
        self.apart = Apart(Limits(settings.reading_seconds, settings.reading_megabytes))
        """What reads files, for whoever holds `writing`."""

    @property
    def user(self) -> str:
        """The principal as which everything happens."""
        return self.settings.user

    @property
    def writing(self) -> threading.Lock:
        """Held while one request changes memory."""
        return self._doors.writing

    @contextmanager
    def modelling(self) -> Iterator[None]:
        """Held while a model is at work for one request; `ModelFailed` where too many wait for it."""
        if not self._doors.waiting.acquire(blocking=False):
            raise ModelFailed(
                f"the models of this server are at work for {WAITING} others: ask again in a minute"
            )
        try:
            with self._doors.models:
                yield
        finally:
            self._doors.waiting.release()

    def named(self, model: str | None) -> str | None:
        """A model that clients may name; `Invalid` for another one, be it on this machine or not."""
        known = dict.fromkeys((self.settings.model, SHIPPED, "echo"))
        if model is not None and model not in known:
            raise Invalid(
                f"this server gives memory to {', '.join(sorted(known))}, and not to '{model[:80]}': name one "
                "of these, or start it with MEMCUBES_MODEL; without a model, tokens are estimated"
            )
        return model

    def store(self, *, writing: bool = False) -> GuardedStore:
        """The store; `NotFound` where there is none yet and this is no write."""
        with self._doors.opening:
            store = self._root.store(writing=writing)
            if self._resolver is None:
                # each namespace's names are told apart by its own desk's index
                self._resolver = IndexResolver(lambda ns: self.desk(ns).retrieval.index)
                store.resolver = self._resolver
            return store

    def desk(self, namespace: str) -> Desk:
        """The memory of a namespace, made on first use; whether one may read it is asked elsewhere."""
        with self._doors.opening:
            desk = self._desks.get(namespace)
            if desk is None:
                desk = self._desks[namespace] = Desk(self._root, namespace)
            return desk

    def search(
        self, scope: Scope, question: str | None, limit: int, **options: Any
    ) -> SearchResult:
        """Search a snapshot; whoever may not read its namespace never got a scope of it."""
        desk = self.desk(scope.ns)
        with desk.lock:
            found = desk.retrieval.operator.search(scope, question, limit=limit, **options)
        if question is not None:
            desk.usage.note(scope.ns, [hit.cube.node for hit in found.hits])
        return found

    def search_together(
        self, scopes: Sequence[Scope], question: str, **options: Any
    ) -> SearchResult:
        """Search the snapshots of several namespaces as one graph."""
        desks = [self.desk(scope.ns) for scope in scopes]  # in the order of their names
        with ExitStack() as held:
            for desk in desks:
                held.enter_context(desk.lock)
            found = self.joints.search(scopes, question, **options)
        for desk in desks:
            mine = [hit.cube.node for hit in found.hits if hit.namespace == desk.namespace]
            desk.usage.note(desk.namespace, mine)
        return found

    def facets(
        self, scope: Scope, where: CubeFilter, names: Sequence[str], first: int
    ) -> tuple[Facet, ...]:
        """Count what meets a filter in a snapshot."""
        desk = self.desk(scope.ns)
        with desk.lock:
            return desk.retrieval.operator.facets(scope, where, names, first)

    def review(self, scope: Scope, *, applied: bool, first: int) -> Review:
        """What is likely and not decided in a snapshot, or what reads go by already."""
        desk = self.desk(scope.ns)
        with desk.lock:
            return desk.reviewed(scope, applied=applied, first=first)

    def past_answers(self, namespace: str, impact: Impact, most: int) -> tuple[PastAnswer, ...]:
        """Who was told what rests on a change, and whether it would be told otherwise."""
        desk = self.desk(namespace)
        with desk.lock:
            return desk.past_answers(impact, most)

    def commit(self, change: ChangeSet) -> Committed:
        """Commit one change and bring the index up to it; what is committed is never reported as failed."""
        committed = self.store(writing=True).commit(change)[0]
        desk = self.desk(change.ns)
        try:
            with desk.lock:
                desk.retrieval.refresh()
        except NotFound:
            pass
        except MemcubesError as error:
            LOG.warning("@%s is committed, and the index is behind: %s", committed.seq, error)
        return committed

    def close(self) -> None:
        """Let go of the indexes and of the store."""
        for desk in self._desks.values():
            desk.close()
        self.apart.close()
        self._root.close()
