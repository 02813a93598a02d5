"""Chronicle: the life of one node, version by version, with who, when, why, and what was changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .actors import Act, acts
from .difference import Difference, between
from .errors import Erased, NotFound
from .record import Version
from .scope import Scope
from .step import Step
from .store import GraphStore


@dataclass(frozen=True, slots=True)
class Chapter:
    """One interval of one version: the act that began it, the one that ended it, and what it changed.

    `number` counts the node's intervals from 1. `changed` compares it with the version before it of the
    same origin; it is None for the first, for a record that came back as it was (`again`), and where
    content was destroyed.
    """

    number: int
    version: Version
    since: Act | None
    until: Act | None
    again: bool
    changed: Difference | None

    @property
    def erased(self) -> bool:
        """Whether the content was destroyed for ever."""
        return self.version.content is None

    @property
    def title(self) -> str:
        """What a person would call it then."""
        return Step(self.version, 0, True, False, None, None).title

    def as_json(self) -> dict[str, Any]:
        """The chapter as plain data."""
        return {
            "number": self.number,
            "record": self.version.id,
            "kind": str(self.version.kind),
            "title": self.title,
            "origin": self.version.origin,
            "since": self.since.as_json() if self.since else None,
            "until": self.until.as_json() if self.until else None,
            "again": self.again,
            "erased": self.erased,
            "digest": self.version.digest,
            "changed": self.changed.as_json() if self.changed else None,
        }


def chronicle(store: GraphStore, scope: Scope, node: str) -> tuple[Chapter, ...]:
    """The life of a node up to the scope's sequence, oldest first.

    >>> from memcubes.graph import ChangeSet, NodeKind, open_store
    >>> store = open_store("sqlite:///:memory:", "local:ann", create=True)
    >>> done = store.commit(ChangeSet("default", "remember", ()))
    >>> home = store.name("default", NodeKind.NAMESPACE, "default").id
    >>> [(c.number, c.since.verb, c.until) for c in chronicle(store, store.scope("default"), home)]
    [(1, 'found', None)]
    >>> store.close()

    Raises `NotFound` for a node that is not there or not the viewer's to see.
    """
    past = store.history(scope, node)
    if not past:
        raise NotFound(f"there is no node {node}: `memcubes search` finds what there is")
    moments = {v.from_seq for v in past} | {v.to_seq for v in past}
    told = acts(store, scope, (seq for seq in moments if 0 < seq <= scope.seq))
    last: dict[str, Version] = {}
    known: set[str] = set()
    chapters = []
    for number, version in enumerate(past, 1):
        before = last.get(version.origin)
        last[version.origin] = version
        again = version.id in known
        known.add(version.id)
        chapters.append(
            Chapter(
                number,
                version,
                told.get(version.from_seq),
                told.get(version.to_seq),
                again,
                None if before is None or again else _changed(before, version),
            )
        )
    return tuple(chapters)


def _changed(before: Version, after: Version) -> Difference | None:
    try:
        return between(before, after)
    except Erased:
        return None
