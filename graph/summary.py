"""Summaries: what an archived source leaves in the walk, quoted word for word, and pinned to what it quotes.

A summary is a cube of its own, inferred and of its own origin: what a source opens is what it was. It rests by
DERIVED_FROM edges on the payload digest of every passage that was read for it, so that it may be used
exactly while all of them are in force (`staleness`). It stands in for them: a question finds it only while they
are archived (`graph.index.standing`). It states nothing: no fact is supported by it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from .canonical import sentences_of
from .digest import canonical
from .index.analyser import Analyser
from .instant import OPEN
from .kind import Authority, EdgeKind, NodeKind, Role
from .lexrank import central
from .record import Author, Edge, Payload, Validity, Version
from .retention import Gist
from .scope import Access
from .store import GraphStore, Name

SUMMARY = "summary"
"""The semantic type of a summary."""
METHOD = "lexrank@1"
"""How central sentences are found; another way of finding them is another summary."""
MOST_PASSAGES = 1_000
"""Passages that one summary rests on; a longer source leaves one for each so many."""
FEW_TERMS = 4
"""Terms below which a sentence tells nothing by itself ("Thanks!"), and is quoted only if all are so short."""


class Passage(NamedTuple):
    """A passage as far as it says whether a summary of it is the right one."""

    node: str
    payload: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A summary that should be there: of which passages of a source, of which type, for whom, and how long.

    `readers` are the agents who may read all of it; empty where everybody may who reads the namespace.
    """

    source: str
    kind: str
    passages: tuple[Passage, ...]
    size: int
    gist: str
    readers: tuple[str, ...] = ()

    def name(self, store: GraphStore, ns: str) -> Name:
        """The identity that follows from all of that: of other passages it would be another summary."""
        told = [METHOD, self.size, str(self.gist), list(self.readers)]
        pins = [list(one) for one in sorted(self.passages)]
        digest = hashlib.sha256(canonical([told, pins])).hexdigest()
        return store.name(ns, NodeKind.MEMCUBE, SUMMARY, self.source, self.kind, digest)


@dataclass(frozen=True, slots=True)
class Summary:
    """A summary not yet committed: its version, and the edges that it rests on and is read by."""

    version: Version
    edges: tuple[Edge, ...]

    @property
    def records(self) -> tuple[Version | Edge, ...]:
        """All that it opens."""
        return (self.version, *self.edges)


@dataclass(frozen=True, slots=True)
class Quoted:
    """One sentence of a passage, and the characters that it has there."""

    cube: Version
    span: tuple[int, int]

    @property
    def text(self) -> str:
        """Its words."""
        return self.cube.text[self.span[0] : self.span[1]]


def chosen(cubes: Sequence[Version], size: int, gist: str = Gist.CENTRAL) -> tuple[Quoted, ...]:
    """The sentences of passages, given in order, that are their summary: at most `size`, in that order.

    >>> from .record import Author
    >>> texts = "The pump PX-2 ran dry at noon. Thanks!", "Ann saw that the pump PX-2 ran dry. Any news?"
    >>> cubes = [Author("a", "s", Authority.EXTRACTED, 0).version(NodeKind.MEMCUBE, t[:3],
    ...     {"sentences": [[0, t.index(".") + 1], [t.index(".") + 2, len(t)]]}, payload=Payload.of(t))
    ...     for t in texts]
    >>> [one.text for one in chosen(cubes, 1)]
    ['The pump PX-2 ran dry at noon.']
    """
    terms = _analyser().terms
    every = [
        Quoted(cube, span)
        for cube in cubes
        for a, b in sentences_of(cube)
        if (span := _bare(cube, a, b))
    ]
    said = [terms(one.text) for one in every]
    telling = [
        i
        for i, one in enumerate(every)
        if len(said[i]) >= FEW_TERMS and not one.text.rstrip("\"'”’)」』").endswith(("?", "？"))
    ]
    places = telling or list(range(len(every)))
    if gist == Gist.LATEST:
        return tuple(every[i] for i in places[max(0, len(places) - size) :] if size)
    return tuple(every[places[i]] for i in central([said[i] for i in places], size))


@cache
def _analyser() -> Analyser:
    """One for all summaries: it remembers the words that it has met."""
    return Analyser()


def _bare(cube: Version, start: int, end: int) -> tuple[int, int] | None:
    """The characters of a sentence without the space around it; None where there is nothing else."""
    text = cube.text[start:end]
    bare = text.strip()
    begin = start + text.index(bare)
    return (begin, begin + len(bare)) if bare else None


def drafted(
    store: GraphStore, ns: str, wanted: Wanted, cubes: Sequence[Version], title: str
) -> Summary:
    """Write a summary of passages that are given in the order of their source."""
    quotes = chosen(cubes, wanted.size, wanted.gist)
    name = wanted.name(store, ns)
    text, spans = "", list[list[int]]()
    for quote in quotes:
        text += "\n" if text else ""
        spans.append([len(text), len(text) + len(quote.text)])
        text += quote.text
    languages = Counter(str(quote.cube.get("language", "und")) for quote in quotes)
    header = {
        "title": title,
        "semantic_type": SUMMARY,
        "origin_type": "inferred",
        "language": min(languages, key=lambda one: (-languages[one], one), default="und"),
        "state": "activated",
        "sentences": spans,
        "quotes": [[quote.cube.node, *quote.span] for quote in quotes],
        "summarises": wanted.kind,
        "summarised": wanted.source,
        "made_of": sorted(passage.payload for passage in wanted.passages),
        "method": METHOD if wanted.gist == Gist.CENTRAL else str(wanted.gist),
    }
    valid = validity_of(cubes)
    author = Author(ns, name.id, Authority.INFERRED, valid.start, valid.known)
    version = author.version(
        NodeKind.MEMCUBE, name.id, header, key=name.key, payload=Payload.of(text), validity=valid
    )
    used: dict[str, list[list[int]]] = {cube.node: [] for cube in cubes}
    for quote in quotes:
        used[quote.cube.node].append(list(quote.span))
    pins = dict(wanted.passages)
    edges = [
        author.edge(
            EdgeKind.DERIVED_FROM,
            name.id,
            node,
            {"role": str(Role.USE), "payload": pins[node], "spans": places},
        )
        for node, places in used.items()
    ]
    edges += [
        author.edge(EdgeKind.GRANTS, agent, name.id, {"role": str(Access.READER)})
        for agent in wanted.readers
    ]
    return Summary(version, tuple(edges))


def validity_of(cubes: Sequence[Version]) -> Validity:
    """When all of what it was made of holds; its sources say at each read whether they do."""
    start = max(cube.validity.start for cube in cubes)
    end = min(cube.validity.end for cube in cubes)
    known = all(cube.validity.known for cube in cubes)
    return Validity(start, end if end > start else OPEN, known)


def title_of(source: Version | None, cubes: Sequence[Version]) -> str:
    """What a summary is called: as its source."""
    named = source if source is not None else cubes[0]
    return str(named.get("title") or named.get("name") or "")


def in_order(source: Version | None, cubes: Sequence[Version]) -> list[Version]:
    """Passages as their source has them; what it does not place comes after, as it was said."""
    places: Mapping[str, int] = {
        str(node): int(start)
        for node, start, *_ in reversed((source and source.get("passages")) or ())
    }
    return sorted(
        cubes,
        key=lambda v: (places.get(v.node, OPEN), int(v.get("stated") or 0), v.from_seq, v.node),
    )
