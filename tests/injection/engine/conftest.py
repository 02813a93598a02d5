"""Every engine, for the tests that hold for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from memcubes.injection.engine import ChatCompletions, EchoEngine, InferenceEngine
from memcubes.injection.engine.local import LocalEngine
from memcubes.injection.local_model import LocalModel

from ..conftest import needs_torch
from ..tiny import write_tiny
from .chat_server import CONTEXT, serving


@contextmanager
def echo() -> Iterator[InferenceEngine]:
    """The double."""
    yield EchoEngine()


@contextmanager
def http() -> Iterator[InferenceEngine]:
    """Chat completions in the dialect of vLLM, from a server of this process."""
    with (
        serving() as server,
        ChatCompletions(server.url, "qwen", dialect="vllm", context=CONTEXT) as engine,
    ):
        yield engine


@contextmanager
def local() -> Iterator[InferenceEngine]:
    """A tiny model in this process."""
    needs_torch()
    with TemporaryDirectory() as folder:
        yield LocalEngine(LocalModel(str(write_tiny(Path(folder) / "tiny", context=CONTEXT))))


# One more engine is one more line here.
ENGINES: dict[str, Callable[[], AbstractContextManager[InferenceEngine]]] = {
    "echo": echo,
    "http": http,
    "local": local,
}


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[InferenceEngine]:
    """Each engine in turn."""
    with ENGINES[request.param]() as made:
        yield made
