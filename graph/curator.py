"""Curator: what people do to memory afterwards: retract, revert, merge, and say whether it helped.

Each verb is one change set of the four operations; what a person decided is a `Decision` node whose
records go when it goes.
"""

from __future__ import annotations

from collections.abc import Sequence

from .change import ChangeSet, Close, Committed, Open, Operation, Selector
from .digest import new_node_id
from .errors import Conflict, Invalid, NotFound
from .instant import now
from .kind import Authority, EdgeKind, NodeKind, Verb
from .record import Author, Content, Version
from .reversal import Reversal
from .scope import Scope, Where
from .store import GraphStore, Name

VERDICTS = ("helped", "misled")


class Curator:
    """Curates one namespace of a store."""

    def __init__(self, store: GraphStore, ns: str) -> None:
        self.store = store
        self.ns = ns

    def retraction(self, scope: Scope, node: str, reason: str) -> ChangeSet:
        """The change that withdraws a source, a statement, one passage or one fact.

        A source or statement goes with everything it opened. A single passage or fact is closed by a
        Decision, so that reading its source again does not bring it back. Raises `NotFound`, `Invalid`.
        """
        versions = self.store.get(scope, [node])
        if not versions:
            past = self.store.history(scope, node)
            if past:
                raise Conflict(
                    f"{past[-1].kind} {node} is withdrawn already, since @{past[-1].to_seq}",
                    current=past[-1].id,
                )
            raise NotFound(f"there is no node {node}: `memcubes search` finds what there is")
        first = versions[0]
        origin = self.whole_source(scope, first)
        if origin is not None:
            return ChangeSet(
                ns=self.ns,
                verb=Verb.RETRACT,
                reason=reason,
                note={"targets": [origin]},
                expects=tuple(v.id for v in versions),
                ops=(Close(Selector(origin=origin)),),
            )
        if first.kind not in (NodeKind.MEMCUBE, NodeKind.FACT):
            raise Invalid(
                f"a {first.kind} is not retracted by itself: retract the source or cube that states it"
            )
        return self.decided(
            Verb.RETRACT,
            {"node": node},
            reason,
            [Close(Selector(ids=tuple(v.id for v in versions)))],
            targets=[node],
        )

    def whole_source(self, scope: Scope, version: Version) -> str | None:
        """The source that goes with this node: itself, or the one that holds nothing else."""
        if version.kind is NodeKind.SOURCE:
            return version.node
        if version.kind is not NodeKind.MEMCUBE:
            return None
        cubes = self.store.find(
            scope, Where(kinds=(NodeKind.MEMCUBE,), origins=(version.origin,)), first=2
        ).items
        return version.origin if len(cubes) == 1 and version.origin != version.node else None

    def decided(
        self,
        verb: str,
        content: Content,
        reason: str,
        ops: Sequence[Operation] = (),
        *,
        keyed: Sequence[tuple[NodeKind, Name, Content]] = (),
        edges: Sequence[tuple[EdgeKind, str, str, Content]] = (),
        targets: Sequence[str] = (),
        decision: str = "",
    ) -> ChangeSet:
        """A change made by a decision; an edge that names no start begins at the Decision node.

        `keyed` are nodes that the decision itself names; `decision` is its id, where that is needed before.
        """
        decision = decision or new_node_id()
        author = Author(self.ns, decision, Authority.CURATED, now(), True)
        opened: list[Operation] = [
            Open(author.version(NodeKind.DECISION, decision, {"verb": str(verb), **content}))
        ]
        opened += [
            Open(author.version(kind, named.id, header, key=named.key))
            for kind, named, header in keyed
        ]
        opened += [
            Open(author.edge(kind, src or decision, dst, held)) for kind, src, dst, held in edges
        ]
        return ChangeSet(
            ns=self.ns,
            verb=verb,
            reason=reason,
            note={"targets": list(targets)},
            ops=(*ops, *opened),
        )

    def feedback(self, scope: Scope, node: str, verdict: str, reason: str) -> ChangeSet:
        """The change that says of an answer or a cube whether it helped or misled."""
        if verdict not in VERDICTS:
            raise Invalid(f"feedback is one of {', '.join(VERDICTS)}, not '{verdict}'")
        versions = self.store.get(scope, [node])
        if not versions:
            raise NotFound(
                f"there is nothing {node} to give feedback on: `memcubes log` lists answers"
            )
        if versions[0].kind not in (NodeKind.INJECTION, NodeKind.MEMCUBE):
            raise Invalid(f"feedback is given on an answer or a cube, not on a {versions[0].kind}")
        return self.decided(
            Verb.FEEDBACK,
            {"verdict": verdict},
            reason,
            edges=[(EdgeKind.ABOUT, "", node, {"verdict": verdict})],
            targets=[node],
        )

    def reversal(self, scope: Scope, seq: int, reason: str) -> ChangeSet:
        """The change that undoes one change: closes what it opened, reopens what it closed.

        Raises `DependsOn` where later changes stand on it, naming them in order of undoing, `NotFound`
        for an unknown sequence, and `Conflict` where it was undone already.
        """
        return Reversal(self.store, scope, seq).change(reason)

    def commit(self, change: ChangeSet) -> Committed:
        """Commit one change."""
        return self.store.commit(change)[0]
