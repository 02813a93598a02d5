"""Steps and joins: what a trace is made of, as frozen values that can be shown or written out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from .actors import Act
from .instant import show
from .kind import EdgeKind, NodeKind
from .record import Version
from .scope import Direction

EXCERPT = 160
Span = tuple[int, int]
"""A half-open range of characters."""


def activation(version: Version) -> bool:
    """Whether a cube is an activation: it stands for what a model has read, and has no words itself."""
    return version.payload is not None and version.payload.form == "activation"


@dataclass(frozen=True, slots=True)
class Quote:
    """Characters of a cube that were used, and where they stand in its source.

    `span` counts from the start of the cube, `place` from the start of the source that the cube stands
    in; `source` and `place` are None where that source cannot be read.
    """

    text: str
    span: Span
    source: str | None = None
    place: Span | None = None

    def as_json(self) -> dict[str, Any]:
        """The quote as plain data."""
        place = None if self.place is None else list(self.place)
        return {"text": self.text, "span": list(self.span), "source": self.source, "place": place}


@dataclass(frozen=True, slots=True)
class Step:
    """One node of a trace, shown by the version that the trace rests on.

    `version` is the content that was used, which need not be the one in force now: then `revised` is
    true, or `in_force` is false, and `until` names the change that ended it.
    """

    version: Version
    depth: int
    in_force: bool
    revised: bool
    since: Act | None
    until: Act | None

    @property
    def node(self) -> str:
        """The node's id."""
        return self.version.node

    @property
    def kind(self) -> NodeKind:
        """What the node is."""
        return self.version.kind

    @property
    def erased(self) -> bool:
        """Whether the content was destroyed for ever."""
        return self.version.content is None

    @property
    def text(self) -> str:
        """The whole payload: the source's text, the passage, what was given out; an activation has no words."""
        return "" if activation(self.version) else self.version.text

    @property
    def title(self) -> str:
        """What a person would call it; never empty."""
        if self.erased:
            return f"erased {self.kind}"
        header = self.version.get
        if self.kind is NodeKind.FACT:
            denied = "not " if header("negated") else ""
            words = header("subject", ""), f"{denied}{header('relation', '')}", header("object", "")
            return " ".join(map(str, filter(None, words)))
        for name in ("title", "question", "name", "uri", "verb"):
            if header(name):
                return str(header(name))
        return self.node[:8]

    @property
    def excerpt(self) -> str:
        """The beginning of the text on one line, at most 160 characters; of an activation what is kept."""
        if activation(self.version):
            if (layer := self.said("injection_layer")) != "":
                return f"steering after layer {layer} of {self.said('model')}: {self.said('effect') or 'not measured'}"
            return f"KV cache of {self.said('tokens')} tokens of {self.said('model')}"
        line = " ".join(self.text[: 4 * EXCERPT].split())
        return line if len(line) <= EXCERPT else line[: EXCERPT - 1].rstrip() + "…"

    @property
    def status(self) -> str:
        """What became of the content shown: in force, revised, withdrawn or erased."""
        if self.erased:
            return "erased"
        if not self.in_force:
            return "withdrawn"
        return "revised since" if self.revised else "in force"

    def said(self, name: str) -> str:
        """One field of the header as text, empty where it is not there."""
        value = self.version.get(name)
        return "" if value is None else str(value)

    @property
    def stated(self) -> int | None:
        """When the source or passage says that it was written, in microseconds."""
        value = self.version.get("stated")
        return value if isinstance(value, int) else None

    def as_json(self) -> dict[str, Any]:
        """The step as plain data; times in RFC 3339, absent fields left out."""
        payload = self.version.payload
        told: dict[str, Any] = {
            "id": self.node,
            "kind": str(self.kind),
            "title": self.title,
            "excerpt": self.excerpt or None,
            "depth": self.depth,
            "status": self.status,
            "in_force": self.in_force,
            "revised": self.revised,
            "erased": self.erased,
            "record": self.version.id,
            "digest": self.version.digest,
            "payload": payload.digest if payload else None,
            "stated": None if self.stated is None else show(self.stated),
            "since": self.since.as_json() if self.since else None,
            "until": self.until.as_json() if self.until else None,
        }
        for name in ("uri", "author", "speaker", "question", "form", "model"):
            told[name] = self.said(name) or None
        return {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Join:
    """One edge of a trace: `made` rests on `of`.

    `places` are characters of the source (of a passage in its source), `quotes` what was used of a
    cube. `pinned` is the payload digest that a receipt holds; `matches` says whether that payload is
    still in force, None where nothing was pinned.
    """

    id: str
    kind: EdgeKind
    role: str
    made: str
    of: str
    in_force: bool
    until: Act | None
    places: tuple[Span, ...] = ()
    quotes: tuple[Quote, ...] = ()
    pinned: str | None = None
    matches: bool | None = None

    def ends(self, direction: Direction) -> tuple[str, str]:
        """The near and the far end for somebody who walks in this direction."""
        return (self.made, self.of) if direction is Direction.UP else (self.of, self.made)

    def as_json(self) -> dict[str, Any]:
        """The join as plain data, absent fields left out."""
        told: dict[str, Any] = {
            "id": self.id,
            "kind": str(self.kind),
            "role": self.role or None,
            "made": self.made,
            "of": self.of,
            "in_force": self.in_force,
            "until": self.until.as_json() if self.until else None,
            "places": [list(place) for place in self.places] or None,
            "quotes": [quote.as_json() for quote in self.quotes] or None,
            "pinned": self.pinned,
            "matches": self.matches,
        }
        return {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a node came from, or what was made of it, as of one sequence.

    `steps` begin with the node itself and go on level by level; `joins` hold them together (a node
    that is reached twice is one step with two joins). `truncated` says that there is more.
    """

    direction: Direction
    seq: int
    steps: tuple[Step, ...]
    joins: tuple[Join, ...]
    truncated: bool

    @property
    def root(self) -> Step:
        """The node that was asked about."""
        return self.steps[0]

    def step(self, node: str) -> Step:
        """One step by its node; raises `KeyError` where the trace does not hold it."""
        for step in self.steps:
            if step.node == node:
                return step
        raise KeyError(node)

    def after(self, node: str) -> tuple[tuple[Join, Step], ...]:
        """What follows a node in the direction of the trace, in a stable order."""
        return tuple(
            (join, self.step(join.ends(self.direction)[1]))
            for join in self.joins
            if join.ends(self.direction)[0] == node
        )

    def through(self, nodes: Collection[str]) -> Trace:
        """The part that leads through these nodes and no others, from the node asked about on."""
        kept, joins = {self.root.node: None}, list[Join]()
        for node in (queue := [self.root.node]):  # grows while it is walked
            for join, far in self.after(node):
                if far.node in nodes:
                    joins.append(join)
                    queue += [] if far.node in kept else [far.node]
                    kept[far.node] = None
        steps = tuple(step for step in self.steps if step.node in kept)
        return replace(self, steps=steps, joins=tuple(joins))

    def of_kind(self, kind: NodeKind) -> tuple[Step, ...]:
        """The steps of one kind, in order."""
        return tuple(step for step in self.steps if step.kind is kind)

    def as_json(self) -> dict[str, Any]:
        """The trace as plain data."""
        return {
            "node": self.root.node,
            "direction": str(self.direction),
            "seq": self.seq,
            "truncated": self.truncated,
            "steps": [step.as_json() for step in self.steps],
            "joins": [join.as_json() for join in self.joins],
        }
