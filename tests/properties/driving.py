"""One random history, run on a store and on the oracle at once: any difference ends it."""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from random import Random

from memcubes.graph import ChangeSet, Committed, GuardedStore, NodeKind, Open, Version, digest
from memcubes.graph.errors import MemcubesError
from memcubes.graph.sqlite import SqliteStore
from memcubes.graph.store import Engine
from memcubes.graph.verify import verify

from ..oracle import OPEN, Oracle, Refusal
from .adjacency import Order

CAMPAIGN = os.environ.get("MEMCUBES_CAMPAIGN") == "1"
NAMESPACES = ("a", "b")
PRINCIPALS = ("ann", "bob")

GENERATED: Counter[str] = Counter()
"""How often each kind of record, operation, selector and verb was generated."""


class Difference(AssertionError):
    """Store and oracle disagree."""


class Drive:
    """A store, its oracle, and the history that both have seen."""

    def __init__(self, make: Callable[[], Engine]) -> None:
        self.engine = make()
        self.guards = {who: GuardedStore(self.engine, who) for who in PRINCIPALS}
        self.oracle = Oracle(self.agent)
        self.done: list[ChangeSet] = []
        self.rng = Random(0)
        self.outcome = ""
        try:
            for ns, who in zip(NAMESPACES, PRINCIPALS, strict=True):
                self.apply(self.guards[who].founding(ns))
        except BaseException:
            self.engine.close()
            raise

    def agent(self, ns: str, name: str) -> str:
        """The node id of a principal."""
        return self.engine.name(ns, NodeKind.AGENT, name).id

    @property
    def head(self) -> int:
        """How many changes the oracle has seen."""
        return len(self.oracle.log)

    def open(self, ns: str) -> list[Version]:
        """The versions of a namespace that stand open, whoever may read them."""
        return [
            row.record
            for row in self.oracle.rows
            if row.end == OPEN and row.record.ns == ns and isinstance(row.record, Version)
        ]

    def apply(self, *changes: ChangeSet) -> None:
        """Commit to both sides as the actor of the changes, and compare what comes of it."""
        GENERATED.update(part for change in changes for part in parts(change))
        try:
            expected: object = self.oracle.commit(*changes)
            self.outcome = "done"
        except Refusal as refusal:
            expected = self.outcome = refusal.name
        actor = changes[0].actor
        store = self.guards.get(actor, self.engine)
        founds = any(change.ns not in self.engine.namespaces() for change in changes)
        try:
            done = (self.engine if founds else store).commit(*changes)
        except MemcubesError as error:
            found: object = type(error).__name__
        else:
            found = [(one.seq, one.repeated) for one in done]
            self._counted(done)
            self.done += changes
        if found != expected:
            raise Difference(f"commit of {changes}: {found}, and the oracle says {expected}")

    def _counted(self, done: tuple[Committed, ...]) -> None:
        for one in done:
            if one.seq <= self.head and dict(one.operations) != self.oracle.log[one.seq - 1].counts:
                counts = self.oracle.log[one.seq - 1].counts
                raise Difference(f"@{one.seq} counts {dict(one.operations)}, not {counts}")

    def close(self) -> None:
        """Let go of the store."""
        self.engine.close()

    def prove(self) -> None:
        """Prove the store by itself."""
        report = verify(self.engine)
        if not report.ok:
            raise Difference(f"verify: {report.findings[:5]}")


def parts(change: ChangeSet) -> Iterator[str]:
    """What a change is made of, by name."""
    yield f"verb {change.verb}"
    for op in change.ops:
        yield f"operation {type(op).__name__}"
        if isinstance(op, Open):
            yield f"kind {op.record.kind}"
        else:
            yield f"selector {next(iter(op.selector.described()))}"


class Drawn:
    """Stands in for the modules that ids and salts are drawn from, so that a seed says everything."""

    UUID = uuid.UUID

    def __init__(self) -> None:
        self.rng = Random(0)

    def randbits(self, bits: int) -> int:
        """As `secrets.randbits`."""
        return self.rng.getrandbits(bits)

    def urandom(self, size: int) -> bytes:
        """As `os.urandom`."""
        return self.rng.randbytes(size)

    def time_ns(self) -> int:
        """No clock: ids then come in any order."""
        return 0

    def uuid4(self) -> uuid.UUID:
        """As `uuid.uuid4`."""
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)


@contextmanager
def drawn() -> Iterator[Drawn]:
    """Draw ids and salts from one generator."""
    source = Drawn()
    parts = ("secrets", "os", "time", "uuid")
    kept = {name: getattr(digest, name) for name in parts}
    for name in parts:
        setattr(digest, name, source)
    try:
        yield source
    finally:
        for name, module in kept.items():
            setattr(digest, name, module)


SECRET = b"s" * 32


def in_memory() -> SqliteStore:
    """A store whose secret is known, so that ids of keyed nodes are the same every time."""
    store = SqliteStore(None)
    store._secret = SECRET
    return store


Act = Callable[[Drive], list[ChangeSet]]
Probe = Callable[[Drive], None]


def run(
    seed: int,
    length: int,
    acts: dict[str, Act],
    probe: Probe,
    sweep: Probe,
    *,
    make: Callable[[], Engine] = in_memory,
    skipped: frozenset[int] = frozenset(),
    probes: int = 6,
    order: Order | None = None,
) -> None:
    """Run one history; `skipped` leaves steps out, and does not change how the others are drawn."""
    with drawn() as ids, closing(Drive(make)) as drive:
        before = ""
        for step in range(length):
            if step in skipped:
                continue
            drive.rng, ids.rng = Random(f"{seed}:{step}"), Random(f"{seed}:{step}:ids")
            if order is None:
                names = [drive.rng.choice(list(acts))]
            else:
                names = order.candidates(step, before, acts)
            came = ""
            for name in names:
                try:
                    if order is not None:
                        order.ask(before, name)
                        drive.rng = Random(f"{seed}:{step}:{name}")
                        ids.rng = Random(f"{seed}:{step}:{name}:ids")
                    drive.outcome = ""  # what the act itself, or its commit, puts here
                    changes = acts[name](drive)
                    if changes:
                        drive.apply(*changes)
                    came = name if drive.outcome else ""
                except (Difference, MemcubesError, sqlite3.Error) as error:
                    if order is not None:
                        order.note(before, name, "")
                    raise Difference(f"seed {seed}, step {step} ({name}): {error!r}") from error
                if came:
                    break
            if order is not None:
                order.note(before, came, drive.outcome)
            before = came or before
            try:
                for _ in range(probes):
                    probe(drive)
            except (Difference, MemcubesError, sqlite3.Error) as error:
                raise Difference(f"seed {seed}, after step {step} ({came}): {error!r}") from error
        drive.rng = Random(f"{seed}:end")
        sweep(drive)
        drive.prove()


def shortest(length: int, fails: Callable[[frozenset[int]], bool]) -> list[int]:
    """The steps of a failing history that cannot be left out one by one."""
    skipped: frozenset[int] = frozenset()
    for step in reversed(range(length)):
        if fails(skipped | {step}):
            skipped |= {step}
    return [step for step in range(length) if step not in skipped]


def signed(change: ChangeSet, actor: str) -> ChangeSet:
    """The change as somebody's."""
    return replace(change, actor=actor)
