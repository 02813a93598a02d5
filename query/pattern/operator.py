"""PatternOperator: a plan in, rows out, each with the cubes that it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ...graph.scope import Scope
from ...graph.store import GraphStore
from .evaluator import Evaluator, shown
from .reading import read_plan
from .records import TableCache


@dataclass(frozen=True, slots=True)
class Match:
    """One row of an answer: its columns in text, the node that it is (None for a group), and its cubes."""

    values: Mapping[str, str | list[str]]
    node: str | None
    key: str | None
    kind: str
    cubes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The row as plain data."""
        told = {"kind": self.kind, "key": self.key, "id": self.node}
        return {
            "values": dict(self.values),
            **{name: value for name, value in told.items() if value is not None},
            "cubes": list(self.cubes),
        }


@dataclass(frozen=True, slots=True)
class PatternResult:
    """What a plan found at one sequence of the log, in its order."""

    seq: int
    rows: tuple[Match, ...]

    def as_json(self) -> dict[str, Any]:
        """The answer as plain data."""
        return {"seq": self.seq, "rows": [row.as_json() for row in self.rows]}


class PatternOperator:
    """Carries plans out on one store; what it has read serves the next plan while nothing is written.

    `normal` gives the form in which names of entities are kept.

    >>> from ...graph import ChangeSet, GuardedStore
    >>> from ...graph.sqlite import SqliteStore
    >>> store = GuardedStore(SqliteStore(None), "local:ann")
    >>> done = store.commit(ChangeSet(ns="default", verb="remember", ops=()))
    >>> PatternOperator(store, str.casefold).match(store.scope("default"), [{"key": "p1"}]).rows
    ()
    >>> store.close()
    """

    def __init__(self, store: GraphStore, normal: Callable[[str], str]) -> None:
        self.store = store
        self.normal = normal
        self._tables = TableCache(store)

    def match(self, scope: Scope, plan: Any) -> PatternResult:
        """Carry a plan out; raises `Invalid` with the place in the plan, before anything is given."""
        read = read_plan(plan)
        rows = Evaluator(read, self._tables.of(scope), self.normal).rows()
        return PatternResult(
            scope.seq,
            tuple(
                Match(
                    shown(row.values, read.columns),
                    row.node or None,
                    row.key,
                    row.kind,
                    tuple(sorted(row.cubes)),
                )
                for row in rows
            ),
        )
