"""Operations: what a client asks to be changed, and the change set that does it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import strawberry

from ...graph.change import ChangeSet
from ...graph.curator import Curator
from ...graph.errors import Invalid, NotFound
from ...graph.instant import now
from ...graph.lifecycle import Lifecycle, Move
from ...graph.merging import Merging
from ...graph.restoration import restoration
from ...graph.scope import Scope
from ...graph.tagging import Tagging
from ..reference import sequence
from .filter import AsOf, given, snapshot
from .freshness import unchanged_since
from .scalar import Instant, Seq, written_instant
from .service import Desk


@strawberry.input
class RememberInput:
    """Keep one statement, said now by the user or by somebody named."""

    statement: str
    speaker: str | None = strawberry.UNSET


@strawberry.input
class ReviseInput:
    """Give a cube another wording; what is read out of it follows."""

    target: strawberry.ID
    text: str


@strawberry.input
class TargetInput:
    """One node: an id, the beginning of one, or a source's name."""

    target: strawberry.ID


@strawberry.input
class MergeInput:
    """Names as sources write them, or ids of entities or cubes: at least two of a kind."""

    entities: list[strawberry.ID]


@strawberry.input
class SplitInput:
    """A name that means something else in some cubes, and what that is called from now on."""

    entity: strawberry.ID
    cubes: list[strawberry.ID]
    called: str | None = strawberry.UNSET


@strawberry.input
class TagInput:
    """Tags for a cube, or for every cube that a source has now; `/` makes levels."""

    target: strawberry.ID
    add: list[str] = strawberry.field(default_factory=list)
    remove: list[str] = strawberry.field(default_factory=list)


@strawberry.input
class TransitionInput:
    """A cube, or all cubes of a source, moved to another state, or put under a hold or released."""

    target: strawberry.ID
    to: Move
    expires: Instant | None = strawberry.UNSET


@strawberry.input
class RevertInput:
    """One change, by its id: `@` and its sequence."""

    change: strawberry.ID


@strawberry.input
class RestoreInput:
    """Back to how things stood at a sequence or instant, for one node or for all that you may read.

    Receipts, grants, agents and the namespace stay as they are; `withoutErased` leaves aside what was
    destroyed since, which is refused otherwise.
    """

    seq: Seq | None = strawberry.UNSET
    recorded: Instant | None = strawberry.UNSET
    target: strawberry.ID | None = strawberry.UNSET
    without_erased: bool = False


@strawberry.input(one_of=True)
class OperationInput:
    """One thing to do; exactly one of the verbs."""

    remember: RememberInput | None = strawberry.UNSET
    revise: ReviseInput | None = strawberry.UNSET
    retract: TargetInput | None = strawberry.UNSET
    merge: MergeInput | None = strawberry.UNSET
    distinguish: MergeInput | None = strawberry.UNSET
    split: SplitInput | None = strawberry.UNSET
    tag: TagInput | None = strawberry.UNSET
    transition: TransitionInput | None = strawberry.UNSET
    revert: RevertInput | None = strawberry.UNSET
    restore: RestoreInput | None = strawberry.UNSET

    def as_json(self) -> dict[str, Any]:
        """The operation as plain data: what an idempotency key stands for."""
        told: dict[str, Any] = {}
        if asked := given(self.remember):
            told["remember"] = {"statement": asked.statement, "speaker": given(asked.speaker)}
        if revised := given(self.revise):
            told["revise"] = {"target": str(revised.target), "text": revised.text}
        if target := given(self.retract):
            told["retract"] = {"target": str(target.target)}
        if merged := given(self.merge):
            told["merge"] = {"entities": [str(name) for name in merged.entities]}
        if apart := given(self.distinguish):
            told["distinguish"] = {"entities": [str(name) for name in apart.entities]}
        if split := given(self.split):
            told["split"] = {
                "entity": str(split.entity),
                "cubes": [str(cube) for cube in split.cubes],
                "called": given(split.called),
            }
        if tagged := given(self.tag):
            told["tag"] = {
                "target": str(tagged.target),
                "add": list(tagged.add),
                "remove": list(tagged.remove),
            }
        if move := given(self.transition):
            told["transition"] = {
                "target": str(move.target),
                "to": str(move.to),
                "expires": _written(given(move.expires)),
            }
        if reverted := given(self.revert):
            told["revert"] = {"change": str(reverted.change)}
        if restored := given(self.restore):
            told["restore"] = {
                "seq": given(restored.seq),
                "recorded": _written(given(restored.recorded)),
                "target": given(restored.target),
                "without_erased": restored.without_erased,
            }
        return told


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client wants changed: one operation, why, and what it had read before it asked."""

    operation: OperationInput
    reason: str
    base_seq: int | None
    key: str

    def request(self) -> dict[str, Any]:
        """What the idempotency key stands for."""
        return {
            "change": self.operation.as_json(),
            "reason": self.reason,
            "base_seq": self.base_seq,
        }

    def founds(self) -> None:
        """Refuse what cannot be the first change of a namespace."""
        remembered = given(self.operation.remember)
        if remembered is None:
            raise NotFound(
                "there is no such namespace here: the first write to a new name makes one, an owner's "
                "grant opens another"
            )
        if not remembered.statement.strip():
            raise Invalid("there is nothing to remember: the statement is empty")

    def change(self, desk: Desk, scope: Scope | None) -> ChangeSet:
        """The change set that does it; `scope` is None where the namespace is yet to be made.

        Raises what the verbs raise, and `Conflict` where what it touches was changed after `base_seq`.
        """
        asked = self.operation
        if scope is None:
            self.founds()
        if remembered := given(asked.remember):
            made = _remembered(desk, remembered, self)
        elif scope is None:
            raise AssertionError("only a statement is remembered without a namespace")
        elif revised := given(asked.revise):
            from ...ingest.statement import revision

            node = desk.resolve(str(revised.target), scope)
            made = revision(
                desk.store(),
                scope,
                node,
                revised.text,
                self.reason,
                extractors=desk.extractors,
            )
        elif target := given(asked.retract):
            node = desk.resolve(str(target.target), scope)
            made = Curator(desk.store(), desk.namespace).retraction(scope, node, self.reason)
        elif merged := given(asked.merge):
            nodes = [desk.entity(scope, str(name)) for name in merged.entities]
            made = Merging(Curator(desk.store(), desk.namespace)).merging(scope, nodes, self.reason)
        elif apart := given(asked.distinguish):
            nodes = [desk.entity(scope, str(name)) for name in apart.entities]
            deciding = Merging(Curator(desk.store(), desk.namespace))
            made = deciding.distinguishing(scope, nodes, self.reason)
        elif split := given(asked.split):
            deciding = Merging(Curator(desk.store(), desk.namespace))
            made = deciding.splitting(
                scope,
                desk.entity(scope, str(split.entity)),
                [desk.resolve(str(cube), scope) for cube in split.cubes],
                self.reason,
                name=given(split.called) or "",
                to=desk.named(str(split.called)) if given(split.called) else None,
            )
        elif tagged := given(asked.tag):
            node = desk.resolve(str(tagged.target), scope)
            tagging = Tagging(Curator(desk.store(), desk.namespace))
            made = tagging.tagging(scope, node, tagged.add, tagged.remove, self.reason)
        elif move := given(asked.transition):
            made = Lifecycle(desk.store(), desk.namespace).transition(
                scope,
                desk.resolve(str(move.target), scope),
                move.to,
                self.reason,
                expires=given(move.expires),
            )
        elif reverted := given(asked.revert):
            seq = sequence(str(reverted.change))
            if seq is None:
                raise Invalid(f"'{reverted.change}' names no change: write @12")
            made = Curator(desk.store(), desk.namespace).reversal(scope, seq, self.reason)
        elif restored := given(asked.restore):
            made = _restored(desk, scope, restored, self.reason)
        else:
            raise Invalid(
                "an operation names one verb: remember, revise, retract, merge, distinguish, split, "
                "tag, transition, revert or restore"
            )
        if self.base_seq is not None and scope is not None:
            made = unchanged_since(desk.store(), scope, made, self.base_seq)
        return replace(made, idempotency=self.key, request=self.request())


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a client says of one proposal of the review queue."""

    proposal: str
    approve: bool
    reason: str
    base_seq: int | None
    key: str

    def request(self) -> dict[str, Any]:
        """What the idempotency key stands for."""
        said = {"proposal": self.proposal, "approve": self.approve}
        return {"review": said, "reason": self.reason, "base_seq": self.base_seq}

    def founds(self) -> None:
        """A proposal is never the first change of a namespace."""
        raise NotFound("there is no such namespace here, so nothing is proposed in it")

    def change(self, desk: Desk, scope: Scope | None) -> ChangeSet:
        """The change set that does it; raises what `Memory.review` raises."""
        if scope is None:
            self.founds()
        assert scope is not None
        with desk.lock:
            made = desk.decision(scope, self.proposal, approve=self.approve, reason=self.reason)
        if self.base_seq is not None:
            made = unchanged_since(desk.store(), scope, made, self.base_seq)
        return replace(made, idempotency=self.key, request=self.request())


Wished = Wish | Reviewed


def _written(instant: int | None) -> str | None:
    return None if instant is None else written_instant(instant)


def _remembered(desk: Desk, asked: RememberInput, wish: Wish) -> ChangeSet:
    from ...ingest.statement import read_statement, statement_change

    user = desk.settings.user
    # the key makes the statement's identity, so that what is tried first is what is then committed
    uri = f"statement:{user}/{wish.key}"
    reading = read_statement(
        asked.statement,
        uri,
        speaker=given(asked.speaker) or user,
        stated=now(),
        extractors=desk.extractors,
    )
    return statement_change(
        desk.store(), desk.namespace, reading, reason=wish.reason or "remembered"
    )[0]


def _restored(desk: Desk, scope: Scope, asked: RestoreInput, reason: str) -> ChangeSet:
    if given(asked.seq) is None and given(asked.recorded) is None:
        raise Invalid("restore to when? give a sequence (`seq`) or an instant (`recorded`)")
    to = AsOf(seq=asked.seq, recorded=asked.recorded)
    target = given(asked.target)
    return restoration(
        desk.store(),
        scope,
        snapshot(desk.store(), desk.namespace, to).seq,
        None if target is None else desk.resolve(str(target), scope),
        reason,
        without_erased=asked.without_erased,
    )[0]
