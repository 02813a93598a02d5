"""The tree against a plain dict, and one shape for one content."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from memcubes.injection.activation.radix import RadixTree, _Node

KEYS = st.lists(st.integers(0, 2), max_size=6).map(tuple)


class Tree(RuleBasedStateMachine):
    """Every operation on a tree and on the dicts that it stands for."""

    def __init__(self) -> None:
        super().__init__()
        self.tree: RadixTree[int] = RadixTree()
        self.held: dict[tuple[int, ...], int] = {}

    @rule(key=KEYS, value=st.integers(0, 9))
    def insert(self, key: tuple[int, ...], value: int) -> None:
        self.tree.insert(key, value)
        self.held[key] = value

    @rule(key=KEYS)
    def remove(self, key: tuple[int, ...]) -> None:
        assert self.tree.remove(key) == self.held.pop(key, None)

    @rule(key=KEYS)
    def ask(self, key: tuple[int, ...]) -> None:
        begun = [key[:end] for end in range(len(key), -1, -1) if key[:end] in self.held]
        assert self.tree.prefixes(key) == [(one, self.held[one]) for one in begun]
        assert self.tree.get(key) == self.held.get(key)

    @invariant()
    def one_shape(self) -> None:
        assert len(self.tree) == len(self.held)
        assert list(self.tree.items()) == sorted(self.held.items())
        again: RadixTree[int] = RadixTree()
        for key in sorted(self.held):
            again.insert(key, self.held[key])
        assert again.shape() == self.tree.shape()
        check(self.tree._root)


def check(node: _Node[int]) -> None:
    for first, child in node.children.items():
        assert child.parent is node
        assert child.edge[0] == first
        assert child.needed
        check(child)


TestTree = Tree.TestCase
TestTree.settings = settings(max_examples=40, stateful_step_count=30)


@given(KEYS, KEYS, KEYS)
def test_what_is_taken_out_leaves_nothing(
    one: tuple[int, ...], other: tuple[int, ...], third: tuple[int, ...]
) -> None:
    tree: RadixTree[int] = RadixTree()
    tree.insert(one, 1)
    before = tree.shape()
    for key in {other, third} - {one}:
        tree.insert(key, 2)
    for key in {other, third} - {one}:
        tree.remove(key)
    assert tree.shape() == before


@pytest.mark.parametrize("length", [6_000])
def test_long_runs(length: int) -> None:
    chance = random.Random(1)
    whole = tuple(chance.randrange(50_000) for _ in range(length))
    tree: RadixTree[int] = RadixTree()
    for end in (1, 2_999, 3_000, length):
        tree.insert(whole[:end], end)
    tree.insert((*whole[:4_321], -1), 0)
    assert [value for _, value in tree.prefixes(whole)] == [length, 3_000, 2_999, 1]
    assert [len(edge) for edge, _ in tree.shape()] == [1, 2_998, 1, 1_321, 1, length - 4_321]
