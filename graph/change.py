"""ChangeSet: the one way in which anything in the graph ever changes.

Four operations, frozen for ever: `Open`, `Close`, `Reopen`, `Shred` (DESIGN, the one write path). The
verb that a person used (remember, retract, merge, …) is metadata; the log holds effects, so that old
changes replay under newer code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .digest import new_record_id
from .errors import Invalid
from .instant import OPEN
from .leaf import counted
from .record import Record

HOUSE = "memcubes:"
"""How the names of memcubes' own agents begin: programs that act for somebody, with that one's rights."""

MOST_OPERATIONS = 5_000
"""A change holds at most this many operations; a larger source becomes several changes, part k of n."""


@dataclass(frozen=True, slots=True)
class Selector:
    """Which records an operation means: ids, an origin, or the sequence that closed them; exactly one.

    >>> Selector(origin="s1").described()
    {'origin': 's1'}
    >>> Selector(ids=("a",), origin="s1")
    Traceback (most recent call last):
    memcubes.graph.errors.Invalid: a selector names ids, an origin or a closing sequence: exactly one of them
    """

    ids: tuple[str, ...] | None = None
    origin: str | None = None
    closed_by: int | None = None

    def __post_init__(self) -> None:
        """Hold the rule that exactly one way of selecting is given."""
        given = [part is not None for part in (self.ids, self.origin, self.closed_by)]
        if sum(given) != 1:
            raise Invalid(
                "a selector names ids, an origin or a closing sequence: exactly one of them"
            )
        if self.closed_by is not None and not 0 < self.closed_by < OPEN:
            raise Invalid(f"nothing was ever closed at @{self.closed_by}")

    def described(self) -> dict[str, Any]:
        """What the leaf says of it; ids are covered by their digest and not listed."""
        if self.origin is not None:
            return {"origin": self.origin}
        if self.closed_by is not None:
            return {"closed_by": self.closed_by}
        return {"ids": len(self.ids or ())}


@dataclass(frozen=True, slots=True)
class Open:
    """Bring a new record into force."""

    record: Record


@dataclass(frozen=True, slots=True)
class Close:
    """End the open interval of the selected records; nothing is deleted."""

    selector: Selector


@dataclass(frozen=True, slots=True)
class Reopen:
    """Give the selected closed records a new open interval, with the same id, salt and digest."""

    selector: Selector


@dataclass(frozen=True, slots=True)
class Shred:
    """Destroy content and salt of the selected records, open or closed; their leaves stay."""

    selector: Selector


Operation = Open | Close | Reopen | Shred


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """One indivisible change in one namespace: undo unit, audit entry, feed entry.

    `actor` is the name of the principal whose doing it is (the guard fills it in), `expects` the ids of
    records that must still be open at commit, `absent` the nodes that must have no open version then
    (else `Conflict`). `idempotency` with `request` makes a retry apply once: the same key with another
    request is `KeyReused`. `note` is content (reason, targets) and is salted like any other.

    >>> change = ChangeSet(ns="default", verb="retract", ops=(Close(Selector(origin="s1")),))
    >>> change.verb, len(change.ops)
    ('retract', 1)
    """

    ns: str
    verb: str
    ops: tuple[Operation, ...]
    actor: str = ""
    on_behalf_of: str = ""
    reason: str = ""
    note: Mapping[str, Any] = field(default_factory=dict)
    expects: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    base_seq: int | None = None
    idempotency: str | None = None
    request: Mapping[str, Any] | None = None
    enacts: str | None = None
    id: str = field(default_factory=new_record_id)

    @property
    def principal(self) -> str:
        """Whose rights the change needs: its actor's, or those of the one for whom memcubes acts.

        >>> ChangeSet(ns="a", verb="expire", ops=(), actor="memcubes:lifecycle", on_behalf_of="ann").principal
        'ann'
        """
        return self.on_behalf_of if self.by_house else self.actor

    @property
    def by_house(self) -> bool:
        """Whether one of memcubes' own agents makes it."""
        return self.actor.startswith(HOUSE)

    def __post_init__(self) -> None:
        """Hold the rules that need no store."""
        if len(self.ops) > MOST_OPERATIONS:
            raise Invalid(
                f"a change holds at most {MOST_OPERATIONS} operations, this one {len(self.ops)}: "
                "split it into parts"
            )
        for op in self.ops:
            if isinstance(op, Open) and op.record.ns != self.ns:
                raise Invalid(
                    f"a change in namespace '{self.ns}' cannot open a record of '{op.record.ns}'"
                )


@dataclass(frozen=True, slots=True)
class Committed:
    """What the log keeps of a change: its place, its instant and the exact bytes of its leaf.

    `repeated` is true where the same change (by id or idempotency key) had been committed before and
    nothing was written now.
    """

    seq: int
    id: str
    ns: str
    at: int
    verb: str
    actor: str
    on_behalf_of: str
    note: Mapping[str, Any] | None
    leaf: bytes
    enacts: str | None = None
    repeated: bool = False

    @property
    def operations(self) -> Mapping[str, int]:
        """How many records were opened, closed, reopened and shredded, read from the leaf.

        Raises `Corrupt` where the bytes are no leaf.
        """
        return counted(self.leaf)

    @property
    def reason(self) -> str:
        """Why it was done, in the actor's words."""
        return str((self.note or {}).get("reason", ""))
