"""The write path of the embedded store: one transaction, from the head lock to the new head."""

from __future__ import annotations


import sqlite3
from collections.abc import Sequence
from typing import Any

from .. import errors
from ..change import ChangeSet, Close, Committed, Open, Reopen, Selector
from ..digest import canonical, keyed, keyed_id, new_salt, salted
from ..instant import OPEN, now
from ..kind import EdgeKind, NodeKind
from ..leaf import Effect, leaf_bytes
from ..merkle import CompactRange, leaf_hash
from ..record import Edge, Version, recomputed
from ..scope import Access
from . import rows
from .access import access, refresh_acls, row_acl

FOUND = "found"
"""The verb that makes a namespace; the only one that a namespace without owner accepts."""


class Writer:
    """Applies change sets inside a transaction that is already open on `connection`."""

    def __init__(self, connection: sqlite3.Connection, secret: bytes) -> None:
        self.run = connection.execute
        self.many = connection.executemany
        self.secret = secret

    def stage(self, name: str) -> None:
        """Pass a stage (lock, apply, leaf, head); tests interrupt here."""

    def commit(self, changes: Sequence[ChangeSet]) -> tuple[Committed, ...]:
        """Apply all changes, each with its own leaf, and move the head."""
        seq, at, packed = self.run("SELECT seq, at, roots FROM head").fetchone()
        tree = CompactRange.unpack(seq, packed)
        self.stage("lock")
        done: list[Committed] = []
        for change in changes:
            actor = self.agent(change.ns, change.actor)
            request = canonical(dict(change.request) if change.request else {"id": change.id}).decode()
            request_hash = keyed(self.secret, "request", request)
            before = self._repeated(change, actor, request_hash)
            if before is not None:
                done.append(before)
                continue
            self._authorise(change)
            self._expect(change)
            seq, at = seq + 1, max(at + 1, now())
            effects = self._apply(change, seq)
            self.stage("apply")
            committed, tree = self._append(change, seq, at, actor, request_hash, effects, tree)
            self.stage("leaf")
            done.append(committed)
        self.run("UPDATE head SET seq = ?, at = ?, roots = ?", (seq, at, tree.pack()))
        self.stage("head")
        return tuple(done)

    def agent(self, ns: str, name: str) -> str:
        """The node id of a principal, empty for nobody."""
        return keyed_id(keyed(self.secret, ns, NodeKind.AGENT, name)) if name else ""

    def _repeated(self, change: ChangeSet, actor: str, request_hash: str) -> Committed | None:
        found = self.run(
            f"SELECT {rows.CHANGE}, c.request_hash FROM change c WHERE c.id = ?1 "
            "OR (c.ns = ?2 AND c.actor = ?3 AND c.idempotency = ?4)",
            (change.id, change.ns, actor, change.idempotency),
        ).fetchone()
        if found is None:
            return None
        if found[-1] != request_hash and found[1] != change.id:
            raise errors.KeyReused(
                f"the idempotency key '{change.idempotency}' was used at @{found[0]} for another "
                "request: draw a new key"
            )
        return rows.change(found[:-1], repeated=True)

    def _authorise(self, change: ChangeSet) -> None:
        if not change.actor:
            raise errors.PermissionDenied("a change needs a principal: name one with --user")
        founded = self.run(
            "SELECT 1 FROM node WHERE ns = ? AND kind = 'Namespace'", (change.ns,)
        ).fetchone()
        if founded is None:
            if change.verb != FOUND:
                raise errors.NotFound(f"there is no namespace '{change.ns}'")
            return
        may = access(self.run, change.ns, self.agent(change.ns, change.actor))
        if may is Access.NONE:
            raise errors.NotFound(f"there is no namespace '{change.ns}'")
        if may.rank < Access.WRITER.rank or (change.verb == FOUND and may is not Access.OWNER):
            raise errors.PermissionDenied(
                f"'{change.actor}' may read namespace '{change.ns}' and not write it: "
                "ask an owner for a grant"
            )

    def _expect(self, change: ChangeSet) -> None:
        if change.expects:
            held = self._open_ids(change.expects, change.ns)
            for wanted in change.expects:
                if wanted not in held:
                    raise self._conflict(wanted, change)
        if change.absent:
            alive = self.run(
                "SELECT n.id, v.id FROM version v JOIN node n ON n.ord = v.node "
                f"WHERE v.to_seq = {OPEN} AND n.id IN (SELECT value FROM json_each(?))",
                (rows.as_list(change.absent),),
            ).fetchone()
            if alive is not None:
                raise errors.Conflict(
                    f"node {alive[0]} exists by now: read it and try again",
                    base=None,
                    current=alive[1],
                    proposed=change.id,
                )

    def _open_ids(self, ids: Sequence[str], ns: str) -> set[str]:
        wanted = rows.as_list(ids)
        held: set[str] = set()
        for table in ("version", "edge"):
            held |= {
                row[0]
                for row in self.run(
                    f"SELECT id FROM {table} WHERE to_seq = {OPEN} AND ns = ? "
                    "AND id IN (SELECT value FROM json_each(?))",
                    (ns, wanted),
                )
            }
        return held

    def _conflict(self, record: str, change: ChangeSet) -> errors.Conflict:
        current = self.run(
            "SELECT w.id FROM version v JOIN version w ON w.node = v.node "
            f"WHERE v.id = ? AND w.to_seq = {OPEN} LIMIT 1",
            (record,),
        ).fetchone()
        return errors.Conflict(
            f"record {record} is no longer in force in '{change.ns}': somebody changed it since "
            "you read it; read it again",
            base=record,
            current=current[0] if current else None,
            proposed=change.id,
        )

    def _apply(self, change: ChangeSet, seq: int) -> tuple[Effect, ...]:
        touched: set[int] = set()  # nodes whose readers may have changed
        effects: dict[int, Effect] = {}
        opens: list[tuple[int, Open]] = []
        for place, op in enumerate(change.ops):
            if isinstance(op, Open):
                opens.append((place, op))
                effects[place] = Effect(op, (op.record.id,))
            elif isinstance(op, Close):
                effects[place] = Effect(op, self._close(op.selector, change, seq, touched))
            elif isinstance(op, Reopen):
                effects[place] = Effect(op, self._reopen(op.selector, change, seq, touched))
            else:
                effects[place] = Effect(op, self._shred(op.selector, change))
        try:
            self._open([op.record for _, op in opens], change, seq, touched)
        except sqlite3.IntegrityError as error:
            raise self._clash(change, error) from error
        if touched:
            refresh_acls(self.run, touched)
        return tuple(effects[place] for place in range(len(change.ops)))

    def _clash(self, change: ChangeSet, error: sqlite3.IntegrityError) -> errors.MemcubesError:
        for op in change.ops:
            if not isinstance(op, Open):
                continue
            record = op.record
            if self._open_ids((record.id,), change.ns):
                return errors.Conflict(f"record {record.id} is in force already", current=record.id)
            if isinstance(record, Version):
                line = "" if not record.kind.keyed else " AND o.id = ?2"
                held = self.run(
                    "SELECT v.id FROM version v JOIN node n ON n.ord = v.node JOIN node o "
                    f"ON o.ord = v.origin WHERE v.to_seq = {OPEN} AND n.id = ?1 AND ?2 = ?2{line}",
                    (record.node, record.origin),
                ).fetchone()
                if held is not None:
                    return errors.Conflict(
                        f"{record.kind} {record.node} has another version in force by now: "
                        "read it again",
                        base=None,
                        current=held[0],
                        proposed=record.id,
                    )
        return errors.Conflict(f"a record of this change stands in force already ({error})")

    def _where(self, selector: Selector) -> tuple[str, Any]:
        if selector.origin is not None:
            return "origin = (SELECT ord FROM node WHERE id = ?3)", selector.origin
        if selector.closed_by is not None:
            return "to_seq = ?3", selector.closed_by
        return "id IN (SELECT value FROM json_each(?3))", rows.as_list(selector.ids or ())

    def _close(self, selector: Selector, change: ChangeSet, seq: int, touched: set[int]) -> tuple[str, ...]:
        if selector.closed_by is not None:
            raise errors.Invalid("what a change closed cannot be closed again: reopen it, or name ids")
        where, value = self._where(selector)
        closed = self._returning(
            f"SET to_seq = ?1 WHERE ns = ?2 AND {where} AND to_seq = {OPEN} AND from_seq < ?1",
            (seq, change.ns, value),
            touched,
        )
        self._all_found(selector, closed, change)
        return closed

    def _returning(self, tail: str, values: tuple[Any, ...], touched: set[int]) -> tuple[str, ...]:
        ids = [r[0] for r in self.run(f"UPDATE version {tail} RETURNING id", values).fetchall()]
        for row in self.run(f"UPDATE edge {tail} RETURNING id, kind, dst", values).fetchall():
            ids.append(row[0])
            if row[1] == EdgeKind.GRANTS:
                touched.add(row[2])
        return tuple(ids)

    def _all_found(self, selector: Selector, found: Sequence[str], change: ChangeSet) -> None:
        if selector.ids is not None and len(set(selector.ids)) != len(found):
            missing = sorted(set(selector.ids) - set(found))
            raise self._conflict(missing[0], change)

    def _reopen(self, selector: Selector, change: ChangeSet, seq: int, touched: set[int]) -> tuple[str, ...]:
        where, value = self._where(selector)
        ids: list[str] = []
        for table in ("version", "edge"):
            last = "" if selector.closed_by is not None else (
                f"AND t.from_seq = (SELECT max(from_seq) FROM {table} WHERE id = t.id) "
            )
            columns = [r[1] for r in self.run(f"PRAGMA table_info({table})")]
            kept = ", ".join(c for c in columns if c not in ("from_seq", "to_seq"))
            self._refuse_shredded(table, where, last, change, value, seq)
            try:
                found = self.run(
                    f"INSERT INTO {table} (from_seq, to_seq, {kept}) SELECT ?1, {OPEN}, {kept} "
                    f"FROM {table} t WHERE ns = ?2 AND {where} AND to_seq < {OPEN} {last} "
                    f"RETURNING id, kind, {'node' if table == 'version' else 'dst'}",
                    (seq, change.ns, value),
                ).fetchall()
            except sqlite3.IntegrityError:
                raise errors.Conflict(
                    "something else stands by now where a record would be reopened: "
                    "undo the later change first (`memcubes log` lists them)"
                ) from None
            ids += [row[0] for row in found]
            touched |= {row[2] for row in found if row[1] == EdgeKind.GRANTS}
        self._all_found(selector, ids, change)
        return tuple(ids)

    def _refuse_shredded(
        self, table: str, where: str, last: str, change: ChangeSet, value: Any, seq: int
    ) -> None:
        gone = self.run(
            f"SELECT id FROM {table} t WHERE ns = ?2 AND {where} AND to_seq < {OPEN} {last} "
            "AND salt IS NULL LIMIT 1",
            (seq, change.ns, value),
        ).fetchone()
        if gone is not None:
            raise errors.Erased(f"record {gone[0]} was erased and cannot come back")

    def _shred(self, selector: Selector, change: ChangeSet) -> tuple[str, ...]:
        where, value = self._where(selector)
        params = (0, change.ns, value)
        ids: list[str] = []
        payloads: list[str] = []
        for table in ("version", "edge"):
            column = "payload" if table == "version" else "NULL"
            found = self.run(
                f"SELECT DISTINCT id, {column} FROM {table} WHERE ns = ?2 AND {where}",
                params,
            ).fetchall()
            ids += [row[0] for row in found]
            payloads += [row[1] for row in found if row[1] is not None]
            self.run(
                f"UPDATE {table} SET content = NULL, salt = NULL WHERE ns = ?2 AND {where}",
                params,
            )
        self._all_found(selector, ids, change)
        self.run(
            "UPDATE payload SET content = NULL, salt = NULL WHERE digest IN (SELECT value FROM json_each(?))",
            (rows.as_list(payloads),),
        )
        self.run(
            "DELETE FROM derived WHERE record IN (SELECT value FROM json_each(?))", (rows.as_list(ids),)
        )
        return tuple(ids)

    def _open(
        self, records: list[Version | Edge], change: ChangeSet, seq: int, touched: set[int]
    ) -> None:
        if not records:
            return
        for record in records:
            if record.digest != recomputed(record):
                raise errors.Invalid(f"record {record.id} does not match its own digest")
        versions = [r for r in records if isinstance(r, Version)]
        edges = [r for r in records if isinstance(r, Edge)]
        self.many(
            "INSERT INTO node (id, ns, kind, key) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
            [(v.node, v.ns, str(v.kind), v.key) for v in versions],
        )
        names = {r.origin for r in records} | {end for r in records for end in r.ends}
        known = {
            row[0]: row[1:]
            for row in self.run(
                "SELECT id, ord, ns, kind, key, acl FROM node WHERE id IN (SELECT value FROM json_each(?))",
                (rows.as_list(names),),
            )
        }
        for record in records:
            for name in (record.origin, *record.ends):
                if name not in known or known[name][1] != record.ns:
                    raise errors.Invalid(
                        f"{record.kind} {record.id} stands on node {name}, which namespace "
                        f"'{record.ns}' does not hold: open it first"
                    )
        for v in versions:
            if known[v.node][2:4] != (str(v.kind), v.key):
                raise errors.Invalid(f"node {v.node} is a {known[v.node][2]}, not this {v.kind}")
        self.many(
            "INSERT INTO payload VALUES (?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING",
            [(v.payload.digest, v.payload.form, v.payload.content, v.payload.salt) for v in versions if v.payload],
        )
        self.many(
            f"INSERT INTO version VALUES ({', '.join('?' * 16)})",
            [
                rows.version_columns(
                    v, seq, OPEN, known[v.node][0], known[v.origin][0], row_acl(self.run, known, v.node, v.origin)
                )
                for v in versions
            ],
        )
        self.many(
            f"INSERT INTO edge VALUES ({', '.join('?' * 16)})",
            [
                rows.edge_columns(
                    e, seq, OPEN, known[e.src][0], known[e.dst][0], known[e.origin][0], known[e.origin][4]
                )
                for e in edges
            ],
        )
        touched |= {known[e.dst][0] for e in edges if e.kind is EdgeKind.GRANTS}

    def _append(
        self,
        change: ChangeSet,
        seq: int,
        at: int,
        actor: str,
        request_hash: str,
        effects: tuple[Effect, ...],
        tree: CompactRange,
    ) -> tuple[Committed, CompactRange]:
        note = {"reason": change.reason, **change.note}
        salt, body = new_salt(), canonical(note)
        behalf = self.agent(change.ns, change.on_behalf_of)
        prev = self.run("SELECT max(seq) FROM change WHERE ns = ?", (change.ns,)).fetchone()[0] or 0
        leaf = leaf_bytes(
            seq=seq,
            change_id=change.id,
            prev_in_ns=prev,
            at=at,
            ns=change.ns,
            actor=actor,
            on_behalf_of=behalf,
            verb=change.verb,
            enacts=change.enacts,
            request_hash=request_hash,
            note_digest=salted(salt, body),
            effects=effects,
        )
        self.run(
            "INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                seq,
                change.id,
                change.ns,
                at,
                change.verb,
                actor,
                behalf,
                change.enacts,
                change.idempotency,
                request_hash,
                body.decode(),
                salt,
                leaf,
            ),
        )
        row = (seq, change.id, change.ns, at, change.verb, actor, behalf, change.enacts, body, leaf)
        return rows.change(row), tree.append(leaf_hash(leaf))
