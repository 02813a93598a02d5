"""What the questions of analysts are to give, worked out in Python from every record of a store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from memcubes.graph import NodeKind
from memcubes.graph.belief import beliefs
from memcubes.graph.instant import OPEN
from memcubes.graph.kind import Role
from memcubes.graph.scope import Access, Direction
from memcubes.graph.staleness import missing_sources

from .records import E, Records, Row, words
from .story import Told


def said_by(r: Records) -> Iterable[Row]:
    """Spans of SUPPORTS, cut from the text in Python."""
    for e in r.along(E.SUPPORTS):
        cube = r.live[e.src]
        for a, z in e.get("spans") if e.dst == r.told.fact else ():
            yield (*r.home(cube), cube.node, cube.text[a:z])


def said_by_an_emoji(r: Records) -> Iterable[Row]:
    """As `said_by`, of a sentence that stands after a character of two code units."""
    for e in r.along(E.SUPPORTS):
        cube = r.live[e.src]
        for a, z in e.get("spans") if e.dst == counted(r.told) else ():
            yield (*r.home(cube), cube.node, cube.text[a:z])


def counted(told: Told) -> str:
    """The fact that the wheels were counted."""
    store, scope = told.memory.store(), told.memory.scope()
    facts = (
        link.node for link in told.memory.trace(told.chat, Direction.DOWN).of_kind(NodeKind.FACT)
    )
    return next(v.node for v in store.get(scope, list(facts)) if "1,652" in str(v.get("object")))


def wrote(r: Records) -> Iterable[Row]:
    """Every text, searched in Python."""
    for v in r.of(NodeKind.MEMCUBE):
        if "counted" in v.text:
            yield (*r.home(v), v.node, v.text)


def made_from(r: Records) -> Iterable[Row]:
    """What `trace --down` reaches."""
    for step in r.memory.trace(r.told.source, Direction.DOWN).steps[1:]:
        yield (str(step.version.kind), step.node, words(step.version), step.in_force)


def touches(r: Records) -> Iterable[Row]:
    """Edges of one cube."""
    for e in r.along(E.MENTIONS, E.ABOUT, E.SUPPORTS):
        if e.src == r.told.chat:
            yield (str(e.kind), e.dst, words(r.live[e.dst]))


def neighbours(r: Records) -> Iterable[Row]:
    """Pairs counted over all cubes and facts."""
    (me,) = (v.node for v in r.of(NodeKind.ENTITY) if v.get("name") == "Northline Controls")
    mentions = {(e.src, e.dst) for e in r.along(E.MENTIONS)}
    ends = {(e.src, e.dst) for e in r.along(E.SUBJECT_OF, E.OBJECT_OF)}
    mine = {cube for cube, entity in mentions if entity == me}
    shared = Counter(entity for cube, entity in mentions if cube in mine and entity != me)
    for other, cubes in shared.items():
        facts = {f for e, f in ends if e == me} & {f for e, f in ends if e == other}
        v = r.live[other]
        yield (other, v.get("name"), v.get("label"), cubes, len(facts))


def changed(r: Records) -> Iterable[Row]:
    """The log."""
    for c in r.changes.values():
        if c.at >= r.changes[r.told.before].at:
            reached = sum(c.operations.values())
            yield (c.seq, r.at(c.seq), c.verb, r.actor(c.seq), r.why(c.seq), reached)


def history(r: Records) -> Iterable[Row]:
    """Every interval of one node."""
    for v in r.memory.store().history(r.memory.scope(), r.told.revised):
        ended = v.to_seq != OPEN
        until = (
            (v.to_seq, r.at(v.from_seq), r.at(v.to_seq))
            if ended
            else (None, r.at(v.from_seq), None)
        )
        c = r.changes[v.from_seq]
        yield (v.from_seq, *until, v.text, c.verb, r.actor(c.seq), r.why(c.seq))


def stated(r: Records) -> Iterable[Row]:
    """What the product knows of at the sequence, with all sources."""
    yield from _stated(r, r.told.before)


def stated_after(r: Records) -> Iterable[Row]:
    """As `stated`, after three retractions."""
    yield from _stated(r, r.told.after)


def _stated(r: Records, seq: int) -> Iterable[Row]:
    scope = r.memory.scope(as_of=seq)
    sources = {v.node: v for v in r.versions if v.kind is NodeKind.SOURCE}
    for belief in beliefs(r.memory.store(), scope).values():
        for source in belief.sources:
            yield (belief.fact, belief.words, sources[source].get("name"))


def retracted(r: Records) -> Iterable[Row]:
    """The targets that the notes of retractions name."""
    for c in r.changes.values():
        for node in (c.note or {}).get("targets", ()) if c.verb == "retract" else ():
            kind, said = str(r.last[node].kind), words(r.last[node])
            yield (
                c.seq,
                r.at(c.seq),
                r.actor(c.seq),
                r.why(c.seq),
                kind,
                node,
                said,
                node in r.live,
            )


def stale_answers(r: Records) -> Iterable[Row]:
    """What `staleness` says is missing."""
    answers = [v.node for v in r.of(NodeKind.INJECTION)]
    for node, lost in missing_sources(r.memory.store(), r.memory.scope(), answers).items():
        for one in lost:
            used = max(
                (v for v in r.versions if v.payload and v.payload.digest == one.digest),
                key=lambda v: v.to_seq,
            )
            answer, end = r.live[node], r.changes[used.to_seq]
            yield (
                *(node, answer.get("question"), r.at(answer.from_seq), used.node, used.text),
                *(r.last[used.origin].get("name"), end.verb, r.actor(end.seq), r.why(end.seq)),
            )


def answer_sources(r: Records) -> Iterable[Row]:
    """What `trace` quotes of an answer."""
    found = r.memory.trace(r.told.answer)
    for join in found.joins:
        for quote in join.quotes if join.role == Role.USE else ():
            source = r.last[str(quote.source)]
            yield (source.get("name"), source.get("uri"), join.of, quote.text, join.of in r.live)


def corrections(r: Records) -> Iterable[Row]:
    """Facts about one subject, compared in Python."""
    subject = {e.dst: e.src for e in r.along(E.SUBJECT_OF)}
    for v in r.versions:
        if v.kind is not NodeKind.FACT or v.to_seq != OPEN or not v.get("correction"):
            continue
        rivals = [
            w
            for w in r.of(NodeKind.FACT)
            if w.node != v.node
            and subject[w.node] == subject[v.node]
            and (w.get("relation") == v.get("relation") or w.get("object") in v.get("instead_of"))
        ]
        source = r.live[v.origin].get("name")
        for w in rivals:
            yield (v.node, words(v), v.get("instead_of"), source, w.node, words(w))


def opposed(r: Records) -> Iterable[Row]:
    """Edges that say so."""
    for e in r.along(E.SUPERSEDES, E.CONTRADICTS):
        ends = (e.src, words(r.live[e.src]), str(e.kind), e.dst, words(r.live[e.dst]))
        yield (*ends, r.actor(e.from_seq), r.why(e.from_seq))


def merged(r: Records) -> Iterable[Row]:
    """Decisions to merge that stand."""
    for v in r.of(NodeKind.DECISION):
        if v.get("verb") == "merge":
            into, *others = v.get("entities")
            for node in others:
                names = (node, words(r.live[node]), into, words(r.live[into]))
                seq = v.from_seq
                yield (*names, seq, r.at(seq), r.actor(seq), r.why(seq))


def most_mentioned(r: Records) -> Iterable[Row]:
    """Mentions counted in Python."""
    cubes: dict[str, set[str]] = {}
    sources: dict[str, set[str]] = {}
    for e in r.along(E.MENTIONS):
        cubes.setdefault(e.dst, set()).add(e.src)
        sources.setdefault(e.dst, set()).add(e.origin)
    rows = [
        (node, r.live[node].get("name"), r.live[node].get("label"), len(held), len(sources[node]))
        for node, held in cubes.items()
    ]
    return sorted(rows, key=lambda row: (-row[3], -row[4], row[1], row[0]))[:8]


def without_source(r: Records) -> Iterable[Row]:
    """Cubes that no edge joins to a source in force."""
    held = {e.src for e in r.along(E.DERIVED_FROM)}
    for v in r.of(NodeKind.MEMCUBE):
        if v.node not in held:
            yield (v.node, v.get("title"), v.text)


def single_source(r: Records) -> Iterable[Row]:
    """What the product believes or disputes on one source."""
    for belief in r.memory.beliefs().values():
        if len(belief.sources) == 1:
            name = r.last[belief.sources[0]].get("name")
            yield (belief.fact, belief.words, name)


def readers(r: Records) -> Iterable[Row]:
    """Who sees the node, asked of the store for each agent."""
    engine, ns = r.memory.store().engine, r.memory.namespace
    for agent in ("ann", "bob", "carol"):
        rights = engine.rights(ns, agent)
        if rights.access is not Access.NONE and engine.get(
            engine.scope(ns, agent), [r.told.restricted]
        ):
            yield (agent, str(rights.access), True)


def tagged(r: Records) -> Iterable[Row]:
    """Tags and what carries them."""
    for e in r.along(E.TAGGED):
        v = r.live[e.src]
        yield (r.live[e.dst].get("name"), str(v.kind), v.node, words(v))


def judged(r: Records) -> Iterable[Row]:
    """Feedback."""
    for e in r.along(E.ABOUT):
        v, seq = r.live[e.dst], e.from_seq
        if e.get("verdict"):
            verdict = (e.get("verdict"), str(v.kind), v.node, words(v), r.at(seq))
            yield (*verdict, r.actor(seq), r.why(seq))
