"""JSON that comes out as it went in: no field twice, no number that JSON does not have, values that stay."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any


def parsed(text: str) -> Any:
    """The value of a JSON text; `ValueError` says what is wrong with it.

    >>> parsed('{"a": 1, "a": 2}')
    Traceback (most recent call last):
    ValueError: a field stands there twice
    """
    try:
        return json.loads(
            text, object_pairs_hook=_once, parse_constant=_number, parse_float=_number
        )
    except RecursionError:
        raise ValueError("it is too deep") from None


def written(value: Any) -> str:
    """A value as JSON text, its fields in their order.

    >>> written(frozen({"b": [1, None], "a": "阀门"}))
    '{\\n  "b": [\\n    1,\\n    null\\n  ],\\n  "a": "阀门"\\n}\\n'
    """
    text = json.dumps(_plain(value), ensure_ascii=False, indent=2)
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character, which JSON can write and UTF-8 cannot
        text = json.dumps(_plain(value), indent=2)
    return text + "\n"


def frozen(value: Any) -> Any:
    """The same value, of mappings that cannot be changed and tuples."""
    if isinstance(value, dict):
        return MappingProxyType({key: frozen(one) for key, one in value.items()})
    return tuple(map(frozen, value)) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) != len(pairs):
        raise ValueError("a field stands there twice")
    return held


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number of JSON")
    return number
