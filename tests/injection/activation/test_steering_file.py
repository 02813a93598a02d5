"""Steering on the disk: it comes back bit for bit, or not at all."""

from __future__ import annotations

import hashlib
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memcubes.graph.errors import Invalid, Refused, Unreadable
from memcubes.injection.activation import steering_file
from memcubes.injection.activation.steering import Contrast, Steering, contrasted
from memcubes.injection.activation.steering_file import load, manifest_path, save
from memcubes.injection.local_model import LocalModel

from ..tiny import write_tiny


@pytest.fixture(scope="module")
def made(tiny: LocalModel) -> Steering:
    """A steering of one pair."""
    pair = Contrast("Thank you!", "Go away!")
    return contrasted(tiny, [pair], 1, strength=1.5, pins={"cube-1": "digest-1"})


@pytest.fixture(scope="module")
def kept(made: Steering, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its file; not to be changed."""
    path = tmp_path_factory.mktemp("steering") / "polite.safetensors"
    save(made, path)
    return path


def copied(kept: Path, folder: Path) -> Path:
    """A copy of both files."""
    folder.mkdir(exist_ok=True)
    path = folder / "polite.safetensors"
    path.write_bytes(kept.read_bytes())
    manifest_path(path).write_bytes(manifest_path(kept).read_bytes())
    return path


def test_it_comes_back_bit_for_bit(made: Steering, kept: Path, tiny: LocalModel) -> None:
    import torch

    back = load(kept, tiny)
    assert back == made
    assert torch.equal(back.tensor, made.tensor)
    told = json.loads(manifest_path(kept).read_text("utf-8"))
    assert told["form"] == "memcubes-steering/1"
    assert (told["model"], told["layer"], told["width"]) == (tiny.fingerprint, 1, 16)
    assert (told["dtype"], told["strength"], told["sha256"]) == ("F32", 1.5, made.digest)
    assert (told["prompts"], told["pins"]) == ([*made.prompts], {"cube-1": "digest-1"})
    assert sorted(path.name for path in kept.parent.iterdir()) == [
        "polite.safetensors", "polite.safetensors.json"
    ]  # fmt: skip


def test_another_model_is_refused(kept: Path, tmp_path: Path) -> None:
    other = LocalModel(str(write_tiny(tmp_path / "tiny", seed=2)))
    with pytest.raises(Refused, match="was made for"):
        load(kept, other)


@settings(max_examples=100)
@given(st.booleans(), st.integers(0, 10**6), st.integers(1, 255), st.sampled_from("xcd"))
def test_no_changed_byte_is_accepted(
    kept: Path, tiny: LocalModel, manifest: bool, place: int, bits: int, how: str
) -> None:
    path = copied(kept, kept.parent / "changed")
    victim = manifest_path(path) if manifest else path
    raw = bytearray(victim.read_bytes())
    at = place % len(raw)
    if how == "x":
        raw[at] ^= bits
    elif how == "c":
        del raw[at:]
    else:
        raw[at:at] = bytes([bits])
    victim.write_bytes(raw)
    refused = ""
    try:
        load(path, tiny)
    except Unreadable as error:
        refused = str(error)
    # White space between the manifest's fields says nothing.
    if not (manifest and same_json(bytes(raw), manifest_path(kept).read_bytes())):
        assert refused


def same_json(one: bytes, other: bytes) -> bool:
    """Whether both are JSON of one value."""
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return False


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("form", "memcubes-steering/2", "no manifest of a steering"),
        ("layer", 0, "was changed after it was written"),
        ("strength", 9.0, "was changed after it was written"),
        ("layer", True, "see layer"),
        ("strength", "1", "see strength"),
        ("pins", None, "see pins"),
        ("extra", 1, "see extra"),
    ],
)
def test_a_changed_manifest_is_refused(
    field: str, value: Any, message: str, kept: Path, tiny: LocalModel, tmp_path: Path
) -> None:
    path = copied(kept, tmp_path)
    told = json.loads(manifest_path(path).read_text("utf-8")) | {field: value}
    manifest_path(path).write_text(json.dumps(told), "utf-8")
    with pytest.raises(Unreadable, match=message):
        load(path, tiny)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"layer": 7}, "is not the one of its manifest"),
        ({"model": "other"}, "was made for other"),
        ({"width": 15}, "is not the one of its manifest"),
        ({"sha256": "0" * 64}, "is not the one of its manifest"),
        ({"file_sha256": "0" * 64}, "is not the file that its manifest describes"),
        ({"dtype": "BF16"}, "describes what is no steering"),
        ({"strength": float("nan")}, "describes what is no steering"),
        ({"pins": {"a": 1}}, "describes what is no steering"),
    ],
)
def test_a_sealed_lie_is_refused_too(
    changes: dict[str, Any], message: str, kept: Path, tiny: LocalModel, tmp_path: Path
) -> None:
    path = copied(kept, tmp_path)
    told = json.loads(manifest_path(path).read_text("utf-8")) | changes
    told["seal"] = steering_file._seal({k: v for k, v in told.items() if k != "seal"})
    manifest_path(path).write_text(json.dumps(told), "utf-8")
    with pytest.raises((Refused, Unreadable), match=message):
        load(path, tiny)


def test_files_of_another_kind(kept: Path, tiny: LocalModel, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save as packed

    path = copied(kept, tmp_path)

    def sealed(raw: bytes) -> None:
        path.write_bytes(raw)
        told = json.loads(manifest_path(kept).read_text("utf-8"))
        told["file_sha256"] = hashlib.sha256(raw).hexdigest()
        told["seal"] = steering_file._seal({k: v for k, v in told.items() if k != "seal"})
        manifest_path(path).write_text(json.dumps(told), "utf-8")

    two = {"steering": torch.ones(16), "other": torch.ones(16)}
    for raw, message in [
        (pickle.dumps({"steering": 1}), "is no safetensors file"),
        (b"", "is no safetensors file"),
        (packed(two), "holds 2 tensors"),
        (packed({}), "holds 0 tensors"),
        (packed({"steering": torch.ones(16).half()}), "one row of float32"),
        (packed({"steering": torch.full((16,), float("inf"))}), "are finite"),
    ]:
        sealed(raw)
        with pytest.raises(Unreadable, match=message):
            load(path, tiny)


def test_missing_and_enormous_files(
    kept: Path, tiny: LocalModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = copied(kept, tmp_path)
    path.unlink()
    with pytest.raises(Unreadable, match=r"polite\.safetensors cannot be read"):
        load(path, tiny)
    manifest_path(path).unlink()
    with pytest.raises(Unreadable, match=r"polite\.safetensors\.json cannot be read"):
        load(path, tiny)
    monkeypatch.setattr(steering_file, "LARGEST", 10)
    with pytest.raises(Unreadable, match="is larger than 1 bytes"):
        load(kept, tiny)


def test_a_write_that_fails_leaves_no_half_steering(
    made: Steering, tiny: LocalModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "polite.safetensors"
    save(made, path)
    save(made.times(2), path)
    assert load(path, tiny).strength == 2.0
    written: list[Path] = []

    def fail(target: Path, raw: bytes) -> None:
        if written:
            raise OSError("no room")
        written.append(target)

    monkeypatch.setattr(steering_file, "_replace", fail)
    with pytest.raises(OSError, match="no room"):
        save(made, path)
    with pytest.raises(Unreadable):
        load(path, tiny)
    with pytest.raises(Invalid, match=r"NAME\.safetensors"):
        save(made, tmp_path / "polite.pt")
