"""Rows to records and back: the one place that knows the columns of the embedded store."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from ..change import Committed
from ..kind import Authority, EdgeKind, NodeKind
from ..record import Edge, Payload, Validity, Version
from ..store import Made, Pin

VERSION = (
    "v.id, v.from_seq, v.to_seq, v.ns, v.kind, n.id, n.key, o.id, v.authority, v.valid_from, "
    "v.valid_to, v.valid_known, v.content, v.salt, v.digest, v.acl, v.payload, p.form, p.content, p.salt, "
    "v.shredded"
)
VERSION_FROM = (
    "version v JOIN node n ON n.ord = v.node JOIN node o ON o.ord = v.origin "
    "LEFT JOIN payload p ON p.digest = v.payload"
)
EDGE = (
    "e.id, e.from_seq, e.to_seq, e.ns, e.kind, s.id, d.id, o.id, e.authority, e.valid_from, "
    "e.valid_to, e.valid_known, e.content, e.salt, e.digest, e.acl, e.shredded"
)
EDGE_FROM = "edge e JOIN node s ON s.ord = e.src JOIN node d ON d.ord = e.dst JOIN node o ON o.ord = e.origin"
CHANGE = "c.seq, c.id, c.ns, c.at, c.verb, c.actor, c.behalf, c.enacts, c.note, c.leaf"


_NODES = {str(kind): kind for kind in NodeKind}
_EDGES = {str(kind): kind for kind in EdgeKind}
_AUTHORITIES = {int(authority): authority for authority in Authority}
_decoded = json.JSONDecoder().raw_decode


def _content(text: str | None) -> Any:
    """Read canonical JSON, which very often says nothing."""
    if text is None:
        return None
    return {} if text == "{}" else _decoded(text)[0]


@lru_cache(maxsize=4096)
def _validity(start: int, end: int, known: int) -> Validity:
    """Read an interval, which is the same for very many records of an origin."""
    return Validity(start, end, bool(known))


def version(row: tuple[Any, ...]) -> Version:
    """Read a version from the columns of `VERSION`."""
    # by place, since very many are read and names take longer
    record, begun, ended, ns, kind, node, key, origin, authority, start, end, known = row[:12]
    content, salt, digest, acl, payload, form, text, grain, shredded = row[12:]
    return Version(
        record,
        ns,
        _NODES.get(kind) or NodeKind(kind),
        node,
        key,
        origin,
        _AUTHORITIES.get(authority) or Authority(authority),
        _validity(start, end, known),
        _content(content),
        None if payload is None else Payload(form or "plaintext", text, grain, payload),
        salt,
        digest,
        begun,
        ended,
        acl,
        shredded,
    )


def edge(row: tuple[Any, ...]) -> Edge:
    """Read an edge from the columns of `EDGE`."""
    record, begun, ended, ns, kind, src, dst, origin, authority, start, end, known = row[:12]
    content, salt, digest, acl, shredded = row[12:]
    return Edge(
        record,
        ns,
        _EDGES.get(kind) or EdgeKind(kind),
        src,
        dst,
        origin,
        _AUTHORITIES.get(authority) or Authority(authority),
        _validity(start, end, known),
        _content(content),
        salt,
        digest,
        begun,
        ended,
        acl,
        shredded,
    )


def change(row: tuple[Any, ...], *, repeated: bool = False) -> Committed:
    """Read a change from the columns of `CHANGE`."""
    return logged(row, None if row[8] is None else json.loads(row[8]), repeated=repeated)


def logged(
    row: tuple[Any, ...],
    note: dict[str, Any] | None,
    *,
    repeated: bool = False,
) -> Committed:
    """Read a change whose leaf and note may be anything."""
    return Committed(
        seq=row[0],
        id=row[1],
        ns=row[2],
        at=row[3],
        verb=row[4],
        actor=row[5],
        on_behalf_of=row[6],
        enacts=row[7],
        note=note,
        leaf=bytes(row[9]),
        repeated=repeated,
    )


def version_columns(
    record: Version, content: bytes, seq: int, end: int, node: int, origin: int, acl: int
) -> tuple[Any, ...]:
    """Write a version as the columns of its table, in order."""
    return (
        record.id,
        seq,
        end,
        record.ns,
        str(record.kind),
        node,
        origin,
        int(record.authority),
        record.validity.start,
        record.validity.end,
        int(record.validity.known),
        content.decode(),
        record.payload.digest if record.payload else None,
        record.salt,
        record.digest,
        acl,
        0,
    )


def edge_columns(
    record: Edge, content: bytes, seq: int, end: int, src: int, dst: int, origin: int, acl: int
) -> tuple[Any, ...]:
    """Write an edge as the columns of its table, in order."""
    return (
        record.id,
        seq,
        end,
        record.ns,
        str(record.kind),
        src,
        dst,
        origin,
        int(record.authority),
        record.validity.start,
        record.validity.end,
        int(record.validity.known),
        content.decode(),
        record.salt,
        record.digest,
        acl,
        0,
    )


def made(found: Iterable[tuple[Any, ...]]) -> tuple[Made, ...]:
    """Read what artefacts were made of: rows of groups, and rows of the pins that those name."""
    groups, pins = [], {}
    for first, second, flag, names, held in found:
        if held is None:
            pins[names] = Pin(first, second, bool(flag))
        else:
            groups.append((second, flag, names, held))
    return tuple(
        Made(
            tuple(json.loads(names)),
            _NODES[kind],
            bool(alive),
            # one that was closed and opened again has several intervals
            tuple(pins[pin] for pin in dict.fromkeys(json.loads(held))),
        )
        for kind, alive, names, held in groups
    )


def as_list(values: Iterable[Any]) -> str:
    """Write values as the JSON that `json_each` unfolds: one parameter for a whole set."""
    return json.dumps(list(values))
