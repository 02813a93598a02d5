"""InjectionPlan: what is given to a model, before any engine has seen it.

A plan is an ordered run of segments. The first of them, the stable band, come in the same order and with
the same characters whenever the same cubes are chosen, so that an engine that keeps prefixes keeps them
(vLLM's prefix caching, a provider's prompt cache, the activation tier here). The volatile band follows, the
best last, where models read most closely (arXiv 2307.03172), and the question ends it. The prompt *is* the
segments joined; each is tokenised apart, so that no seam is ever tokenised in another way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from .language_model import Message


class Form(StrEnum):
    """What a plan is carried out as."""

    PROMPT = "prompt"
    KV = "kv"


class Band(StrEnum):
    """Where a segment stands; the order is theirs."""

    OPENING = "opening"
    STABLE = "stable"
    VOLATILE = "volatile"
    CLOSING = "closing"
    QUESTION = "question"


class Place(StrEnum):
    """In whose turn of a chat the memory stands: the system's, or before the question in the user's."""

    SYSTEM = "system"
    USER = "user"


class Shape(StrEnum):
    """How much of a cube is told: all of it, sentences of it, or the facts that it states."""

    PASSAGE = "passage"
    SENTENCE = "sentence"
    TRIPLE = "triple"


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of characters that is tokenised by itself, and what it was made of.

    `node` and `payload` name the cube and the digest of its payload as it was read (empty for what is
    no memory), `spans` the characters told where that is not all, `facts` the nodes of the facts told as
    triples, `worth` what it was chosen for. `ids` holds token ids by the digest of the tokenizer that made
    them.
    """

    band: Band
    text: str
    citation: str = ""
    node: str = ""
    payload: str = ""
    shape: Shape = Shape.PASSAGE
    spans: tuple[tuple[int, int], ...] = ()
    facts: tuple[str, ...] = ()
    tokens: int = 0
    worth: float = field(default=0.0, compare=False)
    ids: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanFrame:
    """What a namespace gives every plan: its name, the sequence that was read, and two words of its own.

    `fence` marks where memory begins and ends; it is the same for every choice of cubes, or nothing would be
    the same at the beginning of two prompts. `salt` keeps caches apart. Both follow from the store's secret.
    """

    namespace: str = ""
    read_at: int = 0
    fence: str = ""
    salt: str = ""
    past: bool = False


@dataclass(frozen=True, slots=True)
class Cost:
    """What a plan is thought to cost: tokens to read, of these kept ones, and seconds to the first token.

    `seconds` are None where no engine has been measured.
    """

    tokens: int
    kept: int = 0
    seconds: float | None = None
    direct_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class InjectionPlan:
    """What goes in, in which order and form, and why; any engine can carry it out.

    `salt` keeps the caches of namespaces apart (vLLM's `cache_salt`), `adapters` name weights by the hash
    of their content, `tokens` counts the memory with `counter`, and `left_out` the cubes that had no room.
    `past` says that it was read as of `read_at` on purpose, and not as of now; `auto` that an engine may
    carry it out in the other form where that is cheaper. An engine that has settled it (`settled`) says with
    `artefact` which cache or adapter it reads, with `split` up to which token, and with `approximate` in what
    way what it reads is not exact. `moved` says from which place of the segments to which one `best_last` took one.

    >>> plan = InjectionPlan("default", "Who?", 3, (Segment(Band.STABLE, "Ann signed.\\n\\n"),
    ...     Segment(Band.QUESTION, "Who?")), Form.PROMPT, "no model was named", 100, 4, "words", "salt")
    >>> plan.memory, plan.messages()[-1].text
    ('Ann signed.\\n\\n', 'Who?')
    """

    namespace: str
    question: str
    read_at: int
    segments: tuple[Segment, ...]
    form: Form
    reason: str
    budget: int
    tokens: int
    counter: str
    salt: str
    adapters: tuple[str, ...] = ()
    left_out: int = 0
    cost: Cost = Cost(0)
    place: Place = Place.SYSTEM
    past: bool = False
    auto: bool = False
    artefact: str = ""
    split: int = 0
    approximate: str = ""
    moved: tuple[int, int] | None = None

    def settled(
        self,
        form: Form,
        reason: str,
        *,
        artefact: str = "",
        split: int = 0,
        approximate: str = "",
        cost: Cost | None = None,
    ) -> InjectionPlan:
        """The same plan in the form that an engine carries it out in, and why."""
        return replace(
            self,
            form=form,
            reason=reason,
            artefact=artefact,
            split=split,
            approximate=approximate,
            cost=cost or self.cost,
        )

    def best_last(self) -> InjectionPlan:
        """The same plan with the best segment of the stable band in the volatile one, at its place by worth.

        What is moved stands nearest to the question, unless the volatile band has something better. The plan
        itself where its stable band has no cube.

        >>> stable = (Segment(Band.STABLE, "RV-7 failed.", node="c1", worth=2.0), Segment(Band.STABLE, "Tea.", node="c2"))
        >>> plan = InjectionPlan("default", "?", 3, (*stable, Segment(Band.QUESTION, "?")), Form.PROMPT, "", 9, 9, "", "")
        >>> [one.text for one in plan.best_last().segments], plan.best_last().in_order() == plan
        (['Tea.', 'RV-7 failed.', '?'], True)
        """
        held = [n for n, s in enumerate(self.segments) if s.band is Band.STABLE and s.node]
        if self.moved is not None or not held:
            return self
        start = max(held, key=lambda n: self.segments[n].worth)
        best = replace(self.segments[start], band=Band.VOLATILE)
        rest = [*self.segments[:start], *self.segments[start + 1 :]]
        end = next(n for n, s in enumerate([*rest, best]) if _after(s, best))
        return replace(self, segments=(*rest[:end], best, *rest[end:]), moved=(start, end))

    def in_order(self) -> InjectionPlan:
        """The plan as it was before `best_last`."""
        if self.moved is None:
            return self
        start, end = self.moved
        best = replace(self.segments[end], band=Band.STABLE)
        rest = [*self.segments[:end], *self.segments[end + 1 :]]
        return replace(self, segments=(*rest[:start], best, *rest[start:]), moved=None)

    def tokenised(self, tokenizer: str, read: Callable[[str], Iterable[int]]) -> InjectionPlan:
        """The same plan with the token ids of each segment under the digest of the tokenizer that `read` asks.

        >>> plan = InjectionPlan("default", "Who?", 3, (Segment(Band.QUESTION, "Who?"),), Form.PROMPT, "asked for",
        ...     100, 4, "words", "salt")
        >>> dict(plan.tokenised("9f86d081", lambda text: [len(text)]).segments[0].ids)
        {'9f86d081': (4,)}
        """
        segments = tuple(
            one
            if tokenizer in one.ids
            else replace(one, ids={**one.ids, tokenizer: tuple(read(one.text))})
            for one in self.segments
        )
        return replace(self, segments=segments)

    @property
    def memory(self) -> str:
        """The block of memory: every segment but the question."""
        return "".join(s.text for s in self.segments if s.band is not Band.QUESTION)

    @property
    def cited(self) -> tuple[Segment, ...]:
        """The segments that tell a cube under a citation id, in their order."""
        return tuple(s for s in self.segments if s.citation)

    @property
    def used(self) -> tuple[Segment, ...]:
        """The segments that were made of a cube: what is cited, and a prompt template."""
        return tuple(s for s in self.segments if s.node)

    @property
    def prefix(self) -> tuple[Segment, ...]:
        """The opening and the stable band: what is the same the next time."""
        return self.band(Band.OPENING, Band.STABLE)

    @property
    def spans(self) -> dict[str, tuple[tuple[int, int], ...]]:
        """By cube the characters that were used; none where one of its segments is of the whole."""
        return spans_of(self.used)

    def band(self, *bands: Band) -> tuple[Segment, ...]:
        """The segments of these bands."""
        return tuple(s for s in self.segments if s.band in bands)

    def messages(self) -> tuple[Message, ...]:
        """The plan as a chat: memory in its turn, then the question."""
        asked = "".join(s.text for s in self.band(Band.QUESTION))
        if self.place is Place.USER:
            return (Message("user", self.memory + asked),)
        return (Message("system", self.memory), Message("user", asked))

    def plain(self) -> str:
        """The plan as one text, for engines that know no turns."""
        between = "" if self.place is Place.USER else "\n\n"
        return between.join(message.text for message in self.messages())

    def document(self) -> dict[str, Any]:
        """The plan as JSON, for another process: digests and citations, token ids, salt and adapters.

        `worth` is in millionths, so that there is no number that another language writes in another way.
        `handover.handed` seals it, and takes it back.
        """
        return {
            "namespace": self.namespace,
            "question": self.question,
            "read_at": self.read_at,
            "form": str(self.form),
            "reason": self.reason,
            "budget": self.budget,
            "tokens": self.tokens,
            "counter": self.counter,
            "salt": self.salt,
            "adapters": list(self.adapters),
            "left_out": self.left_out,
            "place": str(self.place),
            "past": self.past,
            "auto": self.auto,
            "split": self.split,
            **({"artefact": self.artefact} if self.artefact else {}),
            **({"approximate": self.approximate} if self.approximate else {}),
            **({"moved": list(self.moved)} if self.moved else {}),
            "segments": list(_documents(self.segments)),
        }


def _after(one: Segment, best: Segment) -> bool:
    """Whether a segment stands behind what is moved into the volatile band."""
    if one.band is Band.VOLATILE:
        return one is best or one.worth > best.worth
    return one.band not in (Band.OPENING, Band.STABLE)


def spans_of(segments: Iterable[Segment]) -> dict[str, tuple[tuple[int, int], ...]]:
    """By cube the characters that its segments tell; none where one of them is of the whole.

    >>> parts = [Segment(Band.STABLE, "", node="c1", spans=((9, 12),)),
    ...     Segment(Band.STABLE, "", node="c1", spans=((0, 4),)), Segment(Band.STABLE, "", node="c2")]
    >>> spans_of(parts)
    {'c1': ((0, 4), (9, 12)), 'c2': ()}
    """
    found: dict[str, set[tuple[int, int]]] = {}
    whole: set[str] = set()
    for one in segments:
        if one.node:
            found.setdefault(one.node, set()).update(one.spans)
            whole |= set() if one.spans else {one.node}
    return {node: () if node in whole else tuple(sorted(held)) for node, held in found.items()}


def _documents(segments: tuple[Segment, ...]) -> Iterator[dict[str, Any]]:
    for one in segments:
        told: dict[str, Any] = {"band": str(one.band), "text": one.text, "tokens": one.tokens}
        if one.node:
            told |= {
                "citation": one.citation,
                "cube": one.node,
                "payload": one.payload,
                "shape": str(one.shape),
                "spans": [list(span) for span in one.spans],
                "facts": list(one.facts),
                "worth": round(1_000_000 * one.worth),
            }
        if one.ids:
            told["ids"] = {name: list(ids) for name, ids in one.ids.items()}
        yield told
