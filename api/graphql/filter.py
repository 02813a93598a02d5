"""Filters: what a client says of the things it wants listed, and what the store is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import strawberry

from ...graph.errors import Invalid
from ...graph.kind import NodeKind
from ...graph.scope import Scope, Where
from ...graph.store import GraphStore
from ...ingest.extraction import normalise
from .scalar import Instant, Seq

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


def snapshot(store: GraphStore, namespace: str, as_of: AsOf | None) -> Scope:
    """Pin a read; raises `NotFound` for a namespace that is not there or not the viewer's to read."""
    when = as_of or AsOf()
    seq, recorded, valid = given(when.seq), given(when.recorded), given(when.valid)
    if seq is not None and recorded is not None:
        raise Invalid("asOf takes a sequence or an instant of recording, not both: leave one out")
    return store.scope(namespace, "", seq=seq, recorded=recorded, valid_at=valid)


def pinned(as_of: AsOf | None) -> bool:
    """Whether the caller named the snapshot."""
    when = as_of or AsOf()
    return any(given(part) is not None for part in (when.seq, when.recorded, when.valid))


@strawberry.input
class CubeFilter:
    """Which cubes; every part that is given must hold. `tags` are names, `source` is the id of one."""

    tags: list[str] | None = strawberry.UNSET
    source: strawberry.ID | None = strawberry.UNSET
    semantic_type: str | None = strawberry.UNSET
    origin_type: str | None = strawberry.UNSET
    state: str | None = strawberry.UNSET
    language: str | None = strawberry.UNSET

    def where(self, store: GraphStore, scope: Scope) -> Where:
        """What the store is asked for."""
        source = given(self.source)
        return Where(
            kinds=(NodeKind.MEMCUBE,),
            origins=None if source is None else (str(source),),
            tags=tuple(store.name(scope.ns, NodeKind.TAG, tag).id for tag in self.tagged),
            header=_header(
                semantic_type=self.semantic_type,
                origin_type=self.origin_type,
                state=self.state,
                language=self.language,
            ),
        )

    @property
    def tagged(self) -> tuple[str, ...]:
        """The names of the tags that are asked for."""
        return tuple(given(self.tags) or ())

    @property
    def only_tags(self) -> bool:
        """Whether nothing but tags is asked for."""
        rest = (self.source, self.semantic_type, self.origin_type, self.state, self.language)
        return all(given(part) is None for part in rest)


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
