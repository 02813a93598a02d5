"""Proposals: links that are likely and not certain, for somebody to look at; they change nothing.

Computed when asked, of the records in force, and never stored (DESIGN, belief).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from ..record import Version
from ..scope import Scope
from ..store import GraphStore
from .link import Verdict, chinese, reason
from .scorer import AUTOMATIC, REVIEW, explained
from .sentence import read

Span = tuple[int, int]


class Found(Protocol):
    """A link between two cubes of a scope, as an index keeps it, by node ids."""

    @property
    def new(self) -> str: ...
    @property
    def old(self) -> str: ...
    @property
    def verdict(self) -> Verdict: ...
    @property
    def chance(self) -> float: ...
    @property
    def new_span(self) -> Span: ...
    @property
    def old_span(self) -> Span: ...


@dataclass(frozen=True, slots=True)
class Supersession:
    """One statement in the place of another, with what speaks for it.

    `reason` is in words; spans are characters of each cube's text; `parts` are the features that weigh most,
    with what each adds to the log odds (none for Chinese, which goes by rule). `applied` says whether search
    and ask already go by it.
    """

    new: Version
    old: Version
    verdict: Verdict
    chance: float
    reason: str
    new_span: Span
    old_span: Span
    parts: tuple[tuple[str, float], ...]
    applied: bool


def supersessions(
    store: GraphStore,
    scope: Scope,
    found: Iterable[Found],
    *,
    least: float = REVIEW,
    below: float = AUTOMATIC,
) -> list[Supersession]:
    """Explain the links of a scope whose probability lies from `least` to under `below`, likeliest first.

    With the defaults these are the proposals; with `below=2` the links that are applied come as well. What
    the viewer may not read is left out.
    """
    wanted = [one for one in found if least <= one.chance < below]
    nodes = sorted({node for one in wanted for node in (one.new, one.old)})
    shown = {version.node: version for version in store.get(scope, nodes)} if nodes else {}
    told = []
    for one in wanted:
        new, old = shown.get(one.new), shown.get(one.old)
        if new is None or old is None:
            continue
        later, earlier = new.text[slice(*one.new_span)], old.text[slice(*one.old_span)]
        told.append(
            Supersession(
                new,
                old,
                one.verdict,
                one.chance,
                reason(earlier, later),
                one.new_span,
                one.old_span,
                () if chinese(earlier, later) else explained(read(earlier), read(later)).parts,
                one.chance >= AUTOMATIC,
            )
        )
    return sorted(told, key=lambda s: (-s.chance, s.new.node, s.old.node))
