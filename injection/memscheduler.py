"""MemScheduler: when memory that is read again and again becomes an activation, and when it is text again.

MemOS (arXiv 2507.03724) moves what is hot from plaintext to activation memory and back. Here the unit is the
prefix that prompts share: it is counted at each reading, made an activation once it was read often enough, and
back to text when it has not been read for long. Each move is a change set by an agent of memcubes, on behalf of
whoever read; `memcubes revert` undoes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from ..graph.change import HOUSE
from ..graph.errors import Conflict, Held, PermissionDenied, ReadOnly
from ..graph.guard import GuardedStore
from ..graph.instant import now
from ..graph.kind import NodeKind
from ..graph.listing import all_found
from ..graph.retention import introduced
from ..graph.scope import Where
from ..graph.staleness import Missing, missing_sources
from ..graph.usage import UsageLog
from .standing import Standing
from .transformation import ACTIVATION, Prefix, demotion, promotion

AGENT = f"{HOUSE}scheduler"
"""Whom the log names for moves that nobody asked for."""

OFTEN = 3
"""Readings of a prefix from which on it is kept."""

MOST_COUNTED = 20_000
"""Beginnings of prompts that are counted at most, in a namespace; some 3 MB."""
_BOUNDED = 64
"""Readings after which it is seen to that there are no more."""

IDLE = 30 * 24 * 3_600 * 1_000_000
"""Microseconds without a reading after which an activation is text again."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was decided of a prefix: the activation that stands for it, if any, why, and the seconds of reading it now for that."""

    artefact: str
    reason: str
    seconds: float = 0.0


class MemScheduler:
    """Counts the readings of prefixes in one namespace, and moves them between text and activation."""

    def __init__(
        self, store: GuardedStore, ns: str, usage: UsageLog, *, often: int = OFTEN
    ) -> None:
        self._store, self._ns, self._usage = store, ns, usage
        self.often = often
        self._reads = 0
        self._standing = Standing(store, lambda: store.scope(ns))

    @property
    def _counted(self) -> str:
        """Where readings of prefixes are counted: beside those of cubes, and never among them."""
        return f"{self._ns}\x00{ACTIVATION}"

    def read(self, stems: Sequence[Prefix]) -> None:
        """Count one more reading of a prompt's beginning, up to each of its segments' ends.

        Written at once, so that all processes count together; of more than `MOST_COUNTED` beginnings those
        are forgotten that were not read for longest.
        """
        self._usage.note(self._counted, [stem.digest for stem in stems])
        self._usage.flush()
        self._reads += 1
        if self._reads % _BOUNDED == 1:
            self._usage.bound(self._counted, MOST_COUNTED)

    def readings(self, stems: Sequence[Prefix]) -> dict[str, int]:
        """How often each beginning was read until now, by its digest; none that never was."""
        return self._usage.counts(self._counted, [stem.digest for stem in stems])

    def hot(self, readings: int) -> bool:
        """Whether so many readings make a prefix worth keeping."""
        return readings >= self.often

    def artefact(self, prefix: Prefix) -> str:
        """The id that the activation of a prefix has, whether there is one or not."""
        return prefix.name(self._store, self._ns).id

    def promoted(self, prefix: Prefix, reason: str, *, asked: bool = False) -> Kept:
        """Make the prefix an activation, unless it is one that may be used; `asked` says that a person wants it.

        Without the right to write, or in a store that nobody may write, there is none and the reason says so.
        """
        artefact = self.artefact(prefix)
        if self._standing.usable(artefact):
            return Kept(artefact, reason)
        scope = self._store.scope(self._ns)
        nodes = list(dict.fromkeys(one.node for one in prefix.segments if one.node))
        if not nodes:
            return Kept("", "it tells no cube, so that there is nothing to keep")
        if self._store.get(scope, [artefact]):
            return Kept("", "what it was made from is in force no more, or it is archived")
        cubes = [v for v in self._store.get(scope, nodes) if v.kind is NodeKind.MEMCUBE]
        pinned = {one.payload for one in prefix.segments if one.node}
        if pinned - {cube.payload.digest for cube in cubes if cube.payload is not None}:
            return Kept("", "what it tells is in force no more")
        change = promotion(self._store, scope, prefix, cubes, reason)
        try:
            if asked:
                self._store.commit(change)
            else:
                named = introduced(self._store, scope, now(), AGENT)
                self._store.commit_by(AGENT, replace(change, ops=(*change.ops, *named)))
        except Conflict:
            if not self._standing.usable(artefact):
                now_held = {v.id for v in self._store.get(self._store.scope(self._ns), nodes)}
                changed = not {cube.id for cube in cubes} <= now_held
                return Kept(
                    "",
                    "what it tells was changed meanwhile"
                    if changed
                    else "it is kept for others, and you are not among its readers",
                )
        except (ReadOnly, PermissionDenied) as error:
            return Kept("", f"nothing is kept: {error}")
        return Kept(artefact, reason)

    def demoted(self, artefacts: Sequence[str], reason: str) -> tuple[str, ...]:
        """Make activations text again; those that were: one that a hold keeps stays.

        Whoever reads the prefix again counts from where it stood.
        """
        scope = self._store.scope(self._ns)
        done: list[str] = []
        for version in self._store.get(scope, list(artefacts)):
            if version.get("semantic_type") != ACTIVATION or version.get("prefix") is None:
                continue  # a steering is kept for what it does, and not for how often it is read
            change = demotion(self._store, scope, version, reason)
            named = introduced(self._store, scope, now(), AGENT)
            with suppress(Conflict, Held):
                self._store.commit_by(AGENT, replace(change, ops=(*change.ops, *named)))
                done.append(version.node)
            scope = self._store.scope(self._ns)
        return tuple(done)

    def idle(self, instant: int, after: int = IDLE) -> tuple[str, ...]:
        """The KV caches that nobody has read for so long (microseconds)."""
        last = {one.node: one.last for one in self._usage.most_used(self._counted, 1_000_000)}
        where = Where(kinds=(NodeKind.MEMCUBE,), header={"semantic_type": ACTIVATION})
        return tuple(
            version.node
            for version in all_found(self._store, self._store.scope(self._ns), where)
            if version.get("prefix") is not None
            and instant - max(last.get(str(version.get("prefix")), 0), version.validity.start)
            > after
        )

    def forget(self, instant: int, after: int = IDLE) -> None:
        """Count no more what nobody has read for so long (microseconds)."""
        self._usage.forget(self._counted, instant - after)

    def spent(self, artefacts: Sequence[str]) -> tuple[str, ...]:
        """Of these activations those whose tensors nobody will read again: text by now, or of what was erased.

        One that only others may read, or that the log does not know, is none of them.
        """
        scope = self._store.scope(self._ns)
        there = {version.node for version in self._store.get(scope, list(artefacts))}
        lost = missing_sources(self._store, scope, list(artefacts))
        return tuple(
            artefact
            for artefact in artefacts
            if any(map(self._erased, lost[artefact]))
            or (artefact not in there and self._store.history(scope, artefact))
        )

    def _erased(self, missing: Missing) -> bool:
        scope = self._store.scope(self._ns)
        return any(
            version.payload.content is None
            for version in self._store.history(scope, missing.source)
            if version.payload is not None and version.payload.digest == missing.digest
        )
