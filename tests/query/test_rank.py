"""Where a page of a ranking goes on."""

from __future__ import annotations

import numpy as np
import pytest

from memcubes.graph.errors import Invalid
from memcubes.query.rank import Rank

SCORES = np.array([0.9, 0.7, 0.7, 0.4])


def name(passage: int) -> str:
    return f"n{passage}"


@pytest.mark.parametrize(
    ("rank", "start"),
    [
        (Rank(), 0),
        (Rank(2, 0.7, "n1"), 2),
        # what stood there was destroyed: behind it, by score, and among equals by place
        (Rank(2, 0.8, "gone"), 1),
        (Rank(3, 0.7, "gone"), 2),
        (Rank(9, 0.1, "gone"), 4),
    ],
)
def test_a_page_begins_behind_the_last_hit(rank: Rank, start: int) -> None:
    assert Rank.read(rank.text) == rank
    assert rank.start([0, 1, 2, 3], SCORES, name) == start


@pytest.mark.parametrize(
    "text", ["", "n1", "7", "[1,2]", '["1",0.5,"a"]', '[-1,0.5,"a"]', '[1,"x","a"]']
)
def test_what_is_no_place_in_a_ranking_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="another listing"):
        Rank.read(text)
