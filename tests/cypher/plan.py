"""Plans: what the server did for each statement of a store, and what that cost.

`Profiling` is a connection that profiles all that goes over it and rolls back what was written, so that
each statement is measured with the parameters that the product gives it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import neo4j

from memcubes.cypher import statement
from memcubes.graph.neo4j.address import Address
from memcubes.graph.neo4j.connection import Connection, Row, Transaction

T = TypeVar("T")
Node = Mapping[str, Any]

SLOW = {
    "AllNodesScan": "AllNodesScan",
    "NodeByLabelScan": "NodeByLabelScan",
    "UnionNodeByLabelsScan": "NodeByLabelScan",
    "IntersectionNodeByLabelsScan": "NodeByLabelScan",
    "DirectedAllRelationshipsScan": "AllRelationshipsScan",
    "UndirectedAllRelationshipsScan": "AllRelationshipsScan",
    "DirectedRelationshipTypeScan": "RelationshipTypeScan",
    "UndirectedRelationshipTypeScan": "RelationshipTypeScan",
    "DirectedUnionRelationshipTypesScan": "RelationshipTypeScan",
    "UndirectedUnionRelationshipTypesScan": "RelationshipTypeScan",
    "NodeIndexScan": "NodeIndexScan",
    "DirectedRelationshipIndexScan": "RelationshipIndexScan",
    "UndirectedRelationshipIndexScan": "RelationshipIndexScan",
    "NodeIndexContainsScan": "NodeIndexScan",
    "NodeIndexEndsWithScan": "NodeIndexScan",
    "CartesianProduct": "CartesianProduct",
    "Eager": "Eager",
}
"""Operators that read or hold back everything, by the name that a statement declares them with."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run of a statement did: its operators, how often it asked the store, what it found."""

    name: str
    params: Mapping[str, Any]
    root: Node
    found: int

    @property
    def hits(self) -> int:
        """How often the store was asked for something."""
        return sum(int(node["args"].get("DbHits", 0)) for node in operators(self.root))

    @property
    def slow(self) -> frozenset[str]:
        """The slow operators in it."""
        return slow(self.root)


def operators(root: Node) -> Iterator[Node]:
    """An operator and all below it."""
    yield root
    for child in root.get("children", ()):
        yield from operators(child)


def slow(root: Node) -> frozenset[str]:
    """The slow operators of a plan."""
    names = {str(node["operatorType"]).split("@")[0] for node in operators(root)}
    return frozenset(SLOW[name] for name in names if name in SLOW)


def declared(name: str) -> dict[str, str]:
    """The slow operators that a statement may have, each with the reason."""
    lines = statement(name).splitlines()
    said = [line.removeprefix("// allowed ") for line in lines if line.startswith("// allowed ")]
    return {part.strip(): why.strip() for part, _, why in (line.partition(":") for line in said)}


class _Profiled(Transaction):
    """A transaction that notes the plans."""

    def __init__(self, transaction: Any, text: Callable[[str], str], plans: list[Plan]) -> None:
        super().__init__(transaction, text)
        self._plans = plans

    def run(self, name: str, /, **params: Any) -> list[Row]:
        """Run one statement under PROFILE."""
        result = self._transaction.run(self._text(name), {"in": params})
        rows = list(result)
        root = result.consume().profile
        assert root is not None, f"{name} was not profiled"
        self._plans.append(Plan(name, params, root, len(rows)))
        return list(rows)


class Profiling(Connection):
    """Profiles everything, keeps nothing; `plans` has what was run, in order."""

    def __init__(self, address: Address) -> None:
        self.plans: list[Plan] = []
        super().__init__(address)

    def text(self, name: str) -> str:
        """The words of a statement, to be profiled."""
        return "PROFILE " + super().text(name)

    def read(self, name: str, /, **params: Any) -> list[Row]:
        """Run one statement that reads."""
        with self._session(default_access_mode=neo4j.READ_ACCESS) as session:
            return session.execute_read(
                lambda tx: _Profiled(tx, self.text, self.plans).run(name, **params)
            )

    def stream(self, name: str, /, **params: Any) -> Iterator[Row]:
        """Plan one statement that reads very much and do not run it: it reads everything anyway."""
        with self._session(default_access_mode=neo4j.READ_ACCESS) as session:
            root = session.run("EXPLAIN " + super().text(name), {"in": params}).consume().plan
        assert root is not None
        self.plans.append(Plan(name, params, root, 0))
        yield from ()

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Do the work and undo it."""
        with self._session() as session, session.begin_transaction() as tx:
            done = work(_Profiled(tx, self.text, self.plans))
            tx.rollback()
            return done
