"""Steering on the disk: one safetensors file, and beside it a manifest that says what it is good for.

`polite.safetensors` holds the tensor `steering`, `polite.safetensors.json` the manifest. Nothing is unpickled,
and what is not exactly as it was written is refused, whatever its name.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...graph.errors import Invalid, ModelMissing, Unreadable
from ..local_model import LocalModel
from .steering import Steering, check_fits, steering_of

FORM = "memcubes-steering/1"
LARGEST = 64 * 2**20
"""Bytes that a tensor's file may have; a manifest may have a tenth of it."""

_TENSOR = "steering"
_KEYS = {
    "form": str, "model": str, "layer": int, "width": int, "dtype": str, "strength": float,
    "sha256": str, "file_sha256": str, "prompts": list, "pins": dict, "seal": str,
}  # fmt: skip


def manifest_path(path: Path) -> Path:
    """Where the manifest of a tensor's file stands.

    >>> manifest_path(Path("polite.safetensors")).name
    'polite.safetensors.json'
    """
    return path.with_name(path.name + ".json")


def save(steering: Steering, path: Path) -> None:
    """Write the tensor and its manifest; what was there is replaced, whole or not at all."""
    if path.suffix != ".safetensors":
        raise Invalid(f"a steering is kept in a file NAME.safetensors, not in {path.name}")
    raw = packed(steering)
    told: dict[str, Any] = {
        "form": FORM,
        "model": steering.model,
        "layer": steering.layer,
        "width": steering.width,
        "dtype": "F32",
        "strength": steering.strength,
        "sha256": steering.digest,
        "file_sha256": hashlib.sha256(raw).hexdigest(),
        "prompts": list(steering.prompts),
        "pins": dict(steering.pins),
    }
    told["seal"] = _seal(told)
    path.parent.mkdir(parents=True, exist_ok=True)
    # A file without its manifest cannot be loaded: whatever comes in between leaves no half steering.
    with suppress(FileNotFoundError):
        manifest_path(path).unlink()
    _replace(path, raw)
    _replace(manifest_path(path), (json.dumps(told, indent=1) + "\n").encode())


def load(path: Path, model: LocalModel) -> Steering:
    """The steering of a file, for this model.

    Raises `Unreadable` for files that are not as they were written, and `Refused` for a steering that was
    made for another model, layer or width.
    """
    told = _manifest(manifest_path(path))
    raw = _bytes(path, LARGEST)
    if hashlib.sha256(raw).hexdigest() != told["file_sha256"]:
        raise Unreadable(
            f"{path} is not the file that its manifest describes: make the steering anew"
        )
    try:
        steering = steering_of(
            told["model"],
            told["layer"],
            told["strength"],
            unpacked(raw, path),
            prompts=tuple(told["prompts"]),
            pins=told["pins"],
        )
    except Invalid as error:
        raise Unreadable(f"{path} holds no steering: {error}") from None
    if (steering.digest, steering.width) != (told["sha256"], told["width"]):
        raise Unreadable(
            f"the tensor in {path} is not the one of its manifest: make the steering anew"
        )
    check_fits(model, steering)
    return steering


def read_tensor(path: Path) -> Any:
    """The one tensor of a safetensors file of any maker."""
    return unpacked(_bytes(path, LARGEST), path)


def packed(steering: Steering) -> bytes:
    """The tensor as the bytes of a safetensors file."""
    from safetensors.torch import save as written

    raw: bytes = written({_TENSOR: steering.tensor.detach().cpu().contiguous()})
    return raw


def unpacked(raw: bytes, path: Path) -> Any:
    """The one tensor that the bytes of a safetensors file hold; `Unreadable` for anything else."""
    try:
        from safetensors import SafetensorError
        from safetensors.torch import load as unpack
    except ImportError as error:
        raise ModelMissing(
            f"tensors need safetensors and torch ({error}): `memcubes models install torch`"
        ) from None
    try:
        held = unpack(raw)
    except (SafetensorError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise Unreadable(f"{path} is no safetensors file: {error}") from None
    if len(held) != 1:
        raise Unreadable(f"{path} holds {len(held)} tensors, and a steering is one")
    return next(iter(held.values()))


def _manifest(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(_bytes(path, LARGEST // 10))
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or told.get("form") != FORM:
        raise Unreadable(f"{path} is no manifest of a steering ({FORM})")
    wrong = {*told} ^ {*_KEYS} or {k for k, kind in _KEYS.items() if type(told[k]) is not kind}
    if wrong:
        raise Unreadable(f"{path} is no manifest of a steering: see {', '.join(sorted(wrong))}")
    if told["seal"] != _seal({k: v for k, v in told.items() if k != "seal"}):
        raise Unreadable(f"{path} was changed after it was written: make the steering anew")
    sound = (
        told["dtype"] == "F32"
        and math.isfinite(told["strength"])
        and all(isinstance(one, str) for one in [*told["prompts"], *told["pins"].values()])
    )
    if not sound:
        raise Unreadable(f"{path} describes what is no steering: make it anew")
    return told


def _seal(told: dict[str, Any]) -> str:
    """SHA-256 of what a manifest says; it shows a change, and is no signature."""
    text = json.dumps(told, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _bytes(path: Path, largest: int) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(largest + 1)
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror or error}") from None
    if len(raw) > largest:
        raise Unreadable(f"{path} is larger than {largest} bytes: it holds no steering")
    return raw


def _replace(path: Path, raw: bytes) -> None:
    """Write a file whole, or leave the old one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
