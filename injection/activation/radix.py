"""A radix tree over token ids: which kept run of tokens does a prompt begin with?

A compressed trie (Morrison 1968; SGLang's RadixAttention, arXiv 2312.07104, keeps caches in one). Its shape
follows from what is in it alone, whatever the order: a node stands for a key, or for a place where the ways part, and
nothing else is a node.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Value = TypeVar("Value")
Ids = tuple[int, ...]


@dataclass(slots=True)
class _Node(Generic[Value]):
    edge: Ids = ()
    parent: _Node[Value] | None = None
    children: dict[int, _Node[Value]] = field(default_factory=dict)
    held: tuple[Value] | None = None

    @property
    def needed(self) -> bool:
        return self.held is not None or len(self.children) > 1


class RadixTree(Generic[Value]):
    """Values by runs of token ids.

    >>> tree = RadixTree[str]()
    >>> tree.insert((1, 2, 3), "long"); tree.insert((1, 2), "short")
    >>> list(tree.prefixes((1, 2, 3, 4)))
    [((1, 2, 3), 'long'), ((1, 2), 'short')]
    """

    def __init__(self) -> None:
        self._root: _Node[Value] = _Node()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def insert(self, ids: Sequence[int], value: Value) -> None:
        """Hold a value under a key; one that was there is replaced."""
        node = self._made(tuple(ids))
        self._count += node.held is None
        node.held = (value,)

    def get(self, ids: Sequence[int]) -> Value | None:
        """The value under exactly this key."""
        node = self._at(tuple(ids))
        return node.held[0] if node is not None and node.held is not None else None

    def remove(self, ids: Sequence[int]) -> Value | None:
        """Take a key out; gives its value, or None where there was none."""
        node = self._at(tuple(ids))
        if node is None or node.held is None:
            return None
        (value,), node.held = node.held, None
        self._count -= 1
        self._tidy(node)
        return value

    def prefixes(self, ids: Sequence[int]) -> list[tuple[Ids, Value]]:
        """Every key that `ids` begin with, the longest first."""
        whole, found = tuple(ids), []
        for node, at in self._path(whole):
            if node.held is not None:
                found.append((whole[:at], node.held[0]))
        return found[::-1]

    def items(self) -> Iterator[tuple[Ids, Value]]:
        """Every key and value, in the order of the keys."""
        for key, node in self._walk():
            if node.held is not None:
                yield key, node.held[0]

    def shape(self) -> list[tuple[Ids, bool]]:
        """Every node but the root: its edge, and whether it holds a value; in order."""
        return [(n.edge, n.held is not None) for _, n in self._walk() if n is not self._root]

    def _walk(self) -> Iterator[tuple[Ids, _Node[Value]]]:
        todo: list[tuple[Ids, _Node[Value]]] = [((), self._root)]
        while todo:
            key, node = todo.pop()
            yield key, node
            for first in sorted(node.children, reverse=True):
                child = node.children[first]
                todo.append((key + child.edge, child))

    def _path(self, ids: Ids) -> Iterator[tuple[_Node[Value], int]]:
        """The nodes whose whole way `ids` begin with, and how long the way is; the root first."""
        node, at = self._root, 0
        yield node, at
        while at < len(ids):
            child = node.children.get(ids[at])
            if child is None or ids[at : at + len(child.edge)] != child.edge:
                return
            node, at = child, at + len(child.edge)
            yield node, at

    def _at(self, ids: Ids) -> _Node[Value] | None:
        for node, at in self._path(ids):
            if at == len(ids):
                return node
        return None

    def _made(self, ids: Ids) -> _Node[Value]:
        """The node of this key, made where there is none."""
        node, at = list(self._path(ids))[-1]
        if at == len(ids):
            return node
        child = node.children.get(ids[at])
        if child is not None:
            alike = _alike(child.edge, ids[at:])
            middle = _Node(child.edge[:alike], node)
            node.children[ids[at]] = middle
            child.edge, child.parent = child.edge[alike:], middle
            middle.children[child.edge[0]] = child
            node, at = middle, at + alike
            if at == len(ids):
                return node
        made = _Node(ids[at:], node)
        node.children[ids[at]] = made
        return made

    def _tidy(self, node: _Node[Value]) -> None:
        """Take away a node that stands for nothing, and join one that has a single way on."""
        parent = node.parent
        if node.needed or parent is None:
            return
        if node.children:
            (child,) = node.children.values()
            child.edge, child.parent = node.edge + child.edge, parent
            parent.children[node.edge[0]] = child
        else:
            del parent.children[node.edge[0]]
            self._tidy(parent)


def _alike(one: Ids, other: Ids) -> int:
    """How many ids two runs begin with in common, by halving: runs compare fast, single ids do not."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
