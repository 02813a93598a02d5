"""Answering from evidence: the few sentences that bear the answer, quoted, and what joins them.

No model writes anything here. The sentences of the best cubes are scored (the walk's score of their
cube, the share of the question's words, weighted by rarity, and the closeness of their vectors); the
best one opens the answer, and further ones are added where they bring what is still missing and are
joined to it by a name. What the engine knows of each sentence (superseded, disputed) is stated, and a
superseded sentence brings the one that replaced it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..graph.belief import Belief, Status, beliefs
from ..graph.canonical import canonical_entities
from ..graph.errors import Invalid
from ..graph.index.analyser import Analyser
from ..graph.kind import EdgeKind, NodeKind
from ..graph.listing import all_edges
from ..graph.record import Edge, Version
from ..graph.scope import Along, Scope
from ..graph.store import GraphStore
from .hit import Hit, SearchResult
from .quote import Answer, Quote

CANDIDATES = 20
MOST_QUOTES = 4
SentenceVectors = Callable[[Scope, Sequence[Version]], Mapping[str, "np.ndarray[tuple[int, int], np.dtype[np.float32]]"]]


@dataclass(frozen=True, slots=True)
class _Sentence:
    hit: Hit
    span: tuple[int, int]
    text: str
    terms: frozenset[str]
    close: float
    facts: tuple[str, ...]
    names: frozenset[str]


class Answerer:
    """Answers questions in one namespace from what `search` finds.

    `search` finds hits; `vectors` gives for each cube the unit vectors of its sentences (rows in the
    order of the header's `sentences`); `encode` gives the question's vector.
    """

    def __init__(
        self,
        store: GraphStore,
        search: Callable[[Scope, str, int], SearchResult],
        analyser: Analyser,
        encode: Callable[[str], "np.ndarray[tuple[int], np.dtype[np.float32]]"],
        vectors: SentenceVectors,
    ) -> None:
        self._store = store
        self._search = search
        self._analyser = analyser
        self._encode = encode
        self._vectors = vectors

    def ask(self, scope: Scope, question: str, *, check_sources: bool = True) -> Answer:
        """Answer; with `check_sources`, try the question without each source that was quoted."""
        quotes = self._quotes(scope, question)
        if check_sources and quotes:
            quotes = self._weighed(scope, question, quotes)
        return Answer(question, tuple(quotes), scope.seq)

    def _weighed(self, scope: Scope, question: str, quotes: Sequence[Quote]) -> list[Quote]:
        """Ask again without each source: it is redundant where what it says is still quoted."""
        verdicts: dict[str, bool] = {}
        for origin in dict.fromkeys(quote.cube.origin for quote in quotes):
            rest = self._quotes(scope.but(without=tuple(sorted({*scope.without, origin}))), question)
            facts = {fact for quote in rest for fact in quote.facts}
            texts = {_folded(quote.text) for quote in rest}
            verdicts[origin] = not all(
                bool(facts.intersection(quote.facts)) or _folded(quote.text) in texts
                for quote in quotes
                if quote.cube.origin == origin
            )
        return [replace(quote, necessary=verdicts[quote.cube.origin]) for quote in quotes]

    def _quotes(self, scope: Scope, question: str) -> list[Quote]:
        if not question.strip():
            raise Invalid("the question is empty: ask something")
        found = self._search(scope, question, CANDIDATES)
        if not found.hits:
            return []
        context = _Context(self._store, scope, [hit.cube for hit in found.hits])
        sentences = self._sentences(scope, question, found, context)
        if not sentences:
            return []
        chosen = _chosen(sentences, frozenset(self._analyser.terms(question)), context, question)
        return self._stated(scope, context, chosen)

    def _sentences(
        self, scope: Scope, question: str, found: SearchResult, context: _Context
    ) -> list[_Sentence]:
        asked = self._encode(question)
        vectors = self._vectors(scope, [hit.cube for hit in found.hits])
        sentences: list[_Sentence] = []
        for hit in found.hits:
            rows = vectors.get(hit.cube.id)
            for place, (start, end) in enumerate(_spans(hit.cube)):
                text = hit.cube.text[start:end]
                close = float(rows[place] @ asked) if rows is not None and place < len(rows) else 0.0
                sentences.append(
                    _Sentence(
                        hit,
                        (start, end),
                        text,
                        frozenset(self._analyser.terms(text)),
                        close,
                        context.facts_in(hit.cube.node, (start, end)),
                        context.names_in(hit.cube.node, (start, end)),
                    )
                )
        return sentences

    def _stated(
        self, scope: Scope, context: _Context, chosen: Sequence[tuple[_Sentence, float, frozenset[str]]]
    ) -> list[Quote]:
        """State what is believed of each sentence; what replaced a superseded one comes first."""
        facts = sorted({fact for sentence, _, _ in chosen for fact in sentence.facts})
        held = beliefs(self._store, scope, facts) if facts else {}
        rivals = sorted({other for belief in held.values() for other in belief.by} - set(held))
        held |= beliefs(self._store, scope, rivals) if rivals else {}
        quotes: list[Quote] = []
        for sentence, score, names in chosen:
            status, against = _judged(sentence.facts, held)
            joined = tuple(sorted(context.surface[name] for name in names if name in context.surface))
            quote = Quote(
                sentence.hit.cube,
                None,
                sentence.span,
                sentence.text,
                score,
                status,
                tuple(held[other].words for other in against if other in held),
                sentence.facts,
                joined,
            )
            if status in (Status.SUPERSEDED, Status.DISPUTED):
                quotes += self._rivals(scope, against, quote, quotes)
            quotes.append(quote)
        unique = {(q.cube.id, q.span): q for q in reversed(quotes)}
        ordered = [q for q in quotes if unique.pop((q.cube.id, q.span), None) is not None]
        ordered.sort(key=lambda q: q.status is Status.SUPERSEDED)
        return self._sourced(scope, ordered[: MOST_QUOTES + 2])

    def _rivals(
        self, scope: Scope, against: Sequence[str], quote: Quote, before: Sequence[Quote]
    ) -> list[Quote]:
        """The sentences that state what stands against a quote."""
        known = {fact for other in before for fact in other.facts}
        wanted = tuple(fact for fact in against if fact not in known)[:2]
        if not wanted:
            return []
        edges = list(all_edges(self._store, scope, Along(kinds=(EdgeKind.SUPPORTS,), dst=wanted)))
        cubes = {v.node: v for v in self._store.get(scope, sorted({e.src for e in edges}))}
        held = beliefs(self._store, scope, wanted)
        found: list[Quote] = []
        for fact in wanted:
            places = sorted(
                (e for e in edges if e.dst == fact and e.src in cubes),
                key=lambda e: (-int(cubes[e.src].get("stated") or 0), e.src),
            )
            for edge in places[:1]:
                cube = cubes[edge.src]
                start, end = edge.get("spans", [[0, len(cube.text)]])[0]
                found.append(
                    Quote(
                        cube,
                        None,
                        (start, end),
                        cube.text[start:end],
                        quote.score,
                        held[fact].status,
                        (),
                        (fact,),
                        (),
                    )
                )
        return found

    def _sourced(self, scope: Scope, quotes: Sequence[Quote]) -> list[Quote]:
        """Add to each quote its source, and where in the source it stands."""
        wanted = sorted({quote.cube.origin for quote in quotes})
        sources = {v.node: v for v in self._store.get(scope, wanted) if v.kind is NodeKind.SOURCE}
        complete: list[Quote] = []
        for quote in quotes:
            source = sources.get(quote.cube.origin)
            span = None
            for node, start, end in source.get("passages", []) if source else ():
                if node == quote.cube.node and end - start == len(quote.cube.text):
                    span = (start + quote.span[0], start + quote.span[1])
            complete.append(replace(quote, source=source, source_span=span))
        return complete


class _Context:
    """What the candidate cubes name and state, read in two statements."""

    def __init__(self, store: GraphStore, scope: Scope, cubes: Sequence[Version]) -> None:
        nodes = tuple(sorted({cube.node for cube in cubes}))
        kinds = (EdgeKind.MENTIONS, EdgeKind.SUPPORTS)
        edges = list(all_edges(store, scope, Along(kinds=kinds, src=nodes)))
        self.canonical = canonical_entities(store, scope)
        self.supports: dict[str, list[Edge]] = {}
        self.mentions: dict[str, list[Edge]] = {}
        self.counts: dict[str, int] = {}
        for edge in edges:
            if edge.kind is EdgeKind.SUPPORTS:
                self.supports.setdefault(edge.src, []).append(edge)
            else:
                self.mentions.setdefault(edge.src, []).append(edge)
                root = self.canonical.get(edge.dst, edge.dst)
                self.counts[root] = self.counts.get(root, 0) + 1
        wanted = sorted({e.dst for e in edges if e.kind is EdgeKind.MENTIONS})
        self.surface: dict[str, str] = {}
        self.spoken: dict[str, set[str]] = {}
        for version in store.get(scope, wanted) if wanted else ():
            root = self.canonical.get(version.node, version.node)
            self.surface.setdefault(root, str(version.get("name", "")))
            self.spoken.setdefault(root, set()).add(str(version.get("name", "")))

    def facts_in(self, cube: str, span: tuple[int, int]) -> tuple[str, ...]:
        return tuple(
            sorted(e.dst for e in self.supports.get(cube, ()) if _touches(e.get("spans", []), span))
        )

    def names_in(self, cube: str, span: tuple[int, int]) -> frozenset[str]:
        return frozenset(
            self.canonical.get(e.dst, e.dst)
            for e in self.mentions.get(cube, ())
            if _touches(e.get("spans", []), span)
        )


def _touches(spans: Sequence[Sequence[int]], span: tuple[int, int]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in spans)


def _spans(cube: Version) -> list[tuple[int, int]]:
    spans = [(int(start), int(end)) for start, end in cube.get("sentences", [])]
    return spans or ([(0, len(cube.text))] if cube.text else [])


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _judged(facts: Sequence[str], held: Mapping[str, Belief]) -> tuple[Status, tuple[str, ...]]:
    """The worst that is true of a sentence's facts."""
    for status in (Status.SUPERSEDED, Status.DISPUTED):
        against = [other for f in facts if f in held and held[f].status is status for other in held[f].by]
        if against:
            return status, tuple(dict.fromkeys(against))
    return Status.BELIEVED, ()


def _chosen(
    sentences: Sequence[_Sentence], asked: frozenset[str], context: _Context, question: str
) -> list[tuple[_Sentence, float, frozenset[str]]]:
    """Choose greedily: the best sentence, then those that add what is missing and are joined to it."""
    rarity = _rarity(sentences, asked)
    whole = sum(rarity.values()) or 1.0
    top = max((s.hit.score for s in sentences), default=1.0) or 1.0
    named = {
        node for node, names in context.spoken.items() if any(_folded(n) in _folded(question) for n in names)
    }
    chosen: list[tuple[_Sentence, float, frozenset[str]]] = []
    covered: set[str] = set()
    while len(chosen) < MOST_QUOTES:
        best: tuple[float, _Sentence, frozenset[str]] | None = None
        taken = {(s.hit.cube.id, s.span) for s, _, _ in chosen}
        for sentence in sentences:
            if (sentence.hit.cube.id, sentence.span) in taken:
                continue
            gain = sum(rarity[t] for t in (sentence.terms & asked) - covered) / whole
            lexical = sum(rarity[t] for t in sentence.terms & asked) / whole
            joining = frozenset(
                name
                for name in sentence.names - named
                if any(name in other.names and other.hit.cube.id != sentence.hit.cube.id for other, _, _ in chosen)
            )
            bridge = max((1 / math.sqrt(context.counts[n]) for n in joining), default=0.0)
            base = 0.4 * sentence.hit.score / top + 0.25 * sentence.close
            value = base + (0.5 * lexical if not chosen else 0.45 * gain + 0.35 * bridge)
            if any(_folded(sentence.text) == _folded(other.text) for other, _, _ in chosen):
                value -= 1.0
            if best is None or value > best[0]:
                best = (value, sentence, joining)
        if best is None or (chosen and best[0] < 0.55 * chosen[0][1]):
            break
        value, sentence, joining = best
        if chosen and not joining and not (sentence.terms & asked) - covered:
            break
        chosen.append((sentence, value, joining))
        covered |= sentence.terms & asked
    return chosen


def _rarity(sentences: Sequence[_Sentence], asked: frozenset[str]) -> dict[str, float]:
    """Weigh the question's words by how few of the candidate sentences hold them."""
    return {
        term: math.log(1 + len(sentences) / (1 + sum(term in s.terms for s in sentences)))
        for term in sorted(asked)
    }
