"""Activation memory: KV caches of MemCubes that give the bits which the model itself would have given."""

from .fingerprint import Fingerprint
from .guard import Guard
from .manifest import Manifest
from .radix import RadixTree
from .tier import ActivationTier, Entry, Hit, Read

__all__ = [
    "ActivationTier",
    "Entry",
    "Fingerprint",
    "Guard",
    "Hit",
    "Manifest",
    "RadixTree",
    "Read",
]
