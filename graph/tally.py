"""Tally: what an engine counts by itself, over all cubes of a scope, for graphs that no index holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

Span = tuple[int, int]
Values = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Tally:
    """By what cubes are counted, and which: those that a question finds and that meet every part given.

    `by` is a field of the header, one of the source (`media`, `author`), `source`, `year`, or with `levels` the tags:
    these have for each tag (node id) the numbers of what it stands at or under, its own last. `header` and `of_source`
    have the values that will do; `sources` are ids; `stated` and `valid` are instants from and up to, `recorded`
    sequences after and up to. Of a filter by tags and agents the engine tells which parts are met: `leaves` are
    for each part the tags that will do, `agents` asks who made a change.

    >>> Tally("state").levels
    {}
    """

    by: str
    header: Values = field(default_factory=dict)
    of_source: Values = field(default_factory=dict)
    sources: tuple[str, ...] | None = None
    stated: Span | None = None
    valid: Span | None = None
    recorded: Span | None = None
    leaves: tuple[tuple[str, ...], ...] = ()
    agents: bool = False
    levels: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


class Tallied(NamedTuple):
    """So many cubes with one value (None: they say nothing), alike in the parts of the filter that they meet.

    Of tags the value is a level, and `exact` counts those that carry a tag of the very level. `since` is the first
    sequence; `by` are the agents of the change (node ids); `made` is the record of a summary, which counts by itself.
    """

    value: str | int | None
    number: int
    exact: int
    since: int
    leaves: tuple[bool, ...]
    by: tuple[str, ...]
    made: str | None
