"""The oracle's writes: a change applies as a whole, or a refusal names the error of a store."""

from __future__ import annotations

import json
from dataclasses import replace

from memcubes.graph.change import ChangeSet, Close, Open, Operation, Reopen, Shred
from memcubes.graph.kind import EdgeKind, NodeKind
from memcubes.graph.record import Edge, Payload, Record, Version

from .intervals import (
    OPEN,
    Entry,
    Refusal,
    Row,
    View,
    digest,
    granted,
    held_by,
    hold,
    sealed,
    selected,
    without_hold,
)
from .reads import Reads


class Oracle(Reads):
    """A store of the plainest kind."""

    def commit(self, *changes: ChangeSet) -> list[tuple[int, bool]]:
        """Apply all changes or none; the sequence of each, and whether it had been there before."""
        kept = [replace(row) for row in self.rows], list(self.log), set(self.lost), {**self.derived}
        try:
            return [self._one(change) for change in changes]
        except Refusal:
            self.rows, self.log, self.lost, self.derived = kept
            raise

    def _one(self, change: ChangeSet) -> tuple[int, bool]:
        actor = self.agent(change.ns, change.actor) if change.actor else ""
        asks = change.on_behalf_of if change.actor.startswith("memcubes:") else change.actor
        asker = self.agent(change.ns, asks) if asks else ""
        request = json.dumps(dict(change.request or {"id": change.id}), sort_keys=True)
        mine = [e for e in self.log if e.id == change.id] or [
            e
            for e in self.log
            if change.idempotency is not None
            and (e.ns, e.actor, e.key) == (change.ns, actor, change.idempotency)
        ]
        if mine:
            by_house = change.actor.startswith("memcubes:")
            other = by_house and mine[0].asker != asker
            if (mine[0].ns, mine[0].actor) != (change.ns, actor) or other:
                raise Refusal("Conflict")
            if mine[0].request != request:
                raise Refusal("KeyReused")
            return mine[0].seq, True
        view = View(self.rows)
        owner = self._authorise(view, change, asks, asker) == "owner"
        self._expect(change)
        seq = len(self.log) + 1
        counts: dict[str, int] = {}
        touched: set[str] = set()
        home = False
        self._ended: list[Version] = []
        for op in change.ops:
            if not isinstance(op, Open):
                name, reached = self._end(op, change, seq, view, asker)
                counts[name] = counts.get(name, 0) + len(reached)
                touched |= granted(row.record for row in reached)
                home |= any(row.record.kind is NodeKind.NAMESPACE for row in reached)
        opened = [op.record for op in change.ops if isinstance(op, Open)]
        self._lifted(change, opened, seq, owner)
        self._open(opened, seq, view, asker, owner)
        touched |= granted(opened)
        if not owner and (home or any(r.kind is NodeKind.NAMESPACE for r in opened)):
            raise Refusal("PermissionDenied")
        for node in touched:
            home = View(self.rows).kinds[node] is NodeKind.NAMESPACE
            if not owner and (home or not view.node(node, asker)):
                raise Refusal("PermissionDenied")
        if opened:
            counts["open"] = len(opened)
        entry = Entry(
            seq,
            change.id,
            change.ns,
            change.verb,
            actor,
            asker,
            change.idempotency,
            request,
            counts,
        )
        self.log.append(entry)
        return seq, False

    def _authorise(self, view: View, change: ChangeSet, asks: str, actor: str) -> str:
        if not asks:
            raise Refusal("PermissionDenied")
        if change.ns not in self.namespaces():
            if change.verb == "found":
                return "owner"
            raise Refusal("NotFound")
        access = view.access(change.ns, actor)
        if access == "none":
            raise Refusal("NotFound")
        if access == "reader" or (change.verb == "found" and access != "owner"):
            raise Refusal("PermissionDenied")
        return access

    def _expect(self, change: ChangeSet) -> None:
        here = [r for r in self.rows if r.end == OPEN and r.record.ns == change.ns]
        if not set(change.expects) <= {r.record.id for r in here}:
            raise Refusal("Conflict")
        alive = {r.record.node for r in here if isinstance(r.record, Version)}
        if alive & set(change.absent):
            raise Refusal("Conflict")

    def _end(
        self, op: Operation, change: ChangeSet, seq: int, view: View, actor: str
    ) -> tuple[str, list[Row]]:
        assert isinstance(op, Close | Reopen | Shred)
        by = op.selector
        if isinstance(op, Close) and by.closed_by is not None:
            raise Refusal("Invalid")
        last = {row.record.id: row.start for row in sorted(self.rows, key=lambda r: r.start)}
        fits = [
            row
            for row in self.rows
            if row.record.ns == change.ns
            and selected(by, row)
            and (
                (isinstance(op, Close) and row.end == OPEN and row.start < seq)
                or (isinstance(op, Shred) and not row.shredded)
                or (
                    isinstance(op, Reopen)
                    and row.end < OPEN
                    and (by.closed_by is not None or row.start == last[row.record.id])
                )
            )
        ]
        mine = [row for row in fits if view.record(row.record, actor)]
        if isinstance(op, Close):
            self._ended += [
                row.record for row in mine if isinstance(row.record, Version) and hold(row)
            ]
            for row in mine:
                row.end = seq
        elif isinstance(op, Shred):
            self._spared(mine)
            for row in mine:
                row.shredded = seq
            self._forget(mine)
        else:
            self._again(mine, seq)
        ids = {row.record.id for row in mine}
        if by.ids is not None and set(by.ids) != ids:
            raise Refusal("Conflict")
        if by.ids is None and mine and len(mine) < len(fits):
            raise Refusal("PermissionDenied")
        if isinstance(op, Shred):
            once = {row.record.id: row for row in mine}
            return "shred", list(once.values())
        return ("close" if isinstance(op, Close) else "reopen"), mine

    def _spared(self, rows: list[Row]) -> None:
        """What is under a legal hold, or was until this very change, is not destroyed."""
        kept = [row.record for row in self.rows if row.end == OPEN and hold(row) == "legal"]
        kept += [v for v in self._ended if (v.content or {}).get("hold") == "legal"]
        gone = [row.record for row in rows if isinstance(row.record, Version)]
        texts = {v.payload.digest for v in gone if v.payload}
        for v in kept:
            assert isinstance(v, Version)
            nodes = {g.node for g in gone}
            if nodes & {v.node, v.origin} or (v.payload and v.payload.digest in texts):
                raise Refusal("Held")

    def _lifted(self, change: ChangeSet, opened: list[Record], seq: int, owner: bool) -> None:
        """A held version ends only where the same stands again, and nothing but its hold is another."""
        for old in self._ended:
            begun = [
                replace(row.record, content=None) if row.shredded else row.record
                for row in self.rows
                if row.start == seq and row.end == OPEN
            ]
            new = [
                v
                for v in [*begun, *opened]
                if isinstance(v, Version) and v.kind is NodeKind.MEMCUBE and v.node == old.node
            ]
            if (
                change.verb not in ("transition", "revert")
                or not new
                or without_hold(new[-1]) != without_hold(old)
                or held_by(new[-1]) == held_by(old)
            ):
                raise Refusal("Held")
        if not owner and any(held_by(old) == "legal" for old in self._ended):
            raise Refusal("PermissionDenied")

    def _forget(self, rows: list[Row]) -> None:
        here = {
            r.record.payload.digest
            for r in rows
            if isinstance(r.record, Version) and r.record.payload
        }
        self.lost |= here
        gone = {row.record.id for row in rows}
        for row in self.rows:
            held = row.record.payload if isinstance(row.record, Version) else None
            if held is not None and held.digest in here:
                gone.add(row.record.id)
        self.derived = {k: v for k, v in self.derived.items() if k[1] not in gone}

    def _again(self, rows: list[Row], seq: int) -> None:
        for part in (Version, Edge):
            side = [row for row in rows if isinstance(row.record, part)]
            if any(row.shredded or self.hollow(row.record) for row in side):
                raise Refusal("Erased")
            for row in side:
                self._stand(row.record, seq)

    def _stand(self, record: Record, seq: int) -> None:
        for row in self.rows:
            other = row.record
            if row.end < OPEN:
                continue
            if other.id == record.id:
                raise Refusal("Conflict")
            if (
                isinstance(record, Version)
                and isinstance(other, Version)
                and (
                    other.node == record.node
                    and (other.origin == record.origin or not record.kind.keyed)
                )
            ):
                raise Refusal("Conflict")
        self.rows.append(Row(record, seq))

    def _open(self, records: list[Record], seq: int, view: View, actor: str, owner: bool) -> None:
        ids = [record.id for record in records]
        if {row.record.id for row in self.rows} & set(ids) or len(set(ids)) < len(ids):
            raise Refusal("Conflict")
        if not all(map(sealed, records)):
            raise Refusal("Invalid")
        versions = [r for r in records if isinstance(r, Version)]
        self._payloads([v.payload for v in versions if v.payload is not None])
        nodes = {v.node: v for v in (r.record for r in self.rows) if isinstance(v, Version)}
        for v in versions:
            if v.node not in nodes:
                if v.key and any(
                    (o.ns, o.kind, o.key) == (v.ns, v.kind, v.key) for o in nodes.values()
                ):
                    raise Refusal("Conflict")
                nodes[v.node] = v
        for record in records:
            admin = owner and record.kind is EdgeKind.GRANTS
            for name in (record.origin, *record.ends):
                if name not in nodes or nodes[name].ns != record.ns:
                    raise Refusal("NoFooting")
                if not admin and not view.node(name, actor):
                    raise Refusal("NoFooting")
        if any((nodes[v.node].kind, nodes[v.node].key) != (v.kind, v.key) for v in versions):
            raise Refusal("Invalid")
        for part in (Version, Edge):
            for record in records:
                if isinstance(record, part):
                    self._stand(record, seq)

    def _payloads(self, payloads: list[Payload]) -> None:
        for held in payloads:
            if held.content is None or held.salt is None:
                raise Refusal("Erased")
            if digest(held.salt, [held.form, held.content]) != held.digest:
                raise Refusal("Invalid")
        if any(held.digest in self.lost for held in payloads):
            raise Refusal("Erased")

    def put_derived(self, ns: str, producer: str, record: str, data: bytes) -> None:
        """Keep derived data of a version that still has content."""
        for row in self.rows:
            v = row.record
            if isinstance(v, Version) and (v.id, v.ns) == (record, ns) and not row.shredded:
                self.derived[producer, record] = (ns, data)
