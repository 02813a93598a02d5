"""Quotable: what of a cube is quoted at once: a sentence, or a short record whole.

A line of a record ("manager_id: 1") says nothing without the others; who quotes it quotes whose it is.
"""

from __future__ import annotations

from ..graph.canonical import Span, sentences_of
from ..graph.record import Version

MOST = 600
"""Characters of a record that is quoted whole."""


def quotable(cube: Version) -> list[tuple[Span, list[int]]]:
    """The parts of a cube that are quoted, each with the numbers of the sentences in it."""
    spans = sentences_of(cube)
    if cube.get("record_kind") is not None and len(spans) > 1 and len(cube.text) <= MOST:
        return [((spans[0][0], spans[-1][1]), list(range(len(spans))))]
    return [(span, [place]) for place, span in enumerate(spans)]
