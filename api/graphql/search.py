"""Search: cubes that bear on a question, best first, and why each of them is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry

from ...graph.belief import Status
from ...graph.errors import Invalid
from ...graph.record import Version
from ...query.hit import Hit, Lead
from ...query.hit import SearchResult as Result
from .cube import MemCube
from .cursor import Place, listing, page_size
from .filter import CubeFilter, described
from .node import PageInfo
from .page import Found, cubes_found
from .reading import Reading
from .scalar import Seq

if TYPE_CHECKING:
    from .graph import Graph

MOST_HITS = 1_000
"""How far down a ranking the pages go."""


@strawberry.type
class SearchStep:
    """One stop on the way from the question to a cube; `node` is a cube or an entity."""

    kind: str
    node: strawberry.ID
    label: str
    mass: float
    seed: str | None


@strawberry.type
class SearchPart:
    """One ingredient of a score (bm25, dense, sentence, ppr), as measured and brought to 0..1."""

    name: str
    raw: float
    scaled: float


@strawberry.type
class SearchTerm:
    """What one step of reranking added to a score."""

    name: str
    value: float


@strawberry.type
class SearchLead:
    """The cube that leads to a hit most, the characters that name the hit's subject in it (null where it only
    shares names), and what that added to the score."""

    node: strawberry.ID
    label: str
    start: int | None
    end: int | None
    added: float


@strawberry.type
class SearchEdge:
    """One cube that was found; the rest is null or empty where nothing was asked.

    `quote` is its sentence nearest to the question, `start` and `end` that sentence's characters in
    the cube, `status` what a later statement makes of it (believed, superseded, disputed), `why` the best
    way from the question to it, `parts` what the walk's score was made of, `added` what its score is the
    sum of where it was reranked (for a turn of a dialogue: what it was ordered by among the turns), `also`
    the near-duplicates for which it stands.
    """

    node: MemCube
    cursor: str
    score: float | None
    quote: str | None
    start: int | None
    end: int | None
    status: str | None
    superseded_by: list[strawberry.ID]
    why: list[SearchStep]
    parts: list[SearchPart]
    added: list[SearchTerm]
    lead: SearchLead | None
    also: list[strawberry.ID]


@strawberry.type
class SearchResult:
    """A page of what was found; `visible` counts the cubes that were looked through for a question, `note` says what of
    a question was not asked since it is too long."""

    question: str | None
    seq: Seq
    visible: int | None
    note: str | None
    named: list[str]
    edges: list[SearchEdge]
    page_info: PageInfo


async def searched(
    reading: Reading,
    graph: Graph,
    question: str | None,
    where: CubeFilter | None,
    first: int | None,
    after: str | None,
) -> SearchResult:
    """Find cubes for a question; without one, list what meets the filter."""
    size, wanted = page_size(first, 10), where or CubeFilter()
    asked = (question or "").strip()
    if asked and not wanted.only_tags:
        raise Invalid(
            "with a question, `where` takes tags only: leave the rest out, or list with cubes(where:)"
        )

    def work() -> tuple[Place, Found[Version] | Found[Hit], Result | None]:
        service = reading.service
        store = service.store()
        meets = wanted.where(store, graph.scope)
        name = listing("search", graph.scope.ns, asked, described(meets))
        place = Place.of(graph.scope, name, after, pinned=graph.pinned)
        if not asked:
            return place, cubes_found(store, place, meets, size), None
        limit = min(place.offset + size + 1, MOST_HITS)
        result = service.search(place.scope, asked, limit, wanted.tagged)
        kept = result.hits[place.offset : place.offset + size]
        cursors = tuple(place.cursor(str(place.offset + n)) for n in range(1, len(kept) + 1))
        more = len(result.hits) > place.offset + size
        return place, Found(kept, cursors, more, after is not None), result

    place, found, result = await reading.waves.run(work)
    reading.count(len(found.items))
    items: tuple[Version | Hit, ...] = found.items
    edges = [_edge(place, item, cursor) for item, cursor in zip(items, found.cursors, strict=True)]
    return SearchResult(
        question=asked or None,
        seq=Seq(place.scope.seq),
        visible=result.visible if result else None,
        note=(result.note or None) if result else None,
        named=[name.text for name in result.named] if result else [],
        edges=edges,
        page_info=found.info,
    )


def _edge(place: Place, item: Version | Hit, cursor: str) -> SearchEdge:
    hit = item if isinstance(item, Hit) else None
    cube = item.cube if isinstance(item, Hit) else item
    return SearchEdge(
        node=MemCube(id=strawberry.ID(cube.node), scope=place.scope, versions=(cube,)),
        cursor=cursor,
        score=hit.score if hit else None,
        quote=hit.quote if hit else None,
        start=hit.sentence[0] if hit else None,
        end=hit.sentence[1] if hit else None,
        status=str(hit.status) if hit else None,
        superseded_by=[
            strawberry.ID(one.by)
            for one in (hit.standings if hit else ())
            if one.status is Status.SUPERSEDED
        ],
        why=[
            SearchStep(
                kind=str(step.kind),
                node=strawberry.ID(step.node),
                label=step.label,
                mass=step.mass,
                seed=str(step.seed) if step.seed else None,
            )
            for step in (hit.path if hit else ())
        ],
        parts=[
            SearchPart(name=name, raw=part.raw, scaled=part.scaled)
            for name, part in (hit.parts.items() if hit else ())
        ],
        added=[
            SearchTerm(name=name, value=value) for name, value in (hit.added.items() if hit else ())
        ],
        lead=_lead(hit.lead if hit else None),
        also=[strawberry.ID(node) for node in (hit.also if hit else ())],
    )


def _lead(lead: Lead | None) -> SearchLead | None:
    if lead is None:
        return None
    start, end = lead.span or (None, None)
    return SearchLead(
        node=strawberry.ID(lead.node), label=lead.label, start=start, end=end, added=lead.added
    )
