"""The write path of a Neo4j store: one transaction, two statements for a change where that can be.

The first statement takes the lock of the log and reads all that the change must meet; the second writes
all that came of it. Changes of who may read what, and reverts that reopen edges, need a few more.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..change import ChangeSet, Close, Committed, Open, Reopen, Shred
from ..digest import canonical, keyed, keyed_id, new_salt, salted
from ..effect import Effect, leaf_bytes
from ..hold import MARK, Standing
from ..instant import OPEN, now
from ..kind import EdgeKind, NodeKind
from ..merkle import CompactRange, leaf_hash
from ..record import Edge, Record, Version
from ..scope import Access
from . import rows
from .connection import Transaction
from .gate import Gate, asked
from .reach import Interval, Reach, interval, standing
from .readers import ReaderSets


class Writer:
    """Applies change sets inside one transaction."""

    def __init__(self, tx: Transaction, secret: bytes) -> None:
        self.tx = tx
        self.secret = secret

    def stage(self, name: str) -> None:
        """Pass a stage (lock, apply, leaf, head); tests interrupt here."""

    def commit(self, changes: Sequence[ChangeSet]) -> tuple[Committed, ...]:
        """Apply all changes, each with its own leaf, and move the head."""
        done = tuple(self._one(change) for change in changes)
        self.stage("head")
        return done

    def agent(self, ns: str, name: str) -> str:
        """The node id of a principal, empty for nobody."""
        return keyed_id(keyed(self.secret, ns, NodeKind.AGENT, name)) if name else ""

    def read(self, change: ChangeSet, actor: str) -> dict[str, Any]:
        """Take the lock, then read what the change must meet."""
        reopens = any(isinstance(op, Reopen) for op in change.ops)
        principal = self.agent(change.ns, change.principal)
        found = self.tx.one(
            "lock",
            **asked(change, actor),
            principal=principal,
            reopens=reopens,
            open=OPEN,
            mark=MARK,
        )
        return dict(found)

    def _one(self, change: ChangeSet) -> Committed:
        actor = self.agent(change.ns, change.actor)
        read = self.read(change, actor)
        self.stage("lock")
        gate = Gate(change, actor, self.agent(change.ns, change.principal), read)
        request = canonical(dict(change.request) if change.request else {"id": change.id})
        request_hash = keyed(self.secret, "request", request.decode())
        before = gate.repeated(request_hash)
        if before is not None:
            return before
        gate.authorise()
        gate.expect()
        seq = read["seq"] + 1
        reach = self._reach(gate, seq)
        effects = self._operate(change, reach)
        opens = [op.record for op in change.ops if isinstance(op, Open)]
        contents = gate.open(opens, reach)
        gate.home(reach.home or any(r.kind is NodeKind.NAMESPACE for r in opens))
        touched = reach.granted.union(e.dst for e in opens if e.kind is EdgeKind.GRANTS)
        gate.grants(touched)
        sets = ReaderSets(self.tx, read["sets"])
        written = self._written(gate, reach, opens, contents, sets)
        self.stage("apply")
        committed, head, leaf = self._logged(gate, request_hash, effects)
        self.stage("leaf")
        self.tx.run("apply", seq=seq, open=OPEN, head=head, change=leaf, **written)
        if touched:
            sets.refresh(touched)
        return committed

    def _reach(self, gate: Gate, seq: int) -> Reach:
        found = [interval(row) for part in ("versions", "edges") for row in gate.read[part]]
        past = {row.id for row in found if row.is_edge and row.end < OPEN}
        again = [op for op in gate.change.ops if isinstance(op, Reopen)]
        stand: frozenset[str] = frozenset()
        if past and any(op.selector.closed_by is not None for op in again):
            stand = frozenset(r["id"] for r in self.tx.run("standing", ids=sorted(past)))
        known = {row.id for row in found if row.end == OPEN}
        legal, owner = self._legal(gate, found), gate.may is Access.OWNER
        return Reach(gate.change, seq, gate.acls, found, stand - known, legal, owner)

    def _legal(self, gate: Gate, found: Sequence[Interval]) -> tuple[Standing, ...]:
        """The versions under a legal hold that a change may not destroy, wherever they are."""
        if not any(isinstance(op, Shred) for op in gate.change.ops):
            return ()
        versions = [row for row in found if not row.is_edge]
        held = self.tx.run(
            "legal",
            nodes=sorted({row.node for row in versions}),
            payloads=sorted({row.payload for row in versions if row.payload is not None}),
            open=OPEN,
            mark=MARK,
        )
        return tuple(standing(r, r["node"], r["ns"], r["payload"], r["origin"]) for r in held)

    def _operate(self, change: ChangeSet, reach: Reach) -> tuple[Effect, ...]:
        out: list[Effect] = []
        for op in change.ops:
            if isinstance(op, Open):
                ids: tuple[str, ...] = (op.record.id,)
            elif isinstance(op, Close):
                ids = reach.close(op.selector)
            elif isinstance(op, Reopen):
                ids = reach.reopen(op.selector)
            else:
                ids = reach.shred(op.selector)
            out.append(Effect(op, ids))
        reach.settle()
        return tuple(out)

    def _written(
        self,
        gate: Gate,
        reach: Reach,
        opens: Sequence[Record],
        contents: dict[str, bytes],
        sets: ReaderSets,
    ) -> dict[str, Any]:
        """What the second statement is given."""
        versions = [r for r in opens if isinstance(r, Version)]
        edges = [r for r in opens if isinstance(r, Edge)]
        acl = {name: node["acl"] for name, node in gate.nodes.items()}
        joined = sets.joined((acl[v.node], acl[v.origin]) for v in versions)
        tags = _tags(gate, edges)
        reface = {r.node for r in reach.rows if _silenced(r)}
        faces = _faces(gate, versions, reface)
        return {
            **_ended(reach),
            "nodes": [
                {
                    "properties": {
                        "id": node["id"],
                        "ns": node["ns"],
                        "kind": node["kind"],
                        "key": node["key"],
                        "acl": 0,
                    }
                }
                for node in gate.nodes.values()
                if node.get("new")
            ],
            "versions": [
                {
                    "node": v.node,
                    "kind": str(v.kind),
                    "properties": rows.version_properties(
                        v,
                        contents[v.id],
                        reach.seq,
                        OPEN,
                        joined[acl[v.node], acl[v.origin]],
                        gate.nodes[v.node]["tags"] or (),
                    ),
                    "face": [faces[v.id]] if v.id in faces else [],
                }
                for v in versions
            ],
            "edges": [
                {
                    "src": e.src,
                    "dst": e.dst,
                    "kind": str(e.kind),
                    "properties": rows.edge_properties(
                        e, contents[e.id], reach.seq, OPEN, acl[e.origin]
                    ),
                }
                for e in edges
            ],
            "tagged": [{"node": node, "tags": names} for node, names in tags.items()],
            "reface": sorted(reface),
        }

    def _logged(
        self, gate: Gate, request_hash: str, effects: tuple[Effect, ...]
    ) -> tuple[Committed, dict[str, Any], dict[str, Any]]:
        """The change with its leaf, and the head that follows from it."""
        change, read = gate.change, gate.read
        seq, at = read["seq"] + 1, max(read["at"] + 1, now())
        salt, body = new_salt(), canonical({"reason": change.reason, **change.note})
        behalf = self.agent(change.ns, change.on_behalf_of)
        leaf = leaf_bytes(
            seq=seq,
            change_id=change.id,
            prev_in_ns=read["previous"][0] if read["previous"] else 0,
            at=at,
            ns=change.ns,
            actor=gate.actor,
            on_behalf_of=behalf,
            verb=change.verb,
            enacts=change.enacts,
            request_hash=request_hash,
            note_digest=salted(salt, body),
            effects=effects,
        )
        said = {
            "seq": seq,
            "id": change.id,
            "ns": change.ns,
            "at": at,
            "verb": change.verb,
            "actor": gate.actor,
            "behalf": behalf,
            "enacts": change.enacts,
            "idempotency": change.idempotency,
            "request_hash": request_hash,
            "note": body.decode(),
            "note_salt": salt,
            "leaf": leaf,
            "reason": change.reason or None,
            "reached": sum(len(effect.ids) for effect in effects),
        }
        tree = CompactRange.unpack(read["seq"], bytes(read["roots"])).append(leaf_hash(leaf))
        committed = rows.logged(said, json.loads(body))
        return committed, {"seq": seq, "at": at, "roots": tree.pack()}, said


BLANK = dict.fromkeys(rows.HELD)
BLANK_EDGE = dict.fromkeys(("content", "salt", "role"))


def _ended(reach: Reach) -> dict[str, Any]:
    """What the operations did to rows that were there."""
    old = [row for row in reach.rows if row.base is None]
    again = [row for row in reach.rows if row.base is not None]

    def gone(row: Interval) -> dict[str, Any]:
        if not row.shredded_now:
            return {}
        return {**(BLANK_EDGE if row.is_edge else BLANK), "shredded": reach.seq}

    shredded = [row for row in old if row.shredded_now]
    return {
        "close_versions": [r.element for r in old if r.closed_now and not r.is_edge],
        "close_edges": [r.element for r in old if r.closed_now and r.is_edge],
        "reopen_versions": [
            {"element": r.base.element, "blank": gone(r)}
            for r in again
            if r.base is not None and not r.is_edge
        ],
        "reopen_edges": [
            {"id": r.id, "from_seq": r.base.start, "blank": gone(r)}
            for r in again
            if r.base is not None and r.is_edge
        ],
        "shred_versions": [r.element for r in shredded if not r.is_edge],
        "shred_edges": [r.element for r in shredded if r.is_edge and not r.closed_now],
        "shred_closed": [[r.id, r.start] for r in shredded if r.is_edge and r.closed_now],
        "blank_version": {**BLANK, "shredded": reach.seq},
        "blank_edge": {**BLANK_EDGE, "shredded": reach.seq},
        "lose": sorted(reach.lost),
        "underive": sorted({r.id for r in shredded if not r.is_edge}),
    }


def _silenced(row: Interval) -> bool:
    """Whether another version may speak for the node after this change."""
    if row.is_edge:
        return False
    return row.base is not None or (row.speaks and (row.closed_now or row.shredded_now))


def _faces(gate: Gate, versions: Sequence[Version], reface: set[str]) -> dict[str, dict[str, Any]]:
    """The opened versions that speak for their nodes from now on, and what the nodes show of them."""
    best: dict[str, Version] = {}
    for v in versions:
        held = gate.nodes[v.node]["shown_authority"]
        rival = best.get(v.node)
        if v.node in reface or (held is not None and held > v.authority):
            continue
        if rival is None or (-v.authority, v.id) < (-rival.authority, rival.id):
            best[v.node] = v
    return {v.id: rows.face(v) for v in best.values()}


def _tags(gate: Gate, edges: Sequence[Edge]) -> dict[str, list[str]]:
    """The tags that nodes carry or ever carried, where this change adds one."""
    out: dict[str, list[str]] = {}
    for e in edges:
        if e.kind is EdgeKind.TAGGED:
            held = out.get(e.src, list(gate.nodes[e.src]["tags"] or ()))
            out[e.src] = held if e.dst in held else [*held, e.dst]
    return out
