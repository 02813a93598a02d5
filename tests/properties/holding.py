"""What the life of a cube is made of: states, holds, their release, and tries to get round a hold."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from memcubes.graph import ChangeSet, Close, Open, Payload, Reopen, Selector, Shred, Version
from memcubes.graph.change import HOUSE, Operation
from memcubes.graph.kind import Verb
from memcubes.graph.record import Author

from ..oracle import OPEN
from ..oracle.intervals import held_by
from .acts import change, cubes, origin, somebody
from .driving import NAMESPACES, Drive

STATES = ("activated", "archived", "expired", "generated")
HOLDS = ("frozen", "legal")


def hold(d: Drive) -> list[ChangeSet]:
    """A cube comes under a hold, or under another."""
    ns = d.rng.choice(NAMESPACES)
    return [_moved(d, ns, old, hold=d.rng.choice(HOLDS)) for old in _some(d, ns)]


def release(d: Drive) -> list[ChangeSet]:
    """A hold is put off, honestly or with something else of the cube along with it."""
    ns = d.rng.choice(NAMESPACES)
    held = [v for v in cubes(d, ns) if held_by(v)]
    made = []
    for old in d.rng.sample(held, min(1, len(held))):
        way = d.rng.random()
        if way < 0.6:
            made.append(_moved(d, ns, old, hold=None))
        else:
            made.append(d.rng.choice(ROUND)(d, ns, old))
    return made


def transition(d: Drive) -> list[ChangeSet]:
    """A cube goes to another state, at times together with a hold, which no hold lets through."""
    ns = d.rng.choice(NAMESPACES)
    more = {"hold": d.rng.choice(HOLDS)} if d.rng.random() < 0.1 else {}
    return [_moved(d, ns, old, state=d.rng.choice(STATES), **more) for old in _some(d, ns)]


def expire(d: Drive) -> list[ChangeSet]:
    """What memcubes does by itself for somebody, with that one's rights and no others."""
    ns = d.rng.choice(NAMESPACES)
    who = somebody(d, ns) if d.rng.random() < 0.95 else ""
    held = d.rng.sample(cubes(d, ns), min(2, len(cubes(d, ns))))
    new = [Open(_again(old, {**(old.content or {}), "state": "expired"})) for old in held]
    if not held:
        return []
    closed = Close(Selector(ids=tuple(v.id for v in held)))
    agent = f"{HOUSE}lifecycle"
    return [change(d, ns, Verb.EXPIRE, closed, *new, actor=agent, on_behalf_of=who)]


def _some(d: Drive, ns: str) -> list[Version]:
    return d.rng.sample(cubes(d, ns), min(1, len(cubes(d, ns))))


def _moved(d: Drive, ns: str, old: Version, **fields: str | None) -> ChangeSet:
    """A change of some fields of a header; None takes a field away."""
    header = {**(old.content or {}), **fields}
    new = _again(old, {k: v for k, v in header.items() if v is not None})
    verb = Verb.TRANSITION if d.rng.random() < 0.9 else d.rng.choice(["revise", "tag", "restore"])
    closed = Close(Selector(ids=(old.id,)))
    return change(d, ns, verb, closed, Open(new), expects=(old.id,))


def _again(old: Version, header: dict[str, object], payload: Payload | None = None) -> Version:
    author = Author(old.ns, old.origin, old.authority, old.validity.start)
    return author.version(
        old.kind,
        old.node,
        header,
        key=old.key,
        payload=payload or old.payload,
        validity=old.validity,
    )


def _bare(old: Version) -> dict[str, object]:
    return {k: v for k, v in (old.content or {}).items() if k != "hold"}


def other_text(d: Drive, ns: str, old: Version) -> ChangeSet:
    """Another wording under cover of a release."""
    new = _again(old, _bare(old), Payload.of("slipped in"))
    return change(d, ns, Verb.TRANSITION, Close(Selector(ids=(old.id,))), Open(new))


def other_header(d: Drive, ns: str, old: Version) -> ChangeSet:
    """Another header under cover of a release."""
    new = _again(old, {**_bare(old), "title": "slipped in"})
    return change(d, ns, Verb.TRANSITION, Close(Selector(ids=(old.id,))), Open(new))


def other_origin(d: Drive, ns: str, old: Version) -> ChangeSet:
    """Another origin under cover of another hold, so that the cube would go with that."""
    header = {**_bare(old), "hold": d.rng.choice(HOLDS)}
    new = replace(old, origin=origin(d, ns))
    return change(d, ns, Verb.TRANSITION, Close(Selector(ids=(old.id,))), Open(_again(new, header)))


def destroyed(d: Drive, ns: str, old: Version) -> ChangeSet:
    """Erase the cube, a past version of it, or whatever holds its text."""
    rows = [r.record for r in d.oracle.rows if isinstance(r.record, Version)]
    near = [v.id for v in rows if v.node == old.node or (v.payload and v.payload == old.payload)]
    return change(d, ns, "erase", Shred(Selector(ids=(d.rng.choice(near),))))


def released_and_destroyed(d: Drive, ns: str, old: Version) -> ChangeSet:
    """Put the hold off and erase in one go, by opening the same again or by reopening what was."""
    before = [
        r.record.id
        for r in d.oracle.rows
        if isinstance(r.record, Version) and r.record.node == old.node and r.end < OPEN
    ]
    back: Operation = Open(_again(old, _bare(old)))
    if before and d.rng.random() < 0.7:
        back = Reopen(Selector(ids=(before[-1],)))
    ops: list[Operation] = [Close(Selector(ids=(old.id,))), back]
    if d.rng.random() < 0.6:
        ops.append(Shred(Selector(ids=(old.id,))))
    return change(d, ns, d.rng.choice([Verb.REVERT, Verb.TRANSITION]), *shuffled(d.rng, ops))


def copied(d: Drive, ns: str, old: Version) -> ChangeSet:
    """The text of a held cube in another cube of somebody's own, to be erased from there."""
    there = d.rng.choice(NAMESPACES)
    node = d.engine.name(there, old.kind, "copy", old.node)
    copy = Author(there, node.id, old.authority, 0).version(
        old.kind, node.id, {"title": "copy"}, key=node.key, payload=old.payload
    )
    return change(d, there, "remember", Open(copy))


def shuffled(rng: Random, ops: list[Operation]) -> list[Operation]:
    """The same in some order: the order decides what an operation meets."""
    return rng.sample(ops, len(ops))


ROUND = (other_text, other_header, other_origin, destroyed, released_and_destroyed, copied)
