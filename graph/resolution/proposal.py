"""Proposals: names that may mean one thing, for somebody to look at; they change nothing.

Computed when asked, of the records in force, and never stored (DESIGN, belief). `merge` and `distinguish` decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..canonical import Identities, identities, spoken
from ..kind import EdgeKind, NodeKind
from ..listing import all_edges
from ..record import Version
from ..scope import Along, Scope
from ..store import GraphStore
from .form import Form
from .scorer import REVIEW, Judgement, judged

Closeness = Callable[[Sequence[tuple[str, str]]], tuple[Sequence[float], float]]
"""Gives the cosine of each pair of names, and from which on it counts."""

MOST_FORMS = 8
"""Spellings of a name that are compared to explain a pair."""


class Found(Protocol):
    """A pair of entities of alike names, as an index keeps it."""

    @property
    def one(self) -> str: ...
    @property
    def other(self) -> str: ...
    @property
    def chance(self) -> float: ...
    @property
    def certain(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two entities that may be one, with what speaks for it.

    `parts` are the features that weigh most, with what each adds to the log odds; `cosine` what the encoder
    makes of the names, where it was asked; `rivals` how many other names one of the two may be as well.
    `applied` says whether reads already take them for one. `id` follows from the two entities alone.
    """

    id: str
    one: str
    other: str
    names: tuple[str, str]
    chance: float
    parts: tuple[tuple[str, float], ...]
    cosine: float | None
    rivals: int
    applied: bool


def likenesses(
    store: GraphStore,
    scope: Scope,
    found: Iterable[Found],
    *,
    applied: bool = False,
    closeness: Closeness | None = None,
) -> list[Likeness]:
    """Explain the pairs of a scope, likeliest first: what is proposed, or with `applied` what is one by now.

    What somebody decided of two names is proposed no more, nor what is one by now by a detour. With
    `closeness`, pairs of which the letters say too little are proposed where the vectors of their names are
    close enough.
    """
    pairs = list(found)
    nodes = sorted({node for pair in pairs for node in (pair.one, pair.other)})
    shown: dict[str, list[Version]] = {}
    for version in store.get(scope, nodes) if nodes else ():
        shown.setdefault(version.node, []).append(version)
    pairs = [pair for pair in pairs if pair.one in shown and pair.other in shown]
    same = identities(store, scope)
    if not applied:
        pairs = _undecided(store, scope, pairs, same)
    names = {node: spoken(versions, "name") for node, versions in shown.items()}
    said, least = _closeness(pairs, names, closeness)
    kept = [
        (pair, cosine)
        for pair, cosine in zip(pairs, said, strict=True)
        if applied or pair.chance >= REVIEW or (cosine is not None and cosine >= least)
    ]
    times = Counter(same.root(node) for pair, _ in kept for node in (pair.one, pair.other))
    told = []
    for pair, cosine in kept:
        judgement = _explained(shown[pair.one], shown[pair.other])
        told.append(
            Likeness(
                likeness_id(store, scope.ns, pair.one, pair.other),
                pair.one,
                pair.other,
                (names[pair.one], names[pair.other]),
                pair.chance,
                judgement.parts,
                cosine,
                0 if applied else max(times[same.root(n)] for n in (pair.one, pair.other)) - 1,
                applied,
            )
        )
    return sorted(told, key=lambda one: (-one.chance, one.rivals, one.names, one.one, one.other))


def likeness_id(store: GraphStore, ns: str, one: str, other: str) -> str:
    """The id of the proposal that two entities are one, whichever comes first."""
    return store.name(ns, NodeKind.PROPOSAL, "likeness", *sorted((one, other))).id


def _undecided(
    store: GraphStore, scope: Scope, pairs: Sequence[Found], same: Identities
) -> list[Found]:
    """The best pair between any two that are neither one nor kept apart."""
    along = Along(kinds=(EdgeKind.NOT_SAME_AS,))
    apart = {
        frozenset((same.root(edge.src), same.root(edge.dst)))
        for edge in all_edges(store, scope, along)
    }
    best: dict[frozenset[str], Found] = {}
    for pair in sorted(pairs, key=lambda pair: (-pair.chance, pair.one, pair.other)):
        group = frozenset((same.root(pair.one), same.root(pair.other)))
        if len(group) == 2 and group not in apart:
            best.setdefault(group, pair)
    return list(best.values())


def _closeness(
    pairs: Sequence[Found], names: Mapping[str, str], closeness: Closeness | None
) -> tuple[list[float | None], float]:
    """What an encoder makes of the pairs whose letters say too little, and what is enough."""
    asked = [i for i, pair in enumerate(pairs) if not pair.certain and pair.chance < REVIEW]
    said: list[float | None] = [None] * len(pairs)
    if closeness is None or not asked:
        return said, 2.0
    found, least = closeness([(names[pairs[i].one], names[pairs[i].other]) for i in asked])
    for i, cosine in zip(asked, found, strict=True):
        said[i] = cosine
    return said, least


def _explained(one: Sequence[Version], other: Sequence[Version]) -> Judgement:
    """The judgement of the two spellings that are most alike."""
    forms = [
        sorted({(str(v.get("name", "")), str(v.get("label", ""))) for v in versions})[:MOST_FORMS]
        for versions in (one, other)
    ]
    every = (judged(Form(*mine), Form(*theirs)) for mine in forms[0] for theirs in forms[1])
    return max(every, key=lambda judgement: (judgement.probability, judgement.parts))
