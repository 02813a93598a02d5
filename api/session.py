"""Session: a store opened as somebody, one namespace of it, and reads pinned for them."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ..graph.change import ChangeSet
from ..graph.errors import Invalid, NotFound
from ..graph.guard import GuardedStore, Resolver
from ..graph.impact import impact_of
from ..graph.instant import parse
from ..graph.kind import NodeKind
from ..graph.opening import beside, open_store, shown
from ..graph.resolve import resolve
from ..graph.scope import Scope
from ..graph.usage import UsageLog
from .outcome import Outcome
from .reference import recorded, written
from .settings import Settings

if TYPE_CHECKING:
    from ..injection.governed import GovernedEngine
    from .extracting import ExtractorChoice
    from .joining import Joints
    from .retrieval import Retrieval


class Session:
    """What every verb of `Memory` works with.

    >>> with Session.open("sqlite:///:memory:", user="local:ann") as session:
    ...     session.namespace
    'default'
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._store: GuardedStore | None = None
        self._retrievals: dict[str, Retrieval] = {}
        self._opening = threading.RLock()
        self._usage: UsageLog | None = None
        self._extraction: ExtractorChoice | None = None
        self._engines: dict[str, GovernedEngine] = {}

    @classmethod
    def open(
        cls,
        db: str | Path | None = None,
        *,
        namespace: str = "default",
        user: str | None = None,
        encoder: str | None = None,
    ) -> Self:
        """Open a memory by its URL or file; what is not said comes from the settings."""
        given: dict[str, Any] = {"namespace": namespace}
        given |= {
            name: value
            for name, value in (
                ("db", None if db is None else str(db)),
                ("user", user),
                ("encoder", encoder),
            )
            if value is not None
        }
        return cls(Settings(**given))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store and its index."""
        for engine in self._engines.values():
            engine.close()
        self._engines.clear()
        if self._usage is not None:
            self._usage.close()
            self._usage = None
        self._let_go()
        if self._store is not None:
            self._store.close()
            self._store = None

    @property
    def options(self) -> str:
        """What a command needs to reach this memory: `--db … -n …`, quoted for a shell."""
        return f"--db {shlex.quote(shown(self.settings.db))} -n {shlex.quote(self.namespace)}"

    @property
    def namespace(self) -> str:
        """The namespace that every verb works in."""
        return self.settings.namespace

    def store(self, *, writing: bool = False) -> GuardedStore:
        """The guarded store; `NotFound` where there is none yet and this is no write."""
        if self._store is None:
            self._store = open_store(
                self.settings.db, self.settings.user, create=writing, about=self._about
            )
            self._store.resolver = self._resolver()
        return self._store

    def _resolver(self) -> Resolver | None:
        """What tells the store whose names are alike; nothing does where no index is made."""
        if self.settings.pushdown:
            return None
        from .resolving import IndexResolver

        return IndexResolver(lambda ns: self._retrieval_of(ns).index)

    def _retrieval_of(self, ns: str) -> Retrieval:
        """Index and operator of a namespace, opened on first use and where its encoder was changed."""
        from .retrieval import Retrieval

        with self._opening:
            held = self._retrievals.get(ns)
            if held is not None and not held.current():
                held.close()
                held = None
            if held is None:
                set_to = self.settings
                held = Retrieval(
                    self.store(),
                    ns,
                    set_to.exact_vectors,
                    pushdown=set_to.pushdown,
                    delegated=set_to.gds,
                )
                self._retrievals[ns] = held
            return held

    def _let_go(self) -> None:
        """Close the indexes; they are opened again when they are asked for."""
        self.__dict__.pop("joints", None)
        with self._opening:
            for held in self._retrievals.values():
                held.close()
            self._retrievals.clear()

    def exists(self) -> bool:
        """Whether there is a store already."""
        try:
            self.store()
        except NotFound:
            return False
        return True

    def _about(self) -> dict[str, str]:
        """What a namespace records of itself when it is made: its encoder never changes by accident."""
        from .retrieval import described

        return described(self.settings.encoder)

    @cached_property
    def joints(self) -> Joints:
        """What searches several namespaces as one."""
        from .joining import Joints

        return Joints(self.store, self._retrieval_of)

    @property
    def retrieval(self) -> Retrieval:
        """Index and operator of this namespace."""
        return self._retrieval_of(self.namespace)

    @property
    def extractors(self) -> ExtractorChoice:
        """What reads passages, as the settings have it."""
        if self._extraction is None:
            from .extracting import ExtractorChoice

            self._extraction = ExtractorChoice(self.settings)
        return self._extraction

    @property
    def usage(self) -> UsageLog:
        """How often cubes were given out: telemetry, beside the store and outside the log."""
        with self._opening:
            if self._usage is None:
                self._usage = UsageLog(beside(self.store().url, "usage"))
            return self._usage

    def scope(
        self,
        as_of: str | int | None = None,
        valid_at: str | int | None = None,
        without: Sequence[str] = (),
        *,
        namespace: str | None = None,
    ) -> Scope:
        """Pin a read: `as_of` is a sequence (12 or "@12") or an instant; `without` names sources."""
        store = self.store()
        seq, instant = recorded(as_of)
        valid = parse(valid_at) if isinstance(valid_at, str) else valid_at
        scope = store.scope(namespace or self.namespace, seq=seq, recorded=instant, valid_at=valid)
        if without:
            found = tuple(sorted(self._source(scope, name) for name in without))
            scope = scope.but(without=found)
        return scope

    def _source(self, scope: Scope, name: str) -> str:
        node = resolve(self.store(), scope, name)
        for version in self.store().history(scope, node)[-1:]:
            if version.kind is NodeKind.SOURCE:
                return node
            if version.kind is NodeKind.MEMCUBE:
                return version.origin
        raise Invalid(f"'{name}' is no source: name a file or the id of a source")

    def resolve(self, name: str, scope: Scope | None = None) -> str:
        """The node that an id, the beginning of one, or a source's name means."""
        return resolve(
            self.store(), scope or self.scope(), written(name, "what a node is called by")
        )

    def _done(self, change: ChangeSet, target: str) -> Outcome:
        committed = self.store().commit(change)[0]
        with suppress(NotFound):
            self.retrieval.refresh()
        return Outcome(committed, impact_of(self.store(), self.scope(), committed.seq), target)
