"""Tagging: what somebody calls cubes by, so that they are found together.

A tag is a node of its own, named by where it stands (`tag_path`), and a decision puts it on cubes; no source is
touched by it. What a decision put there another takes away, and `revert` undoes either.
"""

from __future__ import annotations

from collections.abc import Sequence

from .change import ChangeSet, Close, Selector
from .curator import Curator
from .errors import Conflict, Invalid, NotFound
from .kind import EdgeKind, NodeKind, Verb
from .listing import all_edges, all_found
from .record import Edge, Version
from .scope import Along, Scope, Where
from .tag_path import TagPath, said, tag_path

MOST_NAME = 200
"""Characters of the longest name of a tag."""


def named(name: str) -> TagPath:
    """The place of a tag by its name; raises `Invalid` for one that nobody could ask for.

    >>> named("Project/Apollo")
    ('project', 'apollo')
    """
    path = tag_path(name)
    if not path or not name.isprintable() or len(name) > MOST_NAME:
        raise Invalid(
            f"'{name[:40]}' is no name of a tag: use printable characters, at most {MOST_NAME}, "
            "with / between levels"
        )
    return path


class Tagging:
    """Puts tags on the cubes of one namespace, and takes them away."""

    def __init__(self, curator: Curator) -> None:
        self.curator = curator
        self.store, self.ns = curator.store, curator.ns

    def tagging(
        self,
        scope: Scope,
        node: str,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
        reason: str = "",
    ) -> ChangeSet:
        """The change that gives a cube, or every cube that a source has now, some tags and takes others away.

        What is there already, or is not there, is passed over. Raises `NotFound`, `Invalid` for a name that is
        none or that is given and taken at once, and `Conflict` where nothing is left to do; a
        `ChangeSet` refuses more operations than one change holds.
        """
        given = {named(name): name.strip() for name in add}
        taken = {named(name) for name in remove}
        if not given and not taken:
            raise Invalid("there is nothing to tag with: name a tag to add or to remove")
        both = sorted(said(path) for path in given.keys() & taken)
        if both:
            raise Invalid(f"'{both[0]}' cannot be added and removed at once")
        cubes = self._cubes(scope, node)
        held = self._held(scope, cubes)
        gone = [edge for path in taken for edges in held.values() for edge in edges.get(path, ())]
        fresh = {path: [cube for cube in cubes if path not in held.get(cube, {})] for path in given}
        fresh = {path: lacking for path, lacking in fresh.items() if lacking}
        if not fresh and not gone:
            which = ", ".join(sorted(said(path) for path in given or taken))
            state = "carries" if given else "does not carry"
            raise Conflict(f"{node} {state} {which}: there is nothing to do")
        tags = {path: self.store.name(self.ns, NodeKind.TAG, said(path)) for path in fresh}
        return self.curator.decided(
            Verb.TAG,
            {
                "add": sorted(said(path) for path in fresh),
                "remove": sorted({said(path) for path in taken}),
            },
            reason,
            [Close(Selector(ids=tuple(sorted(edge.id for edge in gone))))] if gone else [],
            keyed=[(NodeKind.TAG, tags[path], {"name": given[path]}) for path in fresh],
            edges=[
                (EdgeKind.TAGGED, cube, tags[path].id, {})
                for path, lacking in fresh.items()
                for cube in lacking
            ],
            targets=[node],
        )

    def _cubes(self, scope: Scope, node: str) -> list[str]:
        versions = self.store.get(scope, [node])
        if not versions:
            raise NotFound(f"there is no node {node}: `memcubes search` finds what there is")
        kind = versions[0].kind
        if kind is NodeKind.MEMCUBE:
            return [node]
        if kind is not NodeKind.SOURCE:
            raise Invalid(f"a {kind} carries no tags: name a cube, or a source for all its cubes")
        where = Where(kinds=(NodeKind.MEMCUBE,), origins=(node,))
        cubes = sorted({version.node for version in all_found(self.store, scope, where)})
        if not cubes:
            raise NotFound(f"source {node} holds no cube: there is nothing to tag")
        return cubes

    def _held(self, scope: Scope, cubes: Sequence[str]) -> dict[str, dict[TagPath, list[Edge]]]:
        """The tags that cubes carry now, by cube and place, with the edges that say so."""
        along = Along(kinds=(EdgeKind.TAGGED,), src=tuple(cubes))
        edges = list(all_edges(self.store, scope, along))
        names: dict[str, Version] = {}
        for version in self.store.get(scope, sorted({edge.dst for edge in edges})):
            names.setdefault(version.node, version)
        held: dict[str, dict[TagPath, list[Edge]]] = {}
        for edge in edges:
            if edge.dst in names:
                path = tag_path(str(names[edge.dst].get("name", "")))
                held.setdefault(edge.src, {}).setdefault(path, []).append(edge)
        return held
