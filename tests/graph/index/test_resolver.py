"""Which names are compared, and which record of a name has the keys under which the others find it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from memcubes.graph.index.graph_index import GraphIndex
from memcubes.graph.index.resolver import _Batch
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


KEYS = st.lists(
    st.lists(st.integers(0, 9), unique=True, max_size=4).map(sorted), min_size=0, max_size=12
)


@given(KEYS, st.data())
def test_before_is_what_one_by_one_finds(posted: list[list[int]], data: st.DataObject) -> None:
    sought = [sorted(data.draw(st.sets(st.integers(0, 9), max_size=4))) for _ in posted]
    expected = {
        place: [n for n in range(place) if set(posted[n]) & set(wanted)]
        for place, wanted in enumerate(sought)
    }
    found = _Batch(posted).before(sought)
    assert {place: others for place, others in expected.items() if others} == found
