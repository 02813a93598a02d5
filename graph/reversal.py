"""Reversal: undoing one change, exactly and no other, or saying what has to be undone first.

What is undone is what would be otherwise if the change did not count (`Ledger`): records that then stand
open are reopened, records that then do not are closed. What later changes did to them comes first
(DESIGN, Y depends on X); a change that came between and was itself undone counts as if it had not been.
Every refusal names later changes only, so that whoever follows it comes to an end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress

from .canonical import components
from .change import ChangeSet, Close, Committed, Operation, Reopen, Selector
from .decided import against, made_against
from .digest import hashed
from .errors import Conflict, DependsOn, Invalid, NotFound, PermissionDenied
from .instant import OPEN
from .kind import EdgeKind, NodeKind, Role, Verb
from .ledger import Ledger, left_open
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

    Raises `NotFound` for an unknown sequence, `Invalid` for what cannot be taken back, and
    `PermissionDenied` where the viewer may read only a part of it.
    """

    def __init__(
        self, store: GraphStore, scope: Scope, seq: int, *, ledger: Ledger | None = None
    ) -> None:
        self.store, self.scope, self.seq = store, scope, seq
        self.ledger = ledger or Ledger(store, scope)
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
        self.opened, self.closed = self.ledger.effects(seq)
        if not self.opened and not self.closed and any(self.undone.operations.values()):
            raise NotFound(f"@{seq} did nothing that you may read: somebody who may can undo it")
        if self._partly_hidden():
            raise PermissionDenied(
                f"part of what @{seq} did is not '{scope.viewer}''s to see: ask an owner to undo it"
            )
        self._read()
        self.standing, self.waiting = self._turned()

    def _partly_hidden(self) -> bool:
        """Whether it did more than the viewer may read: a change is undone whole, or it does not count half."""
        did = self.undone.operations
        opened = did.get("open", 0) + did.get("reopen", 0)
        return len(self.opened) < opened or len(self.closed) < did.get("close", 0)

    def _read(self) -> None:
        """Read what became of the records, where the change itself does not tell."""
        again = bool(self.undone.operations.get("reopen"))
        last = self.scope.seq == self.seq and self.undone.verb != Verb.REVERT
        unknown: list[Record] = []
        for record in self.opened:
            if again or record.to_seq != OPEN:
                unknown.append(record)
            else:
                self.ledger.known(record)
        for record in self.closed:
            # whatever came before an opening that counts makes no difference
            if last and self._plainly(record.from_seq):
                self.ledger.known(record)
            else:
                unknown.append(record)
        self.ledger.load(unknown)

    def _plainly(self, seq: int) -> bool:
        return seq not in self.ledger.undoings and not self.ledger.struck(seq)

    def _turned(self) -> tuple[list[Record], list[Record]]:
        """The records that would be closed if the change did not count, and those that would be open."""
        ledger, reached = self.ledger, self.ledger.reached(self.seq)
        if ledger.struck(self.seq):
            return [], []
        sides = [ledger.effects(seq) for seq in reached]
        every = {r.id: r for opened, closed in sides for r in (*opened, *closed)}
        first = {r.id for r in (*sides[-1][0], *sides[-1][1])}
        along = {r.id for r in (*self.opened, *self.closed)} - first
        ledger.load(every.values())
        standing, waiting = list[Record](), list[Record]()
        for record in every.values():
            now = ledger.open_now(record)
            was = left_open(ledger.counting(record))
            then = left_open(ledger.counting(record, without=self.seq))
            if (
                was == then
            ):  # no change that counts moves it: at most an undoing brought or took it along
                last = ledger.entries(record)[-1]
                mine = record.id in along and last.seq == self.seq
                then = not last.opened if mine else now
            if now != then:
                (waiting if then else standing).append(record)
        return standing, waiting

    def change(self, reason: str) -> ChangeSet:
        """The change that undoes it.

        Raises `Conflict` where it was undone already, and `DependsOn` with the order of undoing.
        """
        seq = self.seq
        back = self._back(self.waiting)
        going = [*self.standing, *self._silenced(back)]
        standing = tuple(dict.fromkeys(record.id for record in going))
        by = self.ledger.striking(seq)
        if by is not None:
            raise Conflict(f"@{seq} was undone already, by @{by}{self._again()}", current=by)
        if (self.opened or self.closed) and not (standing or back):
            deciding = self._deciding(self.waiting)
            self._refuse(
                {by for by in deciding if by > seq}, "while a decision keeps closed what it closed"
            )
            if seq in self.ledger.keeping and deciding:
                told = ", ".join(f"@{by}" for by in sorted(deciding))
                raise Conflict(
                    f"@{seq} only keeps to what was decided by {told}: undo that",
                    current=max(deciding),
                )
        self._refuse(self._dependents(), "while later changes stand on it")
        # what stands by an earlier change as well stays, and this one counts no more
        twice = any(self.ledger.open_now(record) for record in self.opened)
        if (self.opened or self.closed) and not (standing or back or twice):
            by = self._overtaken()
            told = f", by @{by}" if by else ""
            raise Conflict(f"@{seq} was undone already{told}", current=by)
        self._refuse(self._in_the_way(back), "while something else stands in its place")
        self._refuse(self._contradicted(back), "while who is who was decided otherwise")
        ops: list[Operation] = []
        if standing:
            ops.append(Close(Selector(ids=standing)))
        if back:
            ids = tuple(record.id for record in back)
            whole = set(ids) == {r.id for r in self.closed if r.to_seq == seq} and all(
                self.ledger.entries(r)[-1].seq == seq for r in self.closed
            )
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
            order = tuple(sorted(self._all(sequences), reverse=True))
            first = ", ".join(f"@{seq}" for seq in order)
            raise DependsOn(
                f"@{self.seq} cannot be undone {why}: undo {first} first", sequences=order
            )

    def _obstacles(self) -> set[int]:
        """The changes that have to be undone right before this one."""
        if self.ledger.struck(self.seq):
            return set()
        back = self._back(self.waiting)
        return self._dependents() | self._in_the_way(back) | self._contradicted(back)

    def _all(self, sequences: set[int]) -> set[int]:
        """These changes with all that has to be undone before them."""
        found, queue = set(sequences), sorted(sequences)
        for seq in queue:
            if len(found) > MOST_NAMED or not seq > self.seq:
                continue
            with suppress(
                Invalid, NotFound, PermissionDenied
            ):  # what cannot be undone is named all the same
                undoing = Reversal(self.store, self.scope, seq, ledger=self.ledger)
                more = undoing._obstacles() - found - {self.seq}
                found |= more
                queue += sorted(more)
        return found

    def _back(self, waiting: Sequence[Record]) -> list[Record]:
        """What comes back: what it closed, but for what decisions keep closed, and what goes along with that.

        Undoing the decision against a passage or fact brings it back from every source that says it now,
        also from one that was read, or came back, meanwhile.
        """
        mine = made_against(self.opened)
        undone = {v.node for v in mine}
        standing = {
            node: left
            for node, every in against(self.store, self.scope).items()
            if (left := [one for one in every if one not in undone])
        }
        freed = {str(v.get("node")) for v in mine} - standing.keys()
        back = [
            r
            for r in waiting
            if not (isinstance(r, Version) and (r.node in freed or self._kept(r, standing)))
        ]
        for node in sorted(freed):
            back += self._said(node)
        closed = standing.keys() | {str(v.get("node")) for v in made_against(back)}
        return back + self._along(back, closed)

    def _kept(self, version: Version, standing: Mapping[str, Sequence[str]]) -> bool:
        """Whether a decision keeps it closed."""
        if version.node not in standing:
            return False
        decisions = self.store.get(self.scope, standing[version.node])
        return any(not self.ledger.despite(version, decision) for decision in decisions)

    def _silenced(self, back: Sequence[Record]) -> list[Record]:
        """What was read, or came back, while a decision against it was away that comes back now."""
        return [
            version
            for decision in made_against(back)
            for version in self.store.get(self.scope, [str(decision.get("node"))])
            if not self.ledger.despite(version, decision)
        ]

    def _deciding(self, waiting: Sequence[Record]) -> set[int]:
        """The changes by which somebody decided against what it closed, where those decisions stand."""
        by = against(self.store, self.scope)
        mine = {one for r in waiting if isinstance(r, Version) for one in by.get(r.node, ())}
        return {self.ledger.stands_by(v) for v in self.store.get(self.scope, sorted(mine))}

    def _said(self, node: str, origins: set[str] | None = None) -> list[Record]:
        """The versions of a closed node of the sources that go on saying it."""
        past = self.store.history(self.scope, node)
        says = _SAYS.get(past[0].kind) if past else None
        if says is None:
            return []
        going = {record.id for record in self.standing}
        edges = [e for e in dormant(self.store, self.scope, past) if e.kind is says]
        saying = {
            e.origin
            for e in edges
            # what was made of it says nothing of it; what it was itself made of does (a summary)
            if node in e.ends and (e.get("role") != Role.USE or e.src == node) and e.id not in going
        }
        found: list[Record] = []
        for origin in sorted(saying if origins is None else origins):
            last = max((v for v in past if v.origin == origin), key=_began, default=None)
            if last is not None and last.to_seq != OPEN and not last.shredded:
                found.append(last)
        return found

    def _along(self, back: Sequence[Record], closed: AbstractSet[str]) -> list[Record]:
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

    def _dependents(self) -> set[int]:
        """Later changes that closed what this one opened, or built on a one-line node of its making.

        A receipt that used a cube is no obstacle: it is told of as impact.
        """
        later: set[int] = set()
        for record in self.opened:
            after = [
                entry.seq
                for entry in self.ledger.counting(record)
                if entry.seq > self.seq and entry.seq not in self.ledger.keeping
            ]
            later |= set(after[-1:])
        # a node that had a version before was not made by this change
        older = {record.node for record in self.closed if isinstance(record, Version)}
        nodes = [
            r.node
            for r in self.opened
            if isinstance(r, Version)
            and not r.kind.keyed
            and r.node not in older
            and self.ledger.open_now(r)
        ]
        mine = {r.id for r in self.opened}
        for start in range(0, len(nodes), 500):
            along = Along(touching=tuple(nodes[start : start + 500]))
            on_them = [
                edge
                for edge in all_edges(self.store, self.scope, along)
                if edge.from_seq > self.seq and edge.id not in mine and edge.get("role") != Role.USE
            ]
            self.ledger.load(on_them)
            began = {self.ledger.stands_by(edge) for edge in on_them}
            later |= {seq for seq in began if seq > self.seq}
        return later

    def _in_the_way(self, back: Sequence[Record]) -> set[int]:
        """The changes that put another version where one would come back."""
        coming = {
            (r.node, r.origin if r.kind.keyed else ""): r for r in back if isinstance(r, Version)
        }
        going = {r.id for r in self.standing}
        found: set[int] = set()
        nodes = sorted({node for node, _ in coming})
        for start in range(0, len(nodes), 1_000):
            for version in self.store.get(self.scope, nodes[start : start + 1_000]):
                place = version.node, version.origin if version.kind.keyed else ""
                other = coming.get(place)
                if other is not None and version.id not in going and version.id != other.id:
                    found.add(self._later(version))
        return found

    def _later(self, record: Record) -> int:
        """The change that a record stands by; or what brought it back, where that one came before."""
        by = self.ledger.stands_by(record)
        return by if by > self.seq else self.ledger.entries(record)[-1].seq

    def _contradicted(self, back: Sequence[Record]) -> set[int]:
        """The changes that decided who is who otherwise than what would come back."""
        ties = [r for r in back if isinstance(r, Edge) and r.kind in _TIES]
        ties += self._revived(back)
        if not ties:
            return set()
        mine = {r.id for r in self.opened}
        standing = all_edges(self.store, self.scope, Along(kinds=_TIES))
        held = [edge for edge in standing if edge.id not in mine]
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
                found |= {self._later(edge) for edge in against if edge.id not in coming}
        later = {seq for seq in found if seq > self.seq}
        return later or found

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

    def _overtaken(self) -> int | None:
        """The latest change that did to its records what undoing it would."""
        every = (*self.opened, *self.closed)
        return max((e.seq for r in every for e in self.ledger.entries(r)[-1:]), default=None)

    def _again(self) -> str:
        """What brought back by now what it did and what was undone of that."""
        by = {self.ledger.stands_by(r) for r in self.opened if self.ledger.open_now(r)} - {self.seq}
        later = sorted(seq for seq in by if seq > self.seq)
        return f"; what it did stands by @{later[-1]} now" if later else ""


def _began(record: Record) -> int:
    return record.from_seq


def _targets(change: Committed) -> dict[str, object]:
    targets = (change.note or {}).get("targets")
    return {"targets": targets} if targets else {}
