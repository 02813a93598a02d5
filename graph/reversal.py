"""Reversal: undoing one change, exactly and no other, or saying what has to be undone first.

What a change did that still stands is what is undone: the records that it opened and that are open, and
those that it closed and nobody else did since (DESIGN, Y depends on X); a change that came between and was
itself undone counts as if it had not been.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from .aftermath import Aftermath
from .canonical import components
from .change import ChangeSet, Close, Committed, Operation, Reopen, Selector
from .decided import against
from .digest import hashed
from .errors import Conflict, DependsOn, Invalid, NotFound
from .instant import OPEN
from .kind import EdgeKind, NodeKind, Role, Verb
from .line import dormant
from .listing import all_edges
from .record import Edge, Record, Version
from .scope import Along, Scope
from .store import GraphStore

MOST_NAMED = 50
"""About how many changes a refusal names; behind so many, the rest is found out on the way."""

_TIES = (EdgeKind.SAME_AS, EdgeKind.NOT_SAME_AS)
_TIED = (NodeKind.ENTITY, NodeKind.MEMCUBE)
_SAYS = {NodeKind.MEMCUBE: EdgeKind.DERIVED_FROM, NodeKind.FACT: EdgeKind.SUPPORTS}
"""The edges by which a source goes on saying what somebody retracted by itself."""


class Reversal:
    """One change as it stands now, and what it takes to undo it.

    Raises `NotFound` for an unknown sequence and `Invalid` for what cannot be taken back.
    """

    def __init__(self, store: GraphStore, scope: Scope, seq: int) -> None:
        self.store, self.scope, self.seq = store, scope, seq
        self.after = Aftermath(store, scope, seq)
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
        self._spans, self._ended = self.after.spans([*self.opened, *self.closed])
        self._last = {ident: held[-1] for ident, held in self._spans.items()}

    def change(self, reason: str) -> ChangeSet:
        """The change that undoes it.

        Raises `Conflict` where it was undone already, and `DependsOn` with the order of undoing.
        """
        seq = self.seq
        standing = tuple(
            r.id
            for r in self.opened
            if self._last[r.id].to_seq == OPEN and not self.after.left(self._spans[r.id])
        )
        waiting = [r for r in self.closed if self._ended[r.id] == seq]
        back = self._back(waiting)
        if (self.opened or self.closed) and not (standing or back):
            self._refuse(self._deciding(waiting), "while a decision keeps closed what it closed")
            by = self._undone_by()
            told = f", by @{by}" if by else ""
            raise Conflict(f"@{seq} was undone already{told}", current=by)
        self._refuse(self._dependents(), "while later changes stand on it")
        self._refuse(self._in_the_way(back), "while something else stands in its place")
        self._refuse(self._contradicted(back), "while who is who was decided otherwise")
        ops: list[Operation] = []
        if standing:
            ops.append(Close(Selector(ids=standing)))
        if back:
            ids = tuple(record.id for record in back)
            whole = set(ids) == {record.id for record in self.closed} and len(waiting) == len(ids)
            ops.append(Reopen(Selector(closed_by=seq) if whole else Selector(ids=ids)))
        mine = {record.id for record in self.closed}
        others = sorted({r.node for r in back if isinstance(r, Version) and r.id not in mine})
        return ChangeSet(
            ns=self.scope.ns,
            verb=Verb.REVERT,
            reason=reason,
            note={
                "reverts": seq,
                "verb": self.undone.verb,
                **_targets(self.undone),
                **({"others": others} if others else {}),
            },
            expects=standing,
            ops=tuple(ops),
        )

    def _refuse(self, sequences: set[int], why: str) -> None:
        if sequences:
            order = tuple(sorted(self._all(sequences), reverse=True))
            first = ", ".join(f"@{seq}" for seq in order)
            raise DependsOn(
                f"@{self.seq} cannot be undone {why}: undo {first} first", sequences=order
            )

    def _obstacles(self) -> set[int]:
        """The changes that have to be undone right before this one."""
        waiting = [r for r in self.closed if self._ended[r.id] == self.seq]
        back = self._back(waiting)
        return self._dependents() | self._in_the_way(back) | self._contradicted(back)

    def _all(self, sequences: set[int]) -> set[int]:
        """These changes with all that has to be undone before them."""
        found, queue = set(sequences), sorted(sequences)
        for seq in queue:
            if len(found) > MOST_NAMED or not seq > self.seq:
                continue
            with suppress(Invalid, NotFound):  # what cannot be undone is named all the same
                more = Reversal(self.store, self.scope, seq)._obstacles() - found - {self.seq}
                found |= more
                queue += sorted(more)
        return found

    def _back(self, waiting: Sequence[Record]) -> list[Record]:
        """What comes back: what it closed, but for what decisions keep closed, and what goes along with that.

        Undoing the decision against a passage or fact brings it back from every source that says it now,
        also from one that was read, or came back, meanwhile.
        """
        mine = [v for v in self.opened if isinstance(v, Version) and v.kind is NodeKind.DECISION]
        freed = {str(v.get("node")) for v in mine if v.get("verb") == Verb.RETRACT}
        undone = {v.node for v in mine}
        closed = {n for n, by in against(self.store, self.scope).items() if by not in undone}
        back = [
            r
            for r in waiting
            if not (isinstance(r, Version) and (r.node in closed or r.node in freed))
        ]
        for node in sorted(freed - closed):
            back += self._said(node)
        return back + self._along(back, closed)

    def _deciding(self, waiting: Sequence[Record]) -> set[int]:
        """The changes by which somebody decided against what it closed, where those decisions stand."""
        by = against(self.store, self.scope)
        mine = {by[r.node] for r in waiting if isinstance(r, Version) and r.node in by}
        made = {version.from_seq for version in self.store.get(self.scope, sorted(mine))}
        return made - {self.seq}

    def _said(self, node: str, origins: set[str] | None = None) -> list[Record]:
        """The versions of a closed node of the sources that go on saying it."""
        past = self.store.history(self.scope, node)
        says = _SAYS.get(past[0].kind) if past else None
        if says is None:
            return []
        edges = [e for e in dormant(self.store, self.scope, past) if e.kind is says]
        saying = {e.origin for e in edges if node in e.ends and e.get("role") != Role.USE}
        found: list[Record] = []
        for origin in sorted(saying if origins is None else origins):
            last = max((v for v in past if v.origin == origin), key=_began, default=None)
            if last is not None and last.to_seq != OPEN and not last.shredded:
                found.append(last)
        return found

    def _along(self, back: Sequence[Record], closed: set[str]) -> list[Record]:
        """Passages and facts that were closed by themselves, and are said again by what comes back."""
        there = {(r.node, r.origin) for r in back if isinstance(r, Version)}
        said = {
            (r.src if r.kind is EdgeKind.DERIVED_FROM else r.dst, r.origin)
            for r in back
            if isinstance(r, Edge) and r.kind in _SAYS.values() and r.get("role") != Role.USE
        }
        lacking = sorted((node, origin) for node, origin in said - there if node not in closed)
        nodes = sorted({node for node, _ in lacking})
        for start in range(0, len(nodes), 1_000):
            for version in self.store.get(self.scope, nodes[start : start + 1_000]):
                there.add((version.node, version.origin))
        wanted: dict[str, set[str]] = {}
        for node, origin in lacking:
            if (node, origin) not in there:
                wanted.setdefault(node, set()).add(origin)
        return [r for node, origins in wanted.items() for r in self._said(node, origins)]

    def _nodes(self) -> list[Version]:
        return [record for record in self.closed if isinstance(record, Version)]

    def _dependents(self) -> set[int]:
        """Later changes that closed what this one opened, or built on a one-line node of its making.

        A receipt that used a cube is no obstacle: it is told of as impact.
        """
        later: set[int] = set()
        for record in self.opened:
            held, ended = self._spans[record.id], self._ended[record.id]
            if held[-1].to_seq != OPEN:
                if not self.after.undone(ended) and ended not in self.after.enforcing:
                    later |= {ended} if self.after.undoes(ended) != self.seq else set()
            else:
                # what brought it back meanwhile, if not by undoing, is what it stands by
                opener = self.after.opener(held)
                later |= {opener} if opener != self.seq and not self.after.undoes(opener) else set()
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
                    began = self.after.first(edge)
                    later |= {began} if began > self.seq else set()
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
                    line = self.store.history(self.scope, version.node)
                    held = sorted((v for v in line if v.id == version.id), key=_began)
                    found.add(self.after.opener(held or [version]))
        return found

    def _contradicted(self, back: Sequence[Record]) -> set[int]:
        """The changes that decided who is who otherwise than what would come back."""
        ties = [r for r in back if isinstance(r, Edge) and r.kind in _TIES]
        ties += self._revived(back)
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

    def _revived(self, back: Sequence[Record]) -> list[Edge]:
        """The ties of names that come back: they stood open, and counted for nothing meanwhile."""
        nodes = sorted({r.node for r in back if isinstance(r, Version) and r.kind in _TIED})
        there = {v.node for v in self.store.get(self.scope, nodes)} if nodes else set()
        dead = tuple(node for node in nodes if node not in there)
        if not dead:
            return []
        then = self.scope.but(seq=self.seq - 1)
        found = all_edges(self.store, then, Along(kinds=_TIES, touching=dead))
        return [edge for edge in found if edge.to_seq == OPEN]

    def _undone_by(self) -> int | None:
        """The latest change that says it reverts this one, else the latest that took it apart."""
        said = [c.seq for c in self.after.later if (c.note or {}).get("reverts") == self.seq]
        if said:
            return said[-1]
        ends = [self._last[r.id].to_seq for r in self.opened]
        begins = [self._last[r.id].from_seq for r in self.closed]
        return max((at for at in (*ends, *begins) if self.seq < at < OPEN), default=None)


def _began(record: Record) -> int:
    return record.from_seq


def _targets(change: Committed) -> dict[str, object]:
    targets = (change.note or {}).get("targets")
    return {"targets": targets} if targets else {}
