"""Acts: who did what, when and why, as the log tells it, with names in place of ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from .change import Committed
from .instant import show
from .scope import Scope
from .store import GraphStore


@dataclass(frozen=True, slots=True)
class Act:
    """One change of the log, told to a person.

    `seq` is its place in the log, `at` its instant in microseconds, `actor` and `on_behalf_of` are
    names.

    >>> Act(7, 0, "retract", "local:ann", "", "it was wrong").told
    'retract by local:ann on 1970-01-01 (@7): it was wrong'
    """

    seq: int
    at: int
    verb: str
    actor: str
    on_behalf_of: str
    reason: str

    @property
    def told(self) -> str:
        """The act as one line."""
        who = f"{self.actor} for {self.on_behalf_of}" if self.on_behalf_of else self.actor
        why = f": {self.reason}" if self.reason else ""
        return f"{self.verb} by {who} on {show(self.at)[:10]} (@{self.seq}){why}"

    def as_json(self) -> dict[str, Any]:
        """The act as plain data; the instant in RFC 3339."""
        told: dict[str, Any] = {
            "seq": self.seq,
            "at": show(self.at),
            "verb": self.verb,
            "actor": self.actor,
            "reason": self.reason,
        }
        return {**told, "on_behalf_of": self.on_behalf_of} if self.on_behalf_of else told


def agent_names(store: GraphStore, scope: Scope, agents: Iterable[str]) -> dict[str, str]:
    """Name agents by node id; one whose name cannot be read keeps the first eight digits of its id."""
    wanted = sorted({agent for agent in agents if agent})
    names = {v.node: str(v.get("name", "")) for v in store.get(scope, wanted)} if wanted else {}
    for agent in wanted:
        if not names.get(agent):
            # an agent whose grant was taken back is still the one who acted
            past = [str(v.get("name", "")) for v in store.history(scope, agent)]
            names[agent] = next((name for name in reversed(past) if name), agent[:8])
    return names


def changes_at(store: GraphStore, scope: Scope, sequences: Iterable[int]) -> list[Committed]:
    """Read changes by sequence; those after the scope's or of other namespaces are left out.

    Neighbouring sequences are read together, and no others: the leaf of a large ingest is long.
    """
    return [
        change
        for first, count in _runs(sequences)
        for change in store.changes(scope, after=first - 1, first=count)
        if change.seq < first + count
    ]


def acts(store: GraphStore, scope: Scope, sequences: Iterable[int]) -> dict[int, Act]:
    """Tell changes to a person, by sequence; see `changes_at` for what is left out."""
    found = changes_at(store, scope, sequences)
    names = agent_names(store, scope, (a for c in found for a in (c.actor, c.on_behalf_of)))
    return {
        c.seq: Act(
            c.seq, c.at, c.verb, names.get(c.actor, ""), names.get(c.on_behalf_of, ""), c.reason
        )
        for c in found
    }


def _runs(sequences: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Where each run of neighbouring numbers begins, and how many it has."""
    ordered = sorted({seq for seq in sequences if seq > 0})
    for _, run in groupby(enumerate(ordered), lambda pair: pair[1] - pair[0]):
        members = [seq for _, seq in run]
        yield members[0], len(members)
