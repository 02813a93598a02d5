"""Audit: the verbs that say where memory comes from, what changed, and whether the log holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..graph.belief import Status, beliefs
from ..graph.change import Committed
from ..graph.errors import Invalid, NotFound
from ..graph.impact import Impact, impact_between, impact_of, impact_without
from ..graph.kind import EdgeKind, NodeKind, Role
from ..graph.listing import all_edges
from ..graph.payload_folder import PayloadFolder
from ..graph.scope import Along, Direction, Scope
from ..graph.verify import Report, verify
from .past_answer import MOST, PastAnswer, past_answers
from .reading import Reading, When
from .reference import dated, ranged, sequence, versioned

if TYPE_CHECKING:
    from ..graph.chronicle import Chapter
    from ..graph.cited import AnswerDifference
    from ..graph.difference import Difference
    from ..graph.trace import Trace

DECIDED = (EdgeKind.SAME_AS, EdgeKind.NOT_SAME_AS, EdgeKind.TAGGED, EdgeKind.GRANTS)
"""Edges whose coming is something that was done to the nodes at their ends."""


class Audit(Reading):
    """Trace, log, history, diff, impact, verify; none of them changes anything."""

    def impact(self, target: str, *, as_of: When = None, valid_at: When = None) -> Impact:
        """What withdrawing a source or statement would do, or what a change (`@12`) did."""
        store, scope = self.store(), self.scope(as_of, valid_at)
        seq = sequence(target)
        if seq is not None:
            known = store.changes(scope, after=seq - 1, first=1)
            if not known or known[0].seq != seq:
                raise NotFound(f"there is no change @{seq} here: `memcubes log` lists them")
            return impact_of(store, scope, seq)
        source = self._source(scope.but(valid_at=None), target)
        return impact_without(store, scope, [source])

    def trace(
        self,
        target: str,
        direction: Direction = Direction.UP,
        *,
        depth: int = 8,
        as_of: When = None,
        valid_at: When = None,
    ) -> Trace:
        """Follow what something was made from (up), or what was made from it (down).

        With `valid_at` only through what holds in the world then; receipts are no claims and stay.
        """
        from ..graph.trace import trace_of_then

        scope = self.scope(as_of, valid_at)
        node = self.resolve(target, scope.but(valid_at=None))
        return trace_of_then(self.store(), scope, node, direction, depth=depth)

    def statuses(self, trace: Trace, *, valid_at: When = None) -> dict[str, str]:
        """What was believed of the facts and quotes of a trace, as of its sequence, where not simply true.

        By node; a trace as of now says what is believed now.
        """
        store, scope = self.store(), self.scope(trace.seq, valid_at)
        facts: dict[str, set[str]] = {
            step.node: {step.node} for step in trace.of_kind(NodeKind.FACT) if step.in_force
        }
        spans: dict[str, list[tuple[int, int]]] = {}
        for join in trace.joins:
            if join.quotes and join.role == str(Role.USE):
                spans.setdefault(join.of, []).extend(quote.span for quote in join.quotes)
        if spans:
            near = Along(kinds=(EdgeKind.SUPPORTS,), src=tuple(sorted(spans)))
            for edge in all_edges(store, scope, near):
                if any(
                    a < d and c < b for a, b in spans[edge.src] for c, d in edge.get("spans", [])
                ):
                    facts.setdefault(edge.src, set()).add(edge.dst)
        asked = sorted(set().union(*facts.values())) if facts else []
        held = beliefs(store, scope, asked, rivals=True) if asked else {}
        found: dict[str, str] = {}
        for node, stated in facts.items():
            for fact in sorted(stated):
                belief = held.get(fact)
                if belief and belief.status in (Status.SUPERSEDED, Status.DISPUTED):
                    words = sorted(held[other].words for other in belief.by if other in held)
                    found[node] = f"{belief.status} by: {'; '.join(words)}"
        return found

    def log(
        self,
        target: str | None = None,
        *,
        limit: int = 20,
        between: str = "",
        actor: str = "",
        verb: str = "",
        grep: str = "",
        oldest_first: bool = False,
        as_of: When = None,
    ) -> tuple[Committed, ...]:
        """The changes of the namespace, newest first; with a target, those that touched it.

        `between` is a range as git writes it, `@3..@9`: after the one, up to the other, either left
        out; instants will do. `actor` is part of a name, `grep` of a reason, in any case of letters.
        """
        scope = self.scope(as_of)
        low, high = (self._place(part, scope) for part in ranged(between))
        scope = scope if high is None else scope.but(seq=min(high, scope.seq))
        found: list[Committed] = []
        names: dict[str, str] = {}
        for change in self._changes(target, scope, low or 0, wide=not (actor or verb or grep)):
            if actor and change.actor not in names:
                names |= self.actors([change])
            if (
                actor.casefold() in names.get(change.actor, "").casefold()
                and verb in ("", change.verb)
                and grep.casefold() in change.reason.casefold()
            ):
                found.append(change)
            if len(found) == limit and not oldest_first:
                break
        return tuple(found[::-1][:limit] if oldest_first else found)

    def _place(self, moment: str, scope: Scope) -> int | None:
        return self.scope(moment).seq if moment else None

    def _changes(
        self, target: str | None, scope: Scope, after: int, *, wide: bool
    ) -> Iterator[Committed]:
        """Changes after a sequence, newest first, those of one node if one is named."""
        store = self.store()
        if target is not None:
            node = self.resolve(target, scope)
            touched: set[int] = set()
            for version in store.history(scope, node):
                touched |= {version.from_seq, version.to_seq}
            near = Along(kinds=DECIDED, touching=(node,))
            touched |= {edge.from_seq for edge in all_edges(store, scope, near)}
            for seq in sorted(touched & set(range(after + 1, scope.seq + 1)), reverse=True):
                yield from store.changes(scope, after=seq - 1, first=1)
            return
        first = 20 if wide else 500
        while scope.seq > after:
            page = store.changes(scope, after=after, first=first, newest=True)
            yield from page
            if len(page) < first:
                return
            scope, first = scope.but(seq=page[-1].seq - 1), 500

    def actors(self, changes: Sequence[Committed]) -> dict[str, str]:
        """The names of the agents who made these changes."""
        agents = {agent for c in changes for agent in (c.actor, c.on_behalf_of) if agent}
        versions = self.store().get(self.scope(), sorted(agents))
        return {v.node: str(v.get("name", v.node)) for v in versions}

    def history(self, target: str, *, as_of: When = None) -> tuple[Chapter, ...]:
        """Every version of a node, oldest first: when, who, why, and what it changed."""
        from ..graph.chronicle import chronicle

        scope = self.scope(as_of)
        return chronicle(self.store(), scope, self.resolve(target, scope))

    def diff(
        self, one: str, other: str = "", *, valid_at: When = None
    ) -> Impact | Difference | AnswerDifference:
        """What a change did (`@12`), or what differs between two instants, two versions or two answers.

        A version is `ID@12`, as it stood then; `ID` alone compares the last two, `ID@3` that of then
        with the one in force.
        """
        store = self.store()
        if dated(one) and (not other or dated(other)):
            seq = sequence(one)
            if seq is not None and not other:
                return self.impact(one, valid_at=valid_at)
            before, after = self.scope(one, valid_at), self.scope(other or None, valid_at)
            return impact_between(store, before, after)
        if valid_at is not None:
            self.scope(None, valid_at)
            raise Invalid(
                "valid time tells apart what held at two moments: leave it out to compare versions or answers"
            )
        return self._compared(one, other)

    def _compared(self, one: str, other: str) -> Difference | AnswerDifference:
        from ..graph.cited import between_answers
        from ..graph.difference import between, last_two, versions_at

        if dated(one):
            raise Invalid(
                f"'{one}' is a time and '{other}' is none: write "
                f"{versioned(other)[0]}@N for a version of it"
            )
        store, scope = self.store(), self.scope()
        (name, then), (second, later) = versioned(one), versioned(other)
        node = self.resolve(name, scope)
        if dated(other):
            second, later = name, other
        another = self.resolve(second, scope) if second else node
        kinds = {store.history(scope, n)[-1].kind for n in (node, another)}
        if second and kinds == {NodeKind.INJECTION}:
            return between_answers(store, scope, node, another)
        if another != node:
            raise Invalid(
                "diff compares two versions of one node, or two answers: "
                f"'{one}' and '{other}' are two different nodes"
            )
        if not then and not later:
            return between(*last_two(store, scope, node))
        return between(
            *versions_at(store, self.scope(then or None), self.scope(later or None), node)
        )

    def verify(self, progress: Callable[[int, int], None] | None = None) -> Report:
        """Prove that rows and log agree, and that nothing derived is left over."""
        store = self.store()
        payloads = PayloadFolder.of(store.url)
        if payloads is None:
            return verify(store.engine, progress=progress)
        return payloads.verified(store.engine, progress=progress)

    def attachment(self, target: str, *, as_of: When = None) -> Path:
        """The file with the bytes of a source that is no text (an image, an archive).

        Raises `NotFound` where there is no such source, or where its bytes are not on this machine.
        """
        store, scope = self.store(), self.scope(as_of)
        node = self.resolve(target, scope)
        held = next((version.get("attachment") for version in store.get(scope, [node])), None)
        payloads = PayloadFolder.of(store.url)
        if held is None or payloads is None:
            raise NotFound(
                f"{target} has no bytes beside its text: it is no image, sound or archive"
            )
        return payloads.path(str(held["sha256"]))

    def past_answers(self, impact: Impact, most: int = MOST) -> tuple[PastAnswer, ...]:
        """Who was told what that rests on a change, when, and whether it would be told otherwise now."""
        return tuple(past_answers(self, impact, most))
