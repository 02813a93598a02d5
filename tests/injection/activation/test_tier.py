"""What may not be used is passed over at once, what does not fit goes, and a kill loses only the entry."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memcubes.injection.activation import ActivationTier, Guard
from memcubes.injection.local_model import LocalModel

from .rig import KEY, PINS, Always, Reference, run, same, tensors, tier_of

LONG = list(range(1, 61))
ASKED = [*LONG, 7, 8]


def files(folder: Path) -> list[Path]:
    """Every file below a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("memory_bytes", [10**9, 0])
def test_stale_at_once_and_back_again(tiny: LocalModel, tmp_path: Path, memory_bytes: int) -> None:
    stale: set[str] = set()
    tier = tier_of(tiny, tmp_path, usable=lambda one: one not in stale, memory_bytes=memory_bytes)
    tier.keep(LONG[:20], "short", PINS)
    tier.keep(LONG[:40], "middle", PINS)
    tier.keep(LONG, "long", PINS)
    reference = Reference(tiny)
    for now, split in (
        (set[str](), 60), ({"long"}, 40), ({"long", "middle"}, 20), ({"short", "long"}, 40),
        ({"short", "middle", "long"}, 0), ({"short", "middle"}, 60), (set[str](), 60),
    ):  # fmt: skip
        stale.clear()
        stale.update(now)
        read = tier.read(ASKED)
        assert read.split == split
        assert same((read.logits, read.cache), reference.two_steps(ASKED, split))
    assert tier.counts["unusable"] == 1 + 2 + 1 + 3  # those that are longer than what is used
    assert len(tier.entries) == 3


def test_what_becomes_stale_while_it_is_loaded(tiny: LocalModel, tmp_path: Path) -> None:
    asked: list[str] = []

    def once(artefact: str) -> bool:
        asked.append(artefact)
        return len(asked) == 1

    tier_of(tiny, tmp_path).keep(LONG, "cube", PINS)
    tier = tier_of(tiny, tmp_path, usable=once)
    assert tier.find(ASKED) is None
    assert asked == ["cube", "cube"]


def test_a_refused_file_is_computed_again(tiny: LocalModel, tmp_path: Path) -> None:
    tier = tier_of(tiny, tmp_path, memory_bytes=0)
    tier.keep(LONG, "cube-9", PINS)
    (path,) = tmp_path.rglob("*.safetensors")
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    read = tier.read(ASKED)
    assert (str(read.source), read.split, tier.counts["refused"]) == ("computed", 60, 1)
    assert same((read.logits, read.cache), Reference(tiny).two_steps(ASKED, 60))
    (note,) = tier.notes
    assert path.name in note
    assert "cube-9" in note
    assert [one.read_bytes() for one in tmp_path.rglob("*.safetensors")] == [whole]
    assert str(tier.read(ASKED).source) == "disk"
    assert tier.counts["refused"] == 1


def test_a_refused_manifest_is_named_and_swept(tiny: LocalModel, tmp_path: Path) -> None:
    tier_of(tiny, tmp_path).keep(LONG, "cube", PINS)
    (path,) = tmp_path.rglob("*.json")
    path.write_bytes(path.read_bytes().replace(b'"cube"', b'"tube"'))
    tier = tier_of(tiny, tmp_path)
    assert tier.read(ASKED).split == 0
    assert tier.read(ASKED).split == 0
    (note,) = tier.notes
    assert path.name in note
    assert "seal" in note
    assert tier.sweep() == ()
    assert len(tier.sweep(grace=0)) == 2
    assert files(tmp_path) == []


def test_drop(tiny: LocalModel, tmp_path: Path) -> None:
    """Of every model: nothing that was made of a MemCube is left."""
    tier, late = tier_of(tiny, tmp_path), tier_of(tiny, tmp_path)
    adapted = tier_of(tiny, tmp_path, adapter="sha256:00")
    adapted.keep(LONG, "cube", PINS)
    tier.keep(LONG, "cube", PINS)
    tier.keep(LONG[:50], "cube", PINS)
    tier.keep(LONG[:40], "other", PINS)
    assert late.read(ASKED).split == 60
    assert adapted.read(ASKED).split == 60
    assert len(files(tmp_path)) == 8
    assert tier.drop("cube") == 3
    assert tier.drop("cube") == 0
    assert tier.read(ASKED).split == 40
    assert len(files(tmp_path)) == 2
    assert [entry.artefact for entry in late.entries] == ["other", "cube"]  # in its memory: it asks
    assert late.drop("cube") == 1


def test_two_processes(tiny: LocalModel, tmp_path: Path) -> None:
    one, other = tier_of(tiny, tmp_path), tier_of(tiny, tmp_path, memory_bytes=0)
    assert other.read(ASKED).split == 0
    entry = one.keep(LONG, "cube", PINS)
    assert other.entries == (entry,)
    assert str(other.read(ASKED).source) == "disk"
    (path,) = tmp_path.rglob("*.safetensors")
    path.unlink()  # not a word in the manifest
    assert other.read(ASKED).split == 0
    assert other.counts["vanished"] == 1
    assert other.notes == ()
    assert one.read(ASKED).split == 60
    other.keep(LONG, "cube", PINS)
    assert one.read(ASKED).split == 60
    other.keep(LONG, "cube of another", PINS)
    assert [entry.artefact for entry in one.entries] == ["cube of another"]
    assert str(one.read(ASKED).source) == "disk"


def test_namespaces_share_nothing(tiny: LocalModel, tmp_path: Path) -> None:
    mine, theirs = tier_of(tiny, tmp_path), tier_of(tiny, tmp_path, key="ben's")
    mine.keep(LONG, "cube", PINS)
    assert theirs.entries == ()
    assert theirs.read(ASKED).split == 0
    theirs.keep(LONG, "cube", PINS)
    assert len({path.parent for path in files(tmp_path)}) == 2
    assert not any(KEY.encode() in path.read_bytes() for path in files(tmp_path))
    assert {path.stat().st_mode & 0o077 for path in files(tmp_path)} == {0}


class Killed(BaseException):
    """Nothing catches it."""


@pytest.mark.parametrize("step", range(6))
def test_a_kill(
    tiny: LocalModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Between any two steps of writing: fsync, rename and fsync of tensors, then of the manifest."""
    passed = 0

    def dying(act: Any) -> Any:
        def one(*arguments: Any) -> Any:
            nonlocal passed
            passed += 1
            if passed > step:
                raise Killed
            return act(*arguments)

        return one

    tier = tier_of(tiny, tmp_path)
    _ = tier.entries
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", dying(os.fsync))
        patch.setattr(os, "replace", dying(os.replace))
        patch.setattr(Path, "unlink", lambda *_, **__: None)  # who is dead does not tidy up
        with pytest.raises(Killed):
            tier.keep(LONG, "cube", PINS)
    assert files(tmp_path)
    after = tier_of(tiny, tmp_path)
    whole = step == 5
    assert after.read(ASKED).split == (60 if whole else 0)
    assert after.notes == ()
    assert after.sweep() == ()  # it may be one that another process is writing
    left = [path.name for path in files(tmp_path)]
    assert list(after.sweep(grace=0)) == ([] if whole else left)
    assert len(files(tmp_path)) == (2 if whole else 0)


def test_a_full_disk_is_noted(
    tiny: LocalModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    tier = tier_of(tiny, tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    tier.keep(LONG, "cube", PINS)
    assert files(tmp_path) == []
    assert "No space left" in tier.notes[0]
    assert str(tier.read(ASKED).source) == "memory"


STEPS = st.lists(
    st.tuples(st.sampled_from(["keep", "read", "drop", "late"]), st.integers(0, 5)),
    min_size=3,
    max_size=12,
)


@given(steps=STEPS, memory=st.integers(0, 3), disk=st.integers(0, 3))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_quotas_hold(
    tiny: LocalModel,
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[str, int]],
    memory: int,
    disk: int,
) -> None:
    """After every step, for a quota of some entries' bytes, with another process beside it."""
    folder = tmp_path_factory.mktemp("quota")
    memory_bytes, disk_bytes = memory * 20_000, disk * 20_000  # an entry has 4,000 to 13,000
    tiers = [
        tier_of(tiny, folder, memory_bytes=memory_bytes, disk_bytes=disk_bytes) for _ in range(2)
    ]
    for act, number in steps:
        tier = tiers[act == "late"]
        ids = [number + 1, *LONG[: 30 + 12 * number]]
        if act in ("keep", "late"):
            tier.keep(ids, f"cube-{number}", PINS)
        elif act == "read":
            tier.read([*ids, 9])
        else:
            tier.drop(f"cube-{number}")
        assert sum(path.stat().st_size for path in files(folder)) <= disk_bytes
        for one in tiers:
            assert one.memory_used <= memory_bytes
            held = [held for _, held in one._ledger.tree.items() if held.cache is not None]
            assert sum(held.entry.size for held in held) == one.memory_used
            bits = [tensor for one in held for tensor in tensors(one.cache)]
            assert sum(tensor.nbytes for tensor in bits) <= memory_bytes


def test_quotas_hold_for_all_who_write(tiny: LocalModel, tmp_path: Path) -> None:
    """Three tiers, as of three processes, write at once into room for three entries; no look finds more."""
    quota = 3 * described_size(tiny)
    tiers = [tier_of(tiny, tmp_path, disk_bytes=quota, memory_bytes=0) for _ in range(3)]

    def work(number: int) -> None:
        chance = random.Random(number)
        for place in range(25):
            tiers[number].keep(run(chance, 60), f"cube-{number}-{place}", PINS)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    most = 0
    while any(thread.is_alive() for thread in threads):
        # a file that is renamed while the folder is listed is met under both names, but not twice running
        most = max(most, min(used(tmp_path), used(tmp_path)))
    for thread in threads:
        thread.join()
    assert 0 < most <= quota
    assert len(tiers[0].entries) >= 2


def used(folder: Path) -> int:
    """Bytes of the files below a folder, as it stands."""
    total = 0
    for path in files(folder):
        with suppress(OSError):
            total += path.stat().st_size
    return total


def described_size(model: LocalModel) -> int:
    """Bytes of the files of an entry of 60 tokens."""
    tier = tier_of(model)
    entry = tier.keep(range(60), "cube-0-00", PINS)
    return entry.size + 1_500


def test_what_is_used_most_stays(tiny: LocalModel) -> None:
    """Room for two entries of three: the one that was asked for is one of them."""
    size = tier_of(tiny).keep([1, *LONG], "cube", PINS).size
    tier = tier_of(tiny, memory_bytes=2 * size + 10)
    for number in range(3):
        tier.keep([number, *LONG], f"cube-{number}", PINS)
        for _ in range(3):
            tier.read([0, *LONG, 5])
    assert {entry.artefact for entry in tier.entries} == {"cube-0", "cube-2"}


def test_the_disk_makes_room(tiny: LocalModel, tmp_path: Path) -> None:
    """Room for two entries of three: the last one is written, and the one that is used stays."""
    first = tier_of(tiny, tmp_path / "one")
    first.keep([0, *LONG], "cube", PINS)
    size = sum(path.stat().st_size for path in files(tmp_path))
    tier = tier_of(tiny, tmp_path / "two", memory_bytes=0, disk_bytes=2 * size + 100)
    for number in range(3):
        tier.keep([number, *LONG], f"cube-{number}", PINS)
        tier.read([0, *LONG, 5])
    assert {entry.artefact for entry in tier.entries} == {"cube-0", "cube-2"}
    assert tier.counts["evicted from disk"] == 1
    assert tier.notes == ()


class Declines(Always):
    """A guard under which the disk never pays."""

    def loads(self, tokens: int, size: int, already: int = 0) -> bool:
        """No; and it is told what a shorter one in memory saves."""
        self.already = already
        return False


def test_the_guard_decides(tiny: LocalModel, tmp_path: Path) -> None:
    guard = Declines()
    tier_of(tiny, tmp_path).keep(LONG, "long", PINS)
    tier = tier_of(tiny, tmp_path, guard=guard)
    tier.keep(LONG[:20], "short", PINS)
    read = tier.read(ASKED)
    assert (read.split, str(read.source), guard.already) == (20, "memory", 20)
    assert tier.counts["declined"] == 1
    slow = Guard()
    slow.attached(100.0)
    tier = ActivationTier(tiny, KEY, usable=lambda _: True, guard=slow)
    tier.keep(LONG, "long", PINS)
    assert tier.read(ASKED).split == 0


def test_threads(tiny: LocalModel, tmp_path: Path) -> None:
    """Four at once on one tier, and a second tier on the same folder: each read is exact."""
    chance = random.Random(4)
    kept = [run(chance, 12 + 6 * number) for number in range(5)]
    largest = 20_000
    tiers = [
        tier_of(tiny, tmp_path, memory_bytes=2 * largest, disk_bytes=4 * largest) for _ in range(2)
    ]
    found: list[tuple[list[int], Any]] = []
    failed: list[Exception] = []

    def work(seed: int) -> None:
        mine = random.Random(seed)
        try:
            for _ in range(15):
                tier, number = tiers[seed == 0], mine.randrange(5)
                act = mine.random()
                if act < 0.3:
                    tier.keep(kept[number], f"cube-{number}", PINS)
                elif act < 0.4:
                    tier.drop(f"cube-{number}")
                elif act < 0.45:
                    tier.sweep()
                else:
                    ids = [*kept[number], *run(mine, 4)]
                    found.append((ids, tier.read(ids)))
        except Exception as error:  # noqa: BLE001
            failed.append(error)

    for thread in (threads := [threading.Thread(target=work, args=(seed,)) for seed in range(4)]):
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    reference = Reference(tiny)
    for ids, read in found:
        assert same((read.logits, read.cache), reference.two_steps(ids, read.split))
    assert any(read.split for _, read in found)
    for tier in tiers:
        assert tier.counts.get("refused", 0) == 0
        assert tier.memory_used <= 2 * largest


@pytest.fixture(autouse=True)
def _no_links(tmp_path: Path) -> Iterator[None]:
    """Nothing is ever written but plain files of the two kinds."""
    yield
    assert {path.suffix for path in files(tmp_path)} <= {".json", ".safetensors"}
