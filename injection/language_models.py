"""The language models that there are, by name."""

from __future__ import annotations

from functools import lru_cache

from .language_model import EchoModel, LanguageModel
from .local_model import LocalModel


@lru_cache(maxsize=1)
def language_model(name: str) -> LanguageModel:
    """The model of this name: `echo`, `smollm2`, a folder, or a Hugging Face name.

    The last one stays in memory, so that a second question does not load it again.

    >>> language_model("echo").fingerprint
    'echo@1'
    """
    if name == EchoModel.name:
        return EchoModel()
    return LocalModel(name)
