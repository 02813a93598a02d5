"""A catalogue follows the log, and is the same however the index came to be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from memcubes.graph import Author, Authority, EdgeKind, NodeKind, Open
from memcubes.graph.index.catalogue import Catalogue
from memcubes.graph.index.graph_index import GraphIndex
from memcubes.graph.scope import Scope
from memcubes.graph.tag_expression import TagExpression

from .bookshelf import NS, Bookshelf

TEXTS = ("Ann keeps bees.", "Bees make honey.", "Honey is sweet.")


@pytest.fixture
def shelf() -> Iterator[Bookshelf]:
    made = Bookshelf()
    made.add("bees.md", *TEXTS)
    made.add("rain.md", "It rains in Bonn.", stated=86_400_000_000)
    yield made
    made.close()


def tag(shelf: Bookshelf, name: str, *texts: str) -> None:
    """Tag the cubes of some texts, by a decision of its own."""
    named, decision = shelf.store.name(NS, NodeKind.TAG, name), f"tag:{shelf.store.head().seq}"
    author = Author(NS, decision, Authority.CURATED, 0)
    cubes = {cube.text: cube.node for cube in shelf.cubes()}
    shelf.commit(
        "tag",
        Open(author.version(NodeKind.DECISION, decision, {"verb": "tag"})),
        Open(author.version(NodeKind.TAG, named.id, {"name": name}, key=named.key)),
        *(Open(author.edge(EdgeKind.TAGGED, cubes[text], named.id)) for text in texts),
    )


def carrying(index: GraphIndex, scope: Scope, tags: str) -> set[str]:
    """The texts of what meets an expression."""
    view = index.view(scope)
    mask = TagExpression.parse(tags).masked(Catalogue(view).tagged)
    nodes = {view.node(i) for i in np.flatnonzero(mask).tolist()}
    return {v.text for v in index.store.get(scope, sorted(nodes))}


def test_a_catalogue_follows_the_log(shelf: Bookshelf, tmp_path: Path) -> None:
    index = shelf.index(tmp_path / "index")
    assert carrying(index, shelf.scope(), "*") == set()
    tag(shelf, "Food/Sweet", *TEXTS[1:])
    tag(shelf, "food", TEXTS[1])
    assert carrying(index, shelf.scope(), "food") == set(TEXTS[1:])
    before = shelf.scope()
    tag(shelf, "food/sweet", TEXTS[0])
    for known in (index, shelf.index(), shelf.index(tmp_path / "index")):
        assert carrying(known, shelf.scope(), "=food/sweet") == set(TEXTS)
        assert carrying(known, shelf.scope(), "=food") == {TEXTS[1]}
        assert carrying(known, before, "food") == set(TEXTS[1:])
    done = shelf.retract("bees.md")
    assert carrying(index, shelf.scope(), "food") == set()
    shelf.revert(done.seq)
    assert carrying(index, shelf.scope(), "food") == set(TEXTS)
    shelf.erase("bees.md")
    assert carrying(index, shelf.scope(), "-food") == {"It rains in Bonn."}


def test_passages_know_their_place_and_their_source(shelf: Bookshelf) -> None:
    view = shelf.index().view(shelf.scope())
    held = Catalogue(view)
    texts = {view.node(i): i for i in range(view.size)}
    places = {cube.text: texts[cube.node] for cube in shelf.cubes()}
    # each text and a line break: 16 and 17 characters
    assert [int(held.offset[places[text]]) for text in TEXTS] == [0, 16, 33]
    rain = held.of_source([shelf.node(NodeKind.SOURCE, "rain.md")])
    assert np.flatnonzero(rain).tolist() == [places["It rains in Bonn."]]
    assert held.column("stated")[rain].tolist() == [86_400_000_000]
    assert held.source_says("media", ["text/plain"]).sum() == 0
    assert held.says("state", ["activated"]).all()
