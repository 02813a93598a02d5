"""Contents: what a view holds of each passage, so that an index can be compared with another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from .view import View


@dataclass(frozen=True, slots=True)
class Indexed:
    """One visible passage: its hashed terms with counts, what it mentions with weights, what follows it.

    `vectors` is the SHA-256 of its vector and of those of its sentences, as they lie in the index.
    """

    node: str
    terms: tuple[tuple[str, int], ...]
    mentions: tuple[tuple[str, int], ...]
    following: tuple[str, ...]
    vectors: str


def contents(view: View) -> Iterator[Indexed]:
    """Read a view passage by passage, in order of their ids."""
    graph = view.adjacency
    named = {group: view.entity(group) for group in set(graph.mentions.indices.tolist())}
    for passage in sorted(range(view.size), key=view.node):
        terms, vectors = view.raw(passage)
        row = slice(graph.mentions.indptr[passage], graph.mentions.indptr[passage + 1])
        weights = zip(
            graph.mentions.indices[row].tolist(), graph.mentions.data[row].tolist(), strict=True
        )
        on = slice(graph.following.indptr[passage], graph.following.indptr[passage + 1])
        yield Indexed(
            view.node(passage),
            tuple(sorted((f"{term:016x}", count) for term, count in terms)),
            tuple(sorted((named[group], int(weight)) for group, weight in weights)),
            tuple(sorted(view.node(other) for other in graph.following.indices[on].tolist())),
            hashlib.sha256(b"".join(vectors)).hexdigest(),
        )
