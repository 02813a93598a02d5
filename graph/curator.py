"""Curator: what people do to memory afterwards: retract, revert, merge, and say whether it helped.

Each verb is one change set of the four operations; what a person decided is a `Decision` node whose
records go when it goes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .change import ChangeSet, Close, Committed, Open, Operation, Reopen, Selector
from .digest import new_node_id
from .errors import Conflict, DependsOn, Invalid, NotFound
from .instant import OPEN, now
from .kind import Authority, EdgeKind, NodeKind, Role, Verb
from .listing import all_edges
from .record import Author, Content, Record, Version
from .scope import Along, Scope, Where
from .store import GraphStore

VERDICTS = ("helped", "misled")


class Curator:
    """Curates one namespace of a store."""

    def __init__(self, store: GraphStore, ns: str) -> None:
        self.store = store
        self.ns = ns

    def retraction(self, scope: Scope, node: str, reason: str) -> ChangeSet:
        """The change that withdraws a source, a statement, one passage or one fact.

        A source or statement goes with everything it opened. A single passage or fact is closed by a
        Decision, so that reading its source again does not bring it back. Raises `NotFound`, `Invalid`.
        """
        versions = self.store.get(scope, [node])
        if not versions:
            past = self.store.history(scope, node)
            if past:
                raise Conflict(
                    f"{past[-1].kind} {node} is withdrawn already, since @{past[-1].to_seq}",
                    current=past[-1].id,
                )
            raise NotFound(f"there is no node {node}: `memcubes search` finds what there is")
        first = versions[0]
        origin = self.whole_source(scope, first)
        if origin is not None:
            return ChangeSet(
                ns=self.ns,
                verb=Verb.RETRACT,
                reason=reason,
                note={"targets": [origin]},
                expects=tuple(v.id for v in versions),
                ops=(Close(Selector(origin=origin)),),
            )
        if first.kind not in (NodeKind.MEMCUBE, NodeKind.FACT):
            raise Invalid(
                f"a {first.kind} is not retracted by itself: retract the source or cube that states it"
            )
        return self.decided(
            Verb.RETRACT,
            {"node": node},
            reason,
            [Close(Selector(ids=tuple(v.id for v in versions)))],
            targets=[node],
        )

    def whole_source(self, scope: Scope, version: Version) -> str | None:
        """The source that goes with this node: itself, or the one that holds nothing else."""
        if version.kind is NodeKind.SOURCE:
            return version.node
        if version.kind is not NodeKind.MEMCUBE:
            return None
        cubes = self.store.find(
            scope, Where(kinds=(NodeKind.MEMCUBE,), origins=(version.origin,)), first=2
        ).items
        return version.origin if len(cubes) == 1 and version.origin != version.node else None

    def decided(
        self,
        verb: str,
        content: Content,
        reason: str,
        ops: Sequence[Operation] = (),
        *,
        edges: Sequence[tuple[EdgeKind, str, str, Content]] = (),
        targets: Sequence[str] = (),
    ) -> ChangeSet:
        """A change made by a decision; an edge that names no start begins at the Decision node."""
        decision = new_node_id()
        author = Author(self.ns, decision, Authority.CURATED, now(), True)
        opened: list[Operation] = [
            Open(author.version(NodeKind.DECISION, decision, {"verb": str(verb), **content}))
        ]
        opened += [
            Open(author.edge(kind, src or decision, dst, held)) for kind, src, dst, held in edges
        ]
        return ChangeSet(
            ns=self.ns,
            verb=verb,
            reason=reason,
            note={"targets": list(targets)},
            ops=(*ops, *opened),
        )

    def feedback(self, scope: Scope, node: str, verdict: str, reason: str) -> ChangeSet:
        """The change that says of an answer or a cube whether it helped or misled."""
        if verdict not in VERDICTS:
            raise Invalid(f"feedback is one of {', '.join(VERDICTS)}, not '{verdict}'")
        versions = self.store.get(scope, [node])
        if not versions:
            raise NotFound(
                f"there is nothing {node} to give feedback on: `memcubes log` lists answers"
            )
        if versions[0].kind not in (NodeKind.INJECTION, NodeKind.MEMCUBE):
            raise Invalid(f"feedback is given on an answer or a cube, not on a {versions[0].kind}")
        return self.decided(
            Verb.FEEDBACK,
            {"verdict": verdict},
            reason,
            edges=[(EdgeKind.ABOUT, "", node, {"verdict": verdict})],
            targets=[node],
        )

    def reversal(self, scope: Scope, seq: int, reason: str) -> ChangeSet:
        """The change that undoes one change: closes what it opened, reopens what it closed.

        Raises `DependsOn` where later changes stand on it, naming them in order of undoing, `NotFound`
        for an unknown sequence, and `Conflict` where it was undone already.
        """
        found = self.store.changes(scope, after=seq - 1, first=1)
        if not found or found[0].seq != seq:
            raise NotFound(f"there is no change @{seq} in '{self.ns}': `memcubes log` lists them")
        if found[0].verb == Verb.FOUND:
            raise Invalid("the change that made the namespace stays as long as the namespace does")
        if found[0].verb in (Verb.ASK, Verb.INJECT):
            raise Invalid(
                f"@{seq} records what was given out, and that cannot be taken back: retract what it "
                "rests on, or give feedback on it"
            )
        opened, closed = self.store.effects(scope, seq)
        last = self._last(scope, [*opened, *closed])
        now_open = {ident for ident, record in last.items() if record.to_seq == OPEN}
        standing = tuple(r.id for r in opened if r.id in now_open)
        waiting = tuple(r.id for r in closed if r.id not in now_open)
        if (opened or closed) and not standing and not waiting:
            undone = self._undone(scope, seq)
            by = f", by @{undone}" if undone else ""
            raise Conflict(f"@{seq} was undone already{by}", current=undone)
        later = self._dependents(scope, seq, opened, closed, last)
        if later:
            order = ", ".join(f"@{s}" for s in sorted(later, reverse=True))
            raise DependsOn(
                f"@{seq} cannot be undone while later changes stand on it: undo {order} first",
                sequences=tuple(sorted(later, reverse=True)),
            )
        ops: list[Operation] = []
        if standing:
            ops.append(Close(Selector(ids=standing)))
        if waiting:
            whole = len(waiting) == len(closed)
            ops.append(Reopen(Selector(closed_by=seq) if whole else Selector(ids=waiting)))
        return ChangeSet(
            ns=self.ns,
            verb=Verb.REVERT,
            reason=reason,
            note={"reverts": seq, "verb": found[0].verb, **_targets(found[0])},
            expects=standing,
            ops=tuple(ops),
        )

    def _last(self, scope: Scope, records: Sequence[Record]) -> dict[str, Record]:
        """These records as they stand now, whatever was closed and reopened in between."""
        last = {record.id: record for record in records}
        shut = {ident: r.to_seq for ident, r in last.items() if r.to_seq != OPEN}
        after = min(shut.values(), default=scope.seq)
        while shut:
            page = self.store.changes(scope, after=after, first=500)
            for change in page:
                if change.operations.get("reopen"):
                    for record in self.store.effects(scope, change.seq)[0]:
                        if record.id in last:
                            last[record.id] = record
            if len(page) < 500:
                break
            after = page[-1].seq
        return last

    def _dependents(
        self,
        scope: Scope,
        seq: int,
        opened: Sequence[Record],
        closed: Sequence[Record],
        last: Mapping[str, Record],
    ) -> set[int]:
        """Later changes that closed what this one opened, or built on a one-line node of its making.

        A receipt that used a cube is no obstacle: it is told of as impact.
        """
        later = {last[r.id].to_seq for r in opened if last[r.id].to_seq != OPEN}
        # a node that had a version before was not made by this change
        older = {r.node for r in closed if isinstance(r, Version)}
        nodes = [
            r.node
            for r in opened
            if isinstance(r, Version)
            and not r.kind.keyed
            and r.node not in older
            and last[r.id].to_seq == OPEN
        ]
        mine = {r.id for r in opened}
        for start in range(0, len(nodes), 500):
            touching = tuple(nodes[start : start + 500])
            for edge in all_edges(self.store, scope, Along(touching=touching)):
                if edge.from_seq > seq and edge.id not in mine and edge.get("role") != Role.USE:
                    later.add(edge.from_seq)
        return later

    def _undone(self, scope: Scope, seq: int) -> int | None:
        """The latest change that says it reverts this one."""
        after, found = seq, None
        while True:
            page = self.store.changes(scope, after=after, first=500)
            for change in page:
                if (change.note or {}).get("reverts") == seq:
                    found = change.seq
            if len(page) < 500:
                return found
            after = page[-1].seq

    def commit(self, change: ChangeSet) -> Committed:
        """Commit one change."""
        return self.store.commit(change)[0]


def _targets(change: Committed) -> dict[str, object]:
    targets = (change.note or {}).get("targets")
    return {"targets": targets} if targets else {}
