"""Keeping: the verbs that move cubes through their states, by hand and by policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from ..graph.change import ChangeSet, Committed
from ..graph.errors import Conflict, Held, Invalid, NotFound
from ..graph.instant import now, parse
from ..graph.lifecycle import Lifecycle, Move
from ..graph.record import Version
from ..graph.rehearsal import impact_if
from .handing import Handing
from .outcome import Outcome

if TYPE_CHECKING:
    from ..graph.retention import Policy, Sweep
    from ..graph.summarising import Renewal, Summarising

_L = TypeVar("_L")
_T = TypeVar("_T")

TRIES = 5
"""How often a sweep is made anew because somebody changed a cube meanwhile."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What policies did, or with a dry run would do; `held` are cubes that a hold kept from it.

    `summarised` are the summaries that were made, `ended` those that no longer fit and were closed. `cooled`
    are the activations that are text again, `removed` counts the files of KV caches that nobody will read.
    """

    at: int
    archived: tuple[Version, ...]
    expired: tuple[Version, ...]
    held: tuple[Version, ...]
    changes: tuple[Committed, ...] = ()
    summarised: tuple[Version, ...] = ()
    ended: tuple[Version, ...] = ()
    cooled: tuple[str, ...] = ()
    removed: int = 0


class Keeping(Handing):
    """Transition and expire; each is change sets like any other, and can be reverted."""

    def transition(
        self,
        target: str,
        to: str,
        reason: str = "",
        *,
        expires: str | int | None = None,
        dry_run: bool = False,
    ) -> Outcome:
        """Activate, archive, expire, freeze, hold or release a cube, or all cubes of a source.

        `expires`, with `activate`, is the instant from which it expires by itself. Raises `Held`,
        `Invalid`, `NotFound`, `Conflict`.
        """
        move = _move(to)
        until = parse(expires) if isinstance(expires, str) else expires
        store, scope = self.store(), self.scope()
        node = self.resolve(target, scope)
        keeping = Lifecycle(store, self.namespace)
        change = keeping.transition(scope, node, move, reason, expires=until)
        if dry_run:
            return Outcome(None, impact_if(store, scope, change), node)
        return self._done(change, node)

    def expire(self, at: str | int | None = None, *, dry_run: bool = False) -> Swept:
        """Archive and expire what is due, by the policies of the settings; a second time does nothing.

        What a source has archived of a type leaves a summary, where the type's policy wants one. The changes are those of the agent `memcubes:lifecycle`, on the caller's behalf. `at` takes
        another instant for now.
        """
        from ..graph.retention import Sweep
        from ..graph.summarising import Summarising

        instant = parse(at) if isinstance(at, str) else now() if at is None else at
        store, policies = self.store(), self.policies()

        def looked() -> Sweep:
            return Sweep(store, self.scope(), instant, policies)

        def summed(moves: Mapping[str, Move] = MappingProxyType({})) -> Summarising:
            return Summarising(store, self.scope(), instant, policies, moves)

        if dry_run:
            swept = looked()
            told = _told(swept, swept.due, summed({cube.node: move for cube, move in swept.due}))
            return replace(told, cooled=self.cool(instant, dry_run=True)[0])
        done: list[tuple[Version, Move]] = []
        swept, changes = self._worked(looked, lambda sweep: sweep.parts(), done)
        renewed: list[Renewal] = []
        summing, more = self._worked(summed, lambda every: every.changes(), renewed)
        if changes or more:
            with suppress(NotFound):
                self.retrieval.refresh()
        cooled, removed = self.cool(instant)
        return replace(
            _told(swept, done, summing),
            cooled=cooled,
            removed=removed,
            changes=(*changes, *more),
            summarised=tuple(one.version for part in renewed for one in part.opened),
            ended=tuple(version for part in renewed for version in part.closed),
        )

    def _worked(
        self,
        look: Callable[[], _L],
        parts: Callable[[_L], Iterator[tuple[Sequence[_T], ChangeSet]]],
        done: list[_T],
    ) -> tuple[_L, list[Committed]]:
        """Commit what a look finds due; where somebody changed a cube meanwhile, look anew."""
        from ..graph.retention import AGENT

        found, changes = look(), list[Committed]()
        for tries in reversed(range(TRIES)):
            try:
                for part, change in parts(found):
                    changes += self.store().commit_by(AGENT, change)
                    done += part
                break
            except (Conflict, Held):
                # what is done stays
                if not tries:
                    raise
                found = look()
        return found, changes

    def policies(self) -> Mapping[str, Policy]:
        """The policy of each semantic type, with what the file of the settings says otherwise."""
        from ..graph.retention import POLICIES, read_policies

        return POLICIES if self.settings.policy is None else read_policies(self.settings.policy)


def _move(to: str) -> Move:
    try:
        return Move(to)
    except ValueError:
        known = ", ".join(Move)
        raise Invalid(f"there is no transition '{to}': there are {known}") from None


def _told(swept: Sweep, done: Sequence[tuple[Version, Move]], summing: Summarising) -> Swept:
    archived = tuple(cube for cube, move in done if move is Move.ARCHIVE)
    expired = tuple(cube for cube, move in done if move is Move.EXPIRE)
    held = (*swept.held, *summing.held)
    return Swept(swept.at, archived, expired, held, (), summing.made, summing.ended)
