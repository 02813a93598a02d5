"""Resolving what a person types into the one node that is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .errors import Invalid, NotFound
from .kind import NodeKind
from .listing import all_found
from .record import Version
from .scope import Scope, Where
from .step import Step
from .store import GraphStore

SHORTEST = 4
"""A prefix of a node id has at least this many characters."""

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PREFIX = re.compile(rf"[0-9a-f][0-9a-f-]{{{SHORTEST - 1},35}}")
_CANDIDATES = 5


def resolve(store: GraphStore, scope: Scope, text: str) -> str:
    """Find the node that a person means: a full id, a prefix of one, a source's uri or file name.

    >>> from memcubes.graph import ChangeSet, open_store
    >>> store = open_store("sqlite:///:memory:", "local:ann", create=True)
    >>> done = store.commit(ChangeSet("default", "remember", ()))
    >>> resolve(store, store.scope("default"), "beef")
    Traceback (most recent call last):
    memcubes.graph.errors.NotFound: nothing here is called 'beef': `memcubes search` finds cubes, `memcubes log` lists changes
    >>> store.close()

    A full id or exact uri comes first; then what is in force; what was withdrawn only where nothing in
    force is meant. Raises `NotFound`, and `Invalid` where the text is ambiguous (with up to five
    candidates) or too short.
    """
    wanted = text.strip()
    if not wanted:
        raise Invalid("name a node: an id, the beginning of one, or a source's file name")
    lowered = wanted.lower()
    if _ID.fullmatch(lowered) and store.history(scope, lowered):
        return lowered
    exact = store.name(scope.ns, NodeKind.SOURCE, wanted).id
    if store.history(scope, exact):
        return exact
    prefix = lowered if _PREFIX.fullmatch(lowered) else ""
    for versions in (_standing(store, scope, prefix), _withdrawn(store, scope)):
        found: dict[str, Version] = {}
        for version in versions:
            if (prefix and version.node.startswith(prefix)) or _called(version, wanted):
                found.setdefault(version.node, version)
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise Invalid(_ambiguous(wanted, list(found.values())))
    if re.fullmatch(rf"[0-9a-f]{{1,{SHORTEST - 1}}}", lowered):
        raise Invalid(f"'{lowered}' is too short: give at least {SHORTEST} characters of an id")
    raise NotFound(
        f"nothing here is called '{_shown(wanted)}': "
        "`memcubes search` finds cubes, `memcubes log` lists changes"
    )


def _standing(store: GraphStore, scope: Scope, prefix: str) -> Iterator[Version]:
    """The versions in force that may be meant: by prefix, then every source."""
    if prefix:
        yield from all_found(store, scope, Where(starts=prefix))
    yield from all_found(store, scope, Where(kinds=(NodeKind.SOURCE,)))


def _withdrawn(store: GraphStore, scope: Scope) -> Iterator[Version]:
    """The versions that some change closed, newest change first."""
    before = scope
    while True:
        page = store.changes(before, first=200, newest=True)
        for change in page:
            if change.operations.get("close"):
                closed = store.effects(scope, change.seq)[1]
                yield from (record for record in closed if isinstance(record, Version))
        if len(page) < 200:
            return
        before = before.but(seq=page[-1].seq - 1)


def _called(version: Version, text: str) -> bool:
    """Whether a source goes by this name: its uri, or the end of it after a slash."""
    if version.kind is not NodeKind.SOURCE:
        return False
    names = (str(version.get("uri", "")), str(version.get("name", "")))
    return any(name == text or name.endswith(f"/{text}") for name in names)


def _ambiguous(text: str, found: list[Version]) -> str:
    lines = [f"'{_shown(text)}' may mean {len(found)} things: give more of the id"]
    for version in found[:_CANDIDATES]:
        title = Step(version, 0, True, False, None, None).title
        lines.append(f"  {version.node}  {version.kind}  {_shown(title)}")
    if len(found) > _CANDIDATES:
        lines.append(f"  and {len(found) - _CANDIDATES} more")
    return "\n".join(lines)


def _shown(text: str) -> str:
    """Text for an error message: short, and nothing in it that a terminal would obey."""
    return "".join(c if c.isprintable() else "�" for c in text[:60])
