"""Which names that come together are compared: each with those before it that it shares a key with."""

from hypothesis import given
from hypothesis import strategies as st

from memcubes.graph.index.resolver import _Batch

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
