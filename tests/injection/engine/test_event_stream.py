"""Server-sent events: wherever the bytes are cut, the same data come out."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from memcubes.injection.engine.event_stream import LONGEST, EventStream

TEXTS = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=9)


def fed(raw: bytes, cuts: list[int]) -> list[str]:
    """The data of all events, the bytes given in pieces that end at these places."""
    events = EventStream()
    found: list[str] = []
    places = sorted({0, *(cut % (len(raw) + 1) for cut in cuts), len(raw)})
    for begin, end in pairwise(places):
        found += events.feed(raw[begin:end])
    return found


@settings(max_examples=40)
@given(
    st.lists(TEXTS, max_size=4),
    st.lists(st.integers(0, 999)),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
@example(["a"], list(range(30)), "\r\n")
def test_cuts_do_not_matter(texts: list[str], cuts: list[int], end: str) -> None:
    lines = (f":{text}{end}data: {text}{end}data:2{end}{end}" for text in texts)
    assert fed("".join(lines).encode(), cuts) == [f"{text}\n2" for text in texts]


def test_the_standard_example() -> None:
    # HTML standard, 9.2.6: a comment, an id, two data lines, and an event that never ends.
    raw = (
        b": test\n\ndata: first event\nid: 1\n\ndata:second event\ndata:  more\nid\n\ndata: cut off"
    )
    assert fed(raw, []) == ["first event", "second event\n more"]


def test_what_cannot_be_read() -> None:
    with pytest.raises(ValueError, match="no UTF-8"):
        fed(b"data: \xc3\x28\n\n", [])
    with pytest.raises(ValueError, match="an event of more than"):
        fed(b"data: x\ndata: " + b"x" * LONGEST, [10])
    assert len(fed(b"data: x\n\n" * 1_000, [])) == 1_000
