"""Every record of a store, as questions to it are answered in Python."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from memcubes.graph import Edge, EdgeKind, NodeKind, Version
from memcubes.graph.change import Committed
from memcubes.graph.instant import OPEN, show

from .story import Told

Row = tuple[Any, ...]
E = EdgeKind


def instant(micros: int) -> str:
    """An instant in UTC, always with six digits."""
    whole = show(micros).removesuffix("Z")
    return f"{whole if '.' in whole else f'{whole}.000000'}Z"


def words(v: Version) -> str | None:
    """A version in one phrase."""
    if v.kind is NodeKind.MEMCUBE:
        return v.text
    if v.kind is NodeKind.FACT:
        no = "not " if v.get("negated") else ""
        return f"{v.get('subject')} {no}{v.get('relation')} {v.get('object')}".rstrip()
    return next((v.get(f) for f in ("name", "question", "verb", "title") if v.get(f)), None)


class Records:
    """Every interval of every record of a store, as `verify` reads them."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.memory = told.memory
        rows = list(told.memory.store().engine.rows())
        self.versions = [r for r in rows if isinstance(r, Version)]
        self.edges = [r for r in rows if isinstance(r, Edge)]
        self.changes: dict[int, Committed] = {c.seq: c for c in self.memory.log(limit=10_000)}

    @cached_property
    def live(self) -> dict[str, Version]:
        """The version that speaks for each node in force."""
        order = sorted(self.versions, key=lambda v: (-v.authority, -v.from_seq, v.id))
        found: dict[str, Version] = {}
        for v in order:
            if v.to_seq == OPEN:
                found.setdefault(v.node, v)
        return found

    @cached_property
    def last(self) -> dict[str, Version]:
        """The last version of each node."""
        order = sorted(self.versions, key=lambda v: (v.to_seq, v.from_seq, words(v) or "", v.id))
        return {v.node: v for v in order}

    def along(self, *kinds: EdgeKind) -> list[Edge]:
        """The edges in force of some kinds."""
        return [
            e
            for e in self.edges
            if e.to_seq == OPEN and e.kind in kinds and e.src in self.live and e.dst in self.live
        ]

    def actor(self, seq: int) -> str:
        """Who made a change."""
        return str(self.last[self.changes[seq].actor].get("name"))

    def why(self, seq: int) -> str | None:
        """The reason of a change."""
        return self.changes[seq].reason or None

    def at(self, seq: int) -> str:
        """When a change was made."""
        return instant(self.changes[seq].at)

    def of(self, *kinds: NodeKind) -> list[Version]:
        """What speaks for the nodes in force of some kinds."""
        return [v for v in self.live.values() if v.kind in kinds]

    def home(self, cube: Version) -> Row:
        """Source, uri, author, speaker and date of a cube."""
        source = next(self.live[e.dst] for e in self.along(E.DERIVED_FROM) if e.src == cube.node)
        said = (source.get("name"), source.get("uri"), source.get("author"), cube.get("speaker"))
        return (*said, show(cube.get("stated") // 10**6 * 10**6))
