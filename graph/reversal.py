"""Reversal: undoing one change, exactly and no other, or saying what has to be undone first.

What a change did that still stands is what is undone: the records that it opened and that are open, and
those that it closed and nobody else did since (DESIGN, Y depends on X); a change that came between and was
itself undone counts as if it had not been.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from .canonical import components
from .change import ChangeSet, Close, Committed, Operation, Reopen, Selector
from .digest import hashed
from .errors import Conflict, DependsOn, Invalid, NotFound
from .instant import OPEN
from .kind import EdgeKind, NodeKind, Role, Verb
from .listing import all_edges
from .record import Edge, Record, Version
from .scope import Along, Scope
from .store import GraphStore

_TIES = (EdgeKind.SAME_AS, EdgeKind.NOT_SAME_AS)
_SAYS = {NodeKind.MEMCUBE: EdgeKind.DERIVED_FROM, NodeKind.FACT: EdgeKind.SUPPORTS}
"""The edges by which a source goes on saying what somebody retracted by itself."""


class Reversal:
    """One change as it stands now, and what it takes to undo it.

    Raises `NotFound` for an unknown sequence and `Invalid` for what cannot be taken back.
    """

    def __init__(self, store: GraphStore, scope: Scope, seq: int) -> None:
        self.store, self.scope, self.seq = store, scope, seq
        found = store.changes(scope, after=seq - 1, first=1)
        if not found or found[0].seq != seq:
            raise NotFound(f"there is no change @{seq} in '{scope.ns}': `memcubes log` lists them")
        self.undone = found[0]
        if self.undone.verb == Verb.FOUND:
            raise Invalid("the change that made the namespace stays as long as the namespace does")
        if self.undone.verb in (Verb.ASK, Verb.INJECT):
            raise Invalid(
                f"@{seq} records what was given out, and that cannot be taken back: retract what it "
                "rests on, or give feedback on it"
            )
        self.opened, self.closed = store.effects(scope, seq)
        if not self.opened and not self.closed and any(self.undone.operations.values()):
            raise NotFound(f"@{seq} did nothing that you may read: somebody who may can undo it")
        self._last, self._ended = self._stand_now([*self.opened, *self.closed])

    def change(self, reason: str) -> ChangeSet:
        """The change that undoes it.

        Raises `Conflict` where it was undone already, and `DependsOn` with the order of undoing.
        """
        seq = self.seq
        standing = tuple(r.id for r in self.opened if self._last[r.id].to_seq == OPEN)
        waiting = [r for r in self.closed if self._ended[r.id] == seq]
        enforced = self._enforced()
        if (self.opened or self.closed) and not standing and not waiting and not enforced:
            by = self._undone_by()
            told = f", by @{by}" if by else ""
            raise Conflict(f"@{seq} was undone already{told}", current=by)
        self._refuse(self._dependents(), "while later changes stand on it")
        back = [r for r in (*waiting, *enforced) if self._still_said(r)]
        self._refuse(self._in_the_way(back), "while something else stands in its place")
        self._refuse(self._contradicted(back), "while who is who was decided otherwise")
        ops: list[Operation] = []
        if standing:
            ops.append(Close(Selector(ids=standing)))
        if back:
            whole = len(back) == len(self.closed) == len(waiting)
            ids = tuple(record.id for record in back)
            ops.append(Reopen(Selector(closed_by=seq) if whole else Selector(ids=ids)))
        return ChangeSet(
            ns=self.scope.ns,
            verb=Verb.REVERT,
            reason=reason,
            note={"reverts": seq, "verb": self.undone.verb, **_targets(self.undone)},
            expects=standing,
            ops=tuple(ops),
        )

    def _refuse(self, sequences: set[int], why: str) -> None:
        if sequences:
            order = tuple(sorted(sequences, reverse=True))
            first = ", ".join(f"@{seq}" for seq in order)
            raise DependsOn(
                f"@{self.seq} cannot be undone {why}: undo {first} first", sequences=order
            )

    @cached_property
    def _later(self) -> list[Committed]:
        """The changes that came after it, oldest first; read only where they matter."""
        after, found = self.seq, list[Committed]()
        while True:
            page = self.store.changes(self.scope, after=after, first=500)
            found += page
            if len(page) < 500:
                return found
            after = page[-1].seq

    def _stand_now(self, records: Sequence[Record]) -> tuple[dict[str, Record], dict[str, int]]:
        """These records as they stand now, and what ended each.

        A change that brought a record back and was itself undone leaves it ended by what ended it before.
        """
        spans = {record.id: [record] for record in records}
        shut = [record.to_seq for record in records if record.to_seq != OPEN]
        undoes: dict[int, object] = {}
        for change in self._later if shut else ():
            if change.seq > min(shut) and change.operations.get("reopen"):
                for record in self.store.effects(self.scope, change.seq)[0]:
                    if record.id in spans:
                        spans[record.id].append(record)
            undoes[change.seq] = (change.note or {}).get("reverts")
        ended: dict[str, int] = {}
        for ident, held in spans.items():
            place = len(held) - 1
            while place and undoes.get(held[place].to_seq) == held[place].from_seq:
                place -= 1
            ended[ident] = held[place].to_seq
        return {ident: held[-1] for ident, held in spans.items()}, ended

    def _enforced(self) -> list[Record]:
        """What was closed later because of the decision that is undone, and is closed still."""
        decisions = {
            r.node for r in self.opened if isinstance(r, Version) and r.kind is NodeKind.DECISION
        }
        found: list[Record] = []
        for change in self._later if decisions else ():
            if decisions.intersection((change.note or {}).get("enforces", ())):
                closed = self.store.effects(self.scope, change.seq)[1]
                ended = self._stand_now(closed)[1]
                found += [record for record in closed if ended[record.id] == change.seq]
        return found

    def _still_said(self, record: Record) -> bool:
        """Whether the source of a record that a decision closed goes on saying it."""
        if self.undone.verb != Verb.RETRACT or not isinstance(record, Version):
            return True
        says = _SAYS.get(record.kind)
        if says is None or self._went.get(record.origin, set()) - {record.id}:
            return True  # the source itself goes and comes with it
        node = (record.node,)
        along = (
            Along((says,), src=node) if says is EdgeKind.DERIVED_FROM else Along((says,), dst=node)
        )
        then = self.scope.but(seq=record.to_seq - 1)
        mine = [e for e in all_edges(self.store, then, along) if e.origin == record.origin]
        return not mine or any(edge.to_seq == OPEN for edge in mine)

    @cached_property
    def _went(self) -> dict[str, set[str]]:
        """The versions that it closed, by node."""
        found: dict[str, set[str]] = {}
        for version in self._nodes():
            found.setdefault(version.node, set()).add(version.id)
        return found

    def _nodes(self) -> list[Version]:
        return [record for record in self.closed if isinstance(record, Version)]

    def _dependents(self) -> set[int]:
        """Later changes that closed what this one opened, or built on a one-line node of its making.

        A receipt that used a cube is no obstacle: it is told of as impact.
        """
        later = {self._last[r.id].to_seq for r in self.opened if self._last[r.id].to_seq != OPEN}
        # a node that had a version before was not made by this change
        older = {version.node for version in self._nodes()}
        nodes = [
            r.node
            for r in self.opened
            if isinstance(r, Version)
            and not r.kind.keyed
            and r.node not in older
            and self._last[r.id].to_seq == OPEN
        ]
        mine = {r.id for r in self.opened}
        for start in range(0, len(nodes), 500):
            touching = tuple(nodes[start : start + 500])
            for edge in all_edges(self.store, self.scope, Along(touching=touching)):
                if (
                    edge.from_seq > self.seq
                    and edge.id not in mine
                    and edge.get("role") != Role.USE
                ):
                    later.add(edge.from_seq)
        return later

    def _in_the_way(self, back: Sequence[Record]) -> set[int]:
        """The changes that put another version where one would come back."""
        coming = {
            (r.node, r.origin if r.kind.keyed else ""): r for r in back if isinstance(r, Version)
        }
        going = {r.id for r in self.opened}
        found: set[int] = set()
        nodes = sorted({node for node, _ in coming})
        for start in range(0, len(nodes), 1_000):
            for version in self.store.get(self.scope, nodes[start : start + 1_000]):
                place = version.node, version.origin if version.kind.keyed else ""
                other = coming.get(place)
                if other is not None and version.id not in going and version.id != other.id:
                    found.add(version.from_seq)
        return found

    def _contradicted(self, back: Sequence[Record]) -> set[int]:
        """The changes that decided who is who otherwise than what would come back."""
        ties = [r for r in back if isinstance(r, Edge) and r.kind in _TIES]
        if not ties:
            return set()
        mine = {r.id for r in self.opened}
        held = [
            edge
            for edge in all_edges(self.store, self.scope, Along(kinds=_TIES))
            if edge.id not in mine
        ]
        every = [*held, *ties]
        same = [edge for edge in every if edge.kind is EdgeKind.SAME_AS]
        roots = components([(edge.src, edge.dst) for edge in same], (), hashed)
        found: set[int] = set()
        coming = {edge.id for edge in ties}
        for apart in every:
            group = roots.get(apart.src)
            if apart.kind is EdgeKind.SAME_AS or group is None or group != roots.get(apart.dst):
                continue
            against = [apart, *(edge for edge in same if roots[edge.src] == group)]
            if any(edge.id in coming for edge in against):
                found |= {edge.from_seq for edge in against if edge.id not in coming}
        return found

    def _undone_by(self) -> int | None:
        """The latest change that says it reverts this one, else the latest that took it apart."""
        said = [c.seq for c in self._later if (c.note or {}).get("reverts") == self.seq]
        if said:
            return said[-1]
        ends = [self._last[r.id].to_seq for r in self.opened]
        begins = [self._last[r.id].from_seq for r in self.closed]
        return max((at for at in (*ends, *begins) if self.seq < at < OPEN), default=None)


def _targets(change: Committed) -> dict[str, object]:
    targets = (change.note or {}).get("targets")
    return {"targets": targets} if targets else {}
