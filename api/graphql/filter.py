"""Filters: what a client says of the things it wants listed, and what the store is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import strawberry

from ...graph.errors import Invalid
from ...graph.kind import NodeKind
from ...graph.scope import Scope, Where
from ...graph.store import GraphStore
from ...ingest.extraction import normalise
from ...query.cube_filter import HEADER, SPANS, VALUES
from ...query.cube_filter import Between as Span
from ...query.cube_filter import CubeFilter as Asked
from ..filtering import filter_of
from .cursor import Pins
from .scalar import Instant, Seq, written_instant

T = TypeVar("T")


def given(value: T | None) -> T | None:
    """What was given, None where nothing was.

    >>> given(strawberry.UNSET) is None, given(0)
    (True, 0)
    """
    return None if value is strawberry.UNSET else value


@strawberry.input
class AsOf:
    """A snapshot: as recorded at an instant or up to a sequence, and what held in the world then."""

    recorded: Instant | None = strawberry.UNSET
    seq: Seq | None = strawberry.UNSET
    valid: Instant | None = strawberry.UNSET


def moments(as_of: AsOf | None) -> tuple[int | str | None, int | None]:
    """A snapshot as the verbs of `Memory` take it: what was recorded by when, and what held in the world.

    >>> moments(AsOf(recorded=Instant(1_000_000))), moments(AsOf(seq=Seq(3), valid=Instant(0)))
    (('1970-01-01T00:00:01.000000Z', None), (3, 0))
    """
    when = as_of or AsOf()
    seq, recorded, valid = given(when.seq), given(when.recorded), given(when.valid)
    _one_of(seq, recorded)
    return (seq if recorded is None else written_instant(recorded)), valid


def _one_of(seq: int | None, recorded: int | None) -> None:
    if seq is not None and recorded is not None:
        raise Invalid("asOf takes a sequence or an instant of recording, not both: leave one out")


def snapshot(store: GraphStore, namespace: str, as_of: AsOf | None) -> Scope:
    """Pin a read; raises `NotFound` for a namespace that is not there or not the viewer's to read."""
    when = as_of or AsOf()
    seq, recorded, valid = given(when.seq), given(when.recorded), given(when.valid)
    _one_of(seq, recorded)
    return store.scope(namespace, "", seq=seq, recorded=recorded, valid_at=valid)


def pinned(as_of: AsOf | None) -> Pins:
    """What of the snapshot the caller named."""
    when = as_of or AsOf()
    recorded = given(when.seq) is not None or given(when.recorded) is not None
    return Pins(recorded, given(when.valid) is not None)


@strawberry.input
class Between:
    """From `since` (included) up to `until` (not); either may be left out."""

    since: Instant | None = strawberry.UNSET
    until: Instant | None = strawberry.UNSET


@strawberry.input
class CubeFilter:
    """Which cubes; every part that is given must hold, and of several values of one any will do.

    `tags` are expressions (docs/tags.md), all of which must hold. `source` is an id or a name, `media` and
    `author` are what a source says of itself; `agent` is who recorded a cube's wording, or for whom. `stated` is
    when it was said, `valid` when it holds in the world (any part of it), `recorded` when it was recorded.
    """

    tags: list[str] | None = strawberry.UNSET
    source: list[strawberry.ID] | None = strawberry.UNSET
    semantic_type: list[str] | None = strawberry.UNSET
    origin_type: list[str] | None = strawberry.UNSET
    state: list[str] | None = strawberry.UNSET
    language: list[str] | None = strawberry.UNSET
    speaker: list[str] | None = strawberry.UNSET
    record_kind: list[str] | None = strawberry.UNSET
    media: list[str] | None = strawberry.UNSET
    author: list[str] | None = strawberry.UNSET
    agent: list[str] | None = strawberry.UNSET
    stated: Between | None = strawberry.UNSET
    valid: Between | None = strawberry.UNSET
    recorded: Between | None = strawberry.UNSET

    def read(self, source: Callable[[str], str]) -> Asked:
        """What is searched by; `source` tells the id of a source."""
        parts = {name: given(getattr(self, name)) for name in ("tags", *VALUES)}
        spans = {name: given(getattr(self, name)) for name in SPANS}
        read: dict[str, object] = {
            name: [str(value) for value in values]
            for name, values in parts.items()
            if values is not None and (values or name != "tags")
        }
        read |= {
            name: Span(given(span.since), given(span.until))
            for name, span in spans.items()
            if span is not None
        }
        return filter_of(read, source)


def stored(asked: Asked) -> Where | None:
    """What the store is asked for, where it can tell by itself which cubes meet a filter; else None."""
    if asked.but(source=(), **dict.fromkeys(HEADER, ())):
        return None
    header: dict[str, str | bool | tuple[str, ...]] = {}
    for name in HEADER:
        if values := getattr(asked, name):
            header[name] = values[0] if len(values) == 1 else values
    return Where(kinds=(NodeKind.MEMCUBE,), origins=asked.source or None, header=header)


@strawberry.input
class EntityFilter:
    """Which entities; `name` is one of the names that sources give it, in any spelling of case."""

    name: str | None = strawberry.UNSET
    label: str | None = strawberry.UNSET
    source: strawberry.ID | None = strawberry.UNSET

    def where(self, store: GraphStore, scope: Scope) -> Where:
        """What the store is asked for."""
        name, source = given(self.name), given(self.source)
        nodes = None
        if name is not None:
            nodes = (store.name(scope.ns, NodeKind.ENTITY, normalise(name)).id,)
        return Where(
            kinds=(NodeKind.ENTITY,),
            nodes=nodes,
            origins=None if source is None else (str(source),),
            header=_header(label=self.label),
        )


@strawberry.input
class FactFilter:
    """Which facts; `subject`, `relation` and `object` exactly as a source states them."""

    subject: str | None = strawberry.UNSET
    relation: str | None = strawberry.UNSET
    object: str | None = strawberry.UNSET
    source: strawberry.ID | None = strawberry.UNSET

    def where(self, store: GraphStore, scope: Scope) -> Where:
        """What the store is asked for."""
        source = given(self.source)
        return Where(
            kinds=(NodeKind.FACT,),
            origins=None if source is None else (str(source),),
            header=_header(subject=self.subject, relation=self.relation, object=self.object),
        )


@strawberry.input
class ChangeSetFilter:
    """Which changes; `actor` is a name, `since` is included and `until` is not."""

    verb: str | None = strawberry.UNSET
    actor: str | None = strawberry.UNSET
    since: Instant | None = strawberry.UNSET
    until: Instant | None = strawberry.UNSET


@dataclass(frozen=True, slots=True)
class Changes:
    """A filter of changes as it was given.

    >>> Changes.of(ChangeSetFilter(verb="retract"))
    Changes(verb='retract', actor=None, since=None, until=None)
    """

    verb: str | None = None
    actor: str | None = None
    since: int | None = None
    until: int | None = None

    @classmethod
    def of(cls, where: ChangeSetFilter | None) -> Changes:
        """Read what a client gave."""
        asked = where or ChangeSetFilter()
        return cls(given(asked.verb), given(asked.actor), given(asked.since), given(asked.until))


def _header(**parts: str | None) -> dict[str, str]:
    named = {name: given(value) for name, value in parts.items()}
    return {name: value for name, value in named.items() if value is not None}


def described(where: Where) -> dict[str, object]:
    """A filter as plain data, which names the listing that a cursor belongs to."""
    return {
        "kinds": [str(kind) for kind in where.kinds],
        "nodes": None if where.nodes is None else list(where.nodes),
        "origins": None if where.origins is None else list(where.origins),
        "tags": list(where.tags),
        "header": dict(where.header),
    }
