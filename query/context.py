"""Context: what candidate cubes name and state, read once for all of them.

A sentence of a summary names and states what it does where it is quoted from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..graph.canonical import Span, identities, sentences_of
from ..graph.kind import EdgeKind, NodeKind
from ..graph.listing import all_edges, all_found
from ..graph.record import Edge, Version
from ..graph.scope import Along, Scope, Where
from ..graph.store import GraphStore
from .hit import Hit


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """One sentence of a hit: where it stands, its index terms in order, how close it is to the question,
    the facts that it states and the (canonical) entities that it names."""

    hit: Hit
    span: tuple[int, int]
    text: str
    run: tuple[str, ...]
    close: float
    facts: tuple[str, ...]
    names: frozenset[str]
    vector: npt.NDArray[np.float32] | None = None

    @property
    def terms(self) -> frozenset[str]:
        """The distinct terms."""
        return frozenset(self.run)

    @property
    def place(self) -> tuple[str, tuple[int, int]]:
        """What tells sentences apart."""
        return self.hit.cube.id, self.span


class Context:
    """Names and facts of some cubes, by sentence; merged entities count as one."""

    def __init__(self, store: GraphStore, scope: Scope, cubes: Sequence[Version]) -> None:
        self._quoted = quoted_by(store, scope, cubes)
        every = [*cubes, *(cube for cube, _ in self._quoted.values())]
        nodes = tuple(sorted({cube.node for cube in every}))
        origins = tuple(sorted({cube.origin for cube in every}))
        kinds = (EdgeKind.MENTIONS, EdgeKind.SUPPORTS)
        edges = list(all_edges(store, scope, Along(kinds=kinds, src=nodes)))
        self.same = identities(store, scope)
        self.supports: dict[str, list[Edge]] = {}
        self.mentions: dict[str, list[Edge]] = {}
        self.counts: dict[str, int] = {}
        for edge in edges:
            if edge.kind is EdgeKind.SUPPORTS:
                self.supports.setdefault(edge.src, []).append(edge)
            else:
                self.mentions.setdefault(edge.src, []).append(edge)
                for root in {self.same.meant(edge.src, edge.dst, s) for s in _spans(edge)}:
                    self.counts[root] = self.counts.get(root, 0) + 1
        wanted = sorted({e.dst for e in edges if e.kind is EdgeKind.MENTIONS})
        self.surface: dict[str, str] = {}
        self.spoken: dict[str, set[str]] = {}
        # what these cubes' own sources call them: a common name has a version from every source
        named = Where(kinds=(NodeKind.ENTITY,), nodes=tuple(wanted), origins=origins)
        for version in all_found(store, scope, named) if wanted else ():
            if version.salt is None:
                continue  # erased, as its source
            root = self.same.root(version.node)
            self.surface.setdefault(root, str(version.get("name", "")))
            self.spoken.setdefault(root, set()).add(str(version.get("name", "")))

    def _stands(self, cube: str, span: Span) -> tuple[str, Span]:
        """Where a sentence comes from: for one of a summary, the passage and the characters there."""
        original = self._quoted.get((cube, span))
        return (cube, span) if original is None else (original[0].node, original[1])

    def facts_in(self, cube: str, span: Span) -> tuple[str, ...]:
        """The facts that a sentence supports."""
        cube, span = self._stands(cube, span)
        return tuple(
            sorted(e.dst for e in self.supports.get(cube, ()) if touches(e.get("spans", []), span))
        )

    def names_in(self, cube: str, span: Span) -> frozenset[str]:
        """The entities that a sentence names."""
        cube, span = self._stands(cube, span)
        return frozenset(
            self.same.meant(cube, e.dst, span)
            for e in self.mentions.get(cube, ())
            if touches(e.get("spans", []), span)
        )

    def begins_with(self, cube: str, span: Span, within: int | None = None) -> str | None:
        """The entity that a sentence names first, `within` so many characters: what the sentences after it call "he"
        or "it"."""
        cube, span = self._stands(cube, span)
        found = [
            (start, end - start, e.dst)
            for e in self.mentions.get(cube, ())
            for start, end in _spans(e)
            if start < span[1] and span[0] < end
            if within is None or start <= span[0] + within
        ]
        # at one place the longest
        first = min(found, key=lambda at: (at[0], -at[1], at[2]), default=None)
        return None if first is None else self.same.meant(cube, first[2], span)

    def named_in(self, question: str) -> frozenset[str]:
        """The entities whose name stands in the question."""
        asked = folded(question)
        return frozenset(
            node
            for node, names in self.spoken.items()
            if any(folded(name) in asked for name in names)
        )


def quoted_by(
    store: GraphStore, scope: Scope, cubes: Sequence[Version]
) -> dict[tuple[str, Span], tuple[Version, Span]]:
    """The passage, with the characters there, that each sentence of the summaries among these quotes."""
    places: dict[tuple[str, Span], tuple[str, Span]] = {}
    for cube in cubes:
        if cube.get("made_of") is None:
            continue
        for span, (node, start, end) in zip(
            sentences_of(cube), cube.get("quotes") or (), strict=False
        ):
            places[cube.node, span] = str(node), (int(start), int(end))
    wanted = sorted({node for node, _ in places.values()})
    held = {v.node: v for v in store.get(scope, wanted)} if wanted else {}
    return {
        own: (held[node], span)
        for own, (node, span) in places.items()
        if node in held and span[1] <= len(held[node].text)
    }


def _spans(edge: Edge) -> list[tuple[int, int]]:
    return [(int(start), int(end)) for start, end in edge.get("spans") or ((0, 0),)]


def touches(spans: Sequence[Sequence[int]], span: tuple[int, int]) -> bool:
    """Whether any of the spans shares a character with another."""
    return any(start < span[1] and span[0] < end for start, end in spans)


def folded(text: str) -> str:
    """Text without case and with single spaces."""
    return " ".join(text.casefold().split())
