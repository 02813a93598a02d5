"""Where the walk is set down does not depend on the ids that a store gives."""

from __future__ import annotations

from itertools import permutations

import pytest

from memcubes.graph.index.encoders import load_encoder
from memcubes.query.memoperator import MemOperator
from memcubes.query.seeds import nearest

from ..graph.index.bookshelf import Bookshelf

NAMES = list(permutations(["Ada", "Tom", "Eva"])) * 2
ASKED = "who keeps bees"


def shelf() -> Bookshelf:
    """Sources whose sentences have the same words, and so are equally near, but not the same names."""
    made = Bookshelf()
    for number, (one, two, three) in enumerate(NAMES):
        said = f"It rained. Of {one} {two} and {three} one keeps bees."
        made.add(f"{number:02}.md", said, subject=f"Day {number}")
    return made


def test_equally_near_sentences_go_by_source_and_place() -> None:
    one = shelf()
    view = one.index().view(one.scope())
    vector = load_encoder("hashing").encode_questions([ASKED])[0]
    nearness = view.close.passages(vector)
    tied = nearness.sentence == nearness.sentence.max()
    assert tied.sum() > 5
    first = sorted(view.order_key(int(p)) for p in tied.nonzero()[0])[:5]
    near = nearest(view, nearness, vector, 5)
    assert [view.order_key(sentence.passage) for sentence in near] == first
    assert {sentence.place for sentence in near} == {1}
    assert near == nearest(view, nearness, vector, 99)[:5]
    one.close()


def test_another_store_gives_the_same_scores() -> None:
    told = []
    for _ in range(2):
        one = shelf()
        operator = MemOperator(one.store, one.index(), load_encoder("hashing"))
        hits = operator.search(one.scope(), ASKED).hits
        told.append([(hit.cube.text, hit.score) for hit in hits])
        one.close()
    assert [text for text, _ in told[0]] == [text for text, _ in told[1]]
    assert [score for _, score in told[0]] == pytest.approx([s for _, s in told[1]], abs=1e-12)
