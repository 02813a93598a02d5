"""Steering: cubes of wanted and unwanted words become a cube that shifts how a model says things.

It is made by `models steer` and not by a verb of its own: nobody's memory changes by it, a model of this
machine gets something to be read with, as by the other commands of `models`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..graph.errors import Conflict, Invalid, Refused, Stale
from ..graph.kind import NodeKind
from ..graph.lifecycle import walked
from ..graph.record import Version
from ..graph.scope import Scope
from .engines import Engines
from .filtering import filter_of
from .outcome import Steered
from .reference import written

if TYPE_CHECKING:
    from ..injection import activation
    from ..injection.engine.local import LocalEngine
    from ..injection.governed import GovernedEngine
    from ..injection.plan import InjectionPlan

MOST_TEXTS = 1_000
"""Wanted or unwanted texts that one steering is made of at most."""


class Steering(Engines):
    """Making steerings, and having them at hand."""

    def steer(
        self,
        wanted: str | Sequence[str],
        unwanted: str | Sequence[str],
        *,
        layer: int | None = None,
        strength: float = 1.0,
        model: str | None = None,
        file: str | Path | None = None,
        reason: str = "",
    ) -> Steered:
        """Make a steering cube of a local model out of wanted and unwanted texts in memory.

        Each side is a tag, or the names of cubes or sources; the first wanted text goes with the first
        unwanted one. A quarter of the pairs is measured on and no part of the tensor. Without a `layer` it
        belongs after the first third of them. A `file` is the MemCube JSON of a steering that was made of
        just these texts elsewhere, whose tensor is taken as it is. The same of the same texts is one cube.
        Raises `Invalid` where there are no pairs, or the model has no such layer.
        """
        from ..injection.activation.memcube_json import open_memcube
        from ..injection.standing import Standing
        from ..injection.steering_cube import made, transformed

        if type(layer) not in (int, type(None)) or type(strength) not in (int, float):
            raise Invalid(
                f"a steering has a whole number for its layer and a number for its strength, not {layer!r} "
                f"and {strength!r}"
            )
        engine = self._local(self.engine(model))
        scope = self.scope()
        sides = [self._texts(scope, one) for one in (wanted, unwanted)]
        given = open_memcube(Path(file)).steering(engine.model) if file is not None else None
        steering, told = made(engine.model, *sides, layer=layer, strength=strength, given=given)
        node = told.name(self.store(), self.namespace).id
        standing, change = Standing(self.store(), self.scope), None
        if not standing.usable(node):
            self._check_activated(scope, node)
            cubes = [cube for side in sides for cube in side]
            why = reason or f"steering after layer {told.layer}"
            asked = transformed(self.store(), scope, told, cubes, why)
            try:
                change = self._done(asked, node).change
            except Conflict:
                if not standing.usable(node):
                    raise
        engine.set_aside(replace(steering, cube=node))
        effect = told.measured.words if told.measured else "not measured: there is a single pair"
        pairs = len(sides[0])
        return Steered(change, node, told.layer, told.strength, told.digest, pairs, effect)

    def steering(self, name: str, model: str | None = None) -> activation.steering.Steering:
        """The steering that a cube is, for a local model; from the disk, or made once more.

        Raises `Stale` where it may not be used now, `Refused` for another model, and where its tensor is gone
        and cannot be made again bit for bit.
        """
        from ..injection.activation.steering import check_fits
        from ..injection.standing import Standing
        from ..injection.steering_cube import SteeringCube, again

        engine = self._local(self.engine(model))
        scope = self.scope()
        node = self.resolve(name, scope)
        versions = self.store().get(scope, [node])
        if not Standing(self.store(), self.scope).usable(node):
            self._check_activated(scope, node)
            raise Stale(
                f"the steering {node} was made of what is in force no more, or is so no more itself: make it "
                "anew, or bring that back"
            )
        told = SteeringCube.read(versions[0])
        if told.model != engine.model.fingerprint:
            raise Refused(
                f"the steering {node} was made for {told.model} and not for {engine.model.fingerprint}: make "
                "it anew for this model"
            )
        held = engine.aside(node)
        if held is None or held.digest != told.digest:
            sides = [
                self._pinned(scope, [n for n, _ in one]) for one in (told.wanted, told.unwanted)
            ]
            held = again(engine.model, told, *sides)
            if held is None:
                raise Refused(
                    f"the tensor of steering {node} is not on this disk, and made here it would be another "
                    "one: make it anew with `memcubes models steer`"
                )
            held = replace(held, cube=node)
            engine.set_aside(held)
        check_fits(engine.model, held)
        return held

    def save_memcube(self, name: str, path: str | Path, model: str | None = None) -> Path:
        """Write a steering cube as the MemCube JSON of MemOS, its tensor and manifest beside it.

        `steer(…, file=path)` takes it in where the texts are that it was made of.
        """
        from ..injection.activation.memcube_json import saved_memcube

        steering = self.steering(name, model)
        (version,) = self.store().get(self.scope(), [steering.cube])
        return saved_memcube(steering, version, Path(path), self._readers(steering.cube))

    def _check_activated(self, scope: Scope, node: str) -> None:
        for version in self.store().get(scope, [node]):
            if not walked(version.content):
                raise Refused(f"the steering {node} was archived: activate it, and it may be used")

    def _readers(self, node: str) -> tuple[str, ...]:
        """Who may read a cube where not everybody may: names of agents."""
        from ..graph.kind import EdgeKind
        from ..graph.listing import all_edges
        from ..graph.scope import Along

        scope = self.scope()
        near = Along(kinds=(EdgeKind.GRANTS,), dst=(node,))
        agents = sorted({edge.src for edge in all_edges(self.store(), scope, near)})
        named = self.store().get(scope, agents) if agents else ()
        return tuple(sorted(str(agent.get("name") or agent.node) for agent in named))

    def _steered(
        self, engine: GovernedEngine, plan: InjectionPlan, adapters: Sequence[str]
    ) -> InjectionPlan:
        """The plan with these cubes among its adapters, which the engine has at hand."""
        if not adapters:
            return plan
        if isinstance(adapters, str):
            raise Invalid(f"adapters are a list of cubes: write ['{adapters}']")
        taken = [self.steering(name, engine.name) for name in dict.fromkeys(adapters)]
        for one in taken:
            engine.take(one)
        return replace(plan, adapters=tuple(one.digest for one in taken))

    def _local(self, engine: GovernedEngine) -> LocalEngine:
        from ..injection.engine.local import LocalEngine

        if not isinstance(engine.engine, LocalEngine):
            raise Refused(
                f"'{engine.name}' is not here, as steerings and token ids need it: name a model on this machine"
            )
        return engine.engine

    def _texts(self, scope: Scope, named: str | Sequence[str]) -> list[Version]:
        """The cubes of a tag in the order of memory, or those that are named, in that order."""
        if isinstance(named, str):
            where = filter_of({"tags": [written(named, "a tag")]}, lambda name: name)
            found = self.retrieval.operator.search(scope, None, where=where, limit=MOST_TEXTS)
            more = found.after is not None
            cubes = [hit.cube for hit in found.hits]
            cubes.sort(key=lambda cube: (cube.from_seq, str(cube.get("title")), cube.node))
        else:
            cubes = self._pinned(scope, [one for name in named for one in self._held(scope, name)])
            more = len(cubes) > MOST_TEXTS
        if more:
            raise Invalid(f"a steering is made of at most {MOST_TEXTS:,} pairs: name fewer")
        return cubes

    def _held(self, scope: Scope, name: str) -> list[str]:
        """A cube, or the passages of a source in their order."""
        node = self.resolve(name, scope)
        versions = self.store().get(scope, [node])
        if versions and versions[0].kind is NodeKind.SOURCE:
            return [str(one[0]) for one in versions[0].get("passages") or ()]
        return [node]

    def _pinned(self, scope: Scope, nodes: Sequence[str]) -> list[Version]:
        """The cubes of these nodes, in their order; one that is none is left out."""
        found = {v.node: v for v in self.store().get(scope, list(dict.fromkeys(nodes)))}
        return [found[n] for n in nodes if n in found and found[n].kind is NodeKind.MEMCUBE]
