"""The encoders that there are, by name: one instance of each in a process."""

from __future__ import annotations

import threading
from collections.abc import Callable

from .e5 import E5Encoder
from .encoder import Encoder, EncoderError
from .hashing import HashingEncoder
from .huggingface import HuggingFaceEncoder
from .minilm import MiniLMEncoder
from .use import UniversalEncoder

_OPENERS: dict[str, Callable[[], Encoder]] = {
    "use": UniversalEncoder,
    "minilm": MiniLMEncoder,
    "e5": E5Encoder,
    "hashing": HashingEncoder,
}
_loaded: dict[str, Encoder] = {}
_lock = threading.Lock()


def encoder_names() -> tuple[str, ...]:
    """The names `load_encoder` knows; any `hf:NAME_OR_PATH` comes on top.

    >>> encoder_names()
    ('use', 'minilm', 'e5', 'hashing')
    """
    return tuple(_OPENERS)


def load_encoder(name: str) -> Encoder:
    """Give the encoder of this name, one instance a process.

    `use` (Universal Sentence Encoder, 16 languages), `minilm` (all-MiniLM-L6-v2,
    English), `e5` (multilingual-e5-small, 4 bit), `hashing` (no model: a double
    for tests), or `hf:NAME_OR_PATH` (any sentence-transformers model). Weights
    are read and checked at the first encode. Raises EncoderError when the name
    is unknown or its package is not installed.

    >>> load_encoder("hashing").encode_questions(["where is Ada?"]).shape
    (1, 512)
    """
    with _lock:
        if name not in _loaded:
            _loaded[name] = _open(name)
        return _loaded[name]


def side_by_side(encoder: Encoder) -> bool:
    """Whether threads of one process encode side by side: numpy lets the others go on, torch has threads of its own.

    >>> side_by_side(load_encoder("use")), side_by_side(load_encoder("hashing"))
    (True, False)
    """
    return isinstance(encoder, UniversalEncoder | MiniLMEncoder)


def loaded() -> frozenset[str]:
    """The names of the encoders that this process has by now."""
    return frozenset(_loaded)


def _open(name: str) -> Encoder:
    if name.startswith("hf:") and name != "hf:":
        return HuggingFaceEncoder(name.removeprefix("hf:"))
    if name not in _OPENERS:
        known = ", ".join(encoder_names())
        raise EncoderError(f"no encoder {name!r}: choose {known} or hf:NAME_OR_PATH")
    return _OPENERS[name]()
