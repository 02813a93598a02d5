"""Planner: from candidates and a budget to a plan: what is told, in which form, and where it stands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ..graph.errors import Invalid
from ..graph.record import Version
from .fence import Fence, unknown
from .near import distinct
from .packing import pack
from .plan import Band, Cost, Form, InjectionPlan, PlanFrame, Segment
from .telling import Candidate, Told, forms, segment
from .template import Template
from .tokens import TokenCounter


@dataclass(frozen=True, slots=True)
class _Frame:
    """What stands around the entries."""

    opening: tuple[Segment, ...]
    closing: tuple[Segment, ...]
    question: Segment

    def tokens(self) -> int:
        """What it costs of the budget; the question is not part of the block."""
        return sum(one.tokens for one in (*self.opening, *self.closing))


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans injections of one namespace, counted with one tokenizer.

    >>> from ..graph import Author, Authority, NodeKind, Payload
    >>> from .language_model import EchoModel
    >>> author = Author("default", "s1", Authority.EXTRACTED, 0)
    >>> log = author.version(NodeKind.MEMCUBE, "c1", {"title": "log"}, payload=Payload.of("RV-7 failed."))
    >>> planner = Planner(EchoModel(), PlanFrame("default", 3, "9f86d081884c", "salt"))
    >>> plan = planner.plan([Candidate(log, 1.0)], "What failed?", 60)
    >>> [one.text for one in plan.cited], plan.tokens <= 60
    (['[m1] log\\nRV-7 failed.\\n\\n'], True)
    """

    counter: TokenCounter
    frame: PlanFrame

    def plan(
        self,
        candidates: Sequence[Candidate],
        question: str,
        budget: int,
        *,
        form: Form = Form.PROMPT,
        auto: bool = False,
        hot: Collection[str] = (),
        template: Template | None = None,
    ) -> InjectionPlan:
        """Choose what of the candidates, best first, is told within a budget of tokens, and where.

        `hot` are the cubes that are given out again and again: they stand first, in an order that depends on
        nothing but themselves, so that prompts begin alike. The others follow, the best last. As a KV cache
        everything stands in that first band. Raises `Invalid` for a budget that is not positive, or too small
        for the frame alone.
        """
        if budget <= 0:
            raise Invalid(f"a budget is a positive number of tokens, not {budget}")
        fence = Fence(self.frame.fence, unknown(tuple(getattr(self.counter, "control", ()))))
        frame = self._framed(fence, question, template)
        least = self._whole((*frame.opening, *frame.closing))
        if least > budget:
            raise Invalid(
                f"a budget of {budget} tokens does not hold even the frame of the block "
                f"({least}): give more"
            )
        told = _distinct(candidates)
        chosen = self._packed(told, fence, budget - frame.tokens())
        while True:
            segments = self._placed(chosen, fence, frame, form, hot)
            tokens = self._whole(segments)
            if tokens <= budget:
                break
            # parts counted apart may be fewer than the whole; the least goes
            chosen.remove(min(chosen, key=lambda pair: pair[1].worth))
        return InjectionPlan(
            self.frame.namespace,
            question,
            self.frame.read_at,
            (*segments, frame.question),
            form,
            "no engine was asked" if auto else "asked for",
            budget,
            tokens,
            self.counter.name,
            self.frame.salt,
            left_out=len(candidates) - len(chosen),
            cost=Cost(tokens + frame.question.tokens),
            past=self.frame.past,
            auto=auto,
        )

    def _packed(
        self, candidates: Sequence[Candidate], fence: Fence, room: int
    ) -> list[tuple[Candidate, Told]]:
        options = [forms(one, self.counter, fence) for one in candidates]
        chosen = pack(options, room).chosen
        return [(one, told) for one, told in zip(candidates, chosen, strict=True) if told]

    def _placed(
        self,
        chosen: Sequence[tuple[Candidate, Told]],
        fence: Fence,
        frame: _Frame,
        form: Form,
        hot: Collection[str],
    ) -> list[Segment]:
        """The block: the stable band in canonical order, then the rest with the best last."""
        stable, volatile = list[tuple[Candidate, Told]](), list[tuple[Candidate, Told]]()
        for pair in chosen:
            kept = form is Form.KV or pair[0].cube.node in hot
            (stable if kept else volatile).append(pair)
        stable.sort(key=lambda pair: _canonical(pair[0].cube))
        told = [(pair, Band.STABLE) for pair in stable]
        told += [(pair, Band.VOLATILE) for pair in reversed(volatile)]
        entries = [
            segment(one.cube, form_of, band, f"m{number}", self.counter, fence)
            for number, ((one, form_of), band) in enumerate(told, 1)
        ]
        return [*frame.opening, *entries, *frame.closing]

    def _framed(self, fence: Fence, question: str, template: Template | None) -> _Frame:
        asked = fence.quoted(question.strip())
        if template is None:
            return _Frame(
                (self._segment(Band.OPENING, fence.opening),),
                (self._segment(Band.CLOSING, fence.closing),),
                self._segment(Band.QUESTION, asked),
            )
        cube = template.cube
        # a template is a text in memory as others are: it says where things stand, and not who speaks
        before, asked = (
            fence.framed(template.before),
            fence.framed(template.between.lstrip() + asked + template.after),
        )
        return _Frame(
            (self._segment(Band.OPENING, before + fence.opening, cube),),
            (self._segment(Band.CLOSING, fence.closing),),
            self._segment(Band.QUESTION, asked),
        )

    def _segment(self, band: Band, text: str, cube: Version | None = None) -> Segment:
        made = Segment(band, text, tokens=self.counter.count(text))
        if cube is None or cube.payload is None:
            return made
        return replace(made, node=cube.node, payload=cube.payload.digest)

    def _whole(self, segments: Sequence[Segment]) -> int:
        """Tokens of the block, however it is tokenised: apart, or as one text by an engine elsewhere."""
        apart = sum(one.tokens for one in segments)
        return max(apart, self.counter.count("".join(one.text for one in segments)))


def _distinct(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Candidates without those that another one says; what is told for others has the best of their scores."""
    days = [one.cube.get("stated") for one in candidates]
    found = distinct([one.cube.text for one in candidates], days)
    scores = found.lifted([one.score for one in candidates])
    kept = [candidates[place] for place in found.kept]
    return [replace(one, score=score) for one, score in zip(kept, scores, strict=True)]


def _canonical(cube: Version) -> tuple[int, str, str, str]:
    """An order of cubes that depends on them alone, in which what comes later into memory stands later."""
    return (cube.from_seq, str(cube.get("title") or ""), cube.text, cube.node)
