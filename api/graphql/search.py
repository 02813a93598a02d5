"""Search: cubes that bear on a question, best first, and why each of them is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import strawberry

from ...graph.belief import Status
from ...graph.errors import Invalid
from ...graph.scope import Scope
from ...query.cube_filter import CubeFilter as Asked
from ...query.cut import Cut, CutStep
from ...query.facet import FacetName
from ...query.hit import Hit, Lead
from ...query.hit import SearchResult as Result
from ..joining import scopes_of, several, wheres_of
from ..show_cut import cut_words
from .cube import MemCube
from .cursor import Pins, page_size
from .filter import AsOf, CubeFilter, moments, pinned, snapshot
from .node import PageInfo
from .reading import Asked as Request
from .reading import Reading
from .scalar import Seq

strawberry.enum(FacetName, description=FacetName.__doc__)
strawberry.enum(CutStep, description=CutStep.__doc__)


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
class SearchCut:
    """A candidate that is no hit of the page: its sentence nearest to the question, and the step at which it fell out.

    `by` is the cube for which it is left out (the hit that says or is the same, or what supersedes it), `place`
    where it would have stood (of FILTER and SUCCESSION), `chance` how likely it is superseded (of SUCCESSION; a proposal where it
    is not applied), `gap` how far below the last hit it is and `behind` in which parts of
    the score most (of LIMIT), `unmet` which parts of the filter it does not meet, `words` all of that for people.
    """

    node: MemCube
    namespace: str
    step: CutStep
    score: float
    quote: str
    start: int
    end: int
    by: strawberry.ID | None
    place: int | None
    chance: float | None
    gap: float | None
    behind: list[SearchTerm]
    unmet: list[str]
    words: str


@strawberry.type
class SearchEdge:
    """One cube that was found; the rest is null or empty where nothing was asked.

    `namespace` is where it is, `quote` its sentence nearest to the question, `start` and `end` that sentence's characters in
    the cube, `status` what a later statement makes of it (believed, superseded, disputed), `why` the best
    way from the question to it, `parts` what the walk's score was made of, `added` what its score is the
    sum of where it was reranked (for a turn of a dialogue: what it was ordered by among the turns), `also`
    the near-duplicates for which it stands.
    """

    node: MemCube
    namespace: str
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
class FacetValue:
    """One value with the number of cubes that have it; of a tag those as well that carry one under it.

    `value` is what a filter takes, `label` what a person calls it; `exact` counts the cubes of this very tag.
    """

    value: str
    label: str
    count: int
    exact: int


@strawberry.type
class Facet:
    """The most frequent values; `distinct` is how many there are, `missing` counts the cubes without any."""

    name: FacetName
    values: list[FacetValue]
    distinct: int
    missing: int


@strawberry.type
class SearchResult:
    """A page of what was found; `visible` counts the cubes that were looked through, `total` those of them that
    meet the filter, `note` says what of a question was not asked since it is too long."""

    scope: strawberry.Private[Scope]
    where: strawberry.Private[Asked]
    joined: strawberry.Private[bool]
    question: str | None
    seq: Seq
    visible: int
    total: int
    note: str | None
    named: list[str]
    edges: list[SearchEdge]
    page_info: PageInfo
    fallen: strawberry.Private[list[SearchCut]]

    @strawberry.field
    async def cut(self, info: Request) -> list[SearchCut]:
        """Candidates that are not on the page, and why: at most five for each step, in the order of the steps."""
        info.context.count(len(self.fallen))
        return self.fallen

    @strawberry.field
    async def facets(
        self, info: Request, by: list[FacetName] | None = strawberry.UNSET, first: int | None = 20
    ) -> list[Facet]:
        """How many of the cubes that meet the filter (whatever the question) have which value, by these or all."""
        if self.joined:
            raise Invalid(
                "facets count one namespace: ask for them in `graph(namespace: …)` or name one namespace"
            )
        service, size = info.context.service, 20 if first is None else first
        names = [str(name) for name in by or FacetName]
        found = await info.context.waves.run(
            lambda: service.facets(self.scope, self.where, names, size)
        )
        info.context.count(sum(len(facet.values) for facet in found))
        return [
            Facet(
                name=facet.name,
                values=[FacetValue(**asdict(value)) for value in facet.values],
                distinct=facet.distinct,
                missing=facet.missing,
            )
            for facet in found
        ]


async def searched(
    reading: Reading,
    at: Scope,
    pins: Pins,
    question: str | None,
    where: CubeFilter | None,
    first: int | None,
    after: str | None,
) -> SearchResult:
    """Find cubes for a question; without one, list what meets the filter."""
    size, wanted = page_size(first, 10), where or CubeFilter()
    asked = (question or "").strip() or None

    def work() -> tuple[Asked, Result]:
        service = reading.service
        desk = service.desk(at.ns)
        meets = wanted.read(lambda name: desk.source(at, name))
        return meets, service.search(at, asked, size, where=meets, after=after, pinned=pins)

    meets, found = await reading.waves.run(work)
    reading.count(len(found.hits))
    scope = at.but(seq=found.seq, valid_at=found.valid_at)
    return _result(found, {scope.ns: scope}, meets)


async def searched_together(
    reading: Reading,
    namespaces: list[str],
    question: str,
    where: CubeFilter | None,
    as_of: AsOf | None,
    first: int | None,
    after: str | None,
) -> SearchResult:
    """Find cubes of several namespaces for a question, as of one graph."""
    size, wanted, names = page_size(first, 10), where or CubeFilter(), several(namespaces)
    if len(names) == 1:
        scope = await reading.run(lambda store: snapshot(store, names[0], as_of))
        if not question.strip():
            raise Invalid("the question is empty: say what you are looking for")
        return await searched(reading, scope, pinned(as_of), question, where, first, after)

    def work() -> tuple[list[Scope], Asked, Result]:
        service = reading.service
        scopes = scopes_of(service.store(), names, *moments(as_of))

        def source(scope: Scope, name: str) -> str:
            return service.desk(scope.ns).source(scope, name)

        meets = wheres_of(scopes, wanted.read, source)
        options = {"limit": size, "wheres": meets, "after": after, "pinned": pinned(as_of)}
        return scopes, meets[0], service.search_together(scopes, question, **options)

    scopes, meets, found = await reading.waves.run(work)
    reading.count(len(found.hits))
    pins = {"seq": found.seq, "valid_at": found.valid_at}
    return _result(found, {scope.ns: scope.but(**pins) for scope in scopes}, meets)


def _result(found: Result, scopes: Mapping[str, Scope], where: Asked) -> SearchResult:
    ranked = found.question is not None
    return SearchResult(
        scope=next(iter(scopes.values())),
        where=where,
        joined=len(scopes) > 1,
        question=found.question,
        seq=Seq(found.seq),
        visible=found.visible,
        total=found.total,
        named=[name.text for name in found.named],
        edges=[
            _edge(scopes[hit.namespace], hit, cursor, ranked=ranked)
            for hit, cursor in zip(found.hits, found.cursors, strict=True)
        ],
        fallen=[_cut(scopes[cut.cube.ns], cut) for cut in found.cut],
        page_info=PageInfo.of(found.cursors, more=found.after is not None, begun=found.begun),
        note=found.note or None,
    )


def _edge(scope: Scope, hit: Hit, cursor: str, *, ranked: bool) -> SearchEdge:
    cube = hit.cube
    return SearchEdge(
        node=MemCube(id=strawberry.ID(cube.node), scope=scope, versions=(cube,)),
        namespace=hit.namespace,
        cursor=cursor,
        score=hit.score if ranked else None,
        quote=hit.quote if ranked else None,
        start=hit.sentence[0] if ranked else None,
        end=hit.sentence[1] if ranked else None,
        status=str(hit.status) if ranked else None,
        superseded_by=[
            strawberry.ID(by)
            for by in dict.fromkeys(
                one.by for one in hit.standings if one.status is Status.SUPERSEDED
            )
        ],
        why=[
            SearchStep(
                kind=str(step.kind),
                node=strawberry.ID(step.node),
                label=step.label,
                mass=step.mass,
                seed=str(step.seed) if step.seed else None,
            )
            for step in hit.path
        ],
        parts=[
            SearchPart(name=name, raw=part.raw, scaled=part.scaled)
            for name, part in hit.parts.items()
        ],
        added=[SearchTerm(name=name, value=value) for name, value in hit.added.items()],
        lead=_lead(hit.lead),
        also=[strawberry.ID(node) for node in hit.also],
    )


def _cut(scope: Scope, cut: Cut) -> SearchCut:
    return SearchCut(
        node=MemCube(id=strawberry.ID(cut.cube.node), scope=scope, versions=(cut.cube,)),
        namespace=cut.cube.ns,
        step=cut.step,
        score=cut.score,
        quote=cut.quote,
        start=cut.sentence[0],
        end=cut.sentence[1],
        by=None if cut.by is None else strawberry.ID(cut.by),
        place=cut.place,
        chance=cut.chance,
        gap=cut.gap,
        behind=[SearchTerm(name=name, value=value) for name, value in cut.behind.items()],
        unmet=list(cut.unmet),
        words=cut_words(cut),
    )


def _lead(lead: Lead | None) -> SearchLead | None:
    if lead is None:
        return None
    start, end = lead.span or (None, None)
    return SearchLead(
        node=strawberry.ID(lead.node), label=lead.label, start=start, end=end, added=lead.added
    )
