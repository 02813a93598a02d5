"""A deadline runs out once, moves, and can be stopped."""

from __future__ import annotations

import threading
import time

from memcubes.injection.engine.deadline import Deadline


def test_it_runs_out_once_and_in_time() -> None:
    shut = threading.Event()
    begun = time.monotonic()
    with Deadline(0.05, shut.set) as deadline:
        assert shut.wait(5)
        assert 0.05 <= time.monotonic() - begun < 2
        assert deadline.passed


def test_it_moves_both_ways_and_stops() -> None:
    shut = threading.Event()
    with Deadline(0.05, shut.set) as deadline:
        deadline.move(60)
        assert not shut.wait(0.1)
        deadline.stop()
        assert not shut.wait(0.05)
        deadline.move(0.02)  # the thread sleeps for much longer by now
        assert shut.wait(5)


def test_after_the_block_nothing_is_shut() -> None:
    shut = threading.Event()
    with Deadline(0.05, shut.set):
        pass
    assert not shut.wait(0.1)
