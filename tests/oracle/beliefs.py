"""What a list of records gives reason to believe: support and supersession, worked out in the plainest way.

Every source's statement of a fact is a claim while the source's version of the fact, and a passage of it
that states the fact, are in force. Claims about one subject (merged entities are one) are compared two
by two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from memcubes.graph.kind import EdgeKind, NodeKind
from memcubes.graph.record import Edge, Version
from memcubes.graph.scope import Scope

from .intervals import Row
from .reads import Reads

Believed = dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]]
"""Status, sources that state it, and the facts that stand against it, by fact."""


@dataclass(frozen=True)
class Said:
    """One source's statement of one fact."""

    fact: str
    origin: str
    words: tuple[tuple[str, Any], ...]
    authority: int

    def get(self, name: str) -> Any:
        """A field of what was said."""
        return dict(self.words).get(name)


def in_force(oracle: Reads, scope: Scope) -> tuple[list[tuple[Row, Version]], list[Edge]]:
    """What holds under both clocks, edges only where both ends do."""
    versions, edges = oracle.in_force(scope)
    return versions, [edge for _, edge in edges]


def believed(oracle: Reads, scope: Scope) -> Believed:
    """What there is reason to believe under both clocks of a scope."""
    versions, edges = in_force(oracle, scope)
    same = _groups([e for e in edges if e.kind is EdgeKind.SAME_AS])
    subject = {
        e.dst: same.get(e.src, frozenset({e.src})) for e in edges if e.kind is EdgeKind.SUBJECT_OF
    }
    stated = {(e.dst, e.origin) for e in edges if e.kind is EdgeKind.SUPPORTS}
    claims = [
        Said(v.node, v.origin, tuple((v.content or {}).items()), int(v.authority))
        for row, v in versions
        if v.kind is NodeKind.FACT and not row.shredded and (v.node, v.origin) in stated
    ]
    about: dict[frozenset[str], list[Said]] = {}
    for claim in claims:
        about.setdefault(subject.get(claim.fact, frozenset({claim.fact})), []).append(claim)
    found: Believed = {}
    for group in about.values():
        found |= dict(_judged(group))
    return found


def _groups(edges: Iterable[Edge]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for edge in edges:
        ends = (found.get(end, frozenset({end})) for end in edge.ends)
        joined = frozenset().union(*ends)
        found |= dict.fromkeys(joined, joined)
    return found


def _verdict(new: Said, old: Said) -> str:
    """What one claim does to another: nothing, "beats" it, or "disputes" it."""
    if not new.get("correction") or new.fact == old.fact:
        return ""
    named = new.get("instead_of") is not None and new.get("instead_of") == old.get("object")
    alike = new.get("relation") == old.get("relation") and bool(new.get("negated")) == bool(
        old.get("negated")
    )
    if not (named or alike):
        return ""
    if new.authority < old.authority or (new.get("hedged") and not old.get("hedged")):
        return "disputes"
    ages = new.get("stated"), old.get("stated")
    if None in ages:
        return "beats" if named else "disputes"
    if ages[0] < ages[1]:
        return "disputes" if named else ""
    return "beats"


def _judged(
    claims: list[Said],
) -> Iterator[tuple[str, tuple[str, tuple[str, ...], tuple[str, ...]]]]:
    beaten: dict[Said, set[str]] = {claim: set() for claim in claims}
    against: dict[str, set[str]] = {claim.fact: set() for claim in claims}
    for old in claims:
        for new in claims:
            verdict, back = _verdict(new, old), _verdict(old, new)
            if verdict == "beats" and back != "beats":
                beaten[old].add(new.fact)
            elif verdict:
                against[old.fact].add(new.fact)
                against[new.fact].add(old.fact)
    over = {
        fact for fact in against if all(beaten[claim] for claim in claims if claim.fact == fact)
    }
    for fact, others in against.items():
        mine = [claim for claim in claims if claim.fact == fact]
        sources = tuple(sorted({claim.origin for claim in mine}))
        if fact in over:
            by = set[str]().union(*(beaten[claim] for claim in mine))
            yield fact, ("superseded", sources, tuple(sorted(by)))
        elif others - over:
            yield fact, ("disputed", sources, tuple(sorted(others)))
        else:
            left = [claim for claim in mine if others or not beaten[claim]]
            supposed = all(claim.get("hedged") for claim in left)
            yield fact, ("supposed" if supposed else "believed", sources, ())
