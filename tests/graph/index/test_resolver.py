"""Which record of a name has the keys under which the others find it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from memcubes.graph.index.graph_index import GraphIndex
from memcubes.graph.index.segment import Segment

from .bookshelf import NS, Bookshelf

CAME, LATER = "We met Ada Hill in Bonn.", "Then Ada Hill left Bonn."


def held(shelf: Bookshelf, index: GraphIndex) -> Segment:
    """Everything that an index holds."""
    index.view(shelf.scope())
    return Segment.merged(index._states[NS].segments)


def test_a_name_that_came_back_has_its_keys_where_it_first_came(tmp_path: Path) -> None:
    shelf = Bookshelf(tmp_path / "memory.db")
    along = shelf.index()
    shelf.add("came.md", CAME)
    held(shelf, along)
    shelf.add("later.md", LATER)
    held(shelf, along)
    gone = shelf.retract("came.md")
    held(shelf, along)
    shelf.revert(gone.seq)
    followed, fresh = held(shelf, along), held(shelf, shelf.index())
    assert set(followed.columns) == set(fresh.columns)
    for name, column in fresh.columns.items():
        assert np.array_equal(followed[name], column), name
    shelf.close()
