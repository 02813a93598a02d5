"""Pinned files: found without an import, and never used when they were changed."""

import hashlib
import os
from pathlib import Path

import pytest

from memcubes.graph.index import e5, minilm, use
from memcubes.graph.index.encoder import EncoderError
from memcubes.graph.index.weights import Weights

GOOD = b"numbers"


def package(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> Weights:
    """Weights of an installed module that fails when it is imported."""
    (folder / name / "model").mkdir(parents=True)
    (folder / name / "__init__.py").write_text("raise SystemExit('imported')")
    (folder / name / "model" / "bin").write_bytes(GOOD)
    monkeypatch.syspath_prepend(folder)
    digest = hashlib.sha256(GOOD).hexdigest()
    return Weights("tiny", f"{name}-package", "1.0", name, (("model/bin", digest),))


def test_the_pinned_file_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = package(tmp_path, monkeypatch, "pinned_weights")
    assert weights.path("model/bin").read_bytes() == GOOD
    digest = hashlib.sha256(GOOD).hexdigest()
    assert weights.fingerprint == f"tiny@unpackaged/{digest[:12]}"


def test_a_changed_file_is_refused_also_after_it_was_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = package(tmp_path, monkeypatch, "changed_weights")
    path = weights.path("model/bin")
    path.write_bytes(b"n_mbers")
    os.utime(path, ns=(1, 1))
    for _ in range(2):
        with pytest.raises(EncoderError, match=r"not the pinned file of changed_weights-package"):
            weights.path("model/bin")


def test_an_absent_file_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = package(tmp_path, monkeypatch, "absent_weights")
    (tmp_path / "absent_weights" / "model" / "bin").unlink()
    with pytest.raises(EncoderError, match="cannot read"):
        weights.path("model/bin")


def test_a_file_is_hashed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = package(tmp_path, monkeypatch, "hashed_weights")
    weights.path("model/bin")
    monkeypatch.setattr(hashlib, "file_digest", lambda *_: pytest.fail("hashed again"))
    weights.path("model/bin")


@pytest.mark.parametrize(
    ("weights", "start"),
    [(use.WEIGHTS, "0db566fd"), (minilm.WEIGHTS, "53aa5117"), (e5.WEIGHTS, "1571fc98")],
)
def test_the_fingerprint_names_the_weights(weights: Weights, start: str) -> None:
    _, digest = weights.files[0]
    assert len(digest) == 64
    assert digest.startswith(start)
    assert weights.fingerprint.endswith(f"/{digest[:12]}")
