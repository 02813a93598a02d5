"""Properties to records and back: the one place that knows what a Neo4j store keeps on its nodes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..change import Committed
from ..kind import Authority, EdgeKind, NodeKind
from ..record import Edge, Payload, Validity, Version

Properties = Mapping[str, Any]

PLAIN = (
    "title", "name", "label", "subject", "relation", "object", "negated", "verb", "question", "form",
    "uri", "media", "author", "state", "semantic_type", "language", "record_kind", "record_key",
)  # fmt: skip
"""Fields of a header that also stand on the node as they are, for people who read the graph."""

SAID = (
    "id", "ns", "kind", "node", "key", "origin", "authority", "valid_from", "valid_to", "valid_known", "content",
    "payload", "form_of_payload", "text", "document", "payload_salt", "salt", "digest", "from_seq", "to_seq", "acl",
    "shredded",
)  # fmt: skip
"""The properties that a version is read from: half of what its node has."""

HELD = ("content", "salt", *PLAIN)
"""What destroying a version takes away; its payload goes with the others that hold it."""


def version(said: Properties) -> Version:
    """Read a version from the properties of its node."""
    payload = None
    if said.get("payload") is not None:
        payload = Payload(
            said.get("form_of_payload") or "plaintext",
            said.get("document") if said.get("text") is None else said["text"],
            said.get("payload_salt"),
            said["payload"],
        )
    return Version(
        id=said["id"],
        ns=said["ns"],
        kind=NodeKind(said["kind"]),
        node=said["node"],
        key=said.get("key"),
        origin=said["origin"],
        authority=Authority(said["authority"]),
        validity=Validity(said["valid_from"], said["valid_to"], bool(said["valid_known"])),
        content=_content(said),
        payload=payload,
        salt=said.get("salt"),
        digest=said["digest"],
        from_seq=said["from_seq"],
        to_seq=said["to_seq"],
        acl=said["acl"],
        shredded=said["shredded"],
    )


def edge(said: Properties, kind: str, src: str, dst: str) -> Edge:
    """Read an edge from the properties of its relationship and its two ends."""
    return Edge(
        id=said["id"],
        ns=said["ns"],
        kind=EdgeKind(kind),
        src=src,
        dst=dst,
        origin=said["origin"],
        authority=Authority(said["authority"]),
        validity=Validity(said["valid_from"], said["valid_to"], bool(said["valid_known"])),
        content=_content(said),
        salt=said.get("salt"),
        digest=said["digest"],
        from_seq=said["from_seq"],
        to_seq=said["to_seq"],
        acl=said["acl"],
        shredded=said["shredded"],
    )


def plain_edge(ns: str, said: Sequence[Any], dst: str) -> Edge:
    """Read an edge from a list of what a walk needs of it, in the order of `around`; without its seal."""
    src, id, kind, since, until, acl, origin, authority, start, end, known, content = said
    return Edge(
        id=id,
        ns=ns,
        kind=EdgeKind(kind),
        src=src,
        dst=dst,
        origin=origin,
        authority=Authority(authority),
        validity=Validity(start, end, bool(known)),
        content=None if content is None else json.loads(content),
        salt=None,
        digest="",
        from_seq=since,
        to_seq=until,
        acl=acl,
    )


def plain_entity(
    ns: str, node: str, first: Sequence[Any], name: str | None, label: str | None
) -> Version:
    """Read an entity as one of its versions calls it, from a list in the order of `described`; without its seal."""
    id, since, until, acl, origin, authority, start, end, known, key = first
    called = {"name": name, "label": label}
    return Version(
        id=id,
        ns=ns,
        kind=NodeKind.ENTITY,
        node=node,
        key=key,
        origin=origin,
        authority=Authority(authority),
        validity=Validity(start, end, bool(known)),
        content={part: said for part, said in called.items() if said is not None},
        payload=None,
        salt=None,
        digest="",
        from_seq=since,
        to_seq=until,
        acl=acl,
    )


def nameless(ns: str, node: str, edge: Edge) -> Version:
    """An entity of which only an edge to it was read: it is there, and its name was not asked for."""
    return Version(
        id=edge.id,
        ns=ns,
        kind=NodeKind.ENTITY,
        node=node,
        key=None,
        origin=edge.origin,
        authority=edge.authority,
        validity=edge.validity,
        content={},
        payload=None,
        salt=None,
        digest="",
        from_seq=edge.from_seq,
        to_seq=edge.to_seq,
        acl=edge.acl,
    )


def _content(said: Properties) -> Any:
    text = said.get("content")
    return None if text is None else json.loads(text)


def change(said: Properties, *, repeated: bool = False) -> Committed:
    """Read a change from the properties of its node."""
    note = None if said.get("note") is None else json.loads(said["note"])
    return logged(said, note, repeated=repeated)


def logged(
    said: Properties,
    note: dict[str, Any] | None,
    *,
    repeated: bool = False,
) -> Committed:
    """Read a change whose leaf and note may be anything."""
    return Committed(
        seq=said["seq"],
        id=said["id"],
        ns=said["ns"],
        at=said["at"],
        verb=said["verb"],
        actor=said["actor"],
        on_behalf_of=said["behalf"],
        enacts=said.get("enacts"),
        note=note,
        leaf=bytes(said["leaf"]),
        repeated=repeated,
    )


def line(kind: NodeKind, node: str, origin: str) -> str:
    """What no two open versions share: the node, and its origin where each origin has a version."""
    return f"{node}|{origin}" if kind.keyed else node


def plain(record: Version) -> dict[str, Any]:
    """The plain fields of a version's header; None for those that it lacks."""
    fields = {name: record.get(name) for name in PLAIN}
    return {
        name: value if isinstance(value, str | bool | int) else None
        for name, value in fields.items()
    }


def face(record: Version) -> dict[str, Any]:
    """What the node itself shows of the version that speaks for it."""
    return {
        **plain(record),
        "text": _text(record),
        "shown": record.id,
        "shown_authority": int(record.authority),
    }


def version_properties(
    record: Version, content: bytes, seq: int, end: int, acl: int, tags: Sequence[str]
) -> dict[str, Any]:
    """Write a version as the properties of its node; None leaves a property out."""
    held = record.payload
    return {
        **_shared(record, content, seq, end, acl),
        **plain(record),
        "kind": str(record.kind),
        "node": record.node,
        "key": record.key,
        "line": line(record.kind, record.node, record.origin),
        "payload": held.digest if held else None,
        "form_of_payload": held.form if held else None,
        "text": _text(record),
        "document": held.content if held and _text(record) is None else None,
        "place": place(record.ns) if record.kind is NodeKind.MEMCUBE else None,
        "payload_salt": held.salt if held else None,
        "tags": list(tags) or None,
    }


def edge_properties(record: Edge, content: bytes, seq: int, end: int, acl: int) -> dict[str, Any]:
    """Write an edge as the properties of its relationship."""
    return {**_shared(record, content, seq, end, acl), "role": role(record)}


def _text(record: Version) -> str | None:
    """The payload of a cube, which is searched; that of other kinds stands apart as `document`."""
    held = record.payload
    return held.content if held is not None and record.kind is NodeKind.MEMCUBE else None


def place(ns: str) -> str:
    """A namespace as one word of a full-text index, whatever characters it is written in.

    >>> place("default")
    'ns37a8eec1ce19687d'
    """
    return "ns" + hashlib.sha256(ns.encode()).hexdigest()[:16]


def role(record: Edge) -> str | None:
    """The role of an edge, which stands on the relationship as it is."""
    said = record.get("role")
    return said if isinstance(said, str) else None


def _shared(record: Version | Edge, content: bytes, seq: int, end: int, acl: int) -> dict[str, Any]:
    return {
        "id": record.id,
        "from_seq": seq,
        "to_seq": end,
        "ns": record.ns,
        "origin": record.origin,
        "authority": int(record.authority),
        "valid_from": record.validity.start,
        "valid_to": record.validity.end,
        "valid_known": record.validity.known,
        "content": content.decode(),
        "salt": record.salt,
        "digest": record.digest,
        "acl": acl,
        "shredded": 0,
    }
