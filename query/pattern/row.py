"""Row: one thing that a step gives: a node with its fields, or a group, and the cubes that it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...graph.kind import NodeKind
from ...graph.record import Version
from ...graph.record_text import KEY, KIND, cells_in
from .value import typed

Values = Mapping[str, tuple[str, ...]]
GROUP = "group"


@dataclass(frozen=True, slots=True)
class Row:
    """A node or a group.

    `values` are its fields and the columns that were added, by name, each with one text or several; a column
    that was added and is lacking here holds none. `cubes` are those that it was read from, and those that led to it or went into it. `place` puts
    rows in an order that does not depend on the store.
    """

    node: str
    kind: str
    key: str | None
    title: str
    text: str
    values: Values
    cubes: frozenset[str]
    place: tuple[Any, ...]

    def get(self, name: str) -> tuple[str, ...]:
        """What a field or column holds; nothing where it is lacking."""
        if not name.startswith("@") or name in self.values:  # a group holds what it was grouped by
            return self.values.get(name, ())
        held = {
            "@key": self.key,
            "@kind": self.kind,
            "@id": self.node,
            "@title": self.title,
            "@text": self.text,
        }[name]
        return (held,) if held else ()

    @property
    def identity(self) -> Any:
        """What makes two rows one: the node, or of a group its values."""
        return self.node or self.place

    def led(self, cubes: frozenset[str]) -> Row:
        """The same row, reached from others."""
        return self if cubes <= self.cubes else replace(self, cubes=self.cubes | cubes)

    def with_columns(self, columns: Values) -> Row:
        """The same row with more columns, or other values in them."""
        return replace(self, values={**self.values, **columns})


def row_of(version: Version) -> Row:
    """The row of a node: of a record its fields, of anything else what its header says plainly."""
    cube = version.kind is NodeKind.MEMCUBE
    if cube and version.get(KIND) is not None:
        kind, key = str(version.get(KIND)), version.get(KEY)
        title = str(version.get("title", ""))
        place = (kind, key or "", version.text, version.node)
        cubes = frozenset((version.node,))
        return Row(version.node, kind, key, title, version.text, cells_in(version), cubes, place)
    kind = "cube" if cube else str(version.kind).lower()
    values = {
        name.replace("_", " "): (str(held).lower() if isinstance(held, bool) else str(held),)
        for name, held in (version.content or {}).items()
        if isinstance(held, str | bool | int) and str(held)
    }
    values.pop("sentences", None)
    name = next((str(version.get(n)) for n in ("title", "name", "uri") if version.get(n)), "")
    if version.kind is NodeKind.FACT:
        said = (str(version.get(n, "")) for n in ("subject", "relation", "object"))
        name = " ".join(word for word in said if word)
    cubes = frozenset((version.node,)) if cube else frozenset[str]()
    text = version.text if cube else ""
    return Row(
        version.node, kind, None, name, text, values, cubes, (kind, name, text, version.node)
    )


def group_of(by: Mapping[str, tuple[str, ...]], columns: Values, cubes: Iterable[str]) -> Row:
    """The row of a group."""
    values = {**by, **columns}
    place = (GROUP, *((name, tuple(map(typed, held))) for name, held in by.items()))
    return Row("", GROUP, None, "", "", values, frozenset(cubes), place)
