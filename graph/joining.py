"""Joining: what a merge would make one: the edges that would count elsewhere, and properties in conflict.

A merge writes no edge but its own and moves nothing (see `canonical`); what is told here is what reads
then give, worked out from the decision before it is made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .canonical import certain, joined, spoken
from .change import ChangeSet, Open
from .digest import hashed
from .kind import EdgeKind, NodeKind
from .listing import all_edges
from .record import Edge, Version
from .scope import Along, Scope
from .store import GraphStore

PROPERTIES: Mapping[NodeKind, tuple[str, ...]] = {
    NodeKind.ENTITY: ("name", "label"),
    NodeKind.MEMCUBE: ("title", "semantic_type", "subject", "language"),
}
"""What of a node's header may differ where two are one."""

_TIES = (EdgeKind.SAME_AS, EdgeKind.NOT_SAME_AS)


@dataclass(frozen=True, slots=True)
class Property:
    """A property on which the joined differ: the value that is shown, and those that are not."""

    name: str
    chosen: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Joining:
    """What a merge joins: all nodes that are one then, by id; `moves` counts edges by their kind.

    The edges are those of every name but the one that the others are said to be.

    >>> Joining(("a", "b"), {"MENTIONS": 2}, ()).as_json()["moves"]
    {'MENTIONS': 2}
    """

    members: tuple[str, ...]
    moves: Mapping[str, int]
    conflicts: tuple[Property, ...]

    def as_json(self) -> dict[str, Any]:
        """The joining as plain data."""
        return {
            "members": list(self.members),
            "moves": dict(self.moves),
            "conflicts": [
                {"name": one.name, "chosen": one.chosen, "others": list(one.others)}
                for one in self.conflicts
            ],
        }


def joining_of(store: GraphStore, scope: Scope, change: ChangeSet) -> Joining | None:
    """What a merge that nobody has committed would join; None for any other change."""
    pairs = [
        (op.record.src, op.record.dst)
        for op in change.ops
        if isinstance(op, Open)
        and isinstance(op.record, Edge)
        and op.record.kind is EdgeKind.SAME_AS
    ]
    if not pairs:
        return None
    ties = list(all_edges(store, scope, Along(kinds=_TIES)))
    same = [(e.src, e.dst) for e in ties if e.kind is EdgeKind.SAME_AS]
    apart = [(e.src, e.dst) for e in ties if e.kind is EdgeKind.NOT_SAME_AS]
    alike = list(certain(store, scope))
    before, after = (joined(edges, apart, alike, hashed) for edges in (same, [*same, *pairs]))
    first = pairs[0][1]
    members = tuple(sorted(node for node, root in after.items() if root == after[first]))
    home = before.get(first, first)
    moving = tuple(node for node in members if before.get(node, node) != home)
    edges = all_edges(store, scope, Along(touching=moving)) if moving else ()
    counts = Counter(str(edge.kind) for edge in edges if edge.kind not in _TIES)
    return Joining(
        members, dict(sorted(counts.items())), conflicts(store.get(scope, list(members)))
    )


def conflicts(versions: Sequence[Version]) -> tuple[Property, ...]:
    """The properties on which versions of what is one differ, with the value that is shown."""
    found: list[Property] = []
    for name in PROPERTIES.get(versions[0].kind, ()) if versions else ():
        values = _values(versions, name)
        if len(values) > 1:
            chosen = spoken(versions, name)
            found.append(Property(name, chosen, tuple(v for v in values if v != chosen)))
    return tuple(found)


def _values(versions: Iterable[Version], name: str) -> list[str]:
    return sorted({str(v.get(name)) for v in versions if v.get(name) is not None})
