"""What a kept cache is only good for: one model, one way to number tokens, one kind of arithmetic, one namespace.

Two caches of equal token ids may be exchanged exactly if their fingerprints are equal. The arithmetic is
part of it because "the same cache" means the same bits here: another kernel, another release of torch, and
on a CPU another number of threads add in another order (2e-5 in fp32 between one thread and two).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from ...graph.digest import canonical
from ...graph.errors import Unreadable
from ..local_model import LocalModel


@dataclass(frozen=True)
class Fingerprint:
    """The names under which caches are kept, and outside of which none is loaded.

    `weights` names the model's weights and their digest, `tokenizer` and `template` are SHA-256,
    `adapter` is the hash of the adapter's content (empty for none). `attention`, `torch`,
    `transformers` and `device` are the arithmetic. `namespace` is a digest of the namespace's key: who
    has no key has no cache, so that nobody learns from the time a hit takes what another one has read.

    >>> one = Fingerprint("m@1", "t", "c", "", "float32", "sdpa", "2.9", "5.1", "cpu AVX2 1", "n")
    >>> one.digest[:12], one.numeric
    ('a0542be2aea0', 'float32 sdpa torch 2.9 transformers 5.1 cpu AVX2 1')
    """

    weights: str
    tokenizer: str
    template: str
    adapter: str
    dtype: str
    attention: str
    torch: str
    transformers: str
    device: str
    namespace: str

    @classmethod
    def of(cls, model: LocalModel, namespace_key: str, adapter: str = "") -> Fingerprint:
        """Of a model as it runs here and now; loads it. Raises `ModelMissing` where it is not there."""
        import torch
        import transformers

        network, tokenizer = model._network, model._tokenizer
        template = tokenizer.chat_template
        return cls(
            weights=model.fingerprint,
            tokenizer=model.tokenizer,
            template=_sha256(template if isinstance(template, str) else repr(template)),
            adapter=adapter,
            dtype=str(network.dtype).removeprefix("torch."),
            attention=str(getattr(network.config, "_attn_implementation", "")),
            torch=_release(torch.__version__),
            transformers=_release(transformers.__version__),
            device=device_of(network.device),
            namespace=namespace_digest(namespace_key),
        )

    @property
    def meaning(self) -> str:
        """SHA-256 over what decides what a prefix means to the model, the arithmetic left out."""
        told = [self.weights, self.tokenizer, self.template, self.adapter, self.namespace]
        return hashlib.sha256(canonical(told)).hexdigest()

    @classmethod
    def read(cls, told: Any) -> Fingerprint:
        """From the JSON of a manifest; raises `Unreadable` for anything but exactly these strings."""
        names = {field.name for field in fields(cls)}
        if not isinstance(told, Mapping) or set(told) != names:
            raise Unreadable("the fingerprint of a kept cache has other fields than it should")
        if not all(type(value) is str for value in told.values()):
            raise Unreadable("the fingerprint of a kept cache holds something that is no text")
        return cls(**told)

    @property
    def numeric(self) -> str:
        """The arithmetic alone."""
        return (
            f"{self.dtype} {self.attention} torch {self.torch} transformers {self.transformers} "
            f"{self.device}"
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, 64 hex digits."""
        return hashlib.sha256(canonical(self.document())).hexdigest()

    def document(self) -> dict[str, str]:
        """As JSON."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def device_of(device: Any) -> str:
    """The kind of a device, as far as it changes bits: of a CPU its instructions and torch's threads."""
    import torch

    if device.type == "cpu":
        return f"cpu {torch.backends.cpu.get_cpu_capability()} {torch.get_num_threads()}"
    if device.type == "cuda":
        return f"cuda {torch.cuda.get_device_name(device)}"
    return str(device.type)


def namespace_digest(namespace_key: str) -> str:
    """What is shown of a namespace's key: it names the folder and tells nothing of the key.

    >>> namespace_digest("salt")[:12]
    'ceb8246aa3c3'
    """
    return _sha256(f"memcubes activation tier\n{namespace_key}")


def _release(version: str) -> str:
    """Major and minor of a version.

    >>> _release("2.9.1+cu130")
    '2.9'
    """
    return ".".join(version.split("+")[0].split(".")[:2])


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
