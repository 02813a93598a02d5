"""Carried: what became of a plan when it was read, whatever it was settled for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..activation.entry import Read, Source
from ..plan import Cost, Form, InjectionPlan


@dataclass(frozen=True, slots=True)
class Carried:
    """A prompt that was read: the plan as it was carried out, and what writing goes on from.

    `started` is by the performance counter, `seconds` are those of the reading.
    """

    plan: InjectionPlan
    logits: Any = field(repr=False)
    cache: Any = field(repr=False)
    started: float
    seconds: float


def as_read(
    plan: InjectionPlan, read: Read, cost: Callable[[int, int], Cost], *, fresh: bool = False
) -> InjectionPlan:
    """The plan with the form that its reading took; `cost` tells that of tokens of which so many were kept.

    A `fresh` cache was read for this use, which saved nothing.

    >>> from ..plan import Band, Segment
    >>> plan = InjectionPlan("default", "?", 3, (Segment(Band.QUESTION, "?"),), Form.KV, "read 3 times", 9, 9, "", "",
    ...     artefact="c1", split=4)
    >>> gone = as_read(plan, Read(None, None, 0, 6, Source.NONE), Cost)
    >>> str(gone.form), gone.artefact, gone.reason
    ('prompt', '', 'what was kept was there no more when it was to be read')
    """
    if not read.split:
        gone = "what was kept was there no more when it was to be read"
        return plan.settled(
            Form.PROMPT, gone if plan.split else plan.reason, cost=cost(read.tokens, 0)
        )
    now = fresh or read.source is Source.COMPUTED
    same = (read.split, read.artefact) == (plan.split, plan.artefact)
    if same and not now:
        return plan
    why = plan.reason if same else first_tokens(read.split)
    return plan.settled(
        Form.KV,
        f"{why}, and read now to be kept" if now else why,
        artefact=read.artefact,
        split=read.split,
        cost=cost(read.tokens, 0 if now else read.split),
    )


def first_tokens(split: int) -> str:
    """Why a plan is read from a cache of less than its whole beginning."""
    return f"the first {split} tokens are kept"
