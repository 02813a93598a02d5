"""Receipts: what was given out, to whom, made from exactly which content.

A receipt is a node of kind Injection with one DERIVED_FROM edge for each cube that was used, pinned to
the digest of the payload as it was then. It is committed before the answer is shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from .change import ChangeSet, Open
from .digest import new_node_id
from .instant import now
from .kind import Authority, EdgeKind, NodeKind, Role
from .listing import all_edges
from .record import Author, Content, Payload, Version
from .scope import Access, Along, Scope
from .store import GraphStore


@dataclass(frozen=True, slots=True)
class Use:
    """One cube as it was used: its version, and the characters that were quoted (all of it if none)."""

    cube: Version
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt not yet committed: the id it will have, and the change that writes it."""

    id: str
    change: ChangeSet


def readers_of(store: GraphStore, scope: Scope, uses: Sequence[Use]) -> tuple[str, ...]:
    """The agents who may read all that was used; empty where everybody may who reads the namespace.

    Whoever asked is always among them, so that a receipt of something restricted is never for everybody.
    """
    places = [(use.cube.node, use.cube.origin) for use in uses]
    granted: dict[str, set[str]] = {}
    near = Along(
        kinds=(EdgeKind.GRANTS,), dst=tuple(sorted({n for place in places for n in place}))
    )
    for edge in all_edges(store, store.scope(scope.ns, ""), near) if places else ():
        granted.setdefault(edge.dst, set()).add(edge.src)
    if not granted:
        return ()
    asked = store.name(scope.ns, NodeKind.AGENT, scope.viewer).id
    return tuple(sorted({asked, *set.intersection(*granted.values())}))


def receipt(
    ns: str,
    verb: str,
    question: str,
    given: str,
    uses: Sequence[Use],
    about: Content,
    *,
    seq: int,
    readers: Sequence[str] = (),
) -> Receipt:
    """Write the receipt of an answer or an injection.

    `given` is the exact text that went out; its SHA-256 is kept beside it. `about` holds form, model,
    budget and the like; `seq` is the sequence that was read. It says what was used, so that it is for the
    same `readers`, where not everybody may read that.
    """
    node = new_node_id()
    author = Author(ns, node, Authority.ASSERTED, now(), True)
    header = {
        **about,
        "verb": str(verb),
        "question": question,
        "sha256": hashlib.sha256(given.encode()).hexdigest(),
        "read_at": seq,
    }
    ops = [Open(author.version(NodeKind.INJECTION, node, header, payload=Payload.of(given)))]
    for use in uses:
        digest = use.cube.payload.digest if use.cube.payload else ""
        content = {
            "role": str(Role.USE),
            "payload": digest,
            "spans": [list(span) for span in use.spans],
        }
        ops.append(Open(author.edge(EdgeKind.DERIVED_FROM, node, use.cube.node, content)))
    for agent in readers:
        ops.append(Open(author.edge(EdgeKind.GRANTS, agent, node, {"role": str(Access.READER)})))
    change = ChangeSet(
        ns=ns,
        verb=verb,
        ops=tuple(ops),
        reason=question,
        note={"targets": [node]},
    )
    return Receipt(node, change)
