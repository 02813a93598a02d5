"""Usage: counters that are kept where they can be, and are never worth an error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from memcubes.graph.usage import UsageLog


def folder(path: Path) -> None:
    """A folder where the file should be."""
    path.mkdir()


def torn(path: Path) -> None:
    """A file that is no database."""
    path.write_bytes(b"no database " * 1_000)


@pytest.mark.parametrize("spoil", [folder, torn])
def test_a_file_that_cannot_be_read_counts_nothing(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(tmp_path / "usage")
    usage = UsageLog(tmp_path / "usage")
    usage.note("a", ["c1"])
    assert usage.count("a", "c1") == 0
    assert usage.most_used("a") == ()


def test_a_file_of_nothing_yet_is_begun(tmp_path: Path) -> None:
    (tmp_path / "usage").touch()
    usage = UsageLog(tmp_path / "usage")
    assert (usage.count("a", "c1"), usage.most_used("a")) == (0, ())
    usage.note("a", ["c1", "c1"])
    assert usage.count("a", "c1") == 2
    (used,) = UsageLog(tmp_path / "usage").most_used("a")
    assert (used.node, used.count) == ("c1", 2)


@pytest.mark.parametrize("place", [None, "usage"])
def test_what_was_not_given_out_for_long_is_counted_no_more(
    tmp_path: Path, place: str | None
) -> None:
    usage = UsageLog(None if place is None else tmp_path / place)
    usage.note("a", ["c1"])
    usage.note("b", ["c1"])
    (used,) = usage.most_used("a")
    usage.forget("a", used.last)
    assert usage.count("a", "c1") == 1
    usage.forget("a", used.last + 1)
    assert (usage.count("a", "c1"), usage.count("b", "c1")) == (0, 1)


@pytest.mark.parametrize("place", [None, "usage"])
def test_counts_of_many_and_no_more_than_a_bound(tmp_path: Path, place: str | None) -> None:
    usage = UsageLog(None if place is None else tmp_path / place)
    for node in ("c1", "c2", "c3", "c1"):  # c2 was given out longest ago
        usage.note("a", [node])
        usage.flush()
    usage.note("b", ["c2"])
    assert usage.counts("a", ["c1", "c2", "no such"]) == {"c1": 2, "c2": 1}
    usage.bound("a", 3)
    assert len(usage.most_used("a")) == 3
    usage.bound("a", 2)
    assert {one.node for one in usage.most_used("a")} == {"c1", "c3"}
    assert usage.count("b", "c2") == 1
