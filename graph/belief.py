"""Belief: what follows from the records in force; computed on every read and never stored.

A fact is *supported* by the distinct primary sources that state it, and *superseded* where an explicit
correction of at least equal authority, stated no earlier, puts another value into its slot (canonical
subject, relation, shape of the object), or denies it. What neither authority nor time orders is *disputed*; what is only
said to be possible, likely or reported is *supposed*, and overrules nothing that is stated. Taking
a source away therefore gives exactly what would be believed had it never been there (DESIGN, belief).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

from .canonical import Identities, identities
from .kind import EdgeKind, NodeKind
from .listing import all_edges, all_found
from .record import Edge, Version
from .scope import Along, Scope, Where
from .store import GraphStore

FEW = 1_000
"""Corrections of a namespace up to which they are looked through; beyond, a subject's facts are."""


class Status(StrEnum):
    """What the engine says of a fact or of the passage that states it."""

    BELIEVED = "believed"
    SUPPOSED = "supposed"
    SUPERSEDED = "superseded"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Claim:
    """One source's statement of one fact."""

    fact: str
    origin: str
    subject: str
    relation: str
    object: str
    negated: bool
    correction: bool
    instead_of: str | None
    authority: int
    stated: int | None
    hedged: bool = False

    @property
    def words(self) -> str:
        """The fact as a phrase."""
        return (
            f"{self.subject} {'not ' if self.negated else ''}{self.relation} {self.object}".strip()
        )


@dataclass(frozen=True, slots=True)
class Belief:
    """What is to be thought of one fact, and why.

    `sources` are the distinct primary sources in force that state it; `by` the facts that supersede or
    dispute it.
    """

    fact: str
    words: str
    status: Status
    sources: tuple[str, ...]
    by: tuple[str, ...]

    @property
    def believed(self) -> bool:
        """Whether it is believed without dispute."""
        return self.status is Status.BELIEVED


@lru_cache(maxsize=65536)
def shape(text: str) -> str:
    """What kind of value an object is: digits and capitalised names are blanked, the rest stays.

    >>> shape("1,240 doses"), shape("at 02:10"), shape("Hexcombe Mutual")
    ('# doses', '#', 'Name')
    """
    plain = re.sub(
        r"^(at|in|on|by|with|from|to|of|for|the|an?)\s+", "", text.strip(), flags=re.IGNORECASE
    )
    blanked = re.sub(r"[\d][\d.,:/-]*", "#", plain)
    named = re.sub(r"[^\W\d_a-z][\w'’-]*", "Name", blanked)
    return re.sub(r"(Name)(\s+Name)+", r"\1", re.sub(r"\s+", " ", named)).strip()


@lru_cache(maxsize=65536)
def _plain(text: str) -> str:
    return re.sub(r"^(at|in|on|by|with|from|to|of|for|the|an?)\s+", "", text.strip().casefold())


def _targets(one: Claim, other: Claim) -> tuple[bool, bool]:
    """Whether `one` corrects the value of `other`: by naming it, and by standing in its slot."""
    if not one.correction or one.fact == other.fact:
        return False, False
    named = one.instead_of is not None and _plain(one.instead_of) == _plain(other.object)
    same = one.relation == other.relation and shape(one.object) == shape(other.object)
    if one.negated != other.negated:
        # "actually, it did not fail": the very same, denied
        same = same and _plain(one.object) == _plain(other.object)
    return named, same


def supersedes(one: Claim, other: Claim) -> bool | None:
    """Whether one claim of a slot takes the place of another; None where it tries and nothing orders them.

    >>> old = Claim("f1", "s1", "valve", "fail at", "02:10", False, False, None, 1, 10)
    >>> new = Claim("f2", "s2", "valve", "fail at", "07:40", False, True, "02:10", 1, 20)
    >>> supersedes(new, old), supersedes(old, new)
    (True, False)
    """
    named, same = _targets(one, other)
    if not (named or same):
        return False
    if one.authority < other.authority or (one.hedged and not other.hedged):
        return None
    if one.stated is None or other.stated is None:
        # an explicit "not X" orders the two by itself; time alone would need both dates
        return True if named else None
    if one.stated < other.stated:
        return None if named else False
    return True


def claims_of(
    versions: Iterable[Version], stating: Mapping[tuple[str, str], Sequence[Edge]] | None = None
) -> list[Claim]:
    """Read the claims out of versions of facts.

    When a fact was stated, and whether as a correction, is told by the passages that state it now
    (`stating`, by fact and source), so that it goes with them.
    """
    told = {v.id: _manner(v, (stating or {}).get((v.node, v.origin), ())) for v in versions}
    return [
        Claim(
            fact=v.node,
            origin=v.origin,
            subject=str(v.get("subject", "")),
            relation=str(v.get("relation", "")),
            object=str(v.get("object", "")),
            negated=bool(v.get("negated", False)),
            correction=bool(told[v.id].get("correction", False)),
            instead_of=told[v.id].get("instead_of"),
            authority=int(v.authority),
            stated=told[v.id].get("stated"),
            hedged=bool(told[v.id].get("hedged", False)),
        )
        for v in versions
        if v.content is not None
    ]


def _manner(version: Version, edges: Sequence[Edge]) -> Mapping[str, Any]:
    """How a source states a fact, put together of its passages in force; an older reader kept it whole."""
    said = [edge.get("claim") for edge in edges]
    if not said or not all(isinstance(one, dict) for one in said):
        return version.content or {}
    found: dict[str, Any] = {
        "correction": any(one.get("correction") for one in said),
        "hedged": all(one.get("hedged") for one in said),
    }
    instead = [one["instead_of"] for one in said if one.get("instead_of") is not None]
    stated = [one["stated"] for one in said if one.get("stated") is not None]
    found |= {"instead_of": min(instead)} if instead else {}
    return found | ({"stated": max(stated)} if stated else {})


def beliefs(
    store: GraphStore, scope: Scope, facts: Sequence[str] | None = None, *, rivals: bool = False
) -> dict[str, Belief]:
    """What the scope gives reason to believe, for these facts (or for all of them).

    Facts that no visible source states are `WITHDRAWN`, which the scope cannot tell from "never said".
    With `rivals` the other facts about the same subjects come along.
    """
    found, _ = grounded(store, scope, facts)
    if facts is None or rivals:
        return found
    return {fact: found[fact] for fact in facts}


def grounded(
    store: GraphStore, scope: Scope, facts: Sequence[str] | None
) -> tuple[dict[str, Belief], dict[str, set[str]]]:
    """Beliefs as `beliefs` gives them with rivals, and by fact the passages in force that state it."""
    groups, stated = _slots(store, scope, facts)
    found: dict[str, Belief] = {}
    for claims in groups:
        for fact, belief in judge(claims).items():
            found[fact] = _either(found[fact], belief) if fact in found else belief
    for fact in facts or ():
        if fact not in found:
            found[fact] = Belief(fact, "", Status.WITHDRAWN, (), ())
    passages: dict[str, set[str]] = defaultdict(set)
    for (fact, _), edges in stated.items():
        passages[fact].update(edge.src for edge in edges)
    return found, passages


def _slots(
    store: GraphStore, scope: Scope, facts: Sequence[str] | None
) -> tuple[list[list[Claim]], dict[tuple[str, str], list[Edge]]]:
    """Claims by canonical subject, with every rival of the facts that are asked for, and what states them."""
    same = identities(store, scope)
    if facts is None:
        versions = list(all_found(store, scope, Where(kinds=(NodeKind.FACT,))))
        about = store.ends(scope, Along(kinds=(EdgeKind.SUBJECT_OF,)))
    else:
        versions, about = _rivals(store, scope, same, tuple(dict.fromkeys(facts)))
    subject_of = {fact: subject for subject, fact in sorted(about)}
    stated = _stated(store, scope, None if facts is None else sorted({v.node for v in versions}))
    groups: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims_of(versions, stated):
        where = stated.get((claim.fact, claim.origin), ())
        subject = subject_of.get(claim.fact)
        whom = same.spoken_of(subject, where) if subject is not None else {claim.fact}
        for one in whom if where else ():
            groups[one].append(claim)
    return [groups[name] for name in sorted(groups)], stated


def _rivals(
    store: GraphStore, scope: Scope, same: Identities, asked: tuple[str, ...]
) -> tuple[list[Version], frozenset[tuple[str, str]]]:
    """The facts that are asked for with all that bears on them, and who they are about (subject, fact).

    Only a correction overrules or disputes: where none is asked for, the corrections of the same
    subjects are enough, and there are few of them.
    """
    mine = list(store.get(scope, asked))
    near = store.ends(scope, Along(kinds=(EdgeKind.SUBJECT_OF,), dst=asked))
    alike = same.alike({subject for subject, _ in near})
    if not any(version.get("correction") for version in mine):
        where = Where(kinds=(NodeKind.FACT,), header={"correction": True})
        page = store.find(scope, where, first=FEW)
        if page.after is None:
            nodes = tuple(sorted({version.node for version in page.items}))
            along = Along(kinds=(EdgeKind.SUBJECT_OF,), dst=nodes)
            pairs = store.ends(scope, along) if nodes else ()
            theirs = {(subject, fact) for subject, fact in pairs if subject in alike}
            others = {fact for _, fact in theirs}.difference(asked)
            # every version of theirs, those that correct nothing too
            return mine + list(store.get(scope, sorted(others))), near | theirs
    along = Along(kinds=(EdgeKind.SUBJECT_OF,), src=tuple(sorted(alike)))
    about = store.ends(scope, along) if alike else frozenset()
    others = {fact for _, fact in about}.difference(asked)
    return mine + list(store.get(scope, sorted(others))), near | about


def _either(one: Belief, other: Belief) -> Belief:
    """What is thought of a fact that was said of two subjects which a split tells apart."""
    ranks = (Status.BELIEVED, Status.SUPPOSED, Status.DISPUTED, Status.SUPERSEDED)
    best = min(one, other, key=lambda b: (ranks.index(b.status), b.by))
    return replace(best, sources=tuple(sorted({*one.sources, *other.sources})))


def _stated(
    store: GraphStore, scope: Scope, facts: Sequence[str] | None
) -> dict[tuple[str, str], list[Edge]]:
    """Where each source still has passages in force that state a fact."""
    dst = None if facts is None else tuple(facts)
    found: dict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge in all_edges(store, scope, Along(kinds=(EdgeKind.SUPPORTS,), dst=dst)):
        found[edge.dst, edge.origin].append(edge)
    return found


class _Slots:
    """Where claims stand, so that a correction meets those that it may be about and no others."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self._named: dict[str, list[int]] = defaultdict(list)
        self._alike: dict[tuple[str, str, bool], list[int]] = defaultdict(list)
        for place, claim in enumerate(claims):
            self._named[_plain(claim.object)].append(place)
            self._alike[claim.relation, shape(claim.object), claim.negated].append(place)

    def aimed_at(self, claim: Claim) -> set[int]:
        """The places of the claims whose value a correction names, or whose slot it stands in."""
        slot = claim.relation, shape(claim.object)
        alike = self._alike[*slot, False] + self._alike[*slot, True]
        named = () if claim.instead_of is None else self._named[_plain(claim.instead_of)]
        return {*alike, *named}


def judge(claims: Sequence[Claim]) -> dict[str, Belief]:
    """Judge all claims about one subject against each other.

    >>> old = Claim("f1", "s1", "valve", "fail at", "02:10", False, False, None, 1, 10)
    >>> new = Claim("f2", "s2", "valve", "fail at", "07:40", False, True, "02:10", 1, 20)
    >>> {b.fact: str(b.status) for b in judge([old, new]).values()}
    {'f1': 'superseded', 'f2': 'believed'}
    >>> judge([old])["f1"].believed
    True
    """
    beaten: dict[int, set[str]] = defaultdict(set)
    disputed: dict[str, set[str]] = defaultdict(set)
    slots = _Slots(claims)
    for rival in claims:
        for place in slots.aimed_at(rival) if rival.correction else ():
            claim = claims[place]
            verdict, reverse = supersedes(rival, claim), supersedes(claim, rival)
            if verdict is True and reverse is not True:
                beaten[place].add(rival.fact)
            elif verdict is None or (verdict is True and reverse is True):
                disputed[claim.fact].add(rival.fact)
                disputed[rival.fact].add(claim.fact)
    found: dict[str, Belief] = {}
    stated: dict[str, list[tuple[int, Claim]]] = defaultdict(list)
    for place, claim in enumerate(claims):
        stated[claim.fact].append((place, claim))
    for fact, mine in stated.items():
        standing = [claim for place, claim in mine if not beaten[place]]
        sources = tuple(sorted({claim.origin for _, claim in mine}))
        if not standing:
            by = set[str]().union(*(beaten[place] for place, _ in mine))
            found[fact] = Belief(
                fact, mine[0][1].words, Status.SUPERSEDED, sources, tuple(sorted(by))
            )
        elif disputed[fact]:
            found[fact] = Belief(
                fact, mine[0][1].words, Status.DISPUTED, sources, tuple(sorted(disputed[fact]))
            )
        else:
            found[fact] = Belief(fact, mine[0][1].words, _held(standing), sources, ())
    # a dispute with a claim that has itself been superseded is over
    return {
        fact: (
            Belief(fact, b.words, _held(c for _, c in stated[fact]), b.sources, ())
            if b.status is Status.DISPUTED
            and all(found[other].status is Status.SUPERSEDED for other in b.by)
            else b
        )
        for fact, b in found.items()
    }


def _held(standing: Iterable[Claim]) -> Status:
    """Believed, or only supposed where nobody says it without a "perhaps"."""
    return Status.SUPPOSED if all(claim.hedged for claim in standing) else Status.BELIEVED
