"""The write path of the embedded store: one transaction, from the head lock to the new head."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from .. import refusal
from ..change import ChangeSet, Close, Committed, Open, Reopen, Selector
from ..digest import canonical, keyed, new_salt, salted
from ..effect import Effect, leaf_bytes
from ..hold import Holds
from ..instant import OPEN, now
from ..kind import EdgeKind, NodeKind
from ..merkle import CompactRange, leaf_hash
from ..record import Edge, Payload, Version, recomputed, written
from ..scope import Access
from . import rows
from .access import refresh_acls, row_acl
from .gate import Gate
from .holding import MARKED, legally_held, standings

# The columns that an interval shares with the ones before it, and when its content is gone.
_BOTH = "authority, valid_from, valid_to, valid_known, content, salt, digest, acl, shredded"
VERSION = (
    f"id, ns, kind, node, origin, payload, {_BOTH}",
    (
        "(salt IS NULL OR EXISTS (SELECT 1 FROM payload p WHERE p.digest = t.payload "
        "AND p.salt IS NULL))"
    ),
)
EDGE = (f"id, ns, kind, src, dst, origin, {_BOTH}", "salt IS NULL")


class Writer(Gate):
    """Applies change sets inside a transaction that is already open on `connection`."""

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
            request = canonical(
                dict(change.request) if change.request else {"id": change.id}
            ).decode()
            request_hash = keyed(self.secret, "request", request)
            before = self.repeated(change, actor, request_hash)
            if before is not None:
                done.append(before)
                continue
            self.authorise(change, self.agent(change.ns, change.principal))
            self.expect(change)
            seq, at = seq + 1, max(at + 1, now())
            effects = self._apply(change, seq)
            self.stage("apply")
            committed, tree = self._append(change, seq, at, actor, request_hash, effects, tree)
            self.stage("leaf")
            done.append(committed)
        self.run("UPDATE head SET seq = ?, at = ?, roots = ?", (seq, at, tree.pack()))
        self.stage("head")
        return tuple(done)

    def _apply(self, change: ChangeSet, seq: int) -> tuple[Effect, ...]:
        touched: set[int] = set()  # nodes whose readers may have changed
        self.holds, self.reopened = Holds(change, owner=self.may is Access.OWNER), list[str]()
        self.home = False  # whether what the namespace says of itself is another afterwards
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
                effects[place] = Effect(op, self._shred(op.selector, change, seq, touched))
        if self.holds.ended:
            self.holds.settle(standings(self.run, self.reopened, OPEN))
        try:
            self._open([op.record for _, op in opens], change, seq, touched)
        except sqlite3.IntegrityError as error:
            raise self.clash(change, error) from error
        if self.home and self.may is not Access.OWNER:
            raise refusal.no_owner_of_home(change)
        if touched:
            self.grants(change, touched)
            refresh_acls(self.run, touched)
        return tuple(effects[place] for place in range(len(change.ops)))

    def _where(self, selector: Selector) -> tuple[str, Any]:
        # the plus keeps SQLite from going through the whole namespace
        if selector.origin is not None:
            return "+ns = ?2 AND origin = (SELECT ord FROM node WHERE id = ?3)", selector.origin
        if selector.closed_by is not None:
            return f"+ns = ?2 AND to_seq = ?3 AND to_seq < {OPEN}", selector.closed_by
        return (
            "+ns = ?2 AND id IN (SELECT value FROM json_each(?3))",
            rows.as_list(selector.ids or ()),
        )

    @property
    def _mine(self) -> str:
        """What the actor may not read is to an operation as if it were not there."""
        return f"acl IN ({', '.join(map(str, self.acls))})"

    def _reached(
        self, selector: Selector, ids: Sequence[str], change: ChangeSet, seq: int, state: str
    ) -> tuple[str, ...]:
        """Refuse an operation that reached only a part of what its selector means."""
        if selector.ids is not None and len(set(selector.ids)) != len(ids):
            missing = set(selector.ids) - set(ids)
            raise self.conflict(min(missing or ids), change)
        where, value = self._where(selector)
        for table in ("version", "edge") if ids and selector.ids is None else ():
            hidden = (
                f"SELECT 1 FROM {table} t WHERE {where} AND {state} AND NOT {self._mine} LIMIT 1"
            )
            if self.run(hidden.format(table=table), (seq, change.ns, value)).fetchone():
                raise refusal.partly_hidden(change)
        return tuple(ids)

    def _close(
        self, selector: Selector, change: ChangeSet, seq: int, touched: set[int]
    ) -> tuple[str, ...]:
        if selector.closed_by is not None:
            raise refusal.closed_twice()
        where, value = self._where(selector)
        state = f"to_seq = {OPEN} AND from_seq < ?1"
        tail = f"SET to_seq = ?1 WHERE {where} AND {state} AND {self._mine}"
        params = (seq, change.ns, value)
        closed = self.run(f"UPDATE version {tail} RETURNING id, {MARKED}, kind", params).fetchall()
        ids = [row[0] for row in closed]
        self._at_home(row[2] for row in closed)
        marked = [row[0] for row in closed if row[1]]
        if marked:
            self.holds.end(standings(self.run, marked, seq))
        for row in self.run(f"UPDATE edge {tail} RETURNING id, kind, dst", params).fetchall():
            ids.append(row[0])
            if row[1] == EdgeKind.GRANTS:
                touched.add(row[2])
        return self._reached(selector, ids, change, seq, state)

    def _reopen(
        self, selector: Selector, change: ChangeSet, seq: int, touched: set[int]
    ) -> tuple[str, ...]:
        where, value = self._where(selector)
        params = (seq, change.ns, value)
        state = f"to_seq < {OPEN}"
        if selector.closed_by is None:
            state += " AND from_seq = (SELECT max(from_seq) FROM {table} WHERE id = t.id)"
        ids: list[str] = []
        for table, columns, lost in (("version", *VERSION), ("edge", *EDGE)):
            which = f"FROM {table} t WHERE {where} AND {state.format(table=table)} AND {self._mine}"
            gone = self.run(f"SELECT id {which} AND {lost} LIMIT 1", params).fetchone()
            if gone is not None:
                raise refusal.erased_record(gone[0])
            try:
                found = self.run(
                    f"INSERT INTO {table} (from_seq, to_seq, {columns}) "
                    f"SELECT ?1, {OPEN}, {columns} {which} "
                    f"RETURNING id, kind, {'node' if table == 'version' else 'dst'}",
                    params,
                ).fetchall()
            except sqlite3.IntegrityError:
                raise refusal.occupied() from None
            ids += [row[0] for row in found]
            self.reopened += [row[0] for row in found if row[1] == NodeKind.MEMCUBE]
            touched |= {row[2] for row in found if row[1] == EdgeKind.GRANTS}
            self._at_home(row[1] for row in found)
        return self._reached(selector, ids, change, seq, state)

    def _shred(
        self, selector: Selector, change: ChangeSet, seq: int, touched: set[int]
    ) -> tuple[str, ...]:
        where, value = self._where(selector)
        params = (seq, change.ns, value)
        self._spare(f"{where} AND shredded = 0 AND {self._mine}", params)
        ids: set[str] = set()
        payloads: list[str] = []
        for table, column in (("version", "payload, 0"), ("edge", "NULL, dst")):
            for row in self.run(
                f"UPDATE {table} SET content = NULL, salt = NULL, shredded = ?1 "
                f"WHERE {where} AND shredded = 0 AND {self._mine} RETURNING id, kind, {column}",
                params,
            ).fetchall():
                ids.add(row[0])
                if row[2] is not None:
                    payloads.append(row[2])
                if row[1] == EdgeKind.GRANTS:
                    touched.add(row[3])
                self._at_home(row[1:2])
        digests = rows.as_list(payloads)
        self.run(
            "UPDATE payload SET content = NULL, salt = NULL "
            "WHERE digest IN (SELECT value FROM json_each(?))",
            (digests,),
        )
        # another version may hold the same payload: what was derived from it goes as well
        self.run(
            "DELETE FROM derived WHERE record IN (SELECT value FROM json_each(?1) "
            "UNION SELECT id FROM version WHERE payload IN (SELECT value FROM json_each(?2)))",
            (rows.as_list(ids), digests),
        )
        return self._reached(selector, sorted(ids), change, seq, "shredded = 0")

    def _spare(self, where: str, params: tuple[Any, ...]) -> None:
        """Refuse to destroy what a legal hold keeps."""
        reached = self.run(
            "SELECT DISTINCT (SELECT id FROM node WHERE ord = version.node), payload "
            f"FROM version WHERE {where}",
            params,
        ).fetchall()
        if reached:
            payloads = {row[1] for row in reached if row[1] is not None}
            legal = legally_held(self.run, reached)
            self.holds.spare(legal, {row[0] for row in reached}, payloads)

    def _open(
        self, records: list[Version | Edge], change: ChangeSet, seq: int, touched: set[int]
    ) -> None:
        if not records:
            return
        versions = [r for r in records if isinstance(r, Version)]
        edges = [r for r in records if isinstance(r, Edge)]
        self.fresh([r.id for r in records])
        contents = {r.id: written(r) for r in records}
        for record in records:
            if record.digest != recomputed(record, contents[record.id]):
                raise refusal.wrong_digest(f"record {record.id}")
        self._keep_payloads(versions)
        self.many(
            "INSERT INTO node (id, ns, kind, key) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
            [(v.node, v.ns, str(v.kind), v.key) for v in versions],
        )
        known = self._stand_on(records)
        for v in versions:
            if known[v.node][2:4] != (str(v.kind), v.key):
                raise refusal.other_kind(v.node, known[v.node][2], str(v.kind))
        self.many(
            f"INSERT INTO version VALUES ({', '.join('?' * 17)})",
            [
                rows.version_columns(
                    v,
                    contents[v.id],
                    seq,
                    OPEN,
                    known[v.node][0],
                    known[v.origin][0],
                    row_acl(self.run, known, v.node, v.origin),
                )
                for v in versions
            ],
        )
        self.many(
            f"INSERT INTO edge VALUES ({', '.join('?' * 17)})",
            [
                rows.edge_columns(
                    e,
                    contents[e.id],
                    seq,
                    OPEN,
                    known[e.src][0],
                    known[e.dst][0],
                    known[e.origin][0],
                    known[e.origin][4],
                )
                for e in edges
            ],
        )
        touched |= {known[e.dst][0] for e in edges if e.kind is EdgeKind.GRANTS}
        self._at_home(v.kind for v in versions)

    def _at_home(self, kinds: Iterable[str]) -> None:
        self.home |= NodeKind.NAMESPACE in kinds

    def _keep_payloads(self, versions: list[Version]) -> None:
        payloads = [v.payload for v in versions if v.payload is not None]
        for held in payloads:
            if held.content is None or held.salt is None:
                raise refusal.erased_payload(held.digest)
            if Payload.digest_of(held.salt, held.form, held.content) != held.digest:
                raise refusal.wrong_digest(f"payload {held.digest[:16]}…")
        self.many(
            "INSERT INTO payload VALUES (?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING",
            [(held.digest, held.form, held.content, held.salt) for held in payloads],
        )
        gone = self.run(
            "SELECT digest FROM payload WHERE digest IN (SELECT value FROM json_each(?)) "
            "AND salt IS NULL LIMIT 1",
            (rows.as_list(held.digest for held in payloads),),
        ).fetchone()
        if gone is not None:
            raise refusal.erased_payload(gone[0])

    def _stand_on(self, records: list[Version | Edge]) -> dict[str, tuple[Any, ...]]:
        names = {r.origin for r in records} | {end for r in records for end in r.ends}
        known = {
            row[0]: row[1:]
            for row in self.run(
                "SELECT id, ord, ns, kind, key, acl FROM node "
                "WHERE id IN (SELECT value FROM json_each(?))",
                (rows.as_list(names),),
            )
        }
        for record in records:
            granted = record.kind is EdgeKind.GRANTS and self.may is Access.OWNER
            for name in (record.origin, *record.ends):
                held = known.get(name)
                if held is None or held[1] != record.ns or not (granted or held[4] in self.acls):
                    raise refusal.no_footing(str(record.kind), record.id, name, record.ns)
        return known

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
        return rows.logged(row, json.loads(body)), tree.append(leaf_hash(leaf))
