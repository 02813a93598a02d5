"""A segment is published whole or not at all, holds no words, and is the same however it came about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcubes.graph.digest import hashed
from memcubes.graph.index import graph_index
from memcubes.graph.index.columns import TABLES, spread, starts
from memcubes.graph.index.folding import names_of, runs, words
from memcubes.graph.index.postings import Postings
from memcubes.graph.index.segment import MANIFEST, Segment

from .bookshelf import NS, Bookshelf

ABOUT = {"home": "h", "encoder": "e"}


def segment_of(shelf: Bookshelf) -> Segment:
    index = shelf.index()
    return index.view(shelf.scope()).segments[0]


def same(one: Segment, other: Segment) -> bool:
    return one.columns.keys() == other.columns.keys() and all(
        np.array_equal(one[name], other[name]) for name in one.columns
    )


@pytest.fixture
def segment() -> Segment:
    shelf = Bookshelf()
    shelf.add("a.md", "We met Ada Hill in Bonn. It rained.", "Then Tom Reed left Bonn.")
    made = segment_of(shelf)
    shelf.close()
    return made


def test_written_and_mapped(segment: Segment, tmp_path: Path) -> None:
    place = tmp_path / "ns" / "7-abc"
    segment.write(place, ABOUT)
    opened = Segment.open(place, ABOUT)
    assert opened is not None
    assert same(segment, opened)
    assert (opened.seq, opened.dimension) == (segment.seq, segment.dimension)
    assert [path.name for path in place.parent.iterdir()] == ["7-abc"]
    assert {path.suffix for path in place.iterdir()} == {".npy", ".json"}


def test_another_process_was_first(segment: Segment, tmp_path: Path) -> None:
    for _ in range(2):
        segment.write(tmp_path / "7-abc", ABOUT)
    assert Segment.open(tmp_path / "7-abc", ABOUT) is not None


def test_a_place_that_cannot_be_written(segment: Segment, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        segment.write(tmp_path / "file" / "7-abc", ABOUT)


@pytest.mark.parametrize("change", ["about", "format", "missing", "short", "not json"])
def test_what_is_not_ours_or_not_whole_is_not_opened(
    segment: Segment, tmp_path: Path, change: str
) -> None:
    place = tmp_path / "7-abc"
    segment.write(place, ABOUT)
    about: Mapping[str, Any] = ABOUT
    manifest = place / MANIFEST
    if change == "about":
        about = {**ABOUT, "encoder": "another"}
    elif change == "format":
        manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 0}))
    elif change == "missing":
        (place / "edge.src.npy").unlink()
    elif change == "short":
        whole = (place / "cube.key.npy").read_bytes()
        (place / "cube.key.npy").write_bytes(whole[:-1])
    else:
        manifest.write_text("{")
    assert Segment.open(place, about) is None


def test_the_files_hold_no_words(segment: Segment, tmp_path: Path) -> None:
    segment.write(tmp_path / "7-abc", ABOUT)
    held = b"".join(path.read_bytes() for path in (tmp_path / "7-abc").iterdir()).lower()
    for word in (b"hill", b"bonn", b"rain", b"reed"):
        assert word not in held


def test_merged_parts_equal_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_index, "TIER", 0)  # nothing is merged meanwhile
    shelf = Bookshelf()
    index = shelf.index()
    shelf.add("a.md", "We met Ada Hill in Bonn. It rained.")
    index.view(shelf.scope())
    shelf.add("b.md", "Then Tom Reed left Bonn.", "And Ada Hill stayed.", subject="Tom Reed")
    parts = index.view(shelf.scope()).segments
    assert len(parts) == 2
    assert same(Segment.merged(parts), segment_of(shelf))
    shelf.close()


def test_an_interval_ends_without_touching_what_others_hold(segment: Segment) -> None:
    before = segment["cube.to"].copy()
    ended = segment.ended("cube", {1: 9})
    assert (segment["cube.to"] == before).all()
    assert ended["cube.to"][1] == 9
    assert ended["cube.vector"] is segment["cube.vector"]


def test_rows_are_found_by_key(segment: Segment) -> None:
    for table in TABLES:
        keys = segment[f"{table}.key"]
        assert [segment.row(table, int(key)) for key in keys] == list(range(len(keys)))
        assert segment.row(table, 1) is None


@given(st.lists(st.lists(st.integers(0, 5), max_size=4), max_size=6))
def test_postings_turn_lists_around(rows: list[list[int]]) -> None:
    flat = np.array([hashed(str(item)) for row in rows for item in row], np.uint64)
    found = Postings.of(flat, starts(len(row) for row in rows))
    for item in range(7):
        places, counts = found.find(hashed(str(item)))
        expected = [place for place, row in enumerate(rows) for one in row if one == item]
        assert places.tolist() == expected
        assert counts.tolist() == [1] * len(expected)
    asked = np.array([hashed(str(item)) for item in range(7)], np.uint64)
    assert found.known(asked).tolist() == [any(i in row for row in rows) for i in range(7)]


@given(st.lists(st.integers(0, 4), min_size=1, max_size=8), st.data())
def test_spread_gives_the_items_of_rows(lengths: list[int], data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.integers(0, len(lengths) - 1), max_size=6))
    offsets = starts(lengths)
    places, counts = spread(offsets, np.array(rows, np.int64))
    expected = [i for row in rows for i in range(offsets[row], offsets[row + 1])]
    assert places.tolist() == expected
    assert counts.tolist() == [lengths[row] for row in rows]


def test_names_fold_alike() -> None:
    assert names_of("Pál Gábor") == ["pal gabor"]
    assert [word for word, _, _ in words("PAL GABOR’s 冷链")] == ["pal", "gabor", "冷", "链"]
    assert names_of("The") == ["the"]
    assert names_of("(2009)") == ["2009"]
    assert [text for text, _, _ in runs(words("a b c"), 2)] == ["a b", "b c", "a", "b", "c"]
    assert NS
