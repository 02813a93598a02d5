"""Gate: what a change must meet before it is applied, by what was read under the lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import refusal
from ..change import ChangeSet, Committed, Open
from ..digest import keyed_id
from ..errors import Conflict
from ..instant import OPEN
from ..kind import EdgeKind, Verb
from ..record import Payload, Record, Version, recomputed, written
from ..scope import Access
from . import rows
from .reach import Reach
from .readers import strongest

Node = Mapping[str, Any]


class Gate:
    """The checks of one change; `read` is the row of the lock's statement.

    `may` and `acls` are what the actor may do and read.
    """

    def __init__(
        self, change: ChangeSet, actor: str, principal: str, read: Mapping[str, Any]
    ) -> None:
        self.change = change
        self.actor = actor
        self.principal = principal
        self.read = read
        self.acls = frozenset([0, *read["acls"]])
        self.may = strongest(read["grants"])
        self.nodes: dict[str, Node] = {row["id"]: row for row in read["nodes"]}
        self.held: dict[str, str] = dict(read["standing"])

    def repeated(self, request_hash: str) -> Committed | None:
        """What an earlier commit of the same change gave, by its id or its idempotency key."""
        found = self.read["before"]
        if not found:
            return None
        said = found[0]
        for_another = self.change.by_house and said["behalf"] != self.principal
        if (said["ns"], said["actor"]) != (self.change.ns, self.actor) or for_another:
            raise refusal.id_taken(self.change)
        if said["request_hash"] != request_hash:
            raise refusal.key_reused(self.change, said["seq"])
        return rows.change(said, repeated=True)

    def authorise(self) -> None:
        """Let the change through by the grants in force now."""
        change, founded = self.change, self.read["founded"]
        if not change.principal:
            raise refusal.no_principal()
        if not founded and change.verb == Verb.FOUND:
            self.may = Access.OWNER
        if (not founded and change.verb != Verb.FOUND) or self.may is Access.NONE:
            raise refusal.no_namespace(change.ns, change.principal)
        needed = Access.OWNER if change.verb == Verb.FOUND else Access.WRITER
        if self.may.rank < needed.rank:
            raise refusal.no_writer(change)

    def expect(self) -> None:
        """Refuse a change whose base has moved: records that are closed, nodes that exist by now."""
        here = [r for part in ("versions", "edges") for r in self.read[part]]
        held = {r["id"] for r in here if r["to_seq"] == OPEN and r["ns"] == self.change.ns}
        for wanted in self.change.expects:
            if wanted not in held:
                current = (r["standing"] for r in self.read["versions"] if r["id"] == wanted)
                raise refusal.moved(wanted, self.change, next(current, None))
        for node, version in self.read["alive"]:
            raise refusal.exists(node, version, self.change)

    def open(self, records: Sequence[Record], reach: Reach) -> dict[str, bytes]:
        """Let records be opened, and give their contents in canonical form."""
        self._fresh(records)
        contents = {record.id: written(record) for record in records}
        for record in records:
            if record.digest != recomputed(record, contents[record.id]):
                raise refusal.wrong_digest(f"record {record.id}")
        versions = [r for r in records if isinstance(r, Version)]
        self._payloads([v.payload for v in versions if v.payload is not None], reach)
        self._identities(versions)
        self._footing(records)
        for v in versions:
            node = self.nodes[v.node]
            if (node["kind"], node["key"]) != (str(v.kind), v.key):
                raise refusal.other_kind(v.node, node["kind"], str(v.kind))
        for v in versions:
            line = rows.line(v.kind, v.node, v.origin)
            stands = reach.standing(line, self.held.get(line))
            if stands is not None:
                raise refusal.another_version(str(v.kind), v.node, stands, v.id)
            reach.take(line, v.id)
        return contents

    def home(self, changed: bool) -> None:
        """Refuse a change of what the namespace says of itself, unless its actor is an owner."""
        if changed and self.may is not Access.OWNER:
            raise refusal.no_owner_of_home(self.change)

    def grants(self, touched: set[str]) -> None:
        """Refuse a change of who may read or write what, unless its actor is an owner.

        The readers of a restricted node may also pass it on, or leave.
        """
        kinds: dict[str, Node] = {
            row["node"]: {"kind": row["node_kind"], "acl": row["node_acl"]}
            for row in self.read["edges"]
        }
        for name in touched:
            node = self.nodes.get(name) or kinds[name]
            hidden = node["kind"] == "Namespace" or node["acl"] not in self.acls
            if self.may is not Access.OWNER and hidden:
                raise refusal.no_owner(self.change)

    def _fresh(self, records: Sequence[Record]) -> None:
        """Refuse to open an id that some record has or had: what was closed is reopened."""
        ids = {record.id for record in records}
        for part in ("versions", "edges"):
            ends = {r["id"]: 0 for r in self.read[part] if r["id"] in ids}
            for row in self.read[part]:
                if row["id"] in ends:
                    ends[row["id"]] = max(ends[row["id"]], row["to_seq"])
            for record, end in ends.items():
                raise refusal.not_fresh(record, open_now=end == OPEN)
        if len(ids) != len(records):
            raise refusal.opened_twice()

    def _payloads(self, payloads: Sequence[Payload], reach: Reach) -> None:
        for held in payloads:
            if held.content is None or held.salt is None:
                raise refusal.erased_payload(held.digest)
            if Payload.digest_of(held.salt, held.form, held.content) != held.digest:
                raise refusal.wrong_digest(f"payload {held.digest[:16]}…")
        lost = reach.lost.union(self.read["lost"])
        for held in payloads:
            if held.digest in lost:
                raise refusal.erased_payload(held.digest)

    def _identities(self, versions: Sequence[Version]) -> None:
        """Add the nodes that come into being, each with a key that no other node has."""
        keys = {(n["kind"], n["key"]) for n in self.nodes.values() if n["key"] is not None}
        keys.update((kind, key) for kind, key, _ in self.read["held"])
        for v in versions:
            if v.node in self.nodes:
                continue
            name = (str(v.kind), v.key)
            if v.key is not None and name in keys:
                raise Conflict(f"{v.kind} {v.node} has a key that another node holds")
            keys.add(name)
            self.nodes[v.node] = {
                "id": v.node, "ns": v.ns, "kind": str(v.kind), "key": v.key, "acl": 0, "new": True,
                "shown": None, "shown_authority": None, "tags": None,
            }  # fmt: skip

    def _footing(self, records: Sequence[Record]) -> None:
        for record in records:
            granted = record.kind is EdgeKind.GRANTS and self.may is Access.OWNER
            for name in (record.origin, *record.ends):
                held = self.nodes.get(name)
                allowed = held is not None and held["ns"] == record.ns
                if held is None or not allowed or not (granted or held["acl"] in self.acls):
                    raise refusal.no_footing(str(record.kind), record.id, name, record.ns)


def asked(change: ChangeSet, actor: str) -> dict[str, Any]:
    """What the lock's statement has to read for one change."""
    opens = [op.record for op in change.ops if isinstance(op, Open)]
    selectors = [op.selector for op in change.ops if not isinstance(op, Open)]
    versions = [r for r in opens if isinstance(r, Version)]
    ids = {r.id for r in opens}.union(change.expects, *(by.ids or () for by in selectors))
    names = {r.origin for r in opens}.union(*(r.ends for r in opens))
    return {
        "change": change.id,
        "ns": change.ns,
        "actor": actor,
        "idempotency": change.idempotency,
        "ids": sorted(ids),
        "origins": sorted({by.origin for by in selectors if by.origin is not None}),
        "closings": sorted({by.closed_by for by in selectors if by.closed_by is not None}),
        "absent": list(change.absent),
        "names": sorted(names),
        "lines": [rows.line(v.kind, v.node, v.origin) for v in versions],
        "payloads": sorted({v.payload.digest for v in versions if v.payload is not None}),
        "keys": [[str(v.kind), v.key] for v in versions if _odd(v)],
    }


def _odd(version: Version) -> bool:
    """Whether a node's id does not follow from its key, so that another may hold the key already."""
    return version.key is not None and version.node != keyed_id_or_none(version.key)


def keyed_id_or_none(key: str) -> str | None:
    """The id that follows from a key; None where it is no key of ours.

    >>> keyed_id_or_none("00" * 32), keyed_id_or_none("tea")
    ('00000000-0000-8000-8000-000000000000', None)
    """
    try:
        return keyed_id(key)
    except (ValueError, IndexError):
        return None
