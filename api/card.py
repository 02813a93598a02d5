"""Cards: the evidence of a trace, each piece with its words, its text around them and its source."""

from __future__ import annotations

from dataclasses import dataclass

from ..graph.kind import EdgeKind, NodeKind
from ..graph.scope import Direction
from ..graph.step import Join, Span, Step, Trace


@dataclass(frozen=True, slots=True)
class Card:
    """One cube (or source) that bears something out.

    `text` is the source's text where it can be read, else the cube's; `spans` are characters of it, in
    order and apart. `facts` are the facts that the words were taken to state.
    """

    cube: Step
    source: Step | None
    text: str
    spans: tuple[Span, ...]
    facts: tuple[str, ...] = ()


def cards_of(trace: Trace, answer: str = "") -> tuple[Card, ...]:
    """The evidence of a trace: one card for each cube that was used, or the text of its root.

    Cards whose words stand in `answer` come in the order in which they stand there.
    """
    root = trace.root
    if trace.direction is Direction.DOWN:
        return _own(trace) if root.text and root.kind is not NodeKind.INJECTION else ()
    used: dict[str, list[Join]] = {}
    for join in trace.joins:
        if trace.step(join.of).kind is NodeKind.MEMCUBE:
            used.setdefault(join.of, []).append(join)
    if not used:
        return _own(trace) if root.kind in (NodeKind.MEMCUBE, NodeKind.SOURCE) else ()

    def place(cube: str) -> int:
        found = [answer.find(quote.text) for join in used[cube] for quote in join.quotes]
        return min((at for at in found if at >= 0), default=len(answer))

    return tuple(_card(trace, cube, used[cube]) for cube in sorted(used, key=place))


def _card(trace: Trace, node: str, joins: list[Join]) -> Card:
    cube = trace.step(node)
    quotes = [quote for join in joins for quote in join.quotes]
    steps = {step.node: step for step in trace.steps}
    homes = [q.source for q in quotes if q.source in steps and q.place]
    facts = tuple(join.made for join in joins if join.kind is EdgeKind.SUPPORTS)
    if homes and homes[0] is not None and steps[homes[0]].text:
        home = steps[homes[0]]
        places = [q.place for q in quotes if q.source == home.node and q.place]
        return Card(cube, home, home.text, apart(places), facts)
    after = [step for _, step in trace.after(node) if step.kind is NodeKind.SOURCE]
    return Card(
        cube, after[0] if after else None, cube.text, apart([q.span for q in quotes]), facts
    )


def _own(trace: Trace) -> tuple[Card, ...]:
    """The root's own text: a passage in its source, or a source with all that was used of it."""
    root = trace.root
    if root.kind is NodeKind.MEMCUBE:
        for join, step in trace.after(root.node):
            if join.places and step.text:
                return (Card(root, step, step.text, apart(list(join.places))),)
        spans = [q.span for join in trace.joins for q in join.quotes if join.of == root.node]
        return (Card(root, None, root.text, apart(spans)),)
    places = [
        q.place for join in trace.joins for q in join.quotes if q.source == root.node and q.place
    ]
    return (Card(root, root, root.text, apart(places)),)


def apart(spans: list[Span]) -> tuple[Span, ...]:
    """Put spans in order and join those that overlap or touch.

    >>> apart([(5, 9), (0, 3), (2, 5), (20, 21)])
    ((0, 9), (20, 21))
    """
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
