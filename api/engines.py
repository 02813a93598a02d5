"""Engines: what carries plans out, what is kept for it, and the receipts that it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..graph.errors import PermissionDenied, ReadOnly
from ..graph.kind import NodeKind, Verb
from ..graph.opening import beside
from ..graph.receipt import Use, readers_of, receipt
from ..graph.scope import Scope
from .session import Session

if TYPE_CHECKING:
    from ..injection.engine import InferenceEngine
    from ..injection.governed import GovernedEngine
    from ..injection.memscheduler import MemScheduler
    from ..injection.plan import InjectionPlan


class Engines(Session):
    """The engines of a session, with the activations of its namespace."""

    def engine(self, model: str | None = None) -> GovernedEngine:
        """What carries plans out: the model of this name on this machine, or the settings' server.

        It asks at each use whether a plan still stands, and writes a receipt before it answers.
        """
        from ..injection.governed import GovernedEngine
        from ..injection.standing import Standing

        name = model or self.settings.model
        if name not in self._engines:
            engine = self._bare_engine(name)
            standing = Standing(self.store(), self.scope)
            self._engines[name] = GovernedEngine(engine, standing, self._receipt_of)
        return self._engines[name]

    def _bare_engine(self, name: str) -> InferenceEngine:
        from ..injection import language_models as models
        from ..injection.engine import ChatCompletions, EchoEngine
        from ..injection.engine.local import LocalEngine
        from ..injection.language_model import EchoModel
        from ..injection.local_model import LocalModel

        settings = self.settings
        if settings.engine_url:
            return ChatCompletions(
                settings.engine_url,
                settings.engine_model or name,
                key=settings.engine_key.get_secret_value(),
                dialect=settings.engine_dialect,
            )
        found = models.language_model(name)
        if not isinstance(found, LocalModel):
            return EchoEngine(found.reply if isinstance(found, EchoModel) else "")
        from ..injection.activation.tier import ActivationTier
        from ..injection.standing import Standing

        tier = ActivationTier(
            found,
            self._word("activation"),
            beside(self.store().url, "activations"),
            usable=Standing(self.store(), self.scope).usable,
            memory_bytes=settings.activation_memory * 1_000_000,
            disk_bytes=settings.activation_disk * 1_000_000,
        )
        from ..injection.engine.approximation import Approximation

        approximation = Approximation(found) if settings.approximate else None
        return LocalEngine(found, tier, self.scheduler, approximation)

    @property
    def scheduler(self) -> MemScheduler:
        """What decides which memory is kept as an activation, in this namespace."""
        from ..injection.memscheduler import MemScheduler

        often = self.settings.keep_after
        return MemScheduler(self.store(), self.namespace, self.usage, often=often)

    def cool(self, instant: int, *, dry_run: bool = False) -> tuple[tuple[str, ...], int]:
        """Make activations text again that nobody has read for a month, and remove tensors that nobody will read.

        Gives the activations, and how many files were removed.
        """
        from ..injection.activation.shelf import Shelf

        scheduler = self.scheduler
        idle = scheduler.idle(instant)
        if dry_run:
            return idle, 0
        done = scheduler.demoted(idle, "not read for a month: text again") if idle else ()
        scheduler.forget(instant)
        folder = beside(self.store().url, "activations")
        if folder is None or not folder.exists():
            return done, 0
        shelf = Shelf(folder, self._word("activation"))
        shelf.look()
        held = shelf.manifests()
        spent = set(scheduler.spent(sorted({one.artefact for one in held})))
        gone = [one for one in held if one.artefact in spent]
        for manifest in gone:
            shelf.remove(manifest)
        steered = scheduler.spent(shelf.steerings.cubes())
        removed = len(gone) + sum(map(shelf.steerings.remove, steered))
        return done, removed + len(shelf.sweep())

    def _word(self, what: str) -> str:
        """A word of this namespace that follows from the store's secret."""
        return self.store().name(self.namespace, NodeKind.NAMESPACE, self.namespace, what).key

    def _receipt_of(
        self, plan: InjectionPlan, uses: tuple[Use, ...], about: dict[str, Any]
    ) -> tuple[str | None, str]:
        """Commit the receipt of a plan."""
        from ..injection.governed import described

        scope = self.scope().but(seq=plan.read_at)
        told = {**described(plan), "viewer": self.settings.user, **about}
        return self._give_out(Verb.INJECT, plan.question, plan.memory, uses, told, scope)

    def _give_out(
        self,
        verb: str,
        question: str,
        text: str,
        uses: Sequence[Use],
        about: dict[str, Any],
        scope: Scope,
    ) -> tuple[str | None, str]:
        """Commit the receipt, or say why there is none."""
        readers = readers_of(self.store(), scope, uses)
        given = receipt(
            self.namespace, verb, question, text, uses, about, seq=scope.seq, readers=readers
        )
        try:
            self.store().commit(given.change)
        except ReadOnly:
            return None, "the store is read-only: no receipt was written"
        except PermissionDenied:
            return None, "you may read here and not write: no receipt was written"
        return given.id, ""
