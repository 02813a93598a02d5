"""GovernedEngine: any engine, asked through memory: nothing stale goes in, and nothing comes out unrecorded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any, Protocol

from ..graph.digest import canonical
from ..graph.errors import Refused
from ..graph.receipt import Use
from ..graph.record import Version
from .activation.steering import Steering
from .engine.engine import Generation, InferenceEngine, Stream
from .plan import Form, InjectionPlan
from .standing import Standing


class Receipts(Protocol):
    """Writes down what was given out; the receipt's id and empty words, or none and why."""

    def __call__(
        self, plan: InjectionPlan, uses: tuple[Use, ...], about: dict[str, Any]
    ) -> tuple[str | None, str]:
        """Commit it, before anything is given out."""
        ...


class GovernedEngine:
    """An engine that asks at each use whether the plan still stands, and leaves a receipt before it answers.

    It is an `InferenceEngine` itself. Raises `Stale` where a source was retracted, revised or erased since the
    plan was made; the same plan is carried out again once that is reverted.
    """

    def __init__(self, engine: InferenceEngine, standing: Standing, receipts: Receipts) -> None:
        self.engine = engine
        self._standing, self._receipts = standing, receipts
        self.name, self.fingerprint = engine.name, engine.fingerprint

    @property
    def context(self) -> int:
        """Tokens that the engine reads."""
        return self.engine.context

    def count(self, text: str) -> int:
        """Tokens of a text."""
        return self.engine.count(text)

    def close(self) -> None:
        """Let go of what the engine holds."""
        shut: Callable[[], None] | None = getattr(self.engine, "close", None)
        if shut is not None:
            shut()

    def take(self, steering: Steering) -> None:
        """Have a steering at hand (`LocalEngine.take`); an engine elsewhere takes none."""
        taking: Callable[[Steering], None] | None = getattr(self.engine, "take", None)
        if taking is None:
            raise Refused(f"'{self.name}' takes no steering: name a model on this machine")
        taking(steering)

    def settled(self, plan: InjectionPlan) -> InjectionPlan:
        """The plan in the form that the engine will carry it out in; see `LocalEngine.settled`."""
        self._check(plan)
        return self._settled(plan)

    def generate(self, plan: InjectionPlan, *, most_tokens: int) -> Generation:
        """The whole answer; see `stream`."""
        return self.stream(plan, most_tokens=most_tokens).finish()

    def stream(self, plan: InjectionPlan, *, most_tokens: int) -> Stream:
        """Check, settle, and, when the first piece is wanted: have it read, write the receipt, and let the engine write.

        A receipt says what was read and not what was to be. An engine elsewhere is given memory with its
        request, so that the receipt comes before that. `Stale` also from the first piece.
        """
        settled = self.settled(plan)
        stream = self.engine.stream(settled, most_tokens=most_tokens)
        return Stream(self._recorded(settled, stream))

    def _recorded(self, plan: InjectionPlan, stream: Stream) -> Generator[str, None, Generation]:
        # nothing is read before the first piece is asked for, and that may be long after
        versions = self._check(plan)
        read = stream.begin()
        if read is not None:
            plan, versions = (
                read,
                self._check(read),
            )  # what was taken back meanwhile is not answered from
        spans = plan.spans
        uses = tuple(Use(version, spans.get(version.node, ())) for version in versions)
        receipt, note = self._receipts(plan, uses, self.about(plan))
        yield from stream
        made = stream.generation
        notes = "; ".join(filter(None, (made.note, note)))
        return replace(made, receipt=receipt or "", note=notes)

    def _check(self, plan: InjectionPlan) -> tuple[Version, ...]:
        pins: Callable[[InjectionPlan], dict[str, str]] | None = getattr(self.engine, "pins", None)
        return self._standing.check(
            plan, pins(plan) if pins is not None else {}, self.adapters(plan)
        )

    def adapters(self, plan: InjectionPlan) -> tuple[str, ...]:
        """The MemCubes that the plan's adapters are (`LocalEngine.adapters`)."""
        named: Callable[[InjectionPlan], tuple[str, ...]] | None = getattr(
            self.engine, "adapters", None
        )
        return named(plan) if named is not None else ()

    def _settled(self, plan: InjectionPlan) -> InjectionPlan:
        settle: Callable[[InjectionPlan], InjectionPlan] | None = getattr(
            self.engine, "settled", None
        )
        if settle is not None:
            return settle(plan)
        if plan.auto or plan.form is Form.KV:
            return plan.settled(Form.PROMPT, f"'{self.name}' keeps its caches to itself")
        return plan.settled(Form.PROMPT, plan.reason)

    def about(self, plan: InjectionPlan) -> dict[str, Any]:
        """What the receipt says beside its sources: form and why, model, counts and hashes."""
        told = {**described(plan), "model": self.name, "fingerprint": self.fingerprint}
        ids: Callable[[InjectionPlan], list[int]] | None = getattr(self.engine, "ids", None)
        if ids is not None:
            prompt = ids(plan)
            told |= {"ids_sha256": _sha256(prompt), "prompt_tokens": len(prompt)}
        return told


def described(plan: InjectionPlan) -> dict[str, Any]:
    """What a receipt says of a plan."""
    told: dict[str, Any] = {
        "form": str(plan.form),
        "form_reason": plan.reason,
        "budget": plan.budget,
        "tokens": plan.tokens,
        "counter": plan.counter,
        "left_out": plan.left_out,
    }
    if plan.adapters:
        told["adapters"] = list(plan.adapters)
    if plan.artefact:
        told |= {"artefact": plan.artefact, "split": plan.split, "kept": plan.cost.kept}
    if plan.approximate:
        told |= {"approximate": plan.approximate, "split": plan.split, "kept": plan.cost.kept}
    return told


def _sha256(ids: list[int]) -> str:
    return hashlib.sha256(canonical(ids)).hexdigest()
