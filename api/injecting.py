"""Injecting: memory into a model, as a plan that any engine carries out, or by an engine of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..graph.belief import Status, beliefs
from ..graph.errors import Invalid, ModelMissing, NotFound, PermissionDenied, ReadOnly
from ..graph.kind import EdgeKind, NodeKind, Verb
from ..graph.listing import all_edges
from ..graph.opening import beside
from ..graph.receipt import Use, readers_of, receipt
from ..graph.scope import Along, Scope
from .outcome import Injected
from .session import Session

if TYPE_CHECKING:
    from ..graph.record import Version
    from ..injection.governed import GovernedEngine
    from ..injection.plan import InjectionPlan
    from ..injection.prose import Prose
    from ..injection.telling import Candidate
    from ..injection.template import Template
    from ..injection.tokens import TokenCounter
    from ..query.hit import Hit, SearchResult
    from ..query.quote import Answer

MOST_TOKENS = 100_000_000
"""The largest budget that `inject` takes: larger than any model's context."""
