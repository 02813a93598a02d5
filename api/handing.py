"""Handing over: plans as JSON for programs with an engine of their own, and plans that come back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..graph.errors import Stale
from ..graph.kind import NodeKind
from ..graph.listing import all_found
from ..graph.receipt import Use
from ..graph.record import Version
from ..graph.scope import Where
from .injecting import Injecting
from .outcome import Injected

if TYPE_CHECKING:
    from ..injection.engine.engine import Generation
    from ..injection.plan import InjectionPlan


class Handing(Injecting):
    """Plans that leave this process and come back."""

    def plan_json(self, plan: InjectionPlan) -> dict[str, Any]:
        """The plan for another process: messages, segments with token ids, adapters, salt, and this namespace's seal.

        Hand `messages` and `salt` to a server (`cache_salt` of vLLM), or the segments' token ids to an engine that
        has this tokenizer. `plan_of` takes it back.
        """
        from ..injection.handover import handed

        return handed(plan, self._word("plan"))

    def plan_of(self, document: str | Mapping[str, Any]) -> InjectionPlan:
        """The plan that `plan_json` wrote, or the text of it, if it may be carried out now.

        Raises `Invalid` for one that this namespace did not make, or in which anything was changed, and `Stale`
        where what it tells is in force no more, is believed no more, or is not yours to read.
        """
        return self._returned(document)[0]

    def give_again(self, document: str | Mapping[str, Any]) -> Injected:
        """A plan that came back, for an engine elsewhere, with a receipt of its own; raises as `plan_of` does."""
        from ..injection.plan import Form

        plan, versions = self._returned(document)
        if not plan.used:
            return Injected(plan, None, ("nothing was injected: no receipt was written",))
        plan = plan.settled(Form.PROMPT, "handed over as JSON, to be carried out elsewhere")
        uses = tuple(Use(version, plan.spans.get(version.node, ())) for version in versions)
        node, note = self._receipt_of(plan, uses, {})
        return Injected(plan, node, tuple(filter(None, [note])))

    def carry_out(
        self, document: str | Mapping[str, Any], *, model: str | None = None, most_tokens: int = 200
    ) -> Generation:
        """Let an engine of this machine, or the settings' server, write on from a plan that came back.

        Raises as `plan_of` does and as `InferenceEngine.generate` does.
        """
        plan = self.plan_of(document)
        engine = self.engine(model)
        for digest in plan.adapters:
            engine.take(self.steering(self._adapter(digest).node, engine.name))
        return engine.generate(plan, most_tokens=most_tokens)

    def _returned(
        self, document: str | Mapping[str, Any]
    ) -> tuple[InjectionPlan, tuple[Version, ...]]:
        """The plan, once it is sure that it may be used, and the versions that it tells."""
        from ..injection.handover import taken
        from ..injection.standing import Standing

        plan = taken(document, self._word("plan"))
        standing = Standing(self.store(), self.scope)
        adapters = [self._adapter(digest).node for digest in plan.adapters]
        return plan, standing.check(plan, adapters=adapters)

    def _adapter(self, digest: str) -> Version:
        """The steering cube that may be used under a digest."""
        from ..injection.standing import Standing
        from ..injection.transformation import ACTIVATION

        header = {"semantic_type": ACTIVATION, "tensor": digest}
        named = Where(kinds=(NodeKind.MEMCUBE,), header=header)
        usable = Standing(self.store(), self.scope).usable
        for version in all_found(self.store(), self.scope(), named):
            if usable(version.node):
                return version
        raise Stale(
            f"the plan's adapter {digest} is in force no more: bring it back, or plan without it"
        )
