"""Evidence: the exact characters that something rests on, and whose they are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import strawberry

from ...graph.canonical import sentences_of
from ...graph.kind import EdgeKind, NodeKind
from ...graph.record import Edge, Version
from ...graph.scope import Scope
from ...graph.step import Span
from ...query.context import touches
from .reading import Reading

if TYPE_CHECKING:
    from .source import Source


@strawberry.type
class Evidence:
    """Characters of a source.

    `quote` is what stands from `start` to `end` there; where `revised` is true it is the wording that a
    person gave the passage in its place. `digest` is that of the text the quote was cut from.
    """

    source: Annotated[Source, strawberry.lazy(".source")]
    start: int
    end: int
    quote: str
    digest: str
    revised: bool


async def evidence_of(
    reading: Reading, scope: Scope, cube: Version, spans: Iterable[Span] | None = None
) -> list[Evidence]:
    """Where a cube, or these characters of it, stands in its sources; nothing that cannot be read.

    A summary stands where the sentences do that it quotes.
    """
    from .source import Source

    if cube.get("made_of") is not None:
        return await _quoted(reading, scope, cube, list(spans or [(0, len(cube.text))]))
    edges = await reading.edges_from(scope, cube.node, EdgeKind.DERIVED_FROM)
    sources = await asyncio.gather(*(reading.versions(scope, edge.dst) for edge in edges))
    found = []
    for versions in sources:
        if not versions or versions[0].kind is not NodeKind.SOURCE:
            continue
        source = versions[0]
        place = _passage(source, cube.node)
        if place is None:
            continue
        start, end = place
        told = Source(id=strawberry.ID(source.node), scope=scope, versions=versions)
        revised = source.text[start:end] != cube.text
        digest = cube.payload.digest if cube.payload else cube.digest
        for a, z in spans or [(0, len(cube.text))]:
            found.append(
                Evidence(
                    source=told,
                    start=start if revised else start + a,
                    end=end if revised else start + z,
                    quote=cube.text[a:z],
                    digest=digest,
                    revised=revised,
                )
            )
    return found


async def _quoted(
    reading: Reading, scope: Scope, summary: Version, spans: Sequence[Span]
) -> list[Evidence]:
    found: list[Evidence] = []
    quotes = zip(sentences_of(summary), summary.get("quotes") or (), strict=False)
    for own, (node, start, end) in quotes:
        if touches(spans, own):
            for cube in (await reading.versions(scope, str(node)))[:1]:
                found += await evidence_of(reading, scope, cube, [(int(start), int(end))])
    return found


def spans_of(edge: Edge) -> list[Span]:
    """The characters of the cube that an edge names."""
    return [(int(start), int(end)) for start, end in edge.get("spans", ())]


def _passage(source: Version, cube: str) -> Span | None:
    for node, start, end in source.get("passages", ()):
        if node == cube:
            return int(start), int(end)
    return None
