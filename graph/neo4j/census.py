"""Census: what is wrong between the nodes and relationships of a store, seen while all of them pass by.

The leaves prove the records; this proves what stands beside them for people and for speed: what a node
shows of the version that speaks for it, labels, types, reader sets, derived data, and that there is
nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..digest import salted
from ..errors import Corrupt, Invalid
from ..instant import OPEN
from ..kind import EdgeKind, NodeKind
from ..leaf import read_leaf
from ..record import Edge, Payload, Record, Version
from . import rows
from .pushdown import SLOTS

Properties = Mapping[str, Any]

OWN = frozenset({"Version", "Identity", "Change", "Derived"})
BESIDE = frozenset({"ReaderSet", "Producer", "Watermark", "Migration", "Memcubes", "Head"})
_SHARED = {
    "id", "from_seq", "to_seq", "ns", "origin", "authority", "valid_from", "valid_to", "valid_known",
    "content", "salt", "digest", "acl", "shredded",
}  # fmt: skip
_OF_VERSION = _SHARED.union(
    rows.PLAIN, {"kind", "node", "key", "line", "payload", "form_of_payload", "text", "document", "place",
    "payload_salt", "tags"}
)  # fmt: skip
_OF_EDGE = _SHARED | {"role"}
_OF_IDENTITY = {"id", "ns", "kind", "key", "acl", "shown", "shown_authority", "text", "tags"}.union(
    rows.PLAIN
)
_OF_DERIVED = {"record", "producer", "ns", "data"}.union(f"vector_{n}" for n in range(1, SLOTS + 1))
_OF_SET = {"acl", "readers"}
_OF_HEAD = {"one", "seq", "at", "roots", "sets", "held"}
_OF_CHANGE = {
    "seq", "id", "ns", "at", "verb", "actor", "behalf", "enacts", "idempotency", "request_hash", "note",
    "note_salt", "leaf", "reason", "reached",
}  # fmt: skip
_WHOLE = ("from_seq", "to_seq", "authority", "valid_from", "valid_to", "acl", "shredded", "seq", "at", "reached", "shown_authority", "sets", "one")  # fmt: skip
_TYPES: dict[str, type] = {
    **dict.fromkeys(_WHOLE, int),
    **dict.fromkeys(("salt", "payload_salt", "note_salt", "leaf", "roots"), bytes),
    "valid_known": bool,
    "tags": list,
    "keys": list,
}
"""What a property holds that is no text."""


class Census:
    """Takes nodes, then relationships; `faults` then names what does not fit."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._identities: dict[str, Properties] = {}
        self._labels: dict[str, frozenset[str]] = {}
        self._stands: dict[str, str] = {}  # what each version stands on
        self._versions: Counter[str] = Counter()
        self._speaker: dict[str, tuple[tuple[int, int, str], str]] = {}
        self._about: list[tuple[str, str, Any, Any, str]] = []  # versions: id, node, ns, kind, key
        self._rows: list[tuple[str, str, int, str, str]] = []  # word, id, acl, origin, node
        self._holders: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
        self._alive: dict[str, tuple[str, bool]] = {}
        self._derived: list[Properties] = []
        self._sets: dict[int, frozenset[str]] = {}
        self._members: dict[int, list[str]] = defaultdict(list)
        self._heads: list[Properties] = []
        self._granted: dict[str, set[str]] = defaultdict(set)
        self._tagged: dict[str, set[str]] = defaultdict(set)
        self._tags: list[tuple[str, str, frozenset[str]]] = []
        self._intervals: set[tuple[str, int]] = set()
        self._keys: Counter[tuple[str, str, str]] = Counter()

    def node(
        self, labels: frozenset[str], said: Properties, of: Sequence[str | None]
    ) -> Version | None:
        """Take a node; gives the version that it is."""
        main = labels & (OWN | BESIDE)
        if len(main) != 1:
            named = ", ".join(sorted(labels)) or "no label"
            self.found.append(f"a node with {named} is not memcubes' ({_short(said)})")
        elif "Version" in main:
            return self._version(labels, said, of)
        elif of:
            self.found.append(f"an OF leads from {_called(min(main), said)} to node {of[0]}")
        elif "Identity" in main:
            self._identity(labels, said)
        elif labels != main:
            self.found.append(f"{_called(min(main), said)} also has the label {min(labels - main)}")
        elif "Change" in main:
            self._change(said)
        elif "Derived" in main:
            said = self._extra(_derived(said), said, _OF_DERIVED | {"keys"})
            for field in sorted(set(said.get("keys", ())) - _OF_DERIVED):
                self.found.append(f"{_derived(said)} has a property '{field}' not memcubes'")
            self._derived.append(said)
        elif "ReaderSet" in main:
            self._reader_set(said)
        elif "Head" in main:
            self._heads.append(self._extra("the head", said, _OF_HEAD))
        return None

    def relationship(
        self, kind: str, said: Properties, src: str | None, dst: str | None, reader_set: int | None
    ) -> Edge | None:
        """Take a relationship; gives the edge that it is."""
        src, dst = (end if isinstance(end, str) else None for end in (src, dst))
        if kind == "OF":
            if said:
                self.found.append(f"an OF relationship to node {dst} has properties")
        elif kind == "MEMBER_OF" and src is not None and isinstance(reader_set, int):
            self._extra(f"the membership of {src} in reader set {reader_set}", said, frozenset())
            self._members[reader_set].append(src)
        elif kind == "PAST" or kind in EdgeKind._value2member_map_:
            return self._edge(kind, said, src, dst)
        else:
            self.found.append(f"a relationship {kind} from {src} to {dst} is not memcubes'")
        return None

    def _version(
        self, labels: frozenset[str], said: Properties, of: Sequence[str | None]
    ) -> Version | None:
        name = f"version {said.get('id')} of node {said.get('node')}"
        said = self._extra(name, said, _OF_VERSION)
        try:
            record = rows.version(said)
            record.body()
            expected = _shown(record)
        except (Invalid, KeyError, ValueError, TypeError, AttributeError) as error:
            self.found.append(f"{name} cannot be read: {error!r}")
            return None
        self._interval(name, record)
        if labels - {"Version"} != ({"Now"} if record.to_seq == OPEN else set()):
            self.found.append(f"the labels of {name} do not say whether it stands open")
        if list(of) != [record.node]:
            self.found.append(f"{name} stands on {list(of) or 'no node'}, not on {record.node}")
        if said.get("line") != rows.line(record.kind, record.node, record.origin):
            self.found.append(f"the line of {name} is not its own")
        for field, value in expected.items():
            if said.get(field) != value or type(said.get(field)) is not type(value):
                self.found.append(f"{name} shows another {field} than its content")
        self._versions[record.node] += 1
        self._about.append((name, record.node, record.ns, str(record.kind), record.key or ""))
        self._rows.append((name, record.node, record.acl, record.origin, record.node))
        self._tags.append((name, record.node, frozenset(said.get("tags") or ())))
        here = self._alive.get(record.id, ("", False))
        self._alive[record.id] = (record.ns, here[1] or record.salt is not None)
        if record.payload is None and said.get("payload_salt") is not None:
            self.found.append(f"{name} has the salt of a payload and no payload")
        if record.payload is not None:
            self._payload(record.payload, record.shredded)
        if record.to_seq == OPEN:
            rank = (-int(record.authority), -record.from_seq, record.id)
            if record.node not in self._speaker or rank < self._speaker[record.node][0]:
                self._speaker[record.node] = (rank, _digest(rows.face(record)))
        return record

    def _payload(self, held: Payload, shredded: int) -> None:
        whole = held.salt is not None and held.content is not None
        self._holders[held.digest].append((whole or held.content is not None, bool(shredded)))
        if held.salt is None or held.content is None:
            if held.salt is not None:
                self.found.append(f"payload {held.digest[:16]}… does not match its digest")
        elif Payload.digest_of(held.salt, held.form, held.content) != held.digest:
            self.found.append(f"payload {held.digest[:16]}… does not match its digest")

    def _identity(self, labels: frozenset[str], said: Properties) -> None:
        ident = str(said.get("id"))
        said = self._extra(f"node {ident}", said, _OF_IDENTITY)
        if ident in self._identities:
            self.found.append(f"node {ident} is there twice")
        self._identities[ident], self._labels[ident] = said, labels

    def _reader_set(self, said: Properties) -> None:
        name = f"reader set {said.get('acl')}"
        said = self._extra(name, said, _OF_SET)
        try:
            acl, readers = int(said["acl"]), frozenset(json.loads(said["readers"]))
            if json.dumps(sorted(readers)) != said["readers"]:
                self.found.append(f"{name} does not list its readers in order")
            if acl in self._sets:
                self.found.append(f"{name} is there twice")
            self._sets[acl] = readers
        except (KeyError, ValueError, TypeError) as error:
            self.found.append(f"{name} cannot be read: {error!r}")

    def _change(self, said: Properties) -> None:
        name = f"change @{said.get('seq')}"
        said = self._extra(name, said, _OF_CHANGE)
        if said.get("idempotency") is not None:
            key = (str(said.get("ns")), str(said.get("actor")), str(said["idempotency"]))
            self._keys[key] += 1
            if self._keys[key] > 1:
                self.found.append(f"{name} repeats an idempotency key")
        try:
            leaf = read_leaf(bytes(said["leaf"]))
            reached = sum(int(op.get("count", 1)) for op in leaf["ops"])
        except (Corrupt, KeyError, ValueError, TypeError, AttributeError):
            return  # named by whoever replays the leaves
        salt, note = said.get("note_salt"), said.get("note")
        if salt is None or salted(bytes(salt), str(note or "").encode()) != leaf["note"]:
            self.found.append(f"the note of {name} does not match its leaf")
        elif (json.loads(str(note)).get("reason") or None) != said.get("reason"):
            self.found.append(f"{name} shows another reason than its note")
        if said.get("request_hash") != leaf["request_hash"]:
            self.found.append(f"the request of {name} does not match its leaf")
        if said.get("reached") != reached:
            self.found.append(f"{name} says that it reached other records than its leaf")

    def _edge(self, kind: str, said: Properties, src: str | None, dst: str | None) -> Edge | None:
        name = f"edge {said.get('id')}"
        closed = kind == "PAST"
        if src is None or dst is None:
            self.found.append(
                f"{name} ({kind} from {src} to {dst}) stands on a node that is not there"
            )
            return None
        said = self._extra(name, said, _OF_EDGE | {"kind"} if closed else _OF_EDGE)
        try:
            record = rows.edge(said, said["kind"] if closed else kind, src, dst)
            record.body()
            expected = rows.role(record)
        except (Invalid, KeyError, ValueError, TypeError, AttributeError) as error:
            self.found.append(f"{name} ({kind} from {src} to {dst}) cannot be read: {error!r}")
            return None
        self._interval(name, record)
        if closed is (record.to_seq == OPEN):
            self.found.append(f"the type of {name} does not say whether it stands open")
        if said.get("role") != expected:
            self.found.append(f"{name} shows another role than its content")
        self._rows.append((name, src, record.acl, record.origin, record.origin))
        if record.kind is EdgeKind.GRANTS and not closed:
            self._granted[dst].add(src)
        if record.kind is EdgeKind.TAGGED:
            self._tagged[src].add(dst)
        return record

    def _interval(self, name: str, record: Record) -> None:
        interval = (record.id, record.from_seq)
        if interval in self._intervals:
            self.found.append(f"{name} began twice at @{record.from_seq}")
        self._intervals.add(interval)

    def _extra(
        self, name: str, said: Properties, known: set[str] | frozenset[str]
    ) -> dict[str, Any]:
        """Name the properties that are not memcubes', and give those that hold what they should."""
        kept = dict(said)
        for field, value in sorted(said.items()):
            if field not in known:
                self.found.append(f"{name} has a property '{field}' that memcubes did not write")
            elif field not in rows.PLAIN and type(value) is not _TYPES.get(field, str):
                self.found.append(f"{name} holds something else than it should in '{field}'")
                del kept[field]
        return kept

    def faults(self) -> Iterator[str]:
        """What was found, and what only shows at the end."""
        yield from self.found
        yield from self._nodes()
        yield from self._payloads()
        yield from self._readers()
        yield from self._head()
        for name, node, tags in self._tags:
            held = frozenset(self._identities.get(node, {}).get("tags") or ())
            if tags != held or not tags >= self._tagged.get(node, set()):
                yield f"{name} lacks a tag that its node carries or carried"
        twice = Counter((said.get("record"), said.get("producer")) for said in self._derived)
        for said in self._derived:
            if twice[said.get("record"), said.get("producer")] > 1:
                yield f"{_derived(said)} is there twice"
            ns, whole = self._alive.get(str(said.get("record")), (None, False))
            if ns != said.get("ns") or not whole:
                yield f"{_derived(said)} belongs to no record (orphan)"

    def _head(self) -> Iterator[str]:
        if len(self._heads) != 1:
            yield f"there are {len(self._heads)} heads: a store has one"
        for head in self._heads:
            if head.get("one") != 1:
                yield "the head is not the one that is locked"
            if head.get("sets") != len(self._sets):
                yield f"the head says {head.get('sets')} reader sets, there are {len(self._sets)}"

    def _nodes(self) -> Iterator[str]:
        for name, node, ns, kind, key in self._about:
            held = self._identities.get(node)
            if held is None:
                yield f"{name} stands on a node that is not there"
            elif (held.get("ns"), held.get("kind"), held.get("key") or "") != (ns, kind, key):
                yield f"{name} and its node disagree on namespace, kind or key"
        for word, ident, _, origin, _ in self._rows:
            if origin not in self._identities:
                yield f"{word} of node {ident} has an origin that is not there"
        for ident, said in self._identities.items():
            if not self._versions[ident]:
                yield f"node {ident} has no version and never had one"
            speaker = self._speaker.get(ident)
            kind = str(said.get("kind"))
            if self._labels[ident] != ({"Identity", kind} if speaker else {"Identity"}):
                yield f"the labels of node {ident} do not say what it is now"
            shown = {
                field: said.get(field)
                for field in (*rows.PLAIN, "text", "shown", "shown_authority")
            }
            expected = speaker[1] if speaker else _digest(dict.fromkeys(shown))
            if _digest(shown) != expected:
                yield f"{kind} {ident} shows something else than the version that speaks for it"

    def _payloads(self) -> Iterator[str]:
        for digest, holders in self._holders.items():
            destroyed = any(shredded for _, shredded in holders)
            for whole, _ in holders:
                if whole and destroyed:
                    yield f"payload {digest[:16]}… was shredded and still holds content"
                elif not whole and not destroyed:
                    yield f"payload {digest[:16]}… lost its content, and no leaf says shred"

    def _readers(self) -> Iterator[str]:
        for acl, readers in self._sets.items():
            if sorted(self._members.get(acl, ())) != sorted(readers, key=str):
                yield f"the members of reader set {acl} are not those that it lists"
        expected: dict[str, frozenset[str] | None] = {}
        for ident, said in self._identities.items():
            restricted = (
                self._granted.get(ident) if said.get("kind") != NodeKind.NAMESPACE else None
            )
            expected[ident] = frozenset(restricted) if restricted else None
            if not self._is(said.get("acl"), expected[ident]):
                yield f"the readers of node {ident} do not follow from the grants in force"
        for word, ident, acl, origin, other in self._rows:
            both = [one for one in (expected.get(origin), expected.get(other)) if one is not None]
            if not self._is(acl, frozenset.intersection(*both) if both else None):
                yield f"the readers of {word} on node {ident} do not follow from those of its nodes"

    def _is(self, acl: Any, readers: frozenset[str] | None) -> bool:
        return acl == 0 if readers is None else self._sets.get(acl) == readers


def _shown(record: Version) -> dict[str, Any]:
    """What stands beside a version's content for people and for searching."""
    cube = record.kind is NodeKind.MEMCUBE
    held = record.payload.content if record.payload else None
    return {
        **rows.plain(record),
        "text": held if cube else None,
        "document": None if cube else held,
        "form_of_payload": record.payload.form if record.payload else None,
        "place": rows.place(record.ns) if cube else None,
    }


def _called(label: str, said: Properties) -> str:
    return f"change @{said.get('seq')}" if label == "Change" else f"a {label} ({_short(said)})"


def _derived(said: Properties) -> str:
    return f"derived data {said.get('record')} of {said.get('producer')}"


def _digest(face: Mapping[str, Any]) -> str:
    body = repr(sorted((name, value) for name, value in face.items() if value is not None))
    return hashlib.sha256(body.encode()).hexdigest()


def _short(said: Properties) -> str:
    return (
        ", ".join(f"{name}={str(value)[:40]!r}" for name, value in sorted(said.items())[:3])
        or "bare"
    )
