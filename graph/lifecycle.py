"""MemLifecycle: the states that a cube goes through, the holds beside them, and the change that moves it.

States exclude each other and stand in the header, which is versioned: a transition closes the version in
force and opens one with the same payload, so that nothing made from it turns stale. That a cube was
retracted or erased is read off the log; `merged` and `stale` are computed (DESIGN, MemLifecycle).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .change import MOST_OPERATIONS, ChangeSet, Close, Open, Operation, Selector
from .errors import Conflict, Erased, Held, Invalid, NotFound
from .hold import Hold, hold_of
from .instant import kept as kept_exactly
from .instant import now, show
from .kind import NodeKind, Verb
from .listing import all_found
from .record import Author, Content, Version
from .scope import Scope, Where
from .store import GraphStore

MOST_CUBES = MOST_OPERATIONS - 2
"""Cubes that one change can move: one operation closes them all, one is left to name an agent."""


class State(StrEnum):
    """Where a cube stands; only activated ones are walked by a question.

    >>> [state for state in State if state.walked]
    [<State.ACTIVATED: 'activated'>]
    """

    GENERATED = "generated"
    ACTIVATED = "activated"
    ARCHIVED = "archived"
    EXPIRED = "expired"

    @property
    def walked(self) -> bool:
        """Whether search, ask and inject find it."""
        return self is State.ACTIVATED


class Move(StrEnum):
    """What `transition` does to a cube: three ways to another state, and three with holds."""

    ACTIVATE = "activate"
    ARCHIVE = "archive"
    EXPIRE = "expire"
    FREEZE = "freeze"
    HOLD = "hold"
    RELEASE = "release"


TRANSITIONS: Mapping[tuple[State, Move], State] = {
    (State.GENERATED, Move.ACTIVATE): State.ACTIVATED,
    (State.GENERATED, Move.ARCHIVE): State.ARCHIVED,
    (State.ACTIVATED, Move.ARCHIVE): State.ARCHIVED,
    (State.ACTIVATED, Move.EXPIRE): State.EXPIRED,
    (State.ARCHIVED, Move.ACTIVATE): State.ACTIVATED,
    (State.ARCHIVED, Move.EXPIRE): State.EXPIRED,
    (State.EXPIRED, Move.ACTIVATE): State.ACTIVATED,
}
"""Which state follows from which, for a writer of the namespace; what is not here is refused.

A hold refuses them all: it is released first.
"""

LIFE = frozenset({"state", "hold", "expires"})
"""The fields of a header that only a transition changes."""

BY_POLICY = frozenset(
    {
        (State.ACTIVATED, Move.ARCHIVE),
        (State.ACTIVATED, Move.EXPIRE),
        (State.ARCHIVED, Move.EXPIRE),
    }
)
"""What a policy may do by itself; it brings nothing back, and leaves to people what was only generated."""

HOLDING: Mapping[tuple[Hold | None, Move], Hold | None] = {
    (None, Move.FREEZE): Hold.FROZEN,
    (None, Move.HOLD): Hold.LEGAL,
    (Hold.FROZEN, Move.HOLD): Hold.LEGAL,
    (Hold.FROZEN, Move.RELEASE): None,
    (Hold.LEGAL, Move.RELEASE): None,
}
"""Which hold follows from which, in every state; a legal hold is not made a weaker one on the way."""


def state_of(version: Version) -> State:
    """The state that a cube's header says; one that says none is activated.

    >>> cube = Author("a", "o", 0, 0).version(NodeKind.MEMCUBE, "n", {"state": "archived"})
    >>> state_of(cube)
    <State.ARCHIVED: 'archived'>
    """
    said = version.get("state", State.ACTIVATED)
    if said not in tuple(State):
        known = ", ".join(State)
        raise Invalid(f"cube {version.node} is in no known state but '{said}': known are {known}")
    return State(said)


def walked(content: Content | None) -> bool:
    """Whether a cube with this header is found by a question.

    >>> walked({}), walked({"state": "archived"}), walked({"state": "of its own"})
    (True, False, False)
    """
    return bool((content or {}).get("state", State.ACTIVATED) == State.ACTIVATED)


def moved(version: Version, move: Move, *, at: int, expires: int | None = None) -> Content:
    """The header of a cube after a move, by the tables above; `expires` sets when it expires next.

    An expiry that has passed goes when a cube is activated, or it would expire again at once. Raises
    `Held`, `Invalid` (no such transition, or nothing to do) and `Erased`.
    """
    if version.content is None:
        raise Erased(f"cube {version.node} was erased: there is nothing left to {move}")
    header: dict[str, Any] = dict(version.content)
    state, hold = state_of(version), hold_of(header)
    if move in (Move.FREEZE, Move.HOLD, Move.RELEASE):
        if (hold, move) not in HOLDING:
            raise Invalid(_no_hold(version, hold, move))
        return _with(header, hold=HOLDING[hold, move])
    if hold is not None:
        legal = hold is Hold.LEGAL
        what, who = ("under a legal hold", " by an owner") if legal else (str(hold), "")
        raise Held(
            f"cube {version.node} is {what}, so that it cannot {move}: "
            f"`memcubes transition {version.node} release`{who} lifts that"
        )
    kept = header.get("expires")
    if expires is not None:
        if not kept_exactly(expires):
            raise Invalid(
                "an expiry lies before 2255-06-05: leave it out, and the cube never expires"
            )
        if move is not Move.ACTIVATE or expires <= at:
            raise Invalid(
                f"an expiry is given with 'activate' and lies ahead, not '{move}' until "
                f"{show(expires)}"
            )
        kept = expires
    elif move is Move.ACTIVATE and isinstance(kept, int) and kept <= at:
        kept = None
    renewed = move is Move.ACTIVATE and state is State.ACTIVATED and kept != header.get("expires")
    if (state, move) not in TRANSITIONS and not renewed:
        raise Invalid(_no_way(version, state, move))
    return _with(header, state=str(TRANSITIONS.get((state, move), state)), expires=kept)


def _with(header: dict[str, Any], **fields: Any) -> Content:
    return {k: v for k, v in {**header, **fields}.items() if v is not None}


def _no_way(version: Version, state: State, move: Move) -> str:
    if state in {to for (_, way), to in TRANSITIONS.items() if way is move}:
        return f"cube {version.node} is {state} already"
    ways = ", ".join(str(way) for at, way in TRANSITIONS if at is state)
    return f"cube {version.node} is {state} and cannot {move}: from there one may {ways}"


def _no_hold(version: Version, hold: Hold | None, move: Move) -> str:
    if hold is None:
        return f"cube {version.node} is under no hold: there is nothing to release"
    if move is Move.FREEZE and hold is Hold.LEGAL:
        return f"cube {version.node} is under a legal hold, which stops more than freezing: release it first"
    return f"cube {version.node} is {'under a legal hold' if hold is Hold.LEGAL else hold} already"


def again(version: Version, header: Content) -> Version:
    """A new version of a cube with another header and all else as it was, its payload's digest too."""
    author = Author(version.ns, version.origin, version.authority, version.validity.start)
    return author.version(
        version.kind,
        version.node,
        header,
        key=version.key,
        payload=version.payload,
        validity=version.validity,
    )


def aged(before: Version, record: Version) -> Version:
    """What a source says of a cube anew, where the cube stands: its state is no matter of the source."""
    life = {name: value for name, value in (before.content or {}).items() if name in LIFE}
    header = {k: v for k, v in (record.content or {}).items() if k not in LIFE} | life
    return record if header == record.content else again(record, header)


def exchange(pairs: Iterable[tuple[Version, Content]]) -> tuple[Operation, ...]:
    """The operations that give versions other headers."""
    listed = list(pairs)
    close = Close(Selector(ids=tuple(version.id for version, _ in listed)))
    return (close, *(Open(again(version, header)) for version, header in listed))


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Moves the cubes of one namespace through their states, by hand."""

    store: GraphStore
    ns: str

    def transition(
        self,
        scope: Scope,
        node: str,
        move: Move,
        reason: str = "",
        *,
        expires: int | None = None,
        at: int | None = None,
    ) -> ChangeSet:
        """The change that moves a cube, or every cube of a source for which the move is one.

        Raises `NotFound`, `Conflict` (withdrawn by now), and what `moved` raises.
        """
        cubes = self._cubes(scope, node)
        instant = now() if at is None else at
        pairs: list[tuple[Version, Content]] = []
        refused: Invalid | Erased | None = None
        for cube in cubes:
            try:
                pairs.append((cube, moved(cube, move, at=instant, expires=expires)))
            except (Invalid, Erased) as error:
                refused = error  # of a source those are moved that can be
        if not pairs:
            raise refused or NotFound(f"source {node} holds no cube: there is nothing to {move}")
        if len(pairs) > MOST_CUBES:
            raise Invalid(
                f"source {node} holds {len(pairs)} cubes, and one change moves at most {MOST_CUBES}: "
                "name its cubes"
            )
        return ChangeSet(
            ns=self.ns,
            verb=Verb.TRANSITION,
            reason=reason,
            note={"targets": [node], "to": str(move)},
            expects=tuple(cube.id for cube, _ in pairs),
            base_seq=scope.seq,
            ops=exchange(pairs),
        )

    def _cubes(self, scope: Scope, node: str) -> list[Version]:
        found = self.store.get(scope, [node])
        if not found:
            past = self.store.history(scope, node)
            if past:
                raise Conflict(
                    f"{past[-1].kind} {node} is withdrawn, since @{past[-1].to_seq}: "
                    f"`memcubes revert @{past[-1].to_seq}` brings it back",
                    current=past[-1].id,
                )
            raise NotFound(f"there is no node {node}: `memcubes search` finds what there is")
        if found[0].kind is NodeKind.MEMCUBE:
            return [found[0]]
        if found[0].kind is NodeKind.SOURCE:
            of_it = Where(kinds=(NodeKind.MEMCUBE,), origins=(node,))
            return list(all_found(self.store, scope, of_it))
        raise Invalid(
            f"a {found[0].kind} goes through no states: name a cube, or a source for all its cubes"
        )
