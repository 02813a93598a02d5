"""Transformations: text into an activation and back, each a change set with its lineage (MemOS, arXiv 2507.03724).

An activation is a MemCube of its own: its payload says which token ids of which model it stands for, its
DERIVED_FROM edges pin the payloads that were read for it. The tensors lie beside the store and can be made
again; what the log keeps is that there are some, of what, for whom, and why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from ..graph.change import ChangeSet, Close, Open, Selector
from ..graph.digest import canonical
from ..graph.instant import now
from ..graph.kind import Authority, EdgeKind, NodeKind, Role, Verb
from ..graph.listing import all_edges
from ..graph.receipt import Use, readers_of
from ..graph.record import Author, Content, Payload, Version
from ..graph.scope import Access, Along, Scope
from ..graph.store import GraphStore, Name
from .plan import Segment, spans_of

ACTIVATION = "activation"
"""The semantic type of an activation, and the form of its payload (MemOS's memory of that name)."""


@dataclass(frozen=True, slots=True)
class Prefix:
    """What a KV cache stands for: token ids, the fingerprint of what read them, and the segments told by them.

    >>> Prefix((1, 2), "smollm2", "f0", ()).digest[:8]
    '58ac16ac'
    """

    ids: tuple[int, ...]
    model: str
    fingerprint: str
    segments: tuple[Segment, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over fingerprint and ids: the same prefix of the same model is one activation."""
        return hashlib.sha256(canonical([self.fingerprint, list(self.ids)])).hexdigest()

    def name(self, store: GraphStore, ns: str) -> Name:
        """The identity of the activation, the same in every process.

        It follows from the records that are told too: the same words that were taken back and came in anew, or
        that another source says, are another activation, and that of the old ones comes back with them.
        """
        told = sorted({one.payload for one in self.segments if one.node})
        return store.name(ns, NodeKind.MEMCUBE, ACTIVATION, self.digest, *told)


def promotion(
    store: GraphStore, scope: Scope, prefix: Prefix, cubes: Sequence[Version], reason: str
) -> ChangeSet:
    """The change that makes an activation of a prefix; `cubes` are the versions that it tells.

    Whoever may read all of them may read it. Raises nothing by itself; the commit raises `Conflict` where
    somebody else made it meanwhile or a cube was changed.
    """
    name = prefix.name(store, scope.ns)
    passages = "1 passage" if len(cubes) == 1 else f"{len(cubes)} passages"
    header = {
        # no word of what it tells: that may be restricted or erased later, and lineage names it
        "title": f"KV cache of {passages}",
        "model": prefix.model,
        "tokens": len(prefix.ids),
        "facts": sorted({fact for one in prefix.segments for fact in one.facts}),
        "method": "kv@1",
        "prefix": prefix.digest,
    }
    held = {"fingerprint": prefix.fingerprint, "ids": prefix.digest, "tokens": len(prefix.ids)}
    spans = spans_of(prefix.segments)
    uses = [Use(cube, spans.get(cube.node, ())) for cube in cubes]
    return activated(store, scope, name, header, canonical(held).decode(), uses, reason)


def activated(
    store: GraphStore,
    scope: Scope,
    name: Name,
    header: Content,
    held: str,
    uses: Sequence[Use],
    reason: str,
) -> ChangeSet:
    """The change that makes an activation of text: the cube, what it was made from, and who may read it."""
    author = Author(scope.ns, name.id, Authority.INFERRED, now())
    told = {
        "semantic_type": ACTIVATION,
        "origin_type": "inferred",
        "state": "activated",
        **header,
    }
    payload = Payload.of(held, ACTIVATION)
    version = author.version(NodeKind.MEMCUBE, name.id, told, key=name.key, payload=payload)
    return transformed(
        store, scope, author, version, uses, ("plaintext", ACTIVATION), reason=reason
    )


def transformed(
    store: GraphStore,
    scope: Scope,
    author: Author,
    version: Version,
    uses: Sequence[Use],
    way: tuple[str, str],
    *,
    reason: str,
) -> ChangeSet:
    """The change that opens one form of memory made of others: what it was made from, and who may read all of that.

    `way` are the forms before and after.
    """
    edges = [
        author.edge(
            EdgeKind.DERIVED_FROM,
            version.node,
            use.cube.node,
            {
                "role": str(Role.USE),
                "payload": use.cube.payload.digest if use.cube.payload else "",
                "spans": [list(span) for span in use.spans],
            },
        )
        for use in uses
    ]
    edges += [
        author.edge(EdgeKind.GRANTS, agent, version.node, {"role": str(Access.READER)})
        for agent in readers_of(store, scope, uses)
    ]
    return ChangeSet(
        ns=scope.ns,
        verb=Verb.TRANSFORM,
        reason=reason,
        note={"targets": [version.node], "from": way[0], "to": way[1]},
        expects=tuple(use.cube.id for use in uses),
        absent=(version.node,),
        base_seq=scope.seq,
        ops=(Open(version), *(Open(edge) for edge in edges)),
    )


def demotion(store: GraphStore, scope: Scope, activation: Version, reason: str) -> ChangeSet:
    """The change that goes back to text: the activation is closed, what it was made from stays as it is."""
    near = Along(kinds=(EdgeKind.DERIVED_FROM, EdgeKind.GRANTS), touching=(activation.node,))
    mine = [e.id for e in all_edges(store, scope, near) if e.origin == activation.origin]
    return ChangeSet(
        ns=scope.ns,
        verb=Verb.TRANSFORM,
        reason=reason,
        note={"targets": [activation.node], "from": ACTIVATION, "to": "plaintext"},
        expects=(activation.id,),
        base_seq=scope.seq,
        ops=(Close(Selector(ids=(activation.id, *mine))),),
    )
