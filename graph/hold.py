"""Holds: what keeps a cube as it is, and what every engine asks before it ends or destroys one.

`frozen` stops whatever would end the version in force; a `legal` hold stops erasure too. Engines hold
them inside the transaction of the change (DESIGN, MemLifecycle), so that no verb gets round them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from . import refusal
from .change import ChangeSet, Open
from .digest import canonical
from .kind import NodeKind, Verb
from .record import Content, Validity, Version

MARK = '"hold":'
"""What the canonical header of a held cube contains; others may, so that the header itself decides."""

LIFTING = frozenset({Verb.TRANSITION, Verb.REVERT})
"""The verbs under which a hold may be put off, and nothing else of the cube with it."""


class Hold(StrEnum):
    """What a hold stops.

    >>> Hold("legal").stops_erasure, Hold("frozen").stops_erasure
    (True, False)
    """

    FROZEN = "frozen"
    LEGAL = "legal"

    @property
    def stops_erasure(self) -> bool:
        """Whether what is held may not even be destroyed."""
        return self is Hold.LEGAL


def hold_of(content: Content | None) -> Hold | None:
    """The hold that a header carries.

    >>> hold_of({"hold": "legal"}), hold_of({"hold": "weak"}), hold_of(None)
    (<Hold.LEGAL: 'legal'>, None, None)
    """
    said = None if content is None else content.get("hold")
    return Hold(said) if said in tuple(Hold) else None


@dataclass(frozen=True, slots=True)
class Standing:
    """A version of a cube as holds see it: its hold, and all the rest that a change of hold leaves alone."""

    node: str
    ns: str
    hold: Hold | None
    payload: str | None
    rest: bytes
    origin: str = ""

    @classmethod
    def of(cls, version: Version) -> Standing:
        """Read a version."""
        held = version.payload.digest if version.payload else None
        about = (version.origin, int(version.authority), version.validity)
        return cls.said(version.node, version.ns, version.content, held, *about)

    @classmethod
    def said(
        cls,
        node: str,
        ns: str,
        content: Content | None,
        payload: str | None,
        origin: str,
        authority: int,
        valid: Validity,
    ) -> Standing:
        """Put together what an engine has read of a version."""
        header = None if content is None else {k: v for k, v in content.items() if k != "hold"}
        times = [valid.start, valid.end, valid.known]
        rest = canonical([header, payload, origin, authority, times])
        return cls(node, ns, hold_of(content), payload, rest, origin)


class Holds:
    """What one change does to cubes under hold, noted while its operations are applied, in order.

    `owner` says that whoever makes it owns the namespace: nobody else puts off a legal hold.

    >>> holds = Holds(ChangeSet(ns="a", verb="retract", ops=()))
    >>> holds.end([Standing("n1", "a", Hold.FROZEN, None, b"")])
    >>> holds.settle()
    Traceback (most recent call last):
    memcubes.graph.errors.Held: cube n1 is frozen, so this retract is refused: `memcubes transition n1 release` lifts that
    """

    def __init__(self, change: ChangeSet, *, owner: bool = False) -> None:
        self.change = change
        self.owner = owner
        self.ended: list[Standing] = []

    def end(self, closed: Iterable[Standing]) -> None:
        """Note held versions that the change closes."""
        self.ended += [one for one in closed if one.hold is not None]

    @property
    def kept(self) -> tuple[Standing, ...]:
        """What was under a legal hold and is closed by this change: it cannot be erased in one go."""
        return tuple(one for one in self.ended if one.hold is Hold.LEGAL)

    def spare(self, legal: Iterable[Standing], nodes: set[str], payloads: set[str]) -> None:
        """Refuse to destroy versions of these nodes, or these payloads, where a legal hold keeps them.

        What a held cube came from is kept with it: without that it is no evidence.
        """
        for one in (*legal, *self.kept):
            stops = one.hold is not None and one.hold.stops_erasure
            mine = one.node in nodes or one.origin in nodes
            if stops and (mine or one.payload in payloads):
                raise refusal.held(one.node, str(one.hold), self.change, here=one.ns)

    def settle(self, begun: Iterable[Standing] = ()) -> None:
        """Refuse the change where what it ended under a hold does not stand again, but for the hold.

        `begun` are the versions that it reopened; those that it opens are in it.
        """
        if not self.ended:
            return
        after = {one.node: one for one in begun}
        for op in self.change.ops:
            if isinstance(op, Open) and op.record.kind is NodeKind.MEMCUBE:
                assert isinstance(op.record, Version)  # a kind of node
                after[op.record.node] = Standing.of(op.record)
        for old in self.ended:
            new = after.get(old.node)
            lifted = new is not None and new.rest == old.rest and new.hold != old.hold
            if self.change.verb not in LIFTING or not lifted:
                raise refusal.held(old.node, str(old.hold), self.change, here=old.ns)
        for old in self.ended:
            if old.hold is Hold.LEGAL and not self.owner:  # it now carries another, or none
                raise refusal.legal_is_an_owners(old.node, self.change)
