"""Quotable: what of a cube is quoted at once: a sentence, or a short record whole.

A line of a record ("manager_id: 1") says nothing without the others; who quotes it quotes whose it is.
"""

from __future__ import annotations

import re

from ..graph.canonical import Span, sentences_of
from ..graph.record import Version

MOST = 600
"""Characters of a record that is quoted whole."""


def quotable(cube: Version) -> list[tuple[Span, list[int]]]:
    """The parts of a cube that are quoted, each with the numbers of the sentences in it.

    Of a long record the lines of one inner thing are quoted together: "parts[0].name: …", "parts[0].made.in: …".
    """
    spans = sentences_of(cube)
    alone = [(span, [place]) for place, span in enumerate(spans)]
    if cube.get("record_kind") is None or len(spans) < 2:
        return alone
    if len(cube.text) <= MOST:
        return [((spans[0][0], spans[-1][1]), list(range(len(spans))))]
    found: list[tuple[Span, list[int]]] = []
    of: str | None = None
    for (start, end), places in alone:
        inner = _ELEMENT.match(cube.text, start, end)
        same = inner is not None and inner[0] == of
        if same and end - found[-1][0][0] <= MOST:
            found[-1] = ((found[-1][0][0], end), [*found[-1][1], *places])
        else:
            found.append(((start, end), places))
        of = inner[0] if inner is not None else None
    return found


_ELEMENT = re.compile(r"[^:：\s]*\[\d+\](?=\.)")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(?P<said>\S.*)$", re.MULTILINE)
_ENDED = re.compile(r"[.!?。！？]\Z")


def headed(cube: Version, span: Span) -> Span | None:
    """The heading that a line without an end of a sentence stands below ("Assigned to Tom", "Status: open").

    None for sentences, for what shares its line with something else, and where no heading is above.
    """
    start, end = span
    text = cube.text
    line = (text[:start].rpartition("\n")[2] + text[end:].partition("\n")[0]).strip(" \t-*+•|")
    if line or "\n" in text[start:end] or _ENDED.search(text[start:end]):
        return None
    above = [found.span("said") for found in _HEADING.finditer(text, 0, start)]
    return above[-1] if above else None
