"""What a change must meet before it is applied: whether it is new, who asks, and what it expects."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from .. import errors, refusal
from ..change import ChangeSet, Committed, Open
from ..digest import keyed, keyed_id
from ..instant import OPEN
from ..kind import NodeKind, Verb
from ..record import Version
from ..scope import Access
from . import rows
from .access import access, acls_of


class Gate:
    """The checks of one transaction that is already open on `connection`.

    `may` and `acls` are what the actor of the change at hand may do and read.
    """

    def __init__(self, connection: sqlite3.Connection, secret: bytes) -> None:
        self.run = connection.execute
        self.many = connection.executemany
        self.secret = secret
        self.may = Access.NONE
        self.acls: tuple[int, ...] = ()

    def agent(self, ns: str, name: str) -> str:
        """The node id of a principal, empty for nobody."""
        return keyed_id(keyed(self.secret, ns, NodeKind.AGENT, name)) if name else ""

    def repeated(self, change: ChangeSet, actor: str, request_hash: str) -> Committed | None:
        """What an earlier commit of the same change gave, by its id or its idempotency key."""
        found = self.run(
            f"SELECT {rows.CHANGE}, c.request_hash FROM change c WHERE c.id = ?1 "
            "OR (c.ns = ?2 AND c.actor = ?3 AND c.idempotency = ?4) ORDER BY c.id <> ?1 LIMIT 1",
            (change.id, change.ns, actor, change.idempotency),
        ).fetchone()
        if found is None:
            return None
        for_another = change.by_house and found[6] != self.agent(change.ns, change.principal)
        if (found[2], found[5]) != (change.ns, actor) or for_another:
            raise refusal.id_taken(change)
        if found[-1] != request_hash:
            raise refusal.key_reused(change, found[0])
        return rows.change(found[:-1], repeated=True)

    def authorise(self, change: ChangeSet, agent: str) -> None:
        """Let the change through by the grants in force now, and keep what its actor may read."""
        if not change.principal:
            raise refusal.no_principal()
        self.may, self.acls = access(self.run, change.ns, agent), acls_of(self.run, agent)
        founded = self.run(
            "SELECT 1 FROM node WHERE ns = ? AND kind = 'Namespace' AND key IS NOT NULL",
            (change.ns,),
        ).fetchone()
        if founded is None and change.verb == Verb.FOUND:
            self.may = Access.OWNER
        if founded is None and change.verb != Verb.FOUND or self.may is Access.NONE:
            raise refusal.no_namespace(change.ns, change.principal)
        needed = Access.OWNER if change.verb == Verb.FOUND else Access.WRITER
        if self.may.rank < needed.rank:
            raise refusal.no_writer(change)

    def grants(self, change: ChangeSet, touched: set[int]) -> None:
        """Refuse a change of who may read or write what, unless its actor is an owner.

        The readers of a restricted node may also pass it on, or leave.
        """
        for node in touched:
            kind, acl = self.run("SELECT kind, acl FROM node WHERE ord = ?", (node,)).fetchone()
            if self.may is not Access.OWNER and (kind == "Namespace" or acl not in self.acls):
                raise refusal.no_owner(change)

    def expect(self, change: ChangeSet) -> None:
        """Refuse a change whose base has moved: records that are closed, nodes that exist by now."""
        if change.expects:
            held = self.open_ids(change.expects, change.ns)
            for wanted in change.expects:
                if wanted not in held:
                    raise self.conflict(wanted, change)
        if change.absent:
            alive = self.run(
                "SELECT n.id, v.id FROM version v JOIN node n ON n.ord = v.node "
                f"WHERE v.to_seq = {OPEN} AND +v.ns = ? "
                "AND n.id IN (SELECT value FROM json_each(?))",
                (change.ns, rows.as_list(change.absent)),
            ).fetchone()
            if alive is not None:
                raise refusal.exists(alive[0], alive[1], change)

    def open_ids(self, ids: Sequence[str], ns: str) -> set[str]:
        """Which of these records are in force."""
        wanted = rows.as_list(ids)
        held: set[str] = set()
        for table in ("version", "edge"):
            held |= {
                row[0]
                for row in self.run(
                    f"SELECT id FROM {table} WHERE to_seq = {OPEN} AND +ns = ? "
                    "AND id IN (SELECT value FROM json_each(?))",
                    (ns, wanted),
                )
            }
        return held

    def conflict(self, record: str, change: ChangeSet) -> errors.Conflict:
        """Say that a record is not in force any more, and what stands in its place."""
        current = self.run(
            "SELECT w.id FROM version v JOIN version w ON w.node = v.node "
            f"WHERE v.id = ? AND v.ns = ? AND w.to_seq = {OPEN} LIMIT 1",
            (record, change.ns),
        ).fetchone()
        return refusal.moved(record, change, current[0] if current else None)

    def fresh(self, ids: Sequence[str]) -> None:
        """Refuse to open an id that some record has or had: what was closed is reopened."""
        wanted = rows.as_list(ids)
        for table in ("version", "edge"):
            held = self.run(
                f"SELECT id, max(to_seq) FROM {table} "
                "WHERE id IN (SELECT value FROM json_each(?)) GROUP BY id LIMIT 1",
                (wanted,),
            ).fetchone()
            if held is not None:
                raise refusal.not_fresh(held[0], open_now=held[1] == OPEN)
        if len(set(ids)) != len(ids):
            raise refusal.opened_twice()

    def clash(self, change: ChangeSet, error: sqlite3.IntegrityError) -> errors.MemcubesError:
        """Name the record that a unique index refused."""
        for op in change.ops:
            if not isinstance(op, Open) or not isinstance(op.record, Version):
                continue
            record = op.record
            line = "" if not record.kind.keyed else " AND o.id = ?2"
            held = self.run(
                "SELECT v.id FROM version v JOIN node n ON n.ord = v.node JOIN node o "
                f"ON o.ord = v.origin WHERE v.to_seq = {OPEN} AND n.id = ?1 AND ?2 = ?2 "
                f"AND v.id <> ?3{line}",
                (record.node, record.origin, record.id),
            ).fetchone()
            if held is not None:
                return refusal.another_version(str(record.kind), record.node, held[0], record.id)
        return errors.Conflict(f"a record of this change stands in force already ({error})")
