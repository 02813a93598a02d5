"""Outcomes: what the verbs that change or give out memory hand back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..graph.change import Committed
from ..graph.impact import Impact
from ..graph.joining import Joining

if TYPE_CHECKING:
    from ..injection.prompt import PromptBlock


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
class Injected:
    """What `inject` gives out: the block, and the receipt that names what is in it."""

    block: PromptBlock
    receipt: str | None
    notes: tuple[str, ...] = field(default=())
