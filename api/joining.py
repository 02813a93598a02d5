"""Joining: searches of several namespaces at once, which share their indexes with those of each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ..graph.errors import Invalid, NotFound
from ..graph.instant import parse
from ..graph.kind import NodeKind
from ..graph.record import Version
from ..graph.scope import Scope
from ..graph.store import GraphStore
from .reference import recorded

if TYPE_CHECKING:
    from ..query.cube_filter import CubeFilter
    from ..query.hit import SearchResult
    from ..query.joint import Joint
    from .retrieval import Retrieval

MOST = 20
"""Namespaces that are searched as one."""


def several(namespaces: Sequence[str]) -> tuple[str, ...]:
    """The names of namespaces in order, each once; `Invalid` for none, too many, or what is no list of names.

    >>> several(["team", "mine", "team"])
    ('mine', 'team')
    """
    if isinstance(namespaces, str) or not all(isinstance(ns, str) for ns in namespaces):
        raise Invalid("namespaces are a list of names: namespaces=['team', 'mine']")
    found = tuple(sorted(set(namespaces)))
    if not 1 <= len(found) <= MOST:
        raise Invalid(f"1 to {MOST} namespaces are searched at once, not {len(found)}: name them")
    return found


def only_question(question: str | None, **rest: object) -> None:
    """Several namespaces are asked a question; `Invalid` for what only one of them can be asked."""
    named = [name for name, value in rest.items() if value is not None and value != ()]
    if named:
        raise Invalid(
            f"several namespaces are searched by a question and a filter: leave {', '.join(named)} out, or name "
            "one namespace"
        )
    if question is None:
        raise Invalid(
            "several namespaces are searched by a question: write one, or list one namespace"
        )


def scopes_of(
    store: GraphStore,
    namespaces: Sequence[str],
    as_of: str | int | None,
    valid_at: str | int | None,
) -> list[Scope]:
    """Pin a read of each; `NotFound` for a namespace that is not there or not the viewer's to read.

    Sequences are those of the one log of the store, so that `@12` is the same moment in each namespace.
    """
    seq, instant = recorded(as_of)
    valid = parse(valid_at) if isinstance(valid_at, str) else valid_at
    scopes = [store.scope(ns, "", seq=seq, recorded=instant, valid_at=valid) for ns in namespaces]
    # what is committed meanwhile counts in none of them
    first = min(scope.seq for scope in scopes)
    return [scope.but(seq=first) for scope in scopes]


def wheres_of(
    scopes: Sequence[Scope],
    read: Callable[[Callable[[str], str]], CubeFilter],
    source: Callable[[Scope, str], str],
) -> list[CubeFilter]:
    """A filter as each namespace reads it, with what finds a source there; one of them has to know a source."""
    unknown: dict[str, list[NotFound]] = {}

    def found(scope: Scope, name: str) -> str:
        try:
            return source(scope, name)
        except NotFound as error:
            unknown.setdefault(name, []).append(error)
            return name  # nothing there comes from it

    wheres = [read(partial(found, scope)) for scope in scopes]
    for errors in unknown.values():
        if len(errors) == len(scopes):
            raise errors[0]
    return wheres


class Joints:
    """The joint searches of one store; the last few are kept ready."""

    def __init__(
        self, store: Callable[[], GraphStore], retrieval: Callable[[str], Retrieval]
    ) -> None:
        self._store = store
        self._retrieval = retrieval
        self._held: dict[tuple[str, ...], Joint] = {}
        self._lock = threading.Lock()

    def search(self, scopes: Sequence[Scope], question: str, **options: Any) -> SearchResult:
        """See `Joint.together`."""
        with self._lock:
            return self._joint([scope.ns for scope in scopes]).together(scopes, question, **options)

    def _joint(self, namespaces: Sequence[str]) -> Joint:
        from ..query.joint import Joint

        operators = {ns: self._retrieval(ns).operator for ns in namespaces}
        held = self._held.pop(tuple(namespaces), None)
        if held is None or not held.current(operators):
            held = Joint(operators, self._key)
        self._held[tuple(namespaces)] = held
        while len(self._held) > 2:
            del self._held[next(iter(self._held))]
        return held

    def _key(self, entity: Version) -> str | None:
        """The normalised name of an entity, if that is what it is identified by: a split makes others."""
        from ..ingest.extraction import normalise

        key = normalise(str(entity.get("name", "")))
        own = self._store().name(entity.ns, NodeKind.ENTITY, key).id == entity.node
        return key if own else None
