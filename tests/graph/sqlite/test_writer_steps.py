"""A write takes as many steps in a large graph as in a small one (SQLite counts its own)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from memcubes.graph import ChangeSet, NodeKind, Where
from memcubes.graph.listing import all_found
from memcubes.graph.sqlite import SqliteStore

from ..index.bookshelf import NS, Bookshelf

EACH = 10
"""Steps between two calls of the counter."""

SMALL, LARGE = 5, 120


def filled(sources: int) -> Bookshelf:
    shelf = Bookshelf()
    for number in range(sources):
        # no names that all have: to erase a source looks at every version of what it names
        name = "".join("abcdefghij"[int(digit)] for digit in str(number))
        shelf.add(f"{number}.md", f"Here lived Guest X{name}.", f"Later Y{name} left.")
    return shelf


def steps(shelf: Bookshelf, act: Callable[[], object]) -> int:
    """The steps of SQLite's machine that an act takes."""
    engine = shelf.store.engine
    assert isinstance(engine, SqliteStore)
    connection = engine._database.connection
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += EACH
        return 0

    connection.set_progress_handler(count, EACH)
    try:
        act()
    finally:
        connection.set_progress_handler(None, 0)
    return taken


def closed(shelf: Bookshelf) -> int:
    """The change that took back a source."""
    return shelf.retract("3.md").seq


ACTS: dict[str, tuple[Callable[[Bookshelf], Any], Callable[[Bookshelf, Any], object]]] = {
    "add": (lambda _: None, lambda shelf, _: shelf.add("new.md", "Nobody was here.")),
    "retract": (lambda _: None, lambda shelf, _: shelf.retract("2.md")),
    "revert": (closed, lambda shelf, seq: shelf.revert(seq)),
    "archive": (lambda s: s.cubes()[0].node, lambda shelf, cube: shelf.archive(cube)),
    "erase": (lambda _: None, lambda shelf, _: shelf.erase("1.md")),
    "shred what was taken back": (closed, lambda shelf, _: shelf.shred("3.md")),
    "namespaces": (lambda _: None, lambda shelf, _: shelf.store.engine.namespaces()),
}


@pytest.mark.parametrize("name", ACTS)
def test_steps_of_a_write_do_not_grow(name: str) -> None:
    prepare, act = ACTS[name]
    taken = []
    for sources in (SMALL, LARGE):
        shelf = filled(sources)
        prepared = prepare(shelf)
        taken.append(steps(shelf, lambda s=shelf, p=prepared: act(s, p)))  # type: ignore[misc]
        shelf.close()
    small, large = taken
    # A tree of 24 times as many rows has a level more here and there; a walk over all of them would
    # take some thousand steps more (120 sources have 240 cubes and about 700 edges).
    assert large <= 1.2 * small + 200, taken


def test_namespaces_are_found_among_many_nodes() -> None:
    shelf = filled(3)
    for ns in ("another", "zebra"):
        shelf.store.commit(ChangeSet(ns=ns, verb="begin", ops=()))
    assert shelf.store.engine.namespaces() == tuple(sorted(("another", NS, "zebra")))
    assert SqliteStore(None).namespaces() == ()
    assert all_found(shelf.store, shelf.scope(), Where(kinds=(NodeKind.NAMESPACE,)))
    shelf.close()
