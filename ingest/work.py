"""Work: what the reading of one source changes, and how that is committed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..graph.change import MOST_OPERATIONS, ChangeSet, Operation
from ..graph.kind import Verb
from .item import Item


@dataclass(frozen=True, slots=True)
class Work:
    """What one source changes; `lost` are passages whose wording somebody gave, and that it ends."""

    item: Item
    cubes: int
    known: bool
    changes: Sequence[ChangeSet]
    lost: Sequence[str]


def changes_of(
    ns: str, item: Item, operations: tuple[Operation, ...], known: bool
) -> list[ChangeSet]:
    """One change for a source; one too large for that becomes parts, committed together."""
    reason = f"{'read again' if known else 'read'} {item.name}"
    cuts = [
        operations[start : start + MOST_OPERATIONS]
        for start in range(0, len(operations), MOST_OPERATIONS)
    ]
    return [
        ChangeSet(
            ns=ns,
            verb=Verb.INGEST,
            ops=cut,
            reason=reason,
            note={"part": place + 1, "of": len(cuts)} if len(cuts) > 1 else {},
        )
        for place, cut in enumerate(cuts)
    ]


def outlived(name: str, cube: str) -> str:
    """Say that a wording went with the passage that had it."""
    return (
        f"{name} no longer has the passage that was revised by hand as {cube}, so that its wording went "
        f"with it: `memcubes history {cube}` shows it, `memcubes remember` keeps it as a statement"
    )
