"""A trace drawn as an inline SVG: one column for each level, one line for each join."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from html import escape

from ..graph.kind import NodeKind
from ..graph.step import Step, Trace, activation
from .plain import plain
from .tree import kind_of

MOST_ROWS = 8
_WIDTH, _HEIGHT, _GAP, _AISLE, _EDGE = 216, 74, 14, 64, 2
_COLUMNS = 25


def shortened(text: str, columns: int) -> str:
    """Cut text to a width, counting the wide characters of East Asian scripts as two.

    >>> shortened("探头 PT-12", 6), shortened("abc", 3)
    ('探头…', 'abc')
    """
    wide = [2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text]
    if sum(wide) <= columns:
        return text
    used, kept = 0, 0
    for width in wide:
        if used + width > columns - 1:
            break
        used, kept = used + width, kept + 1
    return text[:kept].rstrip() + "…"


def trace_svg(trace: Trace) -> str:
    """Draw a trace; levels longer than 8 rows are cut and say how many more there are.

    Colours are the page's custom properties, so that it follows light and dark. What is gone has a
    broken outline and a struck title, so that colour says nothing alone.
    """
    levels: dict[int, list[Step]] = defaultdict(list)
    for step in trace.steps:
        levels[step.depth].append(step)
    rows = max(min(len(level), MOST_ROWS + 1) for level in levels.values())
    height = rows * (_HEIGHT + _GAP) - _GAP + 2 * _EDGE
    width = len(levels) * (_WIDTH + _AISLE) - _AISLE + 2 * _EDGE
    used = {j.of: j.quotes[0].text for j in reversed(trace.joins) if j.quotes}
    places: dict[str, tuple[int, int]] = {}
    boxes: list[str] = []
    for depth, level in sorted(levels.items()):
        shown = level if len(level) <= MOST_ROWS else level[:MOST_ROWS]
        count = len(shown) + (len(level) > len(shown))
        x = _EDGE + depth * (_WIDTH + _AISLE)
        top = (height - count * (_HEIGHT + _GAP) + _GAP) // 2
        for row, step in enumerate(shown):
            places[step.node] = (x, top + row * (_HEIGHT + _GAP))
            boxes.append(_box(step, used.get(step.node, ""), *places[step.node]))
        if len(level) > len(shown):
            y = top + len(shown) * (_HEIGHT + _GAP) + _HEIGHT // 2
            more = f"and {len(level) - len(shown)} more"
            boxes.append(f'<text class="kind" x="{x + 12}" y="{y}">{more}</text>')
    lines = []
    for join in trace.joins:
        near, far = join.ends(trace.direction)
        if near in places and far in places:
            lines.append(_line(places[near], places[far], join.in_force))
    said = (
        f"{len(trace.steps)} nodes in {len(levels)} columns; the list below says the same in words"
    )
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{said}">{"".join(lines)}{"".join(boxes)}</svg>'
    )


def _box(step: Step, used: str, x: int, y: int) -> str:
    gone = step.erased or not step.in_force
    look = "node gone" if gone else "node changed" if step.revised else "node"
    kind = kind_of(step)
    told = kind if step.status == "in force" else f"{kind}, {step.status}"
    words = step.title
    if step.kind is NodeKind.MEMCUBE and step.text:
        words = f"“{used or step.excerpt}”"
    elif activation(step.version):
        words = step.excerpt
    lines = "".join(
        f'<text class="title" x="{x + 12}" y="{y + 42 + 17 * row}">{escape(line)}</text>'
        for row, line in enumerate(two_lines(plain(words)))
    )
    return (
        f'<g class="{look}"><title>{escape(plain(f"{step.title}: {words}"))}</title>'
        f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="7"/>'
        f'<text class="kind" x="{x + 12}" y="{y + 22}">{escape(told)}</text>{lines}</g>'
    )


def two_lines(text: str) -> list[str]:
    """Break text into at most two lines that fit a box, between words where there are any.

    >>> two_lines("At what time did the valve RV-7 fail?")
    ['At what time did the', 'valve RV-7 fail?']
    """
    text = " ".join(text.split())
    first = shortened(text, _COLUMNS)
    if first == text:
        return [text]
    head = first[:-1]
    cut = head.rfind(" ") if text[len(head) : len(head) + 1] != " " else len(head)
    cut = cut if cut > 0 else len(head)
    return [text[:cut], shortened(text[cut:].strip(), _COLUMNS)]


def _line(near: tuple[int, int], far: tuple[int, int], in_force: bool) -> str:
    x1, y1 = near[0] + _WIDTH, near[1] + _HEIGHT // 2
    x2, y2 = far[0], far[1] + _HEIGHT // 2
    if x2 <= x1:  # a join within a level, or backwards: leave from the same side
        x1, x2 = near[0] + _WIDTH, far[0] + _WIDTH
        bend1 = bend2 = max(x1, x2) + _AISLE // 2
    else:
        bend1, bend2 = x1 + (x2 - x1) // 2, x2 - (x2 - x1) // 2
    look = "" if in_force else ' class="gone"'
    return f'<path{look} d="M{x1} {y1}C{bend1} {y1} {bend2} {y2} {x2} {y2}"/>'
