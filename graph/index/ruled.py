"""Ruled: the links between passages of a view after what somebody decided of them.

A ruling names sentences of sources; which passages hold them now is found among the links that are computed, and
for an approved link that is computed no more, by the passages of its sources.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..canonical import sentences_of
from ..digest import hashed
from ..kind import NodeKind
from ..listing import all_found
from ..record import Version
from ..scope import Where
from ..store import GraphStore
from ..supersession.clause import units
from ..supersession.link import Verdict, links
from ..supersession.record import statement_of
from ..supersession.ruling import Place, Ruling, Span, keyed, rulings
from .bond import Bond
from .places import places_of

if TYPE_CHECKING:
    from .view import View

Rules = Mapping[frozenset[Place], Ruling]
Pair = frozenset[int]


def ruled(store: GraphStore, view: View, bonds: Sequence[Bond]) -> list[Bond]:
    """The links without those that were rejected, and with those that were approved."""
    rules = rulings(store, view.scope)
    if not rules:
        return list(bonds)
    near = _near(view, bonds, rules)
    kept = [bond for bond in bonds if frozenset((bond.new, bond.old)) not in near]
    versions = _versions(store, view, {passage for pair in near for passage in pair})
    met: set[str] = set()
    for pair, mine in near.items():
        found = _judged(store, pair, mine, versions, rules)
        met |= {rules_of.decision for rules_of in found[1]}
        kept += found[0]
    lost = [rule for rule in rules.values() if rule.approved and rule.decision not in met]
    return kept + [bond for rule in lost for bond in _found_again(store, view, rule)]


def _near(view: View, bonds: Sequence[Bond], rules: Rules) -> dict[Pair, list[Bond]]:
    """The links that may be ruled on, by their two passages: those between sources of a ruling."""
    pairs = {tuple(sorted((hashed(rule.new[0]), hashed(rule.old[0])))) for rule in rules.values()}
    quoting = view.quoting
    found: dict[Pair, list[Bond]] = defaultdict(list)
    for bond in bonds:
        origins = sorted((int(view.origins[bond.new]), int(view.origins[bond.old])))
        if tuple(origins) in pairs or not quoting.isdisjoint((bond.new, bond.old)):
            found[frozenset((bond.new, bond.old))].append(bond)
    return found


def _versions(store: GraphStore, view: View, passages: Iterable[int]) -> dict[int, Version]:
    """The cubes that passages are, those that the viewer may read."""
    by_node = {view.node(passage): passage for passage in sorted(passages)}
    found = store.get(view.scope, sorted(by_node)) if by_node else ()
    return {by_node[version.node]: version for version in found if version.content is not None}


def _judged(
    store: GraphStore,
    pair: Pair,
    bonds: Sequence[Bond],
    versions: Mapping[int, Version],
    rules: Rules,
) -> tuple[list[Bond], list[Ruling]]:
    """What holds between two passages, and the rulings that say so."""
    if len(pair) != 2 or not pair <= versions.keys():
        return list(bonds), []
    one, other = sorted(pair)
    here = keyed(store, versions[one], _units(versions[one]))
    there = keyed(store, versions[other], _units(versions[other]))
    met = [
        (rule, (one, span, mine), (other, across, theirs))
        for span, mine in here.items()
        for across, theirs in there.items()
        if (rule := rules.get(frozenset((mine, theirs)))) is not None
    ]
    if not met:
        return list(bonds), []
    found = [
        _approved(rule, *((first, second) if rule.new == first[2] else (second, first)))
        for rule, first, second in met
        if rule.approved
    ]
    over = {frozenset(((a, span), (b, across))) for _, (a, span, _), (b, across, _) in met}
    left = _left(bonds, versions[one], versions[other], (one, other), over)
    return found + left, [rule for rule, _, _ in met]


def _units(version: Version) -> list[Span]:
    """The sentences of a cube and their clauses: what a link is about."""
    return list(units(version.text, sentences_of(version)))


def _approved(rule: Ruling, new: tuple[int, Span, Place], old: tuple[int, Span, Place]) -> Bond:
    return Bond(new[0], old[0], Verdict.SUPERSEDES, 1.0, new[1], old[1], rule.seq)


def _left(
    bonds: Sequence[Bond],
    one: Version,
    other: Version,
    passages: tuple[int, int],
    over: Collection[frozenset[tuple[int, Span]]],
) -> list[Bond]:
    """The links between two cubes but for the sentences that were ruled on, which may have hidden others."""
    mine, theirs = statement_of(one), statement_of(other)
    if mine is None or theirs is None or one.get("made_of") or other.get("made_of"):
        return [
            bond
            for bond in bonds
            if frozenset(((bond.new, bond.new_span), (bond.old, bond.old_span))) not in over
        ]
    names = {passages[0]: one.id, passages[1]: other.id}
    without = {frozenset((names[passage], span) for passage, span in pair) for pair in over}
    numbers = {record: passage for passage, record in names.items()}
    return [
        Bond(
            numbers[made.new],
            numbers[made.old],
            made.verdict,
            made.chance,
            made.new_span,
            made.old_span,
        )
        for made in links(mine, theirs, without)
    ]


def _found_again(store: GraphStore, view: View, rule: Ruling) -> list[Bond]:
    """An approved link that nothing computes now, where both its sentences still stand."""
    ends = []
    for place, cube in ((rule.new, rule.cubes[0]), (rule.old, rule.cubes[1])):
        found = _standing(store, view, place, store.get(view.scope, [cube]))
        if found is None:
            where = Where(kinds=(NodeKind.MEMCUBE,), origins=(place[0],))
            found = _standing(store, view, place, all_found(store, view.scope, where))
        if found is None:
            return []
        ends.append((*found, place))
    return [_approved(rule, ends[0], ends[1])] if ends[0][0] != ends[1][0] else []


def _standing(
    store: GraphStore, view: View, place: Place, versions: Iterable[Version]
) -> tuple[int, Span] | None:
    """The visible passage, and the characters in it, where a sentence stands."""
    for version in versions:
        if version.content is None or version.kind is not NodeKind.MEMCUBE:
            continue
        for span, mine in keyed(store, version, _units(version)).items():
            passage = int(places_of(view.nodes, np.array([hashed(version.node)], np.uint64))[0])
            if mine == place and passage >= 0:
                return passage, span
    return None
