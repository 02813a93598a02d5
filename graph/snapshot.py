"""Snapshot: everything that a viewer may see at one moment, in a form that two histories can share.

Ids, salts and sequences differ from one history to another that means the same; keys, texts and
characters do not. A snapshot names every node by its value, so that "as if it had never been" is an
equation that can be tried: `snapshot(one) == snapshot(other)` (DESIGN, belief). Receipts record what was
given out, not what is known, and are left out; so are agents, who are there because they acted.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from .belief import beliefs
from .canonical import identities
from .digest import canonical
from .instant import OPEN
from .kind import Authority, NodeKind
from .listing import all_edges, all_found
from .record import Edge, Record, Version
from .scope import Along, Scope, Where
from .store import GraphStore

if TYPE_CHECKING:
    from .index.graph_index import GraphIndex

STATEMENT = "statement:"
"""How the uri of something that was said begins; the rest of it is random."""
_NODE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[48][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_LEFT_OUT = frozenset({NodeKind.INJECTION, NodeKind.AGENT})
_FROM_THE_CLOCK = frozenset({"stated", "record"})


@dataclass(frozen=True)
class Snapshot:
    """What is there: each part in canonical JSON, sorted, as often as it occurs.

    `nodes` are the versions in force, `edges` the edges, `beliefs` what is thought of each fact and on
    which sources, `identities` the entities that are one, `postings` and `vectors` what a search finds
    passages by, empty where no index was given.
    """

    nodes: tuple[str, ...]
    edges: tuple[str, ...]
    beliefs: tuple[str, ...]
    identities: tuple[str, ...]
    postings: tuple[str, ...] = ()
    vectors: tuple[str, ...] = ()

    def difference(self, other: Snapshot) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
        """What only this one holds and what only the other, by part; empty where they are equal.

        >>> one = Snapshot(("a", "b"), (), (), ())
        >>> one.difference(Snapshot(("b", "c"), (), (), ()))
        {'nodes': (('a',), ('c',))}
        """
        found = {}
        for part in fields(self):
            mine = Counter[str](getattr(self, part.name))
            theirs = Counter[str](getattr(other, part.name))
            if mine != theirs:
                only = tuple(sorted((mine - theirs).elements()))
                found[part.name] = only, tuple(sorted((theirs - mine).elements()))
        return found


def snapshot(
    store: GraphStore,
    viewer: str,
    as_of: int | Scope | None = None,
    *,
    namespace: str = "default",
    valid_at: int | None = None,
    index: GraphIndex | None = None,
) -> Snapshot:
    """Take everything that `viewer` may see now, as of a sequence, or in a scope.

    >>> from .guard import GuardedStore
    >>> from .sqlite import SqliteStore
    >>> from .change import ChangeSet
    >>> store = GuardedStore(SqliteStore(None), "local:ann")
    >>> done = store.commit(ChangeSet(ns="default", verb="remember", ops=()))
    >>> snapshot(store, "local:ann") == snapshot(store, "local:ann", 2)
    True
    >>> store.close()

    `index` adds its postings and vectors. Raises what reads raise.
    """
    if isinstance(as_of, Scope):
        scope = as_of
    else:
        scope = store.scope(namespace, viewer, seq=as_of, valid_at=valid_at)
    versions = list(all_found(store, scope, Where()))
    edges = list(all_edges(store, scope, Along()))
    names = _Names(store, scope, versions)
    hidden = {v.node for v in versions if v.kind is NodeKind.INJECTION}
    hidden |= {edge.src for edge in edges if hidden.intersection(edge.ends)}  # feedback on answers
    return Snapshot(
        nodes=_sorted(
            names.version(v) for v in versions if v.kind not in _LEFT_OUT and v.node not in hidden
        ),
        edges=_sorted(names.edge(edge) for edge in edges if not hidden.intersection(edge.ends)),
        beliefs=_beliefs(store, scope, names),
        identities=_identities(store, scope, names),
        **(_indexed(store, index, scope, names) if index is not None else {}),
    )


def _sorted(parts: Iterable[Any]) -> tuple[str, ...]:
    return tuple(sorted(canonical(part).decode() for part in parts))


class _Names:
    """Names every node of a snapshot by its value."""

    def __init__(self, store: GraphStore, scope: Scope, versions: Sequence[Version]) -> None:
        self._store, self._scope = store, scope
        self._lines: dict[str, list[Version]] = defaultdict(list)
        for version in versions:
            self._lines[version.node].append(version)
        self._known: dict[str, Any] = {}

    def __call__(self, node: str) -> Any:
        """The name of a node; one that is no longer there is called what it was called first."""
        if node not in self._known:
            self._known[node] = "?"  # a decision about itself
            self._known[node] = self._named(node)
        return self._known[node]

    def _named(self, node: str) -> Any:
        line = self._lines.get(node) or self._store.history(self._scope, node)[:1]
        if not line:
            return "?"
        kind, first = line[0].kind, min(line, key=lambda v: canonical(v.content or {}))
        if kind is NodeKind.SOURCE:
            uri = str(first.get("uri", ""))
            return [str(kind), f"{STATEMENT} {first.text}" if uri.startswith(STATEMENT) else uri]
        if kind is NodeKind.MEMCUBE:
            home = "" if first.origin == node else self(first.origin)
            return [str(kind), home, first.text, str(first.get("title", ""))]
        if kind is NodeKind.FACT:
            parts = ("subject", "relation", "object", "negated")
            return [str(kind), min(_plain([v.get(part, "") for part in parts]) for v in line)]
        if kind is NodeKind.DECISION:
            return [str(kind), self._plain(dict(first.content or {}))]
        called = min(_plain([v.get("name", "")]) for v in line)
        decided = [
            v for v in line if v.origin != node and self._kind(v.origin) is NodeKind.DECISION
        ]
        return [str(kind), called, *(self(v.origin) for v in decided[:1])]

    def _kind(self, node: str) -> NodeKind | None:
        line = self._lines.get(node)
        return line[0].kind if line else None

    def _plain(self, value: Any) -> Any:
        """Content with every node by its name; what comes from the clock or from a secret is left out."""
        if isinstance(value, Mapping):
            return {
                name: self._plain(held)
                for name, held in value.items()
                if name not in ("to", "evidence", "payload", "made_of")
            }
        if isinstance(value, list | tuple):
            return [self._plain(held) for held in value]
        if isinstance(value, str) and _NODE.fullmatch(value):
            return self(value)
        return value

    def version(self, version: Version) -> dict[str, Any]:
        """A version in force, as a value."""
        return {
            "node": self(version.node),
            "origin": self(version.origin),
            "text": version.text,
            **self._shared(version),
        }

    def edge(self, edge: Edge) -> dict[str, Any]:
        """An edge in force, as a value."""
        return {
            "kind": str(edge.kind),
            "src": self(edge.src),
            "dst": self(edge.dst),
            "origin": self(edge.origin),
            **self._shared(edge),
        }

    def _shared(self, record: Record) -> dict[str, Any]:
        content = None if record.content is None else self._plain(dict(record.content))
        valid: list[int] | None = None
        if record.validity.known:
            valid = [record.validity.start, min(record.validity.end, OPEN)]
        if content is not None and self._said(record.origin):
            content = {
                k: _timeless(v)
                for k, v in content.items()
                if k not in (*_FROM_THE_CLOCK, "uri", "name")
            }
            valid = None
        elif content is not None and record.authority is Authority.CURATED and self._read(record):
            # a wording by hand is dated by when somebody gave it, whatever its source says of itself
            content = {k: _timeless(v) for k, v in content.items() if k not in _FROM_THE_CLOCK}
            valid = None
        elif self._kind(record.origin) is NodeKind.DECISION:
            valid = None
        return {"content": content, "authority": int(record.authority), "valid": valid}

    def _read(self, record: Record) -> bool:
        return self._kind(record.origin) is NodeKind.SOURCE

    def _said(self, origin: str) -> bool:
        """Whether this is a statement's: its date is when it was said, which no two histories share."""
        return any(str(v.get("uri", "")).startswith(STATEMENT) for v in self._lines.get(origin, ()))


def _timeless(value: Any) -> Any:
    """A field without what the clock put inside it."""
    if not isinstance(value, Mapping):
        return value
    return {k: v for k, v in value.items() if k not in _FROM_THE_CLOCK}


def _plain(parts: Sequence[Any]) -> str:
    return "|".join(" ".join(str(part).casefold().split()) for part in parts)


def _beliefs(store: GraphStore, scope: Scope, names: _Names) -> tuple[str, ...]:
    return _sorted(
        {
            "fact": names(fact),
            "status": str(belief.status),
            "sources": sorted(map(_text, map(names, belief.sources))),
            "by": sorted(map(_text, map(names, belief.by))),
        }
        for fact, belief in beliefs(store, scope).items()
    )


def _identities(store: GraphStore, scope: Scope, names: _Names) -> tuple[str, ...]:
    same = identities(store, scope)
    groups: dict[str, list[str]] = defaultdict(list)
    for entity, root in same.roots.items():
        if names(entity) != "?":
            groups[root].append(_text(names(entity)))
    moved = [
        {"cube": names(cube), "entity": names(entity), "means": names(part.to), "at": part.spans}
        for (cube, entity), parts in same.moved.items()
        for part in parts
    ]
    return _sorted([*(sorted(group) for group in groups.values() if len(group) > 1), *moved])


def _indexed(
    store: GraphStore, index: GraphIndex, scope: Scope, names: _Names
) -> dict[str, tuple[str, ...]]:
    from .index.contents import contents

    called: dict[str, list[str]] = defaultdict(list)
    for entity, root in identities(store, scope).roots.items():
        called[root].append(_text(names(entity)))
    held = list(contents(index.view(scope)))
    return {
        "postings": _sorted(
            {
                "cube": names(one.node),
                "terms": one.terms,
                # a group is called by all of its names: which stands for it follows from ids
                "mentions": sorted(
                    (sorted(called.get(entity, [_text(names(entity))])), n)
                    for entity, n in one.mentions
                ),
                "following": sorted(_text(names(other)) for other in one.following),
            }
            for one in held
        ),
        "vectors": _sorted({"cube": names(one.node), "vectors": one.vectors} for one in held),
    }


def _text(name: Any) -> str:
    return canonical(name).decode()
