"""What a read may see: one namespace, one viewer, one pinned sequence.

Every read takes a `Scope`, which makes "as of then" and "now" the same code and gives a snapshot on
engines that have none (DESIGN, every read pins a sequence).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Generic, TypeVar

from .kind import EdgeKind, NodeKind

T = TypeVar("T")

LOOKED_UP = ("record_key", "record_kind")
"""Fields of a cube's header that every store has an index of; the one that names fewer comes first."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The visible part of one namespace.

    `seq` filters `from_seq <= seq < to_seq`; `valid_at` (microseconds) filters valid time as well;
    `acls` are the reader sets that the viewer belongs to *now*, whatever `seq` is; records whose origin
    is in `without`, and versions of nodes in it, are treated as if they had never been (so a retraction
    can be tried before it is made). A question walks activated cubes; with `archived` the others too.

    >>> Scope("default", "local:ann", seq=7).but(without=("s1",)).without
    ('s1',)
    """

    ns: str
    viewer: str
    seq: int
    acls: tuple[int, ...] = ()
    valid_at: int | None = None
    without: tuple[str, ...] = ()
    archived: bool = False

    def but(self, **changes: object) -> Scope:
        """The same scope with some parts replaced."""
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Where:
    """Which versions to find; every given part must hold, and a part that is None does not filter.

    `header` compares fields of the header exactly, with several values where any of them will do; `tags`
    keeps nodes that carry all of these tag nodes. Cubes are looked up by the fields of `LOOKED_UP`, and not
    passed through one by one.
    """

    kinds: tuple[NodeKind, ...] = ()
    nodes: tuple[str, ...] | None = None
    origins: tuple[str, ...] | None = None
    payloads: tuple[str, ...] | None = None
    tags: tuple[str, ...] = ()
    header: Mapping[str, str | bool | tuple[str, ...]] = field(default_factory=dict)
    starts: str = ""
    """Node ids begin with this."""
    under: tuple[str, ...] | None = None
    """Sources whose uri begins with one of these; they are looked up by it, and no others are passed through."""

    @property
    def looked_up(self) -> str | None:
        """The field of the header by which cubes are found at once, where the filter names one."""
        named = (name for name in LOOKED_UP if name in self.header)
        return next(named, None) if self.kinds == (NodeKind.MEMCUBE,) else None


@dataclass(frozen=True, slots=True)
class Along:
    """Which edges to find; `touching` takes either end."""

    kinds: tuple[EdgeKind, ...] = ()
    src: tuple[str, ...] | None = None
    dst: tuple[str, ...] | None = None
    touching: tuple[str, ...] | None = None
    origins: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a listing; `after` is the cursor of the next page, None at the end."""

    items: tuple[T, ...]
    after: str | None = None


class Direction(StrEnum):
    """Up leads to what something was made from, down to what was made from it."""

    UP = "up"
    DOWN = "down"


class Access(StrEnum):
    """What a principal may do in a namespace; each includes the one before."""

    NONE = "none"
    READER = "reader"
    WRITER = "writer"
    OWNER = "owner"

    @property
    def rank(self) -> int:
        """Order of strength.

        >>> Access.OWNER.rank > Access.READER.rank
        True
        """
        return list(Access).index(self)


@dataclass(frozen=True, slots=True)
class Rights:
    """What one principal may do in one namespace by the grants in force now."""

    access: Access
    acls: tuple[int, ...]
