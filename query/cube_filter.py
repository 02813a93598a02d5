"""CubeFilter: which cubes are asked for, read once and then the same by every way in.

Every part that is given must hold; of several values of a part any will do. A filter is met by visible
cubes alone and comes before ranking and limit: the walk goes through the whole visible graph, so that what is
filtered out still leads to what is not, and the ranking lists only what meets the filter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from ..graph.actors import agent_names, changes_at
from ..graph.errors import Invalid
from ..graph.index.catalogue import Catalogue
from ..graph.instant import OPEN
from ..graph.lifecycle import State
from ..graph.scope import Scope
from ..graph.store import GraphStore
from ..graph.tag_expression import Mask, TagExpression

MOST_VALUES = 1_000
"""Values of one part of a filter."""


@dataclass(frozen=True, slots=True)
class Between:
    """From one instant (included) up to another (not), in microseconds; None is an open end.

    With `sequences` the ends are of the log: after the one, and up to the other, as git writes ranges.

    >>> bool(Between()), bool(Between(0))
    (False, True)
    """

    since: int | None = None
    until: int | None = None
    sequences: bool = False

    def __bool__(self) -> bool:
        return self.since is not None or self.until is not None

    @property
    def low(self) -> int:
        """The first instant."""
        return -OPEN if self.since is None else self.since

    @property
    def high(self) -> int:
        """The first instant after it."""
        return OPEN if self.until is None else self.until


HEADER = ("semantic_type", "origin_type", "state", "language", "speaker", "record_kind")
SOURCE = ("media", "author")
VALUES = (*HEADER, *SOURCE, "source", "agent")
SPANS = ("stated", "valid", "recorded")


@dataclass(frozen=True, slots=True)
class CubeFilter:
    """Which cubes; an empty one is met by all.

    `tags` are expressions (docs/tags.md); `source` are ids of sources, `media` and `author` what these say of
    themselves; `agent` are names of who recorded the version in force, or for whom. `stated` is when the
    source says that it was written (or from when it holds), `valid` when it holds in the world (any part of
    it), `recorded` when the version in force was written.

    >>> str(CubeFilter.of(tags="+a -b", semantic_type="fact").tags[0])
    'all("a", -"b")'
    """

    tags: tuple[TagExpression, ...] = ()
    semantic_type: tuple[str, ...] = ()
    origin_type: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    speaker: tuple[str, ...] = ()
    record_kind: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    agent: tuple[str, ...] = ()
    stated: Between = Between()
    valid: Between = Between()
    recorded: Between = Between()

    @classmethod
    def of(cls, **parts: Any) -> CubeFilter:
        """Read the parts of a filter; raises `Invalid` for one that is unknown or of the wrong kind."""
        known = [field.name for field in fields(cls)]
        for name in parts:
            if name not in known:
                raise Invalid(f"a filter has no part '{name}': it has {', '.join(known)}")
        read: dict[str, Any] = {}
        for name, value in parts.items():
            if value is None:
                continue
            if name in SPANS:
                read[name] = _between(name, value)
                continue
            texts = _texts(name, value)
            if name == "tags":
                read[name] = tuple(TagExpression.parse(text) for text in texts)
            else:
                read[name] = tuple(sorted(set(texts)))
        for state in read.get("state", ()):
            if state not in tuple(State):
                raise Invalid(f"there is no state '{state}': choose {', '.join(State)}")
        return cls(**read)

    def __bool__(self) -> bool:
        return self != CubeFilter()

    @property
    def beyond_search(self) -> bool:
        """Whether a state is asked for that questions do not walk: then those are found as well."""
        return any(not State(state).walked for state in self.state)

    def but(self, **parts: Any) -> CubeFilter:
        """The same filter with some parts replaced."""
        return replace(self, **parts)

    def described(self) -> dict[str, object]:
        """The filter as plain data, which names the listing that a cursor belongs to."""
        said: dict[str, object] = {"tags": [str(expression) for expression in self.tags]}
        for name in VALUES:
            said[name] = list(getattr(self, name))
        for name in SPANS:
            span: Between = getattr(self, name)
            said[name] = [span.since, span.until, span.sequences]
        return {
            name: value for name, value in said.items() if value not in ([], [None, None, False])
        }

    def mask(
        self, store: GraphStore, scope: Scope, catalogue: Catalogue, among: Mask | None = None
    ) -> Mask:
        """Which passages of a scope, or `among` some of them, meet the filter."""
        met = np.ones(catalogue.size, np.bool_) if among is None else among.copy()
        if not catalogue.size:
            return met
        for expression in self.tags:
            met &= expression.masked(catalogue.tagged)
        for name in HEADER:
            if values := getattr(self, name):
                met &= catalogue.says(name, values)
        for name in SOURCE:
            if values := getattr(self, name):
                met &= catalogue.source_says(name, values)
        if self.source:
            met &= catalogue.of_source(self.source)
        if self.stated:
            stated = catalogue.column("stated")
            met &= (stated >= self.stated.low) & (stated < self.stated.high)
        if self.valid:
            met &= catalogue.column("start") < self.valid.high
            met &= catalogue.column("end") > self.valid.low
        if self.recorded:
            after, upto = sequences(store, scope, self.recorded)
            since = catalogue.column("from")
            met &= (since > after) & (since <= upto)
        if self.agent:
            met &= self._by_agent(store, scope, catalogue, met)
        return met

    def unmet(
        self, store: GraphStore, scope: Scope, catalogue: Catalogue, passages: Sequence[int]
    ) -> dict[int, tuple[str, ...]]:
        """Which parts of the filter each of some passages does not meet, by name."""
        among = np.zeros(catalogue.size, np.bool_)
        among[list(passages)] = True
        lacking: dict[int, tuple[str, ...]] = dict.fromkeys(passages, ())
        for part in fields(self):
            value = getattr(self, part.name)
            if value:
                met = CubeFilter(**{part.name: value}).mask(store, scope, catalogue, among)
                for passage in passages:
                    if not met[passage]:
                        lacking[passage] += (part.name,)
        return lacking

    def _by_agent(self, store: GraphStore, scope: Scope, catalogue: Catalogue, met: Mask) -> Mask:
        """What somebody of these recorded; only changes are read that matter yet."""
        since = catalogue.column("from")
        changes = changes_at(store, scope, sorted(set(since[met].tolist())))
        agents = {agent for change in changes for agent in (change.actor, change.on_behalf_of)}
        names = agent_names(store, scope, agents)
        wanted = {agent for agent, name in names.items() if name in self.agent}
        theirs = [c.seq for c in changes if wanted & {c.actor, c.on_behalf_of}]
        return np.isin(since, np.array(theirs, np.int64))


EVERYTHING = CubeFilter()


def read_filter(where: CubeFilter | Mapping[str, Any] | None) -> CubeFilter:
    """A filter as a program gives it: one that was read, or its parts by name.

    >>> read_filter({"state": "archived"}).beyond_search
    True
    """
    if where is None:
        return EVERYTHING
    if isinstance(where, CubeFilter):
        return where
    if not isinstance(where, Mapping):
        raise Invalid(f"a filter is its parts by name, not {type(where).__name__}: {{'tags': …}}")
    return CubeFilter.of(**{str(name): value for name, value in where.items()})


def _texts(name: str, value: object) -> tuple[str, ...]:
    listed = (value,) if isinstance(value, str) else value
    if not isinstance(listed, Sequence | set | frozenset) or not all(
        isinstance(one, str) for one in listed
    ):
        raise Invalid(f"'{name}' of a filter is a text or several, not {value!r:.80}")
    if not listed:
        raise Invalid(f"'{name}' of a filter has no value: leave it out")
    if len(listed) > MOST_VALUES:
        raise Invalid(f"'{name}' of a filter has more than {MOST_VALUES:,} values")
    return tuple(listed)


def _between(name: str, value: object) -> Between:
    if not isinstance(value, Between):
        raise Invalid(
            f"'{name}' of a filter is a range such as 2025-01-01..2025-02-01, not {value!r:.80}"
        )
    if value.since is not None and value.until is not None and value.since > value.until:
        raise Invalid(f"'{name}' of a filter ends before it begins: write the earlier end first")
    return value


def sequences(store: GraphStore, scope: Scope, span: Between) -> tuple[int, int]:
    """The sequence after which a span of recorded time begins, and that with which it ends."""
    if span.sequences:
        return span.since or 0, scope.seq if span.until is None else span.until

    def before(instant: int) -> int:
        return store.scope(scope.ns, scope.viewer, recorded=instant - 1).seq

    after = 0 if span.since is None else before(span.since)
    return after, scope.seq if span.until is None else before(span.until)
