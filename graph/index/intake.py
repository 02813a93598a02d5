"""Intake: what of the change feed enters an index, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..digest import hashed
from ..kind import EdgeKind, NodeKind
from ..lifecycle import State, walked
from ..record import Edge, Record, Version
from ..supersession.record import NOTHING
from ..supersession.record import Row as Linked
from ..tag_path import above, said, tag_path
from .columns import HEADER, row_key
from .derivation import derivable, sentences, unpack_counts, unpack_vectors
from .folding import names_of
from .indexer import Derivation
from .resolver import NAMELESS, Resolution
from .segment import Segment

EDGES = (
    EdgeKind.MENTIONS,
    EdgeKind.ABOUT,
    EdgeKind.NEXT,
    EdgeKind.SAME_AS,
    EdgeKind.NOT_SAME_AS,
)
"""The kinds of edge that a question walks, or that say who is who; their places are their codes."""

_NAMED = (NodeKind.ENTITY, NodeKind.SOURCE, NodeKind.TAG)
_TABLE = {
    NodeKind.MEMCUBE: "cube",
    NodeKind.ENTITY: "entity",
    NodeKind.SOURCE: "source",
    NodeKind.TAG: "tag",
}

_UNSAID = {"state": State.ACTIVATED}
"""What a header means that does not say so."""

Row = dict[str, Any]


def enters(record: Record) -> bool:
    """Whether a record has a place in the index; receipts, decisions and shredded records have none."""
    if isinstance(record, Edge):
        kept = record.kind in EDGES or record.kind is EdgeKind.TAGGED
        return kept and record.content is not None
    if record.kind is NodeKind.MEMCUBE:
        return derivable(record)
    return record.kind in _NAMED and record.content is not None


def table_of(record: Record) -> str:
    """The table that a record belongs to."""
    if isinstance(record, Edge):
        return "tagging" if record.kind is EdgeKind.TAGGED else "edge"
    return _TABLE[record.kind]


class _Bits(dict[str, int]):
    """The 64 bits that each text goes by, worked out once: ids, names and words come again and again."""

    def __missing__(self, text: str) -> int:
        found = self[text] = hashed(text)
        return found


def rows_of(
    records: Iterable[Record],
    derived: Derivation,
    linked: Mapping[str, Linked],
    resolved: Resolution,
) -> Mapping[str, list[Row]]:
    """The rows of records, by table, cubes with their links and names with those that are alike.

    A cube without derived bytes is passed over: its content was shredded while this was under way.
    """
    tables = (*_TABLE.values(), "edge", "tagging")
    rows: dict[str, list[Row]] = {table: [] for table in tables}
    rows["likeness"] = [dict(row) for row in resolved.likenesses]
    bits = _Bits()
    for record in records:
        row = _shared(record, bits)
        if isinstance(record, Edge):
            row |= _edge(record, bits) if record.kind in EDGES else _tagging(record, bits)
        elif record.kind is NodeKind.MEMCUBE:
            if record.id not in derived.counts or record.id not in derived.vectors:
                continue
            row |= _cube(record, derived, bits) | _links(record, linked.get(record.id, NOTHING))
        elif record.kind is NodeKind.ENTITY:
            form, keys = resolved.names.get((record.id, record.from_seq), NAMELESS)
            row["name"] = [bits[name] for name in names_of(str(record.get("name", "")))]
            row |= {"record": record.id.encode("utf-8"), "form": form, "block": keys}
        elif record.kind is NodeKind.TAG:
            row |= _tag(record)
        else:
            row |= _source(record)
        rows[table_of(record)].append(row)
    return rows


def _shared(record: Record, bits: _Bits) -> Row:
    row: Row = {
        "key": row_key(record.id, record.from_seq),
        "from": record.from_seq,
        "to": record.to_seq,
        "acl": record.acl,
        "origin": bits[record.origin],
        "start": record.validity.start,
        "end": record.validity.end,
    }
    if isinstance(record, Version):
        row["node"] = bits[record.node]
        row["id"] = record.node.encode("utf-8")
    return row


def _edge(edge: Edge, bits: _Bits) -> Row:
    return {
        "kind": EDGES.index(edge.kind),
        "src": bits[edge.src],
        "dst": bits[edge.dst],
        "alias": [bits[str(node)] for node in edge.get("alias_of") or ()],
        "span": [(int(start), int(end)) for start, end, *_ in edge.get("spans") or ()],
    }


def _tagging(edge: Edge, bits: _Bits) -> Row:
    return {"src": bits[edge.src], "dst": bits[edge.dst]}


def _tag(version: Version) -> Row:
    levels = above(tag_path(str(version.get("name", ""))))
    paths = [hashed(said(path)) for path in levels] or [0]
    return {"record": version.id.encode("utf-8"), "path": paths[-1], "above": paths}


def _cube(version: Version, derived: Derivation, bits: _Bits) -> Row:
    counts = unpack_counts(derived.counts[version.id])
    vectors = unpack_vectors(derived.vectors[version.id])
    spans = sentences(version)
    # One sentence that is the whole passage has the passage's vector.
    senses = vectors[1:] if len(vectors) == len(spans) + 1 else vectors[:1].repeat(len(spans), 0)
    stated = version.get("stated")
    return {
        "active": walked(version.content),
        "archived": version.get("state") == State.ARCHIVED,
        "stated": version.validity.start if stated is None else int(stated),
        **{name: _field(version.get(name, _UNSAID.get(name))) for name in HEADER},
        "payload": hashed(version.payload.digest if version.payload else ""),
        **_quotes(version),
        "length": sum(counts.values()),
        "term": [bits[term] for term in counts],
        "count": list(counts.values()),
        "vector": vectors[0],
        "sentence": spans,
        "sense": list(senses),
    }


def _field(value: Any) -> int:
    """A field as it is filtered: what is said, or 0 for nothing."""
    return 0 if value is None else hashed(str(value))


def _quotes(version: Version) -> Row:
    """What a summary was made of, and for each of its sentences the cube, the characters there, and its own."""
    pins = version.get("made_of") or ()
    own = [int(start) for start, *_ in version.get("sentences") or ()] if pins else []
    quotes = list(zip(version.get("quotes") or (), own, strict=False))
    return {
        "pin": [hashed(str(payload)) for payload in pins],
        "quoted": [hashed(str(cube)) for (cube, *_), _ in quotes],
        "quote": [(int(start), int(end), at) for (_, start, end), at in quotes],
    }


def _links(version: Version, row: Linked) -> Row:
    """Under which keys a version is compared, and what it replaces or is replaced by."""
    rivals, bonds = [], []
    for one in row.links:
        mine = one.new == version.id
        spans = (one.new_span, one.old_span) if mine else (one.old_span, one.new_span)
        rivals.append(hashed(one.old if mine else one.new))
        bonds.append((int(mine), int(one.verdict), round(1000 * one.chance), *spans[0], *spans[1]))
    return {
        "record": version.id.encode("utf-8"),
        "mark": hashed(version.id),
        "block": row.keys.tolist(),
        "rival": rivals,
        "bond": bonds,
    }


def _source(version: Version) -> Row:
    passages = version.get("passages") or ()
    return {
        "media": _field(version.get("media")),
        "author": _field(version.get("author")),
        "uri": str(version.get("uri", "")).encode("utf-8", "surrogatepass"),
        "passage": [hashed(str(cube)) for cube, *_ in passages],
        "offset": [int(start) for _, start, *_ in passages],
    }


def patched(
    segments: Sequence[Segment], records: Sequence[Record]
) -> tuple[tuple[Segment, ...], list[Record]]:
    """End the rows whose interval has ended, and give the records that no segment holds yet."""
    ends: dict[tuple[int, str], dict[int, int]] = {}
    new: list[Record] = []
    for record in records:
        table, key = table_of(record), row_key(record.id, record.from_seq)
        for number, segment in enumerate(segments):
            row = segment.row(table, key)
            if row is not None:
                ends.setdefault((number, table), {})[row] = record.to_seq
                break
        else:
            new.append(record)
    patched = list(segments)
    for (number, table), rows in ends.items():
        patched[number] = patched[number].ended(table, rows)
    return tuple(patched), new
