"""The independent oracle: a plain list of record intervals, every answer worked out from scratch.

It imports value types only and no store code, is as slow as it is plain, and says what a store must do
(docs/model.md, DESIGN §3, §4 and §7).
"""

from .intervals import OPEN, Refusal, Shape, shape
from .writes import Oracle

__all__ = ["OPEN", "Oracle", "Refusal", "Shape", "shape"]
