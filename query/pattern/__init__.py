"""Patterns: graph queries for programs, as data (`docs/patterns.md`)."""

from .operator import Match, PatternOperator, PatternResult
from .reading import read_plan

__all__ = ["Match", "PatternOperator", "PatternResult", "read_plan"]
