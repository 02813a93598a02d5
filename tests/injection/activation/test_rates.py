"""What a guard measured, kept for the next process: believed as it was written, and not otherwise."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from memcubes.injection.activation.fingerprint import Fingerprint
from memcubes.injection.activation.guard import Guard
from memcubes.injection.activation.rates import MOST_BYTES, RatesFile
from memcubes.injection.activation.shelf import Shelf
from memcubes.injection.activation.tier import ActivationTier
from memcubes.injection.local_model import LocalModel

from .rig import KEY, run

OF = Fingerprint("m@1", "t", "c", "", "float32", "sdpa", "2.9", "5.1", "cpu AVX2 1", "n")


def measured(now: list[float]) -> Guard:
    """A thousand tokens in 2 s, 100 MB in 1.5 s, attached in 3 ms, ten seconds ago."""
    guard = Guard(clock=lambda: now[0])
    for _ in range(40):  # the last 31 count
        guard.passed(1_000, 2.0)
    guard.loaded(100_000_000, 1.5)
    guard.attached(0.003)
    now[0] += 10.0
    return guard


def test_another_guard_goes_on_from_it(tmp_path: Path) -> None:
    now = [1_000.0]
    file = RatesFile(tmp_path, KEY, OF, clock=lambda: now[0])
    assert not file.give(Guard())
    file.take(guard := measured(now))
    assert file.path.stat().st_size < MOST_BYTES
    other = Guard(clock=lambda: now[0])
    assert file.give(other)
    assert other.prefill_seconds(500) == pytest.approx(1.0)
    assert other.load_seconds(100_000_000) == pytest.approx(guard.load_seconds(100_000_000))
    assert other.attach_seconds == pytest.approx(0.003)
    now[0] += 591.0  # the load was measured 601 s ago by now: back to 1 GB/s and a millisecond
    assert other.load_seconds(10**9) == pytest.approx(1.001)
    late = Guard(clock=lambda: now[0])
    assert file.give(late)
    assert late.load_seconds(10**9) == pytest.approx(1.001)
    assert late.prefill_seconds(500) == pytest.approx(1.0)


def test_no_changed_byte_and_no_other_machine_is_believed(tmp_path: Path) -> None:
    file = RatesFile(tmp_path, KEY, OF)
    file.take(measured([0.0]))
    whole, chance = file.path.read_bytes(), random.Random(5)
    for number in range(200):
        raw, at = bytearray(whole), chance.randrange(len(whole))
        if number % 3 == 0:
            raw[at] ^= 1 << chance.randrange(8)
        elif number % 3 == 1:
            del raw[at:]
        else:
            raw[at:at] = b" "
        file.path.write_bytes(raw)
        assert not file.give(guard := Guard())
        assert guard.prefill_seconds(1_000) == 1.0
    file.path.write_bytes(whole)
    other = RatesFile(tmp_path, KEY, Fingerprint(**{**OF.document(), "device": "cpu AVX2 2"}))
    assert other.path != file.path
    file.path.rename(other.path)
    assert not other.give(Guard())
    assert not RatesFile(tmp_path, "bob's", OF).give(Guard())


def test_a_tier_keeps_them_and_sweeps_none(tiny: LocalModel, tmp_path: Path) -> None:
    def tier() -> ActivationTier:
        return ActivationTier(tiny, KEY, tmp_path, usable=lambda _: True)

    ids = run(random.Random(2), 60)
    first = tier()
    first.read(ids)
    first.close()
    (path,) = Shelf(tmp_path, KEY).root.glob("rates-*.json")
    second = tier()
    assert second.sweep(0) == ()
    ((tokens, seconds),) = second.guard.measured[0]
    assert (tokens, seconds) == pytest.approx(first.guard.measured[0][0], rel=1e-6)
    second.close()  # it measured nothing
    path.write_bytes(b"torn")
    third = tier()
    third.read(ids)
    third.close()
    assert path.read_bytes() != b"torn"
