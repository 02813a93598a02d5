"""PageRank by the graph data science library, on servers that have it: never required."""

from __future__ import annotations

from collections.abc import Mapping
from secrets import token_hex

from ..errors import MemcubesError
from ..store import Course
from .connection import Connection

PROCEDURES = ("gds.pageRank.stream", "gds.graph.drop")
ITERATIONS = 60
"""How often mass goes on at most: at a damping of .5 a billionth of a billionth is left of it then."""
TOLERANCE = 1e-14
"""What goes on from a node at least."""


class PageRank:
    """Asks whether the library is there once, and no more after it failed."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._there: bool | None = None

    def of(self, course: Course) -> Mapping[int, float] | None:
        """See `Pushdown.pagerank`."""
        if not self.there or not course.weights:
            return None
        name = f"memcubes-{token_hex(16)}"
        try:
            found = self._db.read(
                "pagerank",
                name=name,
                sources=list(course.sources),
                targets=list(course.targets),
                weights=list(course.weights),
                weight="weight",
                start=course.start,
                damping=course.damping,
                iterations=ITERATIONS,
                tolerance=TOLERANCE,
            )
        except MemcubesError:  # too little memory for it, or it was forbidden meanwhile
            self._there = False
            return None
        finally:
            self._dropped(name)
        return {node: score for row in found for node, score in zip(*row.values(), strict=True)}

    @property
    def there(self) -> bool:
        """Whether the server has the library, and lets this user call it."""
        if self._there is None:
            found = self._db.read("pagerank_there", procedures=list(PROCEDURES))
            self._there = found[0]["there"] == len(PROCEDURES)
        return self._there

    def _dropped(self, name: str) -> None:
        try:
            self._db.read("pagerank_dropped", name=name)
        except MemcubesError:
            self._there = False
