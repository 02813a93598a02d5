"""Unfolding: YAML whose aliases say more than its text, which is refused before it is put together.

An alias repeats what an anchor names; ten lines of aliases of aliases are thousands of millions of values ("billion
laughs"). What a text may unfold to is bounded while it is parsed, where an alias still costs nothing.
"""

from __future__ import annotations

from typing import Any

import yaml

MOST_VALUES = 100_000
"""Values that a text without so many of its own may unfold to."""


class Unfolds(yaml.YAMLError):
    """A text that says many times more by its aliases than it holds."""


class _Loader(yaml.SafeLoader):
    """Counts what each part unfolds to; a part that holds itself is left to whoever walks through it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._most = max(MOST_VALUES, len(text))
        self._weights: dict[int, int] = {}

    def compose_node(self, parent: Any, index: Any) -> Any:
        alias = self.check_event(yaml.AliasEvent)
        node = super().compose_node(parent, index)
        if node is None or alias or isinstance(node, yaml.ScalarNode):
            return node
        inner = (
            node.value
            if isinstance(node, yaml.SequenceNode)
            else [part for pair in node.value for part in pair]
        )
        weight = 1 + sum(self._weights.get(id(part), 1) for part in inner)
        if weight > self._most:
            mark = node.start_mark
            raise Unfolds(
                f"line {mark.line + 1}: its aliases (*name) unfold to more than {self._most:,} values; write "
                "out what is meant"
            )
        self._weights[id(node)] = weight
        return node

    def construct_number(self, node: Any) -> Any:
        """A number; "1:59:59…", which is one in YAML, of at most as many parts as a time has."""
        if node.value.count(":") > 3:
            return node.value
        whole = node.tag.endswith(":int")
        read = self.construct_yaml_int if whole else self.construct_yaml_float
        return read(node)


for _kind in ("int", "float"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_kind}", _Loader.construct_number)


def read_yaml(text: str) -> Any:
    """Read YAML as plain data; raises `yaml.YAMLError`, and `Unfolds` before an alias bomb goes off.

    >>> read_yaml("a: &one [1, 2]\\nb: *one")
    {'a': [1, 2], 'b': [1, 2]}
    """
    loader = _Loader(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()
