"""What a model computes inside, kept as tensors: caches that are exact to the bit, composed ones, and steering."""

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
