"""Matching: patterns, which programs search by instead of questions; no model is loaded for them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..graph.errors import Invalid
from ..graph.scope import Scope
from .session import Session

if TYPE_CHECKING:
    from ..graph.store import GraphStore
    from ..query.pattern import PatternOperator, PatternResult

LARGEST = 4_000_000
"""Characters of the largest plan."""


class Matching(Session):
    """Carries out plans of the pattern language."""

    _patterns: tuple[GraphStore, PatternOperator] | None = None

    def matched(self, scope: Scope, pattern: Any) -> PatternResult:
        """The rows of a plan in a snapshot; a text is read as JSON first."""
        from ..ingest.extraction import normalise
        from ..query.pattern import PatternOperator

        plan = plan_of(pattern, "the pattern") if isinstance(pattern, str) else pattern
        store, held = self.store(), self._patterns
        if held is None or held[0] is not store:
            held = self._patterns = store, PatternOperator(store, normalise)
        return held[1].match(scope, plan)


def plan_of(text: str, name: str, suffix: str = ".json") -> Any:
    """A plan as plain data, read from JSON or, by the suffix, TOML or YAML; raises `Invalid` with the place.

    >>> plan_of('[{"key": 1.50}]', "a.json")
    [{'key': Decimal('1.50')}]
    """
    if len(text) > LARGEST:
        raise Invalid(f"{name} has {len(text):,} characters: a plan has at most {LARGEST:,}")
    try:
        if suffix == ".toml":
            return _plain(tomllib.loads(text, parse_float=Decimal))
        if suffix in (".yaml", ".yml"):
            from ..ingest.readers.unfolding import read_yaml

            return _plain(read_yaml(text))
        return json.loads(text, parse_float=Decimal, object_pairs_hook=_once)
    except Invalid as error:
        raise Invalid(f"{name}: {error}") from error
    except RecursionError as error:
        raise Invalid(f"{name} is nested too deeply: flatten it") from error
    except Exception as error:
        modules = {one.__module__.split(".")[0] for one in type(error).__mro__}
        if not isinstance(error, ValueError) and "yaml" not in modules:
            raise
        said = " ".join(str(error).split())
        raise Invalid(f"{name} is no {suffix[1:].upper()} ({said}): correct it") from error


def _plain(value: Any) -> Any:
    """Days and instants, which TOML and YAML know by themselves, as the texts that they are."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date | time) else value


def plan_in(path: Path) -> Any:
    """The plan of a file."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = getattr(error, "strerror", None) or "it is not UTF-8"
        raise Invalid(f"{path} cannot be read ({said}): name a file with a plan") from error
    return plan_of(text, str(path), path.suffix.lower())


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Invalid(f"'{name}' stands twice in one object: write it once")
        found[name] = value
    return found
