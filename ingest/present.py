"""Present: what a namespace has of the sources that are to be read, before they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..graph.errors import NotFound
from ..graph.kind import NodeKind
from ..graph.ledger import Ledger
from ..graph.reads import Found, together
from ..graph.record import Version
from ..graph.scope import Scope
from ..graph.store import GraphStore

LARGE = 200
"""Passages of a source from which on it may have come in more changes than one."""


class Present:
    """The sources of one namespace as it stands at each moment that one asks.

    What belongs together is read together, so that the store asks once what one may do.
    """

    def __init__(self, store: GraphStore, ns: str) -> None:
        self.store = store
        self.ns = ns

    def seen(self, reads: Callable[[Scope | None], Found]) -> Found:
        """Do reads that belong together, of the namespace as it is now; None is one that the first write makes."""
        within = False

        def pinned() -> Found:
            nonlocal within
            scope, within = self.store.scope(self.ns, ""), True
            found = reads(scope)
            within = False
            return found

        try:
            return together(self.store, self.ns, pinned)
        except NotFound:
            if within:
                raise
            return reads(None)

    def of(
        self, uris: Sequence[str], *, withdrawn: bool
    ) -> tuple[dict[str, Version], dict[str, str]]:
        """Those of these sources that are in force, and of the others why those that were `withdrawn` stay so, by uri."""
        return self.seen(lambda scope: self._of(scope, uris, withdrawn))

    def _of(
        self, scope: Scope | None, uris: Sequence[str], withdrawn: bool
    ) -> tuple[dict[str, Version], dict[str, str]]:
        if scope is None:
            return {}, {}
        ids = [self.store.name(self.ns, NodeKind.SOURCE, uri).id for uri in uris]
        current = {str(v.get("uri")): v for v in self.store.get(scope, ids)}
        others = set(uris) - current.keys() if withdrawn else ()
        told = {uri: self._withdrawn(scope, uri) for uri in others}
        return current, {uri: why for uri, why in told.items() if why is not None}

    def _withdrawn(self, scope: Scope, uri: str) -> str | None:
        past = self.store.history(scope, self.store.name(self.ns, NodeKind.SOURCE, uri).id)
        if not past:
            return None
        return (
            f"{uri} was retracted at @{past[-1].to_seq} and stays so: bring it back with "
            f"`memcubes revert @{past[-1].to_seq}`, or ingest it with --reinstate"
        )

    def whole(self, before: Version) -> bool:
        """Whether no part of a source that came in several changes was undone by itself."""
        if len(before.get("passages", ())) < LARGE:
            return True
        scope = self.store.scope(self.ns, "")
        first = self.store.changes(scope, after=before.from_seq - 1, first=1)
        parts = (first[0].note or {}).get("of", 1) if first else 1
        ledger = Ledger(self.store, scope)
        begun = before.from_seq
        return not any(ledger.struck(seq) for seq in range(begun, begun + int(parts)))
