"""Nameable: whether what stands in a cell looks like a name."""

from __future__ import annotations

import re

from .dates import parse_date

LONGEST_NAME = 80
NUMBER = re.compile(r"[+-]?\d[\d\s.,]*%?$")
PROSE = re.compile(r"[.!?。！？；;](?:\s|$)")
_ADDRESS = re.compile(r"\S+@\S+$|[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_PLAIN = {"true", "false", "yes", "no", "null", "none", "nan", "n/a", "na", "unknown", "是", "否"}
_HAN = re.compile(r"[\u3400-\u9fff]")


def nameable(value: str, *, loose: bool = False) -> bool:
    """Whether a value looks like a name: short, with a capital or a digit among letters, no date."""
    if not 1 < len(value) <= LONGEST_NAME or "\n" in value or len(value.split()) > 8:
        return False
    if NUMBER.match(value) or _ADDRESS.match(value) or value.lower() in _PLAIN:
        return False
    if not any(char.isalpha() for char in value) or PROSE.search(value):
        return False
    if loose:
        return True
    if _HAN.search(value):
        return len(value) <= 12 and parse_date(value) is None
    known = any(char.isupper() for char in value) or any(char.isdigit() for char in value)
    return known and parse_date(value) is None
