"""Answering from evidence: the few sentences that bear the answer, quoted, and what joins them.

No model writes anything here. The sentences of the best cubes are scored (the walk's score of their
cube, the share of the question's words, weighted by rarity, and the closeness of their vectors); the
best one opens the answer, and further ones are added where they bring what is still missing and are
joined to it by a name. What the engine knows of each sentence (superseded, disputed) is stated, and a
superseded sentence brings the one that replaced it. How sentences are chosen is in `chain`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ..graph.belief import Belief, Status, beliefs
from ..graph.canonical import Span, sentences_of
from ..graph.errors import Invalid
from ..graph.index.analyser import Analyser
from ..graph.kind import EdgeKind, NodeKind
from ..graph.lifecycle import walked
from ..graph.listing import all_edges
from ..graph.record import Version
from ..graph.scope import Along, Scope
from ..graph.store import GraphStore
from .chain import MOST_QUOTES, Joint, asks, counted, leading, spelt_out, spoken, supplements, units
from .context import Context, Sentence, folded, quoted_by
from .following import Following, Step
from .hit import SearchResult
from .length import bounded
from .quotable import headed, quotable
from .quote import Answer, Quote

CANDIDATES = 20
AS_MUCH = 0.75
"""The share of the words that a sentence has of the question which another has to have, to be quoted before it."""
ARTICLE = 4
"""Characters before a name with which a sentence begins all the same."""
SentenceVectors: TypeAlias = Callable[
    [Scope, Sequence[Version]], Mapping[str, npt.NDArray[np.float32]]
]


class Answerer:
    """Answers questions in one namespace from what `search` finds.

    `search` finds hits; `vectors` gives for each cube the unit vectors of its sentences (rows in the
    order of the header's `sentences`); `encode` gives the question's vector; `least` is the closeness
    from which the encoder's vectors mean anything, so that a question nothing bears on stays unanswered.
    """

    def __init__(
        self,
        store: GraphStore,
        search: Callable[[Scope, str, int], SearchResult],
        analyser: Analyser,
        encode: Callable[[str], npt.NDArray[np.float32]],
        vectors: SentenceVectors,
        *,
        least: float = 0.0,
    ) -> None:
        self._store = store
        self._search = search
        self._analyser = analyser
        self._encode = encode
        self._vectors = vectors
        self._least = least

    def ask(self, scope: Scope, question: str, *, check_sources: bool = True) -> Answer:
        """Answer; with `check_sources`, try the question without each source that was quoted."""
        asked = bounded(question)
        quotes = self._quotes(scope, asked.text)
        if check_sources and quotes:
            quotes = self._weighed(scope, asked.text, quotes)
        notes = (asked.note,) if asked.note else ()
        return Answer(question, tuple(quotes), scope.seq, notes=notes)

    def _weighed(self, scope: Scope, question: str, quotes: Sequence[Quote]) -> list[Quote]:
        """Ask again without each source: it is redundant where what it says is still quoted."""
        verdicts: dict[str, bool] = {}
        for origin in dict.fromkeys(quote.origin for quote in quotes):
            rest = self._quotes(
                scope.but(without=tuple(sorted({*scope.without, origin}))), question
            )
            facts = {fact for quote in rest for fact in quote.facts}
            texts = {folded(quote.text) for quote in rest}
            verdicts[origin] = not all(
                bool(facts.intersection(quote.facts)) or folded(quote.text) in texts
                for quote in quotes
                if quote.origin == origin
            )
        return [
            quote
            if quote.status is Status.SUPERSEDED
            else replace(quote, necessary=verdicts[quote.origin])
            for quote in quotes
        ]

    def _quotes(self, scope: Scope, question: str) -> list[Quote]:
        if not question.strip():
            raise Invalid("the question is empty: ask something")
        sentences, context = self._read(scope, question)
        begun = leading(sentences, question, self._analyser.terms, least=self._least)
        if begun is None:
            return []
        lead, weight = begun
        named = context.named_in(question)
        chosen, texts = self._followed(scope, question, lead, context, named)
        joined_only = len(chosen) > 1
        chosen = supplements(chosen, sentences, weight, named, joined_only=joined_only)
        chosen = counted(chosen, sentences, question, weight)
        return self._stated(scope, question, {**context.surface, **texts}, chosen)

    def _followed(
        self, scope: Scope, question: str, lead: Joint, context: Context, named: frozenset[str]
    ) -> tuple[list[Joint], dict[str, str]]:
        """Go on from the lead over a name; the chain, and the names in it."""
        following = Following(partial(self._read, scope), self._encode, self._analyser.terms)
        chain = following.followed(Step(lead, question, context), named)
        surfaces = {one: name for step in chain for one, name in step.context.surface.items()}
        return [step.joint for step in chain], surfaces

    def _read(self, scope: Scope, question: str) -> tuple[list[Sentence], Context]:
        """The sentences of the best cubes for a question, with what they name and state."""
        found = self._search(scope, question, CANDIDATES)
        context = Context(self._store, scope, [hit.cube for hit in found.hits])
        replies = self._replies(scope, [hit.cube for hit in found.hits])
        asked = self._encode(question)
        wanted = frozenset(units(question, self._analyser.terms))
        vectors = self._vectors(scope, [hit.cube for hit in found.hits])
        sentences: list[Sentence] = []
        for hit in found.hits:
            rows = vectors.get(hit.cube.id)
            about: str | None = None
            lines = sentences_of(hit.cube)
            for (start, end), places in quotable(hit.cube):
                text = hit.cube.text[start:end]
                names = context.names_in(hit.cube.node, (start, end))
                full = spelt_out(text, context.surface.get(about, "")) if about else None
                if full is not None and about is not None:
                    names |= {about}
                else:  # "it" is what was named first, until a sentence begins with another
                    within = None if about is None else ARTICLE
                    about = context.begins_with(hit.cube.node, (start, end), within) or about
                senses = [rows[p] for p in places if rows is not None and p < len(rows)]
                sense = max(senses, key=lambda row: float(row @ asked), default=None)
                run = units(full or text, self._analyser.terms)
                run = (*units(spoken(hit.cube, text), self._analyser.terms), *run)
                if (above := headed(hit.cube, (start, end))) is not None:
                    names |= context.names_in(hit.cube.node, above)
                    run = (*units(hit.cube.text[slice(*above)], self._analyser.terms), *run)
                if start == lines[0][0]:
                    run = (*units(replies.get(hit.cube.node, ""), self._analyser.terms), *run)
                sentences.append(
                    Sentence(
                        hit,
                        (start, end),
                        text,
                        run,
                        0.0 if sense is None else float(sense @ asked),
                        self._facts(context, hit.cube, [lines[p] for p in places], wanted),
                        names,
                        sense,
                    )
                )
        return sentences, context

    def _replies(self, scope: Scope, cubes: Sequence[Version]) -> dict[str, str]:
        """For turns of dialogues that follow a question: what was asked, which they say without its words."""
        turns = tuple(sorted({cube.node for cube in cubes if cube.get("speaker")}))
        if not turns:
            return {}
        along = Along(kinds=(EdgeKind.NEXT,), dst=turns)
        before = {edge.dst: edge.src for edge in all_edges(self._store, scope, along)}
        held = {v.node: v for v in self._store.get(scope, sorted(set(before.values())))}
        found: dict[str, str] = {}
        for turn, node in before.items():
            if node in held and held[node].get("speaker"):
                lines = sentences_of(held[node])
                last = held[node].text[slice(*lines[-1])] if lines else ""
                if asks(last):
                    found[turn] = last
        return found

    def _facts(
        self, context: Context, cube: Version, lines: Sequence[Span], wanted: frozenset[str]
    ) -> tuple[str, ...]:
        """The facts of what is quoted; of several lines, those of the ones that hold what is asked."""
        if len(lines) > 1:
            terms = self._analyser.terms
            lines = [s for s in lines if wanted.intersection(units(cube.text[slice(*s)], terms))]
        found = (fact for span in lines for fact in context.facts_in(cube.node, span))
        return tuple(sorted(set(found)))

    def _stated(
        self, scope: Scope, question: str, surface: Mapping[str, str], chosen: Sequence[Joint]
    ) -> list[Quote]:
        """State what is believed of each sentence; what replaced a superseded one comes first."""
        asked = frozenset(units(question, self._analyser.terms))
        facts = sorted({fact for joint in chosen for fact in joint.sentence.facts})
        held = beliefs(self._store, scope, facts, rivals=True) if facts else {}
        quotes: list[Quote] = []
        for joint in chosen:
            sentence = joint.sentence
            status, against = _judged(sentence.facts, held)
            words = tuple(sorted(held[other].words for other in against if other in held))
            later: list[Quote] = []
            if status is not Status.SUPERSEDED:
                linked, later = self._later(scope, sentence, joint.value)
                if linked is not None:
                    status = linked
                    words = (*words, *(quote.text for quote in later))
                else:
                    later = self._perhaps(scope, sentence, joint.value, asked)
            joined = tuple(sorted(surface[name] for name in joint.joined_by if name in surface))
            quote = Quote(
                sentence.hit.cube,
                None,
                sentence.span,
                sentence.text,
                joint.value,
                status,
                words,
                sentence.facts,
                joined,
            )
            quotes += later
            if status in (Status.SUPERSEDED, Status.DISPUTED):
                known = {fact for other in quotes for fact in other.facts}
                wanted = [fact for fact in against if fact in held and fact not in known][:2]
                quotes += self._placed(scope, wanted, held, quote.score)
            quotes.append(quote)
        overruled = [
            b.fact for b in held.values() if set(b.by) & set(facts) and b.fact not in facts
        ]
        for fact in sorted(overruled)[:2]:
            # what a correction overruled is shown with it, as such
            quotes += self._placed(scope, [fact], held, chosen[0].value)
        unique = {(q.cube.id, q.span): q for q in reversed(quotes)}
        ordered = [q for q in quotes if unique.pop((q.cube.id, q.span), None) is not None]
        ordered.sort(key=lambda q: q.status is Status.SUPERSEDED)
        return self._sourced(scope, ordered[: MOST_QUOTES + 2])

    def _later(
        self, scope: Scope, sentence: Sentence, score: float
    ) -> tuple[Status | None, list[Quote]]:
        """What a link makes of a sentence, and the sentence of the other cube, where it may be shown."""
        mine = [standing for standing in sentence.hit.standings if standing.of(sentence.span)]
        shown = {v.node: v for v in self._store.get(scope, sorted({s.by for s in mine}))}
        for standing in mine:
            cube = shown.get(standing.by)
            if cube is None:
                continue
            start, end = _sentence(cube, standing.their_span)
            other = Status.BELIEVED if standing.status is Status.SUPERSEDED else Status.DISPUTED
            against = () if other is Status.BELIEVED else (sentence.text,)
            quote = Quote(cube, None, (start, end), cube.text[start:end], score, other, against)
            return standing.status, [quote]
        return None, []

    def _perhaps(
        self, scope: Scope, sentence: Sentence, score: float, asked: frozenset[str]
    ) -> list[Quote]:
        """A later statement that perhaps takes its place and that the search has before it; of neither is anything said."""
        doubt = next((one for one in sentence.hit.doubts if one.of(sentence.span)), None)
        cube = next(iter(self._store.get(scope, [doubt.by])), None) if doubt is not None else None
        if doubt is None or cube is None:
            return []
        span = _sentence(cube, doubt.their_span)
        held = frozenset(units(cube.text[slice(*span)], self._analyser.terms))
        # what says less of the question is on something else, whatever is proposed of it
        if not as_much(held & asked, sentence.terms & asked):
            return []
        return [Quote(cube, None, span, cube.text[slice(*span)], score, Status.BELIEVED, ())]

    def _placed(
        self, scope: Scope, facts: Sequence[str], held: Mapping[str, Belief], score: float
    ) -> list[Quote]:
        """The sentences that state some facts, the latest of each."""
        edges = list(
            all_edges(self._store, scope, Along(kinds=(EdgeKind.SUPPORTS,), dst=tuple(facts)))
        )
        cubes = {
            v.node: v
            for v in self._store.get(scope, sorted({e.src for e in edges}))
            if scope.archived or walked(v.content)
        }
        found: list[Quote] = []
        for fact in facts:
            places = sorted(
                (e for e in edges if e.dst == fact and e.src in cubes),
                key=lambda e: (-int(cubes[e.src].get("stated") or 0), e.src),
            )
            for edge in places[:1]:
                cube, belief = cubes[edge.src], held[fact]
                start, end = edge.get("spans", [[0, len(cube.text)]])[0]
                against = tuple(sorted(held[other].words for other in belief.by if other in held))
                found.append(
                    Quote(
                        cube,
                        None,
                        (start, end),
                        cube.text[start:end],
                        score,
                        belief.status,
                        against,
                        (fact,),
                    )
                )
        return found

    def _sourced(self, scope: Scope, quotes: Sequence[Quote]) -> list[Quote]:
        """Add to each quote the passage that a summary has it from, its source, and where in that it stands."""
        from_ = quoted_by(self._store, scope, [quote.cube for quote in quotes])
        quotes = [
            replace(quote, original=found[0], original_span=found[1]) if found else quote
            for quote in quotes
            for found in (from_.get((quote.cube.node, quote.span)),)
        ]
        wanted = sorted({quote.origin for quote in quotes})
        sources = {v.node: v for v in self._store.get(scope, wanted) if v.kind is NodeKind.SOURCE}
        complete: list[Quote] = []
        for quote in quotes:
            source, span = sources.get(quote.origin), None
            cube, here = quote.original or quote.cube, quote.original_span or quote.span
            for node, start, end in source.get("passages", []) if source else ():
                if node == cube.node and end - start == len(cube.text):
                    span = (start + here[0], start + here[1])
            complete.append(replace(quote, source=source, source_span=span))
        return complete


def as_much(held: frozenset[str], other: frozenset[str]) -> bool:
    """Whether some words of a question are as many as others are, or one fewer than two.

    >>> as_much(frozenset({"invoice", "bolt", "ltd"}), frozenset({"invoice", "bolt", "ltd", "unpaid"}))
    True
    >>> as_much(frozenset({"kiln", "k-2"}), frozenset({"kiln", "k-2", "burn"}))
    False
    """
    least = 1 if len(other) == 2 else AS_MUCH * len(other)
    return len(held) >= least


def _sentence(cube: Version, span: tuple[int, int]) -> tuple[int, int]:
    """The sentence that some characters are of: a clause by itself may begin with "it"."""
    held = (s for s in sentences_of(cube) if s[0] <= span[0] and span[1] <= s[1])
    return next(held, span)


def _judged(facts: Sequence[str], held: Mapping[str, Belief]) -> tuple[Status, tuple[str, ...]]:
    """The worst that is true of a sentence's facts."""
    for status in (Status.SUPERSEDED, Status.DISPUTED):
        against = [
            other for f in facts if f in held and held[f].status is status for other in held[f].by
        ]
        if against:
            return status, tuple(dict.fromkeys(against))
    supposed = any(f in held and held[f].status is Status.SUPPOSED for f in facts)
    return Status.SUPPOSED if supposed else Status.BELIEVED, ()
