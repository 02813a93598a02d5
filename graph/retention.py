"""Retention: how long each type of memory stays where it is, what it leaves, and the changes that see to it.

Policies are told by semantic type (MemOS). A cube's days are counted from when its version in force came
into force: whatever was done to it, a revision or an activation by hand, lets them begin anew.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from .change import HOUSE, ChangeSet, Open
from .errors import Invalid, Unreadable
from .hold import hold_of
from .kind import Authority, NodeKind, Verb
from .lifecycle import BY_POLICY, MOST_CUBES, Move, State, exchange, moved, state_of
from .listing import all_found
from .record import Author, Version
from .scope import Scope, Where
from .store import GraphStore

AGENT = f"{HOUSE}lifecycle"
"""Who archives and expires by policy, on behalf of the one that lets it run."""

DAY = 86_400_000_000
NEVER = "never"

MOST_SENTENCES = 20
"""Sentences that a summary has at most; what is longer is no summary."""


class Gist(StrEnum):
    """Which sentences of what was archived are its summary: the most central ones, or the last ones."""

    CENTRAL = "central"
    LATEST = "latest"


Due = tuple[tuple[Version, Move], ...]
"""Cubes, and what is to be done with each."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What is done with one semantic type: after how many days, in pieces of what size, and what is left.

    `archive_after` counts for what is activated, `expire_after` for what is archived (for what is
    activated too where nothing archives it); None is never. `words`, `whole` and `longest` are the size
    of a piece aimed at, up to which a text stays whole, and above which a sentence is cut. `summary` is
    the number of sentences that stand in for what was archived of a source (0: none), chosen by `gist`.

    >>> Policy(archive_after=365).days
    (365,)
    """

    archive_after: int | None = None
    expire_after: int | None = None
    words: int = 110
    whole: int = 250
    longest: int = 400
    summary: int = 0
    gist: str = Gist.CENTRAL

    def __post_init__(self) -> None:
        """Hold the rules that need no file."""
        for days in self.days:
            if days < 1:
                raise Invalid(f"a policy waits at least one day, or never; not {days}")
        if not 1 <= self.words <= self.longest or self.whole < 0:
            raise Invalid(
                "a policy needs 1 <= words <= longest and whole >= 0, not "
                f"words = {self.words}, whole = {self.whole}, longest = {self.longest}"
            )
        if not 0 <= self.summary <= MOST_SENTENCES:
            raise Invalid(
                f"a summary has 0 (none) to {MOST_SENTENCES} sentences, not {self.summary}"
            )
        if self.gist not in tuple(Gist):
            raise Invalid(f"gist is one of {', '.join(Gist)}, not '{self.gist}'")

    @property
    def days(self) -> tuple[int, ...]:
        """The numbers of days that it counts."""
        return tuple(days for days in (self.archive_after, self.expire_after) if days is not None)

    def due(self, state: State, waited: Mapping[int, bool]) -> Move | None:
        """What is to be done with a cube of a state; `waited` says which days have gone by.

        >>> Policy(archive_after=30).due(State.ACTIVATED, {30: True})
        <Move.ARCHIVE: 'archive'>
        """
        if state is State.ACTIVATED and self.archive_after is not None:
            return Move.ARCHIVE if waited[self.archive_after] else None
        if state in (State.ACTIVATED, State.ARCHIVED) and self.expire_after is not None:
            return Move.EXPIRE if waited[self.expire_after] else None
        return None


POLICIES: Mapping[str, Policy] = MappingProxyType(
    {
        # what somebody holds to be so stays until somebody says otherwise
        "preference": Policy(words=40, whole=80),
        "fact": Policy(words=40, whole=120),
        "technical detail": Policy(words=80, whole=160),
        "profile": Policy(words=60, whole=120),
        "core block": Policy(words=400, whole=400),
        # what is used as a whole is cut as little as can be
        "skill": Policy(words=250, whole=400),
        "tool": Policy(words=250, whole=400),
        "prompt template": Policy(words=250, whole=400),
        "document": Policy(summary=3),
        # what happened fades out of the walk and leaves its gist; where things stand is soon overtaken
        "episode": Policy(archive_after=730, words=60, summary=3),
        "progress": Policy(30, 365, words=60, whole=120, summary=1, gist=Gist.LATEST),
        # goes with what it stands in for
        "summary": Policy(),
    }
)
"""The policy of each semantic type; a type that is not here is kept for ever."""


def read_policies(path: Path) -> Mapping[str, Policy]:
    """The policies with what a TOML file says otherwise: one table a semantic type.

    Days are whole numbers, or "never"; `gist` is a word. Raises `Unreadable` and `Invalid`, which name file and table.
    """
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Unreadable(f"the policies in {path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Unreadable(f"the policies in {path} are no TOML: {error}") from None
    found = dict(POLICIES)
    for name, table in said.items():
        try:
            found[name] = _told(found.get(name, Policy()), table)
        except Invalid as error:
            raise Invalid(f"{path}, table [{name}]: {error}") from None
    return MappingProxyType(found)


def _told(policy: Policy, table: Any) -> Policy:
    if not isinstance(table, dict):
        raise Invalid("a policy is a table, as [episode] and below it archive_after = 90")
    given: dict[str, int | str | None] = {}
    for name, value in table.items():
        if name not in {one.name for one in fields(Policy)}:
            known = ", ".join(one.name for one in fields(Policy))
            raise Invalid(f"a policy has no '{name}': it has {known}")
        if name == "gist":
            given[name] = str(value)
            continue
        never = value == NEVER and name.endswith("_after")
        if not never and (not isinstance(value, int) or isinstance(value, bool)):
            word = f', or "{NEVER}"' if name.endswith("_after") else ""
            raise Invalid(f"{name} is a whole number{word}, not {value!r}")
        given[name] = None if never else value
    return replace(policy, **given)  # type: ignore[arg-type]


def introduced(store: GraphStore, scope: Scope, at: int, name: str = AGENT) -> tuple[Open, ...]:
    """What opens the node of one of memcubes' own agents, where the log could not name it otherwise."""
    agent = store.name(scope.ns, NodeKind.AGENT, name)
    home = store.name(scope.ns, NodeKind.NAMESPACE, scope.ns)
    if store.get(scope, [agent.id]):
        return ()
    author = Author(scope.ns, home.id, Authority.ASSERTED, at)
    return (Open(author.version(NodeKind.AGENT, agent.id, {"name": name}, key=agent.key)),)


@dataclass(frozen=True)
class Sweep:
    """What is due in one namespace at an instant, and the changes that do it.

    `held` are cubes that would be due and are under a hold: nothing is done to them.
    """

    store: GraphStore
    scope: Scope
    at: int
    policies: Mapping[str, Policy] = field(default_factory=lambda: POLICIES)

    @cached_property
    def found(self) -> Due:
        """Every cube for which something is due, in order of its record's id."""
        cubes = all_found(self.store, self.scope, Where(kinds=(NodeKind.MEMCUBE,)))
        return tuple((cube, move) for cube in cubes if (move := self._due(cube)) is not None)

    @property
    def due(self) -> Due:
        """The cubes that are archived or expired now."""
        return tuple((cube, move) for cube, move in self.found if hold_of(cube.content) is None)

    @property
    def held(self) -> tuple[Version, ...]:
        """The cubes that a hold keeps from it."""
        return tuple(cube for cube, _ in self.found if hold_of(cube.content) is not None)

    def parts(self) -> Iterator[tuple[Due, ChangeSet]]:
        """What is due in changes of a size that a log takes; the agent's name comes with the first."""
        due = self.due
        for start in range(0, len(due), MOST_CUBES):
            part = due[start : start + MOST_CUBES]
            yield part, self._change(part, named=start > 0)

    def _change(self, part: Due, *, named: bool) -> ChangeSet:
        pairs = [(cube, moved(cube, move, at=self.at)) for cube, move in part]
        count = {move: sum(one is move for _, one in part) for move in (Move.ARCHIVE, Move.EXPIRE)}
        return ChangeSet(
            ns=self.scope.ns,
            verb=Verb.EXPIRE,
            reason="as the policies say",
            note={
                "targets": [cube.node for cube, _ in part[:20]],
                "archived": count[Move.ARCHIVE],
                "expired": count[Move.EXPIRE],
            },
            expects=tuple(cube.id for cube, _ in part),
            base_seq=self.scope.seq,
            ops=(*exchange(pairs), *(() if named else introduced(self.store, self.scope, self.at))),
        )

    @cached_property
    def _waited(self) -> Mapping[int, int]:
        """For each number of days the last sequence that lies so far back."""
        days = {day for policy in self.policies.values() for day in policy.days}
        return {
            day: self.store.scope(
                self.scope.ns, self.scope.viewer, recorded=self.at - day * DAY
            ).seq
            for day in sorted(days)
        }

    def _due(self, cube: Version) -> Move | None:
        if cube.content is None:
            return None
        try:
            state = state_of(cube)
        except Invalid:
            return None  # a state of somebody's own is left to them
        expires = cube.get("expires")
        if isinstance(expires, int) and expires <= self.at:
            move: Move | None = Move.EXPIRE
        else:
            policy = self.policies.get(str(cube.get("semantic_type")), Policy())
            waited = {day: cube.from_seq <= seq for day, seq in self._waited.items()}
            move = policy.due(state, waited)
        return move if move is not None and (state, move) in BY_POLICY else None
