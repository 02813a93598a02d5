"""Following: from the sentence that leads on over names, as long as something of the question is open.

Each hop takes the sentence nearest to what is left, the third only one that holds some of it. Where the
nearest holds nothing and leads no further, those beside it that name somebody else are tried ("She reports to Jonas
Keil." beside "She is an officer."), and taken where what they lead to holds some of what was open. A record that
refers to another by its key leads to that one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..graph.canonical import sentences_of
from .chain import MOST_HOPS, Joint, Terms, bridges, left_open, onward, units
from .context import Context, Sentence

ASIDE = 2
"""Sentences that are tried where the nearest leads no further."""

SURE = 3
"""Sentences of a chain from which on nearness alone leads no further."""

Read = Callable[[str], tuple[list[Sentence], Context]]


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One sentence of a chain, the question as it stands there, and what was open of it before."""

    joint: Joint
    question: str
    context: Context
    open: frozenset[str] = frozenset()

    @property
    def held(self) -> frozenset[str]:
        """What the sentence has of what was open."""
        return self.joint.sentence.terms & self.open


class Following:
    """Goes on from a lead; `read` gives the sentences for a question, `encode` its vector."""

    def __init__(
        self, read: Read, encode: Callable[[str], npt.NDArray[np.float32]], terms: Terms
    ) -> None:
        self._read = read
        self._encode = encode
        self._terms = terms

    def followed(self, lead: Step, named: frozenset[str]) -> list[Step]:
        """The chain with its lead; `named` are the entities that the question names."""
        chain, reached = [lead], self._reached(lead, named)
        while len(chain) <= MOST_HOPS:
            best = _first(reached, chain)
            if best is None:
                break
            known = named | best.joint.joined_by
            further = self._reached(best, known) if len(chain) < MOST_HOPS else []
            way = [best]
            if len(chain) < MOST_HOPS and not best.held and _first(further, [*chain, best]) is None:
                way = self._aside(chain, best, reached, known) or way
                if way[-1] is not best and len(chain) + 1 < MOST_HOPS:
                    further = self._reached(way[-1], known | way[-1].joint.joined_by)
            chain += way
            named = named.union(*(step.joint.joined_by for step in way))
            reached = further
        return chain

    def _reached(self, at: Step, named: frozenset[str]) -> list[Step]:
        """The sentences that go on from one, best first."""
        last, found = at.joint.sentence, list[Step]()
        for bridge in bridges(last, at.context, named, self._asked_of(at)):
            name = at.context.surface.get(bridge, "")
            left = left_open(at.question, last, name, self._terms)
            if left is None or not name:
                continue
            sentences, context = self._read(left.question)
            sense = last.vector if last.vector is not None else self._encode(last.text)
            near = float(self._encode(left.question) @ sense)
            surface = {**at.context.surface, **context.surface}
            joints = onward(last, left, bridge, sentences, near, surface)
            of_key = [joint for joint in joints if _refers(last, joint.sentence, name)]
            found += [Step(joint, left.question, context, left.terms) for joint in of_key or joints]
        return sorted(found or self._referred(at, named), key=lambda step: -step.joint.value)

    def _asked_of(self, at: Step) -> frozenset[str]:
        """What a record names in the fields that hold something of the question."""
        cube = at.joint.sentence.hit.cube
        if cube.get("record_kind") is None:
            return frozenset()
        asked = frozenset(units(at.question, self._terms))
        return frozenset(
            one
            for start, end in sentences_of(cube)
            if asked.intersection(units(cube.text[start:end], self._terms))
            for one in at.context.names_in(cube.node, (start, end))
        )

    def _referred(self, at: Step, named: frozenset[str]) -> list[Step]:
        """Where nothing is open and a field that is asked for holds a key: the record of that key."""
        last, cube = at.joint.sentence, at.joint.sentence.hit.cube
        if cube.get("record_kind") is None:
            return []
        keys = {one: at.context.surface.get(one, "") for one in self._asked_of(at) - named}
        for one, name in sorted(keys.items(), key=lambda item: item[1]):
            if not name:
                continue
            sentences, context = self._read(name)
            for sentence in sentences:
                of = sentence.hit.cube
                about = str(of.get("record_key")) == name.rpartition(" ")[2]
                if about and one in sentence.names and of.node != cube.node:
                    joint = Joint(sentence, at.joint.value / 2, frozenset({one}))
                    return [Step(joint, at.question, context, last.terms)]
        return []

    def _aside(
        self, chain: Sequence[Step], best: Step, reached: Sequence[Step], named: frozenset[str]
    ) -> list[Step]:
        """Two steps in place of the best one, where together they hold something of what was open."""
        before = frozenset(name for step in chain for name in step.joint.sentence.names)
        others = [
            step
            for step in reached
            if step is not best and step.joint.sentence.names - before - named
        ]
        for step in others[:ASIDE]:
            then = _first(self._reached(step, named), [*chain, step])
            if then is None:
                continue
            held = (step.joint.sentence.terms | then.joint.sentence.terms) & best.open
            if held:
                return [step, then]
        return []


def _refers(last: Sentence, onto: Sentence, name: str) -> bool:
    """Whether a record leads to another by that one's key, and not to one that has the same key in a field."""
    here, there = last.hit.cube, onto.hit.cube
    if here.get("record_kind") is None or there.node == here.node:
        return False
    return str(there.get("record_key")) == name.rpartition(" ")[2]


def _first(reached: Sequence[Step], chain: Sequence[Step]) -> Step | None:
    """The best sentence that may follow; None where it has been said, or where a long chain would go on to what holds
    nothing of what is asked."""
    best = next((step for step in reached if step.joint.value >= 0), None)
    if best is None or (len(chain) >= SURE and not best.held):
        return None
    said = {step.joint.sentence.place for step in chain}
    return None if best.joint.sentence.place in said else best
