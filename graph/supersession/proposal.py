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
from .rivalry import YIELDS
from .ruling import place_of, proposal_id
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
    @property
    def ruled(self) -> int: ...
    @property
    def rival(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Supersession:
    """One statement in the place of another, with what speaks for it.

    `reason` is in words; spans are characters of each cube's text; `parts` are the features that weigh most,
    with what each adds to the log odds (none for Chinese, which goes by rule). `applied` says whether search
    and ask already go by it, `ruled` by which change somebody approved it (0: it is only computed). `id` follows
    from the two statements alone. Where the same sentence is likelier to replace something else, `chance` is what that
    leaves, and `parts` and `reason` say so.
    """

    id: str
    new: Version
    old: Version
    verdict: Verdict
    chance: float
    reason: str
    new_span: Span
    old_span: Span
    parts: tuple[tuple[str, float], ...]
    applied: bool
    ruled: int = 0


def supersessions(
    store: GraphStore,
    scope: Scope,
    found: Iterable[Found],
    *,
    least: float = REVIEW,
    below: float = AUTOMATIC,
    explain: bool = True,
) -> list[Supersession]:
    """Explain the links of a scope whose probability lies from `least` to under `below`, likeliest first.

    With the defaults these are the proposals; with `below=2` the links that are applied come as well. What
    the viewer may not read is left out. Without `explain` reason and parts are empty, which costs nothing.
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
                proposal_id(
                    store,
                    scope.ns,
                    place_of(store, new, one.new_span),
                    place_of(store, old, one.old_span),
                ),
                new,
                old,
                one.verdict,
                one.chance,
                _reason(earlier, later, one.rival) if explain else "",
                one.new_span,
                one.old_span,
                _parts(earlier, later, one.rival) if explain else (),
                one.chance >= AUTOMATIC,
                one.ruled,
            )
        )
    return sorted(told, key=lambda s: (-s.chance, s.new.node, s.old.node))


def _reason(earlier: str, later: str, rival: float) -> str:
    said = reason(earlier, later)
    return f"{said}; rather, it takes the place of something else" if rival else said


def _parts(earlier: str, later: str, rival: float) -> tuple[tuple[str, float], ...]:
    """What weighs most, with what a likelier link of the same sentence takes away."""
    if chinese(earlier, later):
        return ()
    parts = explained(read(earlier), read(later)).parts
    beside = (("rival", -YIELDS * rival),) if rival else ()
    return tuple(sorted((*beside, *parts), key=lambda part: (-abs(part[1]), part[0])))
