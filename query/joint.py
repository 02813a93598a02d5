"""Joint: one question to several namespaces, whose visible parts are walked as one graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from ..graph.errors import Invalid
from ..graph.index.joined_view import JoinedView, called, shared_names
from ..graph.index.view import View
from ..graph.record import Version
from ..graph.scope import Scope
from ..graph.store import GraphStore
from ..graph.supersession.scorer import AUTOMATIC
from ..graph.tag_expression import Mask
from .asking import walk_all
from .cube_filter import EVERYTHING, CubeFilter
from .cursor import NO_PINS, Pins, Place, listing
from .finding import Finding
from .hit import Ranking, SearchResult
from .length import bounded
from .memoperator import MemOperator, checked

Key = Callable[[Version], str | None]
"""The key by which an entity is found again in another namespace, None where it has none."""

TOGETHER = 500
"""Entities that are read together."""


class JointReads:
    """Reads what several scopes show, each by its own rights: an id is of one namespace only."""

    def __init__(self, store: GraphStore, scopes: Sequence[Scope]) -> None:
        self._store = store
        self._scopes = scopes

    def get(self, scope: Scope, nodes: Sequence[str], /) -> tuple[Version, ...]:
        """The versions in force of some nodes, at the scope of the namespace that each is in."""
        found: list[Version] = []
        left = list(nodes)
        for own in self._scopes:
            if left:
                here = self._store.get(own, left)
                found += here
                seen = {version.node for version in here}
                left = [node for node in left if node not in seen]
        return tuple(found)


class _JointFinding(Finding):
    """One page of one search on a joined view: each namespace's cubes meet the filter as it is read there."""

    scopes: Sequence[Scope]
    wheres: Sequence[CubeFilter]

    def _met(self) -> Mask | None:
        if not any(self.wheres):
            return None
        operator, view = self.operator, self.view
        assert isinstance(view, JoinedView)
        parts = zip(view.views, self.scopes, self.wheres, strict=True)
        return np.concatenate(
            [
                where.mask(operator.store, scope, operator.prepared(one).catalogue)
                for one, scope, where in parts
            ]
        )

    def _unmet(self, passages: Sequence[int]) -> dict[int, tuple[str, ...]]:
        operator, view = self.operator, self.view
        assert isinstance(view, JoinedView)
        found, first = dict[int, tuple[str, ...]](), 0
        for one, scope, where in zip(view.views, self.scopes, self.wheres, strict=True):
            own = [p - first for p in passages if first <= p < first + one.size]
            if own:
                catalogue = operator.prepared(one).catalogue
                lacking = where.unmet(operator.store, scope, catalogue, own)
                found |= {p + first: parts for p, parts in lacking.items()}
            first += one.size
        return found


class Joint(MemOperator):
    """Searches several namespaces of one store as one graph, joined by the keys of entities.

    `operators` are those of the namespaces, in their order by name; their encoders must be one, since the
    vectors of two cannot be compared (`Invalid`). Each namespace is read at a scope of its own.
    """

    def __init__(self, operators: Mapping[str, MemOperator], key: Key) -> None:
        self.operators = dict(sorted(operators.items()))
        (name, first), *others = self.operators.items()
        for other, one in others:
            if one.encoder.fingerprint != first.encoder.fingerprint:
                raise Invalid(
                    f"the namespace '{name}' is encoded by {first.encoder.fingerprint} and '{other}' by "
                    f"{one.encoder.fingerprint}, whose vectors cannot be compared: search them one by one, or "
                    f"encode one anew (memcubes -n {other} models use {first.encoder.name})"
                )
        if any(one.excerpts is not None for one in self.operators.values()):
            raise Invalid(
                "the store's own indexes search one namespace at a time: name one, or unset MEMCUBES_PUSHDOWN"
            )
        super().__init__(first.store, first.index, first.encoder, first.recipe)
        self._key = key
        self._joined: tuple[tuple[View, ...], JoinedView] | None = None
        self._known: dict[str, dict[bytes, str]] = {}

    def current(self, operators: Mapping[str, MemOperator]) -> bool:
        """Whether it still stands on these operators."""
        return all(self.operators.get(name) is one for name, one in operators.items())

    def together(
        self,
        scopes: Sequence[Scope],
        question: str,
        *,
        limit: int = 10,
        ranking: str = Ranking.GRAPH,
        wheres: Sequence[CubeFilter] = (),
        after: str | None = None,
        pinned: Pins = NO_PINS,
        accept: float = AUTOMATIC,
    ) -> SearchResult:
        """Find what bears on a question in all of these scopes, one for each namespace in its order.

        `wheres` has the filter for each. Links between statements, merges and splits are those within a
        namespace; what is said alike in two is shown once (`Hit.also`).
        """
        order = checked(question, limit, ranking, None)
        assert isinstance(order, Ranking)
        wheres = wheres or [EVERYTHING] * len(scopes)
        archived = any(
            scope.archived or where.beyond_search
            for scope, where in zip(scopes, wheres, strict=True)
        )
        about = [[scope.ns, where.described()] for scope, where in zip(scopes, wheres, strict=True)]
        name = listing("joint", scopes[0].viewer, question, str(order), about, archived)
        place = Place.of(scopes[0].but(archived=archived), name, after, pinned=pinned)
        pins = {"seq": place.scope.seq, "valid_at": place.scope.valid_at, "archived": archived}
        scopes = [scope.but(**pins) for scope in scopes]
        views = tuple(self.operators[scope.ns].index.view(scope) for scope in scopes)
        namespaces = tuple(scope.ns for scope in scopes)
        if not any(view.size for view in views):
            note = bounded(question).note
            found = SearchResult(question, order, place.scope.seq, (), note=note)
        else:
            view = self._view_of(views, scopes)
            reads = JointReads(self.store, scopes)
            prepared = self.prepared(view)
            finding = _JointFinding(
                self, prepared, place, view, EVERYTHING, limit, accept, reads=reads
            )
            finding.scopes, finding.wheres = scopes, wheres
            asking = finding.asking(question, order)
            walk_all([asking])
            found = finding.ranked(question, asking, order)
        return replace(
            found,
            begun=after is not None,
            valid_at=place.scope.valid_at,
            namespaces=namespaces,
        )

    def _view_of(self, views: tuple[View, ...], scopes: Sequence[Scope]) -> JoinedView:
        """The joined view of these; the last one is kept."""
        for scope in scopes:
            self._forget(scope.ns)
        held = self._joined
        if (
            held is None
            or len(held[0]) != len(views)
            or any(one is not other for one, other in zip(held[0], views, strict=True))
        ):
            held = self._joined = views, JoinedView(views, self._keys(views, scopes))
        return held[1]

    def _keys(self, views: Sequence[View], scopes: Sequence[Scope]) -> list[dict[int, str]]:
        """For each view the keys of those of its entities whose names another one knows as well.

        A record says the same as long as it stands: read are those entities of which no record gave a key before.
        """
        shared = shared_names(views)
        found: list[dict[int, str]] = []
        for view, scope in zip(views, scopes, strict=True):
            before, known, keys = self._known.get(scope.ns, {}), dict[bytes, str](), {}
            rows = called(view, shared)
            for row in rows:
                if (key := before.get(row.record)) is not None:
                    known[row.record] = keys[row.node] = key
            lacking = {row.entity: row.node for row in rows if row.node not in keys}
            ids = sorted(entity.decode("utf-8") for entity in lacking)
            for start in range(0, len(ids), TOGETHER):
                for version in self.store.get(scope, ids[start : start + TOGETHER]):
                    key = self._key(version)
                    if key is not None:
                        keys[lacking[version.node.encode("utf-8")]] = key
                        known[version.id.encode("utf-8")] = key
            self._known[scope.ns] = known
            found.append(keys)
        return found

    def _forget(self, ns: str) -> None:
        before = self.readings
        super()._forget(ns)
        if self.readings is not before:
            self._joined = None
            self._known.clear()
