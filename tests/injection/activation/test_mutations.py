"""Ten thousand files that are not as they were written: none is loaded."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import random
import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3

from memcubes.graph.digest import canonical
from memcubes.graph.errors import Unreadable
from memcubes.injection.activation.fingerprint import Fingerprint
from memcubes.injection.activation.manifest import Manifest
from memcubes.injection.activation.shelf import Shelf
from memcubes.injection.local_model import LocalModel

from .rig import KEY, PINS, run, tier_of

Files = dict[str, bytes]
MUTATIONS = 10_000


class Kept:
    """Two entries in a folder, and what a tier of their fingerprint would load of what lies there."""

    def __init__(self, model: LocalModel, place: Path) -> None:
        tier = tier_of(model, place)
        chance = random.Random(2)
        for number in range(2):
            tier.keep(run(chance, 5), f"cube-{number}", PINS)
        self.place, self.fingerprint = place, tier.fingerprint
        self.shelf = Shelf(place, KEY)
        self.root = self.shelf.root
        self.manifests = self.shelf.look().new
        self.files: Files = {path.name: path.read_bytes() for path in self.root.iterdir()}
        self.now = dict(self.files)

    def loaded(self, files: Files) -> set[str]:
        """The names of entries of this fingerprint that load when exactly these files lie there."""
        for name in self.now.keys() - files.keys():
            (self.root / name).unlink()
        for name, raw in files.items():
            if self.now.get(name) != raw:
                write(self.root / name, raw)
        self.now = dict(files)
        shelf, found = Shelf(self.place, KEY), set()
        for manifest in shelf.look().new:
            if manifest.fingerprint == self.fingerprint:
                try:
                    shelf.load(manifest)
                except (Unreadable, OSError):
                    continue
                found.add(manifest.name)
        return found


def write(path: Path, raw: bytes) -> None:
    """Change a file in place: one that is cut to nothing first is written through by some systems."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    os.pwrite(handle, raw, 0)
    os.ftruncate(handle, len(raw))
    os.close(handle)


@pytest.fixture(scope="module")
def kept(tiny: LocalModel, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(tiny, tmp_path_factory.mktemp("kept"))


def flipped(chance: random.Random, raw: bytes) -> bytes:
    changed = bytearray(raw)
    changed[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def truncated(chance: random.Random, raw: bytes) -> bytes:
    return raw[: chance.randrange(len(raw))]


def extended(chance: random.Random, raw: bytes) -> bytes:
    return raw + chance.randbytes(chance.randint(1, 64))


def shifted(chance: random.Random, raw: bytes) -> bytes:
    """Some bytes taken from one place and put into another."""
    start = chance.randrange(len(raw) - 4)
    part, rest = raw[start : start + 4], raw[:start] + raw[start + 4 :]
    at = chance.randrange(len(rest))
    return rest[:at] + part + rest[at:]


def other_value(chance: random.Random, value: Any) -> Any:
    """Another value of the same or of another type."""
    choices: list[Any] = [None, True, 1.5, "", [], {}, -1, 2**60, f"{value}"]
    if type(value) is int:
        choices += [value + 1, value - 1, 2 * value, float(value)]
    if type(value) is str:
        choices += [value + "x", value[::-1], value.upper(), value[:-1], "bfloat16"]
    if type(value) is list:
        choices += [value[1:], value[::-1], [*value, 3], [value]]
    return chance.choice([one for one in choices if canonical_differs(one, value)])


def canonical_differs(one: Any, other: Any) -> bool:
    return json.dumps(one) != json.dumps(other)


def edited(chance: random.Random, raw: bytes) -> dict[str, Any]:
    """A manifest with one field changed, missing, doubled or new, of the fingerprint's as well."""
    told: dict[str, Any] = json.loads(raw)["manifest"]
    holder = told["fingerprint"] if chance.random() < 0.5 else told
    name = chance.choice(sorted(holder))
    way = chance.random()
    if way < 0.1:
        del holder[name]
    elif way < 0.2:
        holder[f"{name}2"] = holder[name]
    else:
        holder[name] = other_value(chance, holder[name])
    return told


def unsealed(chance: random.Random, raw: bytes) -> bytes:
    """An edit under the seal that was there, a plain digest, or another namespace's seal."""
    told = edited(chance, raw)
    plain = json.dumps(told, separators=(",", ":"), sort_keys=True).encode()
    seal = chance.choice(
        [
            json.loads(raw)["seal"],
            hashlib.sha256(plain).hexdigest(),
            json.loads(Manifest.opened(raw, KEY).sealed("ben's"))["seal"],
            None,
            "",
        ]
    )
    return json.dumps({"manifest": told, "seal": seal}, separators=(",", ":")).encode()


def respelled(chance: random.Random, raw: bytes) -> bytes:
    """The same JSON, written in another way."""
    whole = json.loads(raw)
    first = json.dumps(whole["manifest"], separators=(",", ":"))
    ways: list[bytes] = [
        json.dumps(whole).encode(),
        json.dumps(whole, indent=chance.randint(0, 4)).encode(),
        b" " * chance.randint(1, 9) + raw,
        raw + b"\n" * chance.randint(1, 9),
        b"\xef\xbb\xbf" + raw,
        raw.replace(b'"layers":2', b'"layers":2.0'),
        raw.replace(b'"layers":2', b'"layers":2,"layers":2'),
        raw.replace(b'{"manifest"', f'{{"manifest":{first},"manifest"'.encode()),
        raw.replace(b'"format":1', b'"format":true'),
        raw.decode().encode("utf-16"),
        raw.replace(b"cube", b"c\\u0075be"),
        b"[" * chance.randint(1, 100_000),
    ]
    return chance.choice(ways)


def header_edited(chance: random.Random, raw: bytes) -> bytes:
    """A tensor file with another header: names, shapes, kinds, offsets, length, metadata."""
    (length,) = struct.unpack("<Q", raw[:8])
    head, body = json.loads(raw[8 : 8 + length]), raw[8 + length :]
    one, other = chance.sample(sorted(head), 2)
    way = chance.randrange(7)
    if way == 0:
        head[one], head[other] = head[other], head[one]
    elif way == 1:
        head[one]["shape"] = head[one]["shape"][::-1]
    elif way == 2:
        head[one]["dtype"] = chance.choice(["F16", "BF16", "I32"])
    elif way == 3:
        head[one]["data_offsets"] = head[other]["data_offsets"]
    elif way == 4:
        head["__metadata__"] = {"by": str(chance.random())}
    elif way == 5:
        head[f"{one}x"] = head.pop(one)
    text = json.dumps(head, separators=(",", ":")).encode().ljust(length)
    said = len(text) + (chance.choice([0, 1, 2**40]) if way == 6 else 0)
    return bytes(struct.pack("<Q", said) + text + body)


def changed_files(kept: Kept, chance: random.Random) -> tuple[str, Files, set[str]]:
    """A way to change the files, what lies there then, and the entries that it concerns."""
    place = chance.randrange(2)
    mine, other = kept.manifests[place], kept.manifests[1 - place]
    files, concerned = dict(kept.files), {mine.name}
    manifest, tensors = f"{mine.name}.json", mine.file
    in_tensors: list[Callable[[random.Random, bytes], bytes]] = [
        flipped, truncated, extended, shifted, header_edited,
    ]  # fmt: skip
    in_manifest = [flipped, truncated, extended, shifted, unsealed, unsealed, respelled]
    way = chance.randrange(20)
    if way < 8:
        act = chance.choice(in_tensors)
        files[tensors] = act(chance, files[tensors])
        if chance.random() < 0.3:  # a manifest that says so, of somebody without the key
            told = json.loads(files[manifest])
            told["manifest"]["blake3"] = blake3(files[tensors]).hexdigest()
            told["manifest"]["size"] = len(files[tensors])
            files[manifest] = canonical(told)
        return f"tensors {act.__name__}", files, concerned
    if way < 14:
        act = chance.choice(in_manifest)
        files[manifest] = act(chance, files[manifest])
        return f"manifest {act.__name__}", files, concerned
    if way == 14:
        files[tensors], files[other.file] = files[other.file], files[tensors]
        return "tensors swapped", files, {mine.name, other.name}
    if way == 15:
        named = f"{other.name}.json"
        files[manifest], files[named] = files[named], files[manifest]
        return "manifests swapped", files, {mine.name, other.name}
    if way == 16:
        old = chance.choice([tensors, manifest])
        suffix = chance.choice([".bin", ".pt", ".pickle", ".json", ".safetensors", ""])
        files[chance.choice([f"{chance.getrandbits(256):064x}", Path(old).stem[:-1]]) + suffix] = (
            files.pop(old)
        )
        return "renamed", files, concerned
    if way == 17:
        files[tensors] = pickle.dumps([chance.random()] * chance.randint(1, 90))
        return "pickle", files, concerned
    if (
        way == 18
    ):  # as a model, a tokenizer, a release … or a namespace of another name would have it
        field = chance.choice([field.name for field in fields(Fingerprint)])
        old_value = getattr(mine.fingerprint, field)
        changed = replace(mine.fingerprint, **{field: old_value + "x"})
        foreign = replace(mine, fingerprint=changed)
        for name in (manifest, tensors):
            del files[name]
        files[chance.choice([manifest, f"{foreign.name}.json"])] = foreign.sealed(KEY)
        files[chance.choice([tensors, foreign.file])] = kept.files[tensors]
        return f"other {field}", files, {mine.name, foreign.name}
    # with the right seal, by somebody who holds the key and is wrong
    wrong = chance.choice(
        [
            replace(mine, ids=other.ids),
            replace(mine, blake3=other.blake3),
            replace(mine, size=mine.size + chance.randint(1, 9)),
            replace(mine, layers=mine.layers + 1),
            replace(mine, keys=(1, 1, mine.keys[2], mine.keys[3] * 2)),
            replace(mine, dtype="float16"),
            replace(mine, ids=mine.ids[:-1]),
        ]
    )
    files[manifest] = wrong.sealed(KEY)
    if chance.random() < 0.5:
        files[f"{wrong.name}.json"] = files.pop(manifest)
        concerned.add(wrong.name)
    return "sealed and wrong", files, concerned


def test_none_of_ten_thousand_is_loaded(kept: Kept) -> None:
    chance = random.Random(11)
    whole = {manifest.name for manifest in kept.manifests}
    ways: Counter[str] = Counter()
    accepted = []
    for _ in range(MUTATIONS):
        way, files, concerned = changed_files(kept, chance)
        if files == kept.files:
            continue
        ways[way.split()[0]] += 1
        found = kept.loaded(files)
        if found & concerned:
            accepted.append(way)
        assert found >= whole - concerned, way  # the other one is as good as before
    assert Counter(accepted) == {}
    assert kept.loaded(kept.files) == whole
    assert ways.total() > MUTATIONS * 0.97
    assert min(ways.values()) > 40


def test_other_namespaces_and_models(kept: Kept, tiny: LocalModel, tmp_path: Path) -> None:
    """Whole folders of somebody else, under the name of ours."""
    other = tier_of(tiny, tmp_path, key="ben's")
    entry = other.keep(kept.manifests[0].ids, "cube-0", PINS)
    theirs = Shelf(tmp_path, "ben's")
    (manifest,) = theirs.look().new
    assert manifest.blake3 == kept.manifests[0].blake3  # the same tensors, and of no use
    assert (manifest.artefact, manifest.name != kept.manifests[0].name) == (entry.artefact, True)
    assert kept.loaded({path.name: path.read_bytes() for path in theirs.root.iterdir()}) == set()
    assert kept.loaded(kept.files) == {one.name for one in kept.manifests}
    assert tier_of(tiny, tmp_path).entries == ()


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_only_plain_files(kept: Kept, tmp_path: Path, kind: str) -> None:
    (one, other) = kept.manifests
    for name in (one.file, f"{other.name}.json"):
        path = kept.root / name
        path.rename(tmp_path / name)
        if kind == "link":
            path.symlink_to(tmp_path / name)
        elif kind == "pipe":
            os.mkfifo(path)
        else:
            path.mkdir()
    shelf = Shelf(kept.place, KEY)
    change = shelf.look()
    assert change.new == (one,)
    with pytest.raises((Unreadable, OSError)):
        shelf.load(one)
    for name in (one.file, f"{other.name}.json"):
        path = kept.root / name
        path.rmdir() if kind == "folder" else path.unlink()
        (tmp_path / name).rename(path)
    assert kept.loaded(kept.files) == {one.name, other.name}


def test_too_large_is_not_read(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    from memcubes.injection.activation import tensor_file

    monkeypatch.setattr(tensor_file, "MOST_BYTES", 100)
    with pytest.raises(Unreadable, match="too large"):
        tensor_file.read_manifest(kept.root / f"{kept.manifests[0].name}.json", KEY)


def test_the_file_is_a_safetensors_file(kept: Kept) -> None:
    """The library reads of it what is loaded here."""
    import torch
    from safetensors.torch import load_file

    (manifest, _) = kept.manifests
    read = load_file(kept.root / manifest.file)
    ours = kept.shelf.load(manifest)
    assert set(read) == {f"layers.{n}.{what}" for n in range(2) for what in ("keys", "values")}
    for number, (keys, values) in enumerate(ours):
        assert torch.equal(keys, read[f"layers.{number}.keys"])
        assert torch.equal(values, read[f"layers.{number}.values"])
        assert keys.is_contiguous()
        assert values.is_contiguous()
    assert manifest.digest == hashlib.sha256(canonical(manifest.document())).hexdigest()
    assert manifest.blake3 == blake3((kept.root / manifest.file).read_bytes()).hexdigest()
