"""Tracing: where a memory came from and what was made of it, what was withdrawn since included.

Up leads from an answer to its cubes and their sources, and from a fact to the cubes that state it; down
leads from a source to its cubes, to the facts they state, and to every answer that used them. It reads
`lineage` with the past, so that an auditor sees the withdrawn beside what stands (PROV-DM, derivation).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .actors import Act, acts
from .errors import Invalid, NotFound
from .instant import OPEN
from .kind import EdgeKind, NodeKind
from .line import Lines, moments_of
from .record import Edge, Version
from .scope import Along, Direction, Scope
from .step import Join, Quote, Span, Step, Trace
from .store import GraphStore

__all__ = ["MOST_JOINS", "Trace", "trace", "trace_of_then"]

MOST_JOINS = 1_000
"""A trace holds at most this many joins; what goes beyond is cut and said to be."""

_STATED_BY = {NodeKind.FACT: EdgeKind.SUPPORTS, NodeKind.ENTITY: EdgeKind.MENTIONS}
# answers first: they are what an auditor asks for
_ORDER = sorted(NodeKind, key=lambda kind: kind is not NodeKind.INJECTION)


def trace(
    store: GraphStore,
    scope: Scope,
    node: str,
    direction: Direction,
    *,
    depth: int = 8,
    most: int = MOST_JOINS,
) -> Trace:
    """Trace a node up or down, at most `depth` joins away and `most` joins in all.

    >>> from memcubes.graph import Author, Authority, ChangeSet, NodeKind, Open, open_store
    >>> store = open_store("sqlite:///:memory:", "local:ann", create=True)
    >>> name = store.name("default", NodeKind.SOURCE, "a.md")
    >>> source = Author("default", name.id, Authority.ASSERTED, 0).version(
    ...     NodeKind.SOURCE, name.id, {"uri": "a.md", "title": "A letter"}, key=name.key)
    >>> done = store.commit(ChangeSet("default", "ingest", (Open(source),)))
    >>> found = trace(store, store.scope("default"), name.id, Direction.UP)
    >>> found.root.title, found.root.status, found.truncated
    ('A letter', 'in force', False)
    >>> store.close()

    Valid time does not narrow this trace: where something came from does not depend on when it holds.
    `trace_of_then` keeps of it what holds at the scope's valid time.
    Raises `NotFound` for a node that is not there or not the viewer's to see, `Invalid` for a depth
    or bound below 1.
    """
    if depth < 1 or most < 1:
        raise Invalid("a trace goes at least one step")
    scope = scope.but(valid_at=None)
    nodes = Lines(store, scope)
    start = nodes.past(node)
    if not start:
        raise NotFound(
            f"there is no node {node} here: `memcubes search` finds cubes, `memcubes log` lists changes"
        )
    ties, truncated = _ties(store, scope, nodes, node, direction, depth, most)
    return _told(store, scope, nodes, node, direction, ties, truncated)


def trace_of_then(
    store: GraphStore, scope: Scope, node: str, direction: Direction, *, depth: int = 8
) -> Trace:
    """Trace a node through what holds at the scope's valid time; without one, this is `trace`.

    The node itself stays whenever it holds, and so do receipts: they say what was given out, not what
    is so.
    """
    found = trace(store, scope, node, direction, depth=depth)
    if scope.valid_at is None:
        return found
    held = {v.node for v in store.get(scope, [step.node for step in found.steps])}
    for step in found.steps:
        withdrawn = not step.in_force and step.version.validity.covers(scope.valid_at)
        if withdrawn or step.kind is NodeKind.INJECTION:
            held.add(step.node)
    return found.through(held)


@dataclass(frozen=True, slots=True)
class _Tie:
    edge: Edge
    made: str
    of: str

    def ends(self, direction: Direction) -> tuple[str, str]:
        return (self.made, self.of) if direction is Direction.UP else (self.of, self.made)


def _ties(
    store: GraphStore,
    scope: Scope,
    nodes: Lines,
    node: str,
    direction: Direction,
    depth: int,
    most: int,
) -> tuple[list[_Tie], bool]:
    """The edges of a trace whose both ends can be read, and whether there are more."""
    kind = nodes.past(node)[0].kind
    ties: list[_Tie] = []
    starts, left = [node], depth
    if direction is Direction.UP and kind in _STATED_BY:
        ties = _stating(store, scope, _STATED_BY[kind], nodes.past(node), made=True, most=most)
        starts, left = list(dict.fromkeys(tie.of for tie in ties)), depth - 1
    links = (
        store.lineage(scope, starts, direction, depth=left + 1, past=True, first=most + 1)
        if starts
        else ()
    )
    truncated = len(ties) + len(links) > most or any(link.depth > left for link in links)
    ties += [_Tie(l.edge, l.edge.src, l.edge.dst) for l in links if l.depth <= left]
    del ties[most:]
    nodes.load({end for tie in ties for end in (tie.made, tie.of)})
    if direction is Direction.DOWN:
        reach = _reached(node, ties, direction, nodes)
        cubes = [
            version
            for end, far in reach.items()
            if far < depth and nodes.visible(end)
            for version in nodes.live(end) or nodes.past(end)
            if version.kind is NodeKind.MEMCUBE
        ]
        facts = _stating(store, scope, EdgeKind.SUPPORTS, cubes, made=False, most=most)
        truncated = truncated or len(ties) + len(facts) > most
        ties += facts[: most - len(ties)]
        nodes.load(tie.made for tie in facts)
    kept = _reached(node, ties, direction, nodes)
    return [t for t in ties if t.made in kept and t.of in kept], truncated


def _reached(node: str, ties: Sequence[_Tie], direction: Direction, nodes: Lines) -> dict[str, int]:
    """How far each readable node is from the start, going through readable nodes only."""
    onward: dict[str, list[str]] = defaultdict(list)
    for tie in ties:
        near, far = tie.ends(direction)
        onward[near].append(far)
    reach, frontier = {node: 0}, [node]
    while frontier:
        fresh = []
        for near in frontier:
            for far in onward[near]:
                if far not in reach and nodes.visible(far):
                    reach[far] = reach[near] + 1
                    fresh.append(far)
        frontier = fresh
    return reach


def _stating(
    store: GraphStore,
    scope: Scope,
    kind: EdgeKind,
    versions: Sequence[Version],
    *,
    made: bool,
    most: int,
) -> list[_Tie]:
    """The edges from cubes to what they state, those that stand now and those that stood before.

    Closed edges are read as of the sequences at which these versions began and last stood. `made`
    says that the versions are the statements, not the cubes.
    """
    found: dict[str, Edge] = {}
    for seq, ends in moments_of(versions, scope.seq).items():
        along = Along((kind,), dst=ends) if made else Along((kind,), src=ends)
        for edge in store.edges(scope.but(seq=seq), along, first=most + 1).items:
            held = found.get(edge.id)
            if held is None or held.from_seq < edge.from_seq:
                found[edge.id] = edge
    return [_Tie(edge, edge.dst, edge.src) for edge in found.values()]


def _told(
    store: GraphStore,
    scope: Scope,
    nodes: Lines,
    node: str,
    direction: Direction,
    ties: Sequence[_Tie],
    truncated: bool,
) -> Trace:
    """Put names, quotes and endings to the nodes and edges that were found."""
    pin = scope.seq
    first = nodes.fit(node, pin)
    if first.kind is NodeKind.INJECTION and direction is Direction.UP:
        pin = _read_at(first)
    pinned = {t.of: t.edge.get("payload") for t in ties} if direction is Direction.UP else {}
    reach = _reached(node, ties, direction, nodes)
    shown = {end: nodes.fit(end, pin, pinned.get(end)) for end in reach}
    moments = {v.from_seq for v in shown.values()} | {v.shredded for v in shown.values()}
    moments |= {nodes.ended(v) for v in shown.values()} | {t.edge.to_seq for t in ties}
    log = acts(store, scope, (seq for seq in moments if 0 < seq <= scope.seq))
    places = {t.edge.id: _places(nodes, t, pin) for t in ties}
    onward: dict[str, list[_Tie]] = defaultdict(list)
    for tie in sorted(ties, key=lambda t: _rank(t, direction, shown, places)):
        onward[tie.ends(direction)[0]].append(tie)
    steps = {node: None}
    for near in (queue := [node]):  # grows while it is walked: level by level
        fars = dict.fromkeys(tie.ends(direction)[1] for tie in onward[near])
        queue += [far for far in fars if far not in steps]
        steps |= fars
    joins = tuple(
        _join(nodes, scope, tie, places[tie.edge.id], shown, log)
        for near in steps
        for tie in onward[near]
    )
    told = tuple(_step(nodes, shown[end], reach[end], log) for end in steps)
    return Trace(direction, scope.seq, told, joins, truncated)


def _rank(
    tie: _Tie, direction: Direction, shown: Mapping[str, Version], places: Mapping[str, list[Span]]
) -> tuple[object, ...]:
    far = shown[tie.ends(direction)[1]]
    return (
        _ORDER.index(far.kind),
        str(far.get("uri") or far.get("title") or ""),
        places[tie.edge.id][:1] or _spans(tie.edge)[:1],
        far.from_seq,
        far.node,
    )


def _step(nodes: Lines, version: Version, depth: int, log: Mapping[int, Act]) -> Step:
    standing = nodes.live(version.node)
    # read anew, the same text gets another salt and digest: a reader would not call that revised
    revised = bool(standing) and version.payload is not None
    revised = revised and all(
        v.payload is not None
        and v.payload.digest != version.payload.digest  # type: ignore[union-attr]
        and (v.payload.content is None or v.text != version.text)
        for v in standing
    )
    ended = nodes.ended(version) if revised or not standing else 0
    return Step(
        version=version,
        depth=depth,
        in_force=bool(standing),
        revised=revised,
        since=log.get(version.from_seq),
        until=log.get(version.shredded) or log.get(ended),
    )


def _join(
    nodes: Lines,
    scope: Scope,
    tie: _Tie,
    places: list[Span],
    shown: Mapping[str, Version],
    log: Mapping[int, Act],
) -> Join:
    edge = tie.edge
    closed = edge.to_seq <= scope.seq
    quotes: tuple[Quote, ...] = ()
    payload = edge.get("payload")
    pinned = str(payload) if payload and edge.kind is EdgeKind.DERIVED_FROM else None
    matches = None
    if pinned is not None:
        matches = pinned in {v.payload.digest for v in nodes.live(tie.of) if v.payload}
    if shown[tie.of].kind is NodeKind.MEMCUBE:
        pin = _read_at(shown[tie.made]) if pinned else scope.seq
        quotes = _quotes(nodes, nodes.fit(tie.of, pin, pinned), _spans(edge), pin)
    return Join(
        id=edge.id,
        kind=edge.kind,
        role=str(edge.get("role", "")),
        made=tie.made,
        of=tie.of,
        in_force=not closed and bool(nodes.live(tie.made)) and bool(nodes.live(tie.of)),
        until=log.get(edge.to_seq) if closed else None,
        places=tuple(places),
        quotes=quotes,
        pinned=pinned,
        matches=matches,
    )


def _quotes(nodes: Lines, cube: Version, spans: Sequence[Span], pin: int) -> tuple[Quote, ...]:
    """The characters that were used, with their place in the cube's source at the pin."""
    if not cube.text:
        return ()
    source, offset = _offset(nodes, cube, pin)
    quotes = []
    for start, end in spans or [(0, len(cube.text))]:
        place = None if offset is None else (offset + start, offset + end)
        quotes.append(Quote(cube.text[start:end], (start, end), source, place))
    return tuple(quotes)


def _offset(nodes: Lines, cube: Version, pin: int) -> tuple[str | None, int | None]:
    """The source that a cube stands in and where it begins there; (None, None) if it cannot be read."""
    # a passage's origin is its source (docs/model.md), also after both were withdrawn
    if not nodes.visible(cube.origin):
        return None, None
    source = nodes.fit(cube.origin, pin)
    if source.kind is not NodeKind.SOURCE:
        return None, None
    place = nodes.passage(source, cube.node)
    return source.node, place[0] if place else None


def _places(nodes: Lines, tie: _Tie, pin: int) -> list[Span]:
    """Where a passage stands in its source; empty for any other edge."""
    if tie.edge.kind is not EdgeKind.DERIVED_FROM:
        return []
    place = nodes.passage(nodes.fit(tie.of, pin), tie.made)
    return [place] if place else []


def _spans(edge: Edge) -> list[Span]:
    return [(int(start), int(end)) for start, end in edge.get("spans", ())]


def _read_at(receipt: Version) -> int:
    """The sequence that an answer had read: kept in the receipt, else where it was committed."""
    seq = receipt.get("read_at")
    return seq if isinstance(seq, int) and 0 < seq < OPEN else receipt.from_seq
