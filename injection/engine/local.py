"""The engine on this machine: a causal model of Hugging Face, and the activation tier beside it."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import Any

from ...graph.errors import Invalid
from ..activation.tier import ActivationTier
from ..language_model import Message, check_chat
from ..local_model import LocalModel
from ..memscheduler import Kept, MemScheduler
from ..plan import Band, Cost, Form, InjectionPlan, Place, Segment
from ..transformation import Prefix
from .engine import Generation, Stream, check_most

_UNFINISHED = "\ufffd"
_FRAME = Segment(Band.QUESTION, "")


class LocalEngine:
    """Reads a plan with a model in this process, from kept caches where that is cheaper.

    Without a `tier` everything is read anew. The `scheduler` decides which prefixes are kept.
    """

    def __init__(
        self,
        model: LocalModel,
        tier: ActivationTier | None = None,
        scheduler: MemScheduler | None = None,
    ) -> None:
        self.model = model
        self._tier = tier
        self._scheduler = scheduler

    @property
    def name(self) -> str:
        """What settings call the model."""
        return self.model.name

    @property
    def fingerprint(self) -> str:
        """Name, digest and number format of the weights."""
        return self.model.fingerprint

    @property
    def context(self) -> int:
        """Tokens that the model reads."""
        return self.model.context

    def count(self, text: str) -> int:
        """Tokens of a text inside a message."""
        return self.model.count(text)

    def ids(self, plan: InjectionPlan) -> list[int]:
        """The whole prompt: the template's frame and the segments, each tokenised apart."""
        return [token for run in self._runs(plan) for token in run[1]]

    def prefix(self, plan: InjectionPlan) -> Prefix:
        """The part that is the same the next time: the frame, the opening and the stable band."""
        ids: list[int] = []
        told: list[Segment] = []
        for segment, run in self._runs(plan):
            if segment is not None and segment.band not in (Band.OPENING, Band.STABLE):
                break
            ids += run
            told += [segment] if segment is not None else []
        fingerprint = self._tier.fingerprint.meaning if self._tier is not None else self.fingerprint
        return Prefix(tuple(ids), self.fingerprint, fingerprint, tuple(told))

    def _runs(self, plan: InjectionPlan) -> Iterator[tuple[Segment | None, Sequence[int]]]:
        """Frame and segments in their order; the frame depends on the template alone."""
        if plan.place is Place.USER:
            before, _, after = self.model.segments([Message("user", ".")])
            between: list[int] = []
        else:
            frame = self.model.segments([Message("system", "."), Message("user", ".")])
            before, _, between, _, after = frame
        yield None, before
        for segment in plan.segments:
            if segment.band is not Band.QUESTION:
                yield segment, self._ids(segment)
        yield _FRAME, between
        for segment in plan.band(Band.QUESTION):
            yield segment, self._ids(segment)
        yield _FRAME, after

    def _ids(self, segment: Segment) -> Sequence[int]:
        held = segment.ids.get(self.model.tokenizer)
        return held if held is not None else self.model.ids(segment.text)

    def tokenised(self, plan: InjectionPlan) -> InjectionPlan:
        """The plan with the token ids of each segment, under the fingerprint of this model's tokenizer."""
        name = self.model.tokenizer
        segments = tuple(
            one
            if name in one.ids
            else replace(one, ids={**one.ids, name: tuple(self.model.ids(one.text))})
            for one in plan.segments
        )
        return replace(plan, segments=segments)

    def settled(self, plan: InjectionPlan) -> InjectionPlan:
        """The plan in the form that it will be carried out in: what is kept of it, and what is worth keeping.

        A plan that may take either form is read from a cache where one stands for its beginning, and becomes
        one when it was read often enough.
        """
        if plan.adapters:
            raise Invalid(f"no adapter {plan.adapters[0]} is loaded: plan without adapters")
        plan = self.tokenised(plan)
        ids, prefix = self.ids(plan), self.prefix(plan)
        total = Cost(len(ids))
        why = self._never(plan, prefix)
        if why or self._tier is None:
            return plan.settled(Form.PROMPT, why or "this engine keeps no caches", cost=total)
        kept = self._kept(plan, prefix)
        hit = self._tier.find(ids)
        if hit is None:
            slow = "kept, and to read it anew is thought to be faster here"
            return plan.settled(Form.PROMPT, slow if kept.artefact else kept.reason, cost=total)
        whole = hit.split == len(prefix.ids)
        reason = kept.reason if whole else f"the first {hit.split} tokens are kept"
        return plan.settled(
            Form.KV,
            reason,
            artefact=hit.entry.artefact,
            split=hit.split,
            cost=Cost(len(ids), hit.split),
        )

    def _never(self, plan: InjectionPlan, prefix: Prefix) -> str:
        """Why nothing of a plan may be read from a cache; empty where it may."""
        if plan.form is Form.PROMPT and not plan.auto:
            return plan.reason
        if plan.past:
            return "memory is read as of the past, and caches are of now"
        if not any(one.node for one in prefix.segments):
            return "no memory stands at the beginning, where it could be kept"
        return ""

    def _kept(self, plan: InjectionPlan, prefix: Prefix) -> Kept:
        """See that a prefix is kept which should be, now that it is about to be read once more."""
        assert self._tier is not None
        if self._scheduler is None:
            return Kept("", "nothing decides what is kept")
        readings = self._scheduler.readings(prefix) + 1
        asked = not plan.auto and plan.form is Form.KV
        times = "once" if readings == 1 else f"{readings} times"
        if not asked and not self._scheduler.hot(readings):
            return Kept("", f"read {times}: kept from reading {self._scheduler.often} on")
        why = "asked for" if asked else f"read {times}"
        kept = self._scheduler.promoted(prefix, f"{why}: kept as a KV cache", asked=asked)
        if kept.artefact:
            pins = [(one.node, one.payload) for one in prefix.segments if one.node]
            self._tier.keep(prefix.ids, kept.artefact, tuple(dict.fromkeys(pins)))
        return kept

    def generate(self, plan: InjectionPlan, *, most_tokens: int) -> Generation:
        """See `InferenceEngine.generate`."""
        return self.stream(plan, most_tokens=most_tokens).finish()

    def stream(self, plan: InjectionPlan, *, most_tokens: int) -> Stream:
        """See `InferenceEngine.stream`; the likeliest token after each, until the model ends its turn."""
        check_most(most_tokens)
        ids = self.ids(plan)
        check_chat(plan.messages(), len(ids), most_tokens, self.context)
        if self._scheduler is not None and not plan.past:
            self._scheduler.read(self.prefix(plan))
        return Stream(self._pieces(plan, ids, most_tokens))

    def _pieces(
        self, plan: InjectionPlan, ids: Sequence[int], most_tokens: int
    ) -> Generator[str, None, Generation]:
        begun = time.perf_counter()
        logits, cache, split, artefact = self._read(plan, ids)
        first = time.perf_counter() - begun
        written: list[int] = []
        given = ""
        while (token := int(logits.argmax())) not in self.model.stops:
            written.append(token)
            text = self.model.text(written)
            if not text.endswith(_UNFINISHED) and len(text) > len(given):
                yield text[len(given) :]
                given = text
            if len(written) == most_tokens:
                break
            logits, cache = self.model.forward([token], cache)
        whole = self.model.text(written)
        if len(whole) > len(given):
            yield whole[len(given) :]
        return Generation(
            text=whole.strip(),
            model=self.name,
            form=Form.KV if split else Form.PROMPT,
            reason=plan.reason,
            prompt_tokens=len(ids),
            kept_tokens=split,
            written_tokens=len(written),
            seconds_to_first=first,
            seconds=time.perf_counter() - begun,
            split=split,
            artefact=artefact,
        )

    def _read(self, plan: InjectionPlan, ids: Sequence[int]) -> tuple[Any, Any, int, str]:
        """Logits of the last token, the cache to go on from, and what of it was kept."""
        if plan.form is Form.KV and self._tier is not None:
            read = self._tier.read(ids)
            return read.logits, read.cache, read.split, read.artefact
        logits, cache = self.model.forward(ids)
        return logits, cache, 0, ""
