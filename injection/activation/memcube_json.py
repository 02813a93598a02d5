"""MemCubes as MemOS writes them: the JSON of arXiv 2507.03724, read into values and written back the same.

    {"metadata": {"created": "2025-04-10", "source": "session_3894", "priority": "mid",
                  "access": ["user_483", "admin"]},
     "payload": {"type": "activation", "format": "tensor", "injection_layer": 12, "value": "[tensor]"}}

The paper prints "[tensor]" for numbers that are not in the file. A `value` that ends with `.safetensors` names
a file beside the JSON; it is applied only with the manifest that says which model it was made for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ...graph.errors import Invalid, Refused, Unreadable
from ...graph.instant import show
from ...graph.record import Version
from ..local_model import LocalModel
from .exact_json import frozen, parsed, written
from .steering import Steering
from .steering_file import load, manifest_path, read_tensor, save

LARGEST = 16 * 2**20
"""Bytes that a file may have."""

LEFT_OUT = "[tensor]"
_TENSOR = ".safetensors"


class PayloadType(StrEnum):
    """The three kinds of memory that MemOS knows."""

    PLAINTEXT = "plaintext"
    ACTIVATION = "activation"
    PARAMETRIC = "parametric"


@dataclass(frozen=True, slots=True)
class MemCubeMetadata:
    """Where a cube comes from; `created` is a date or time as it was written, None what is not told.

    `keys` has the fields in their order, `more` those that are not known here.
    """

    created: str | None = None
    source: str | None = None
    priority: str | None = None
    access: tuple[str, ...] | None = None
    keys: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MemCubePayload:
    """What a cube holds: text, a name for what is elsewhere, or "[tensor]"."""

    type: PayloadType
    value: Any = None
    format: str | None = None
    injection_layer: int | None = None
    keys: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MemCube:
    """One cube, and the folder in which the files lie that it names.

    >>> cube = read_memcube('{"metadata": {"source": "session_3894"}, "payload": {"type": "activation", '
    ...     '"format": "tensor", "injection_layer": 12, "value": "[tensor]"}}')
    >>> cube.payload.injection_layer, cube.missing
    (12, 'the tensor is not in the file: it says "[tensor]" in its place')
    """

    metadata: MemCubeMetadata
    payload: MemCubePayload
    folder: Path | None = field(default=None, compare=False)
    keys: tuple[str, ...] = ("metadata", "payload")
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def tensor_path(self) -> Path | None:
        """The file that the value names, if it names one."""
        value = self.payload.value
        if self.folder is None or not isinstance(value, str) or not value.endswith(_TENSOR):
            return None
        if value != Path(value).name or value.startswith(".") or "\\" in value or "\0" in value:
            return None
        return self.folder / value

    @property
    def missing(self) -> str:
        """Why there is no tensor; empty where there is one."""
        if self.payload.type is not PayloadType.ACTIVATION:
            return f"a cube of type {self.payload.type} holds no tensor to inject"
        if self.payload.value == LEFT_OUT:
            return f'the tensor is not in the file: it says "{LEFT_OUT}" in its place'
        path = self.tensor_path
        if path is None:
            return "the value names no .safetensors file beside the JSON"
        return "" if path.is_file() else f"the tensor's file is not there: {path}"

    def tensor(self) -> Any:
        """The tensor; `Refused` where it is missing, `Unreadable` where its file is no safetensors file."""
        return read_tensor(self._present())

    def steering(self, model: LocalModel) -> Steering:
        """The steering that the cube is, for this model.

        Raises `Refused` where the tensor or its manifest is missing, where the manifest names another layer,
        and for another model.
        """
        path = self._present()
        if not manifest_path(path).is_file():
            raise Refused(
                f"nothing says for which model {path.name} was made: {manifest_path(path)} is missing"
            )
        steering = load(path, model)
        if steering.layer != self.payload.injection_layer:
            raise Refused(
                f"the cube injects after layer {self.payload.injection_layer} and its tensor was made "
                f"after layer {steering.layer}: correct `injection_layer`"
            )
        return steering

    def text(self) -> str:
        """The cube as JSON, with every field that it was read with, in the same order."""
        told = _merged(
            self.keys,
            {"metadata": _document(self.metadata), "payload": _document(self.payload)},
            self.more,
        )
        return written(told)

    def _present(self) -> Path:
        path = self.tensor_path
        if self.missing or path is None:
            raise Refused(f"the cube cannot be applied: {self.missing}; write the tensor beside it")
        return path


def saved_memcube(
    steering: Steering, version: Version, path: Path, access: tuple[str, ...] = ()
) -> Path:
    """Write a steering of memory as MemOS's JSON at `path` (`NAME.json`), with `NAME.safetensors` and its manifest.

    `version` is the cube that it is: its day, its reason to be, and `more` what MemOS has no field for.
    Raises `Invalid` for another ending.
    """
    if path.suffix != ".json":
        raise Invalid(f"a MemCube is written as NAME.json, not as {path.name}")
    tensor = path.with_suffix(_TENSOR)
    save(steering, tensor)
    metadata = MemCubeMetadata(
        show(version.validity.start)[:10],
        steering.cube or version.node,
        "mid",
        access or None,
        more=MappingProxyType({"effect": str(version.get("effect") or "not measured")}),
    )
    payload = MemCubePayload(PayloadType.ACTIVATION, tensor.name, "tensor", steering.layer)
    path.write_text(MemCube(metadata, payload, path.parent).text(), "utf-8")
    return path


def open_memcube(path: Path) -> MemCube:
    """The cube of a file; `Unreadable` for one that is missing, too large, or no MemCube."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror or error}") from None
    if len(raw) > LARGEST:
        raise Unreadable(f"{path} is larger than {LARGEST} bytes: put the tensor into its own file")
    try:
        return read_memcube(raw.decode("utf-8-sig"), path.parent)
    except UnicodeDecodeError:
        raise Unreadable(f"{path} is no UTF-8: save it as UTF-8") from None
    except Unreadable as error:
        raise Unreadable(f"{path}: {error}") from None


def read_memcube(text: str, folder: Path | None = None) -> MemCube:
    """The cube of a JSON text; `Unreadable` names the field that is not as MemOS has it."""
    try:
        held = parsed(text)
    except ValueError as error:
        raise Unreadable(f"this is no JSON of a MemCube ({error})") from None
    if not isinstance(held, dict):
        raise Unreadable("a MemCube is a JSON object with `metadata` and `payload`")
    parts = {}
    for name in ("metadata", "payload"):
        if not isinstance(held.get(name), dict):
            raise Unreadable(f"a MemCube has an object `{name}`")
        parts[name] = held[name]
    return MemCube(
        _metadata(parts["metadata"]),
        _payload(parts["payload"]),
        folder,
        tuple(held),
        _others(held, "metadata", "payload"),
    )


def _metadata(held: dict[str, Any]) -> MemCubeMetadata:
    created, access = held.get("created"), held.get("access")
    if created is not None:
        try:
            datetime.fromisoformat(created)
        except (TypeError, ValueError):
            raise Unreadable(f"`metadata.created` is no ISO date or time: {created!r}") from None
    if access is not None and not (
        isinstance(access, list) and all(isinstance(one, str) for one in access)
    ):
        raise Unreadable("`metadata.access` is no list of names")
    return MemCubeMetadata(
        created,
        _text(held, "metadata", "source"),
        _text(held, "metadata", "priority"),
        None if access is None else tuple(access),
        tuple(held),
        _others(held, "created", "source", "priority", "access"),
    )


def _payload(held: dict[str, Any]) -> MemCubePayload:
    try:
        kind = PayloadType(str(held.get("type")))
    except ValueError:
        raise Unreadable(
            f"`payload.type` is {held.get('type')!r}, and MemOS knows {', '.join(PayloadType)}"
        ) from None
    layer = held.get("injection_layer")
    if layer is not None and (type(layer) is not int or layer < 0):
        raise Unreadable(f"`payload.injection_layer` is no number of a layer: {layer!r}")
    return MemCubePayload(
        kind,
        frozen(held.get("value")),
        _text(held, "payload", "format"),
        layer,
        tuple(held),
        _others(held, "type", "value", "format", "injection_layer"),
    )


def _text(held: dict[str, Any], part: str, name: str) -> str | None:
    value = held.get(name)
    if value is not None and not isinstance(value, str):
        raise Unreadable(f"`{part}.{name}` is no text: {value!r}")
    return value


def _document(part: MemCubeMetadata | MemCubePayload) -> dict[str, Any]:
    names = [name for name in part.__dataclass_fields__ if name not in ("keys", "more")]
    return _merged(part.keys, {name: getattr(part, name) for name in names}, part.more)


def _merged(
    keys: tuple[str, ...], known: Mapping[str, Any], more: Mapping[str, Any]
) -> dict[str, Any]:
    """The fields in their order; then those that a value made here has besides."""
    told = {key: known[key] if key in known else more[key] for key in keys}
    told |= {key: value for key, value in known.items() if value is not None and key not in told}
    return told | {key: value for key, value in more.items() if key not in told}


def _others(held: dict[str, Any], *known: str) -> Mapping[str, Any]:
    return MappingProxyType({k: frozen(v) for k, v in held.items() if k not in known})
