"""Rulings: what somebody decided of a link between two statements: that it holds, or that it does not.

A ruling is a Decision that names both statements by source and sentence (under the store's secret), not by cube or
offset, so that it holds after a source was read again or edited elsewhere. It overrules what is computed: an
approved link counts like one that is certain, a rejected one is neither applied nor proposed, whatever the scorer
makes of it. It ends when its change is reverted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ..canonical import sentence_key
from ..change import ChangeSet
from ..curator import Curator
from ..errors import Conflict, Invalid
from ..kind import EdgeKind, NodeKind, Verb
from ..listing import all_found
from ..record import Record, Version
from ..scope import Scope, Where
from ..store import GraphStore

Span = tuple[int, int]
Place = tuple[str, str]
"""A statement by its source and the key of its sentence."""

RULINGS = (Verb.APPROVE, Verb.REJECT)


@dataclass(frozen=True, slots=True)
class Ruling:
    """Somebody's decision on a link, since the change `seq`: whether `new` takes the place of `old`.

    `cubes` are the ids of the passages as they were then, the new one first.
    """

    decision: str
    seq: int
    approved: bool
    new: Place
    old: Place
    cubes: tuple[str, str]

    @property
    def pair(self) -> frozenset[Place]:
        """What it is about, whichever is the later."""
        return frozenset((self.new, self.old))


def place_of(store: GraphStore, version: Version, span: Span) -> Place:
    """Name a sentence of a cube by value; what a summary quotes is its source's."""
    source = version.get("summarised") or version.origin
    start, end = span
    return str(source), sentence_key(store, version.ns, version.text[start:end])


def proposal_id(store: GraphStore, ns: str, one: Place, other: Place) -> str:
    """The id of a link between two statements: it follows from them, whenever and however they are read."""
    first, second = sorted((one, other))
    return store.name(ns, NodeKind.PROPOSAL, "supersession", *first, *second).id


def rules(record: Record) -> bool:
    """Whether a record is a decision on a link."""
    return (
        isinstance(record, Version)
        and record.kind is NodeKind.DECISION
        and record.get("verb") in RULINGS
    )


def rulings(store: GraphStore, scope: Scope) -> dict[frozenset[Place], Ruling]:
    """The rulings in force; of two on the same statements the later counts."""
    found: dict[frozenset[Place], Ruling] = {}
    for verb in RULINGS:
        where = Where(kinds=(NodeKind.DECISION,), header={"verb": str(verb)})
        for version in all_found(store, scope, where):
            ruling = _read(version)
            if ruling is not None:
                held = found.get(ruling.pair)
                if held is None or (held.seq, held.decision) < (ruling.seq, ruling.decision):
                    found[ruling.pair] = ruling
    return found


def _read(version: Version) -> Ruling | None:
    evidence, cubes = version.get("evidence"), version.get("cubes")
    if not evidence or not cubes:
        return None  # erased, or another decision of that name
    (new, new_key), (old, old_key) = evidence
    return Ruling(
        version.node,
        version.from_seq,
        version.get("verb") == Verb.APPROVE,
        (str(new), str(new_key)),
        (str(old), str(old_key)),
        (str(cubes[0]), str(cubes[1])),
    )


def ruling_change(
    curator: Curator,
    scope: Scope,
    new: tuple[Version, Span],
    old: tuple[Version, Span],
    *,
    approve: bool,
    reason: str,
) -> ChangeSet:
    """The change that approves a link, or rejects it: a Decision, and for an approval a SUPERSEDES edge.

    Nothing that a source opened is touched, so that a revert leaves what would be there without it. Raises
    `Invalid` for a cube and itself, and `Conflict` where somebody ruled on the two already.
    """
    store = curator.store
    later, earlier = place_of(store, *new), place_of(store, *old)
    if later == earlier:
        raise Invalid(
            "a statement does not take its own place: name a proposal of `memcubes review`"
        )
    known = rulings(store, scope).get(frozenset((later, earlier)))
    if known is not None:
        raise ruled_already(known)
    nodes = new[0].node, old[0].node
    held = {"spans": [list(new[1])], "old_spans": [list(old[1])]}
    change = curator.decided(
        Verb.APPROVE if approve else Verb.REJECT,
        {"cubes": list(nodes), "evidence": [list(later), list(earlier)]},
        reason,
        edges=[(EdgeKind.SUPERSEDES, *nodes, held)] if approve else (),
        targets=nodes,
    )
    # whoever decides has read these very wordings
    return replace(change, expects=(new[0].id, old[0].id))


def ruled_already(known: Ruling) -> Conflict:
    """The refusal of a second decision on one link."""
    word = "approved" if known.approved else "rejected"
    return Conflict(
        f"this was {word} already, by @{known.seq}: undo that first (`memcubes revert @{known.seq}`)",
        current=known.decision,
    )


def keyed(store: GraphStore, version: Version, spans: Iterable[Span]) -> Mapping[Span, Place]:
    """The sentences of a cube by value."""
    return {span: place_of(store, version, span) for span in spans}
