"""Outcomes: what the verbs that change or give out memory hand back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..graph.change import Committed
from ..graph.impact import Impact
from ..graph.joining import Joining

if TYPE_CHECKING:
    from ..injection.plan import InjectionPlan


FORMS = {"prompt": "as a prompt", "kv": "as a KV cache"}
"""In what form a model was given memory, in words."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a curating verb did: the change (None for a dry run) and what follows from it."""

    change: Committed | None
    impact: Impact
    target: str = ""
    cube: str = ""
    notes: tuple[str, ...] = ()
    joining: Joining | None = None


@dataclass(frozen=True, slots=True)
class Steered:
    """A steering as a cube: the change that made it (None where it was there), what it is, and its effect in words."""

    change: Committed | None
    cube: str
    layer: int
    strength: float
    digest: str
    pairs: int
    effect: str


@dataclass(frozen=True, slots=True)
class AsText:
    """An activation as text: the change (None where it was text already), the cube, its words, and what they are of."""

    change: Committed | None
    cube: str
    text: str
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Injected:
    """What `inject` gives out: the plan, and the receipt that names what is in it."""

    plan: InjectionPlan
    receipt: str | None
    notes: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        """The block of memory, ready for a prompt."""
        return self.plan.memory
