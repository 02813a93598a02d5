"""The MemCube that the MemOS paper prints: read, written back, and applied only with its tensor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from memcubes.graph.errors import Refused, Unreadable
from memcubes.injection.activation.memcube_json import (
    MemCube,
    MemCubeMetadata,
    MemCubePayload,
    PayloadType,
    open_memcube,
    read_memcube,
)
from memcubes.injection.activation.steering import steering_of
from memcubes.injection.activation.steering_file import manifest_path, save
from memcubes.injection.local_model import LocalModel

# arXiv 2507.03724, as it stands there.
PRINTED = """{
  "metadata": {
    "created": "2025-04-10",
    "source": "session_3894",
    "priority": "mid",
    "access": [
      "user_483",
      "admin"
    ]
  },
  "payload": {
    "type": "activation",
    "format": "tensor",
    "injection_layer": 12,
    "value": "[tensor]"
  }
}
"""


def changed(part: str, **fields: Any) -> str:
    """The printed cube with other fields."""
    held = json.loads(PRINTED)
    held[part] |= fields
    return json.dumps(held)


def test_the_printed_cube() -> None:
    cube = read_memcube(PRINTED)
    assert cube == MemCube(
        MemCubeMetadata(
            "2025-04-10", "session_3894", "mid", ("user_483", "admin"),
            ("created", "source", "priority", "access"),
        ),
        MemCubePayload(
            PayloadType.ACTIVATION, "[tensor]", "tensor", 12,
            ("type", "format", "injection_layer", "value"),
        ),
    )  # fmt: skip
    assert cube.text() == PRINTED
    with pytest.raises(FrozenInstanceError):
        cube.payload.value = "x"  # type: ignore[misc]


def test_a_missing_tensor_is_said_and_not_applied(tiny: LocalModel) -> None:
    cube = read_memcube(PRINTED)
    assert cube.missing == 'the tensor is not in the file: it says "[tensor]" in its place'
    for way in (cube.tensor, lambda: cube.steering(tiny)):
        with pytest.raises(Refused, match=r"cannot be applied: the tensor is not in the file"):
            way()


@pytest.mark.parametrize("kind", ["plaintext", "parametric"])
def test_the_other_types_are_read(kind: str) -> None:
    cube = read_memcube(changed("payload", type=kind, value="Placeholder"))
    assert (cube.payload.type, cube.payload.value) == (kind, "Placeholder")
    assert cube.missing == f"a cube of type {kind} holds no tensor to inject"


@pytest.mark.parametrize("kind", ["video", "Activation", "", None, 7, ["activation"]])
def test_any_other_type_is_refused_by_name(kind: Any) -> None:
    with pytest.raises(
        Unreadable, match=r"`payload\.type` is .* knows plaintext, activation, par"
    ) as e:
        read_memcube(changed("payload", type=kind))
    assert repr(kind) in str(e.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "too deep"),
        ("[]", "a JSON object"),
        ("{}", "an object `metadata`"),
        ('{"metadata": {}, "payload": []}', "an object `payload`"),
        ('{"metadata": {}, "metadata": {}, "payload": {}}', "stands there twice"),
        (changed("metadata", created="yesterday"), "`metadata.created` is no ISO date"),
        (changed("metadata", created=20250410), "`metadata.created` is no ISO date"),
        (changed("metadata", source=1), "`metadata.source` is no text: 1"),
        (changed("metadata", access="admin"), "`metadata.access` is no list of names"),
        (changed("metadata", access=["admin", 1]), "`metadata.access` is no list of names"),
        (changed("payload", injection_layer="12"), "no number of a layer: '12'"),
        (changed("payload", injection_layer=True), "no number of a layer: True"),
        (changed("payload", injection_layer=-1), "no number of a layer: -1"),
        (changed("payload", value=float("nan")), "NaN is no number of JSON"),
        (PRINTED.replace("12", "[1e999]"), "1e999 is no number of JSON"),
        (PRINTED.replace("12", "1" * 5_000), "no JSON of a MemCube"),
    ],
)
def test_what_is_no_memcube_is_named(text: str, message: str) -> None:
    with pytest.raises(Unreadable, match=message):
        read_memcube(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=3,
)  # fmt: skip
TEXT = st.none() | st.text()
METADATA = st.fixed_dictionaries(
    {},
    optional={
        "created": st.none() | st.dates().map(str) | st.datetimes().map(lambda d: d.isoformat()),
        "source": TEXT,
        "priority": TEXT,
        "access": st.none() | st.lists(st.text(), max_size=3),
        "more": JSON,
        "keys": JSON,
    },
)
PAYLOAD = st.fixed_dictionaries(
    {"type": st.sampled_from(["plaintext", "activation", "parametric"])},
    optional={
        "format": TEXT,
        "injection_layer": st.none() | st.integers(0, 200),
        "value": JSON,
        "model": JSON,
    },
)


def shuffled(held: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """The same fields in any order."""
    return st.permutations(list(held)).map(lambda keys: {key: held[key] for key in keys})


CUBES = st.fixed_dictionaries(
    {"metadata": METADATA.flatmap(shuffled), "payload": PAYLOAD.flatmap(shuffled)},
    optional={"version": JSON, "folder": JSON},
).flatmap(shuffled)


@settings(max_examples=40)
@given(CUBES)
@example(json.loads('{"metadata": {}, "payload": {"type": "plaintext", "value": "\\ud800"}}'))
def test_what_is_written_is_what_was_read(held: dict[str, Any]) -> None:
    text = read_memcube(json.dumps(held)).text()
    again = json.loads(text)
    # As texts, so that 1, 1.0 and true differ and the order of fields counts.
    assert json.dumps(again) == json.dumps(held)
    assert read_memcube(text).text() == text
    text.encode()


def test_what_is_not_known_is_kept_and_cannot_be_changed() -> None:
    cube = read_memcube(changed("payload", model={"name": ["qwen"]}))
    held = cube.payload.more["model"]
    assert isinstance(held, Mapping)
    assert held["name"] == ("qwen",)
    with pytest.raises(TypeError):
        held["name"] = "x"  # type: ignore[index]


def cube_beside(folder: Path, tiny: LocalModel, layer: int = 1) -> Path:
    """A cube whose value names a tensor's file, with the manifest of it."""
    import torch

    save(steering_of(tiny.fingerprint, 1, 2.0, torch.ones(16)), folder / "polite.safetensors")
    cube = MemCube(
        MemCubeMetadata("2026-01-02", "session_1", "mid", ("admin",)),
        MemCubePayload(PayloadType.ACTIVATION, "polite.safetensors", "tensor", layer),
    )
    (folder / "cube.json").write_text(cube.text(), "utf-8")
    return folder / "cube.json"


def test_a_value_that_names_a_file_loads_it(tiny: LocalModel, tmp_path: Path) -> None:
    cube = open_memcube(cube_beside(tmp_path, tiny))
    assert cube.missing == ""
    assert cube.tensor().tolist() == [1.0] * 16
    steering = cube.steering(tiny)
    assert (steering.layer, steering.strength, steering.width) == (1, 2.0, 16)
    assert json.loads(cube.text())["payload"] == {
        "type": "activation", "value": "polite.safetensors", "format": "tensor", "injection_layer": 1,
    }  # fmt: skip


def test_a_tensor_of_unknown_origin_is_read_and_not_applied(
    tiny: LocalModel, tmp_path: Path
) -> None:
    cube = open_memcube(cube_beside(tmp_path, tiny))
    manifest_path(tmp_path / "polite.safetensors").unlink()
    assert cube.tensor().shape == (16,)
    with pytest.raises(Refused, match=r"nothing says for which model polite\.safetensors was made"):
        cube.steering(tiny)


def test_another_layer_than_the_tensor_s_is_refused(tiny: LocalModel, tmp_path: Path) -> None:
    with pytest.raises(
        Refused, match="injects after layer 0 and its tensor was made after layer 1"
    ):
        open_memcube(cube_beside(tmp_path, tiny, layer=0)).steering(tiny)


@pytest.mark.parametrize(
    "value",
    ["../a.safetensors", "/a.safetensors", "b/a.safetensors", "b\\a.safetensors", ".safetensors",
     "a\0.safetensors", "a.pt", "", None, 7, ["a.safetensors"]],
)  # fmt: skip
def test_only_a_file_beside_the_json_is_opened(value: Any, tmp_path: Path) -> None:
    (tmp_path / "a.safetensors").write_bytes(b"x")
    cube = read_memcube(changed("payload", value=value), tmp_path / "b")
    assert cube.missing == "the value names no .safetensors file beside the JSON"
    with pytest.raises(Refused, match="cannot be applied"):
        cube.tensor()


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    odd = tmp_path / "cube.json"
    with pytest.raises(Unreadable, match=r"cube\.json cannot be read"):
        open_memcube(odd)
    odd.write_bytes(b"\xff\xfe{}")
    with pytest.raises(Unreadable, match=r"cube\.json is no UTF-8"):
        open_memcube(odd)
    odd.write_text("{}", "utf-8")
    with pytest.raises(Unreadable, match=r"cube\.json: a MemCube has"):
        open_memcube(odd)
    cube = read_memcube(changed("payload", value="cube.safetensors"), tmp_path)
    assert cube.missing.startswith("the tensor's file is not there")
    (tmp_path / "cube.safetensors").write_bytes(b"half a file")
    with pytest.raises(Unreadable, match="is no safetensors file"):
        cube.tensor()
