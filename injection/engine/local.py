"""The engine on this machine: a causal model of Hugging Face, and the activation tier beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cache as once
from typing import Any

from ...graph.errors import Invalid, Refused
from ..activation.steering import Steering, check_fits, steered
from ..activation.tier import ActivationTier, Source
from ..language_model import check_chat
from ..local_model import LocalModel
from ..memscheduler import Kept, MemScheduler
from ..plan import Cost, Form, InjectionPlan
from ..transformation import Prefix
from .approximation import Approximation
from .carried import Carried, as_read, first_tokens
from .engine import Generation, Stream, check_most
from .prompt_runs import PromptRuns

_UNFINISHED = "\ufffd"


class LocalEngine:
    """Reads a plan with a model in this process, from kept caches where that is cheaper.

    Without a `tier` everything is read anew. The `scheduler` decides which prefixes are kept. With an
    `approximation` a beginning that is not kept is composed of single cubes, which every receipt then says.
    """

    def __init__(
        self,
        model: LocalModel,
        tier: ActivationTier | None = None,
        scheduler: MemScheduler | None = None,
        approximation: Approximation | None = None,
    ) -> None:
        self.model = model
        self._tier = tier
        self._scheduler = scheduler
        self._approximation = approximation
        self._steerings: dict[str, Steering] = {}
        self._runs = PromptRuns(model)
        # caches that were read here to be kept and have saved nothing yet, with the seconds of that
        self._fresh: dict[str, float] = {}

    def take(self, steering: Steering) -> None:
        """Have a steering at hand, for plans that name its digest among their adapters.

        Raises `Refused` for one that was made for another model.
        """
        check_fits(self.model, steering)
        self._steerings[steering.digest] = steering

    def pins(self, plan: InjectionPlan) -> dict[str, str]:
        """What the plan's adapters were made from: digests of payloads by the cube's node."""
        return {node: payload for one in self._steering(plan) for node, payload in one.pins.items()}

    def adapters(self, plan: InjectionPlan) -> tuple[str, ...]:
        """The MemCubes that the plan's steerings are; none for those that are kept by hand."""
        return tuple(one.cube for one in self._steering(plan) if one.cube)

    def set_aside(self, steering: Steering) -> None:
        """Keep the steering of a cube beside the caches, and have it at hand."""
        self.take(steering)
        if self._tier is not None:
            self._tier.set_aside(steering)

    def aside(self, cube: str) -> Steering | None:
        """The steering of a cube as it was kept; None where there is none."""
        return self._tier.aside(cube) if self._tier is not None else None

    def close(self) -> None:
        """Finish what is read in the background, and keep what was measured."""
        if self._tier is not None:
            self._tier.close()
        if self._approximation is not None:
            self._approximation.close()

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
        return self._runs.ids(plan)

    def prefix(self, plan: InjectionPlan) -> Prefix:
        """The part that is the same the next time: the frame, the opening and the stable band."""
        return self._stems(plan)[-1]

    def _stems(self, plan: InjectionPlan) -> list[Prefix]:
        fingerprint = self._tier.fingerprint.meaning if self._tier is not None else self.fingerprint
        return self._runs.stems(plan, fingerprint)

    def tokenised(self, plan: InjectionPlan) -> InjectionPlan:
        """The plan with the token ids of each segment, under the fingerprint of this model's tokenizer."""
        return plan.tokenised(self.model.tokenizer, self.model.ids)

    def settled(self, plan: InjectionPlan) -> InjectionPlan:
        """The plan in the form that it will be carried out in: what is kept of it, and what is worth keeping.

        A plan that may take either form is read from a cache where one stands for its beginning, and becomes
        one when it was read often enough.
        """
        self._steering(plan)
        plan = self.tokenised(plan.in_order())
        ids, prefix = self.ids(plan), self.prefix(plan)
        check_chat(plan.messages(), len(ids), 1, self.context)
        why = self._never(plan, prefix)
        if why or self._tier is None:
            why = why or "this engine keeps no caches"
            return plan.settled(Form.PROMPT, why, cost=self._cost(len(ids)))
        composed = self._composed(plan, prefix, ids)
        if composed is not None:
            return composed
        kept = self._kept(plan, prefix)
        hit = self._tier.find(ids)
        if hit is None:
            slow = "kept, and to read it anew is thought to be faster here"
            told = (slow if kept.artefact else kept.reason, self._not_composed(plan))
            reason = "; ".join(filter(None, told))
            return plan.settled(Form.PROMPT, reason, cost=self._cost(len(ids)))
        mine = hit.entry.artefact == kept.artefact
        why = kept.reason if mine else first_tokens(hit.split)
        if (mine and kept.seconds) or hit.source is Source.COMPUTED:
            self._fresh[hit.entry.artefact] = kept.seconds
        return plan.settled(
            Form.KV,
            why,
            artefact=hit.entry.artefact,
            split=hit.split,
            cost=self._cost(len(ids), hit.split),
        )

    def _composed(
        self, plan: InjectionPlan, prefix: Prefix, ids: Sequence[int]
    ) -> InjectionPlan | None:
        """The plan read from what is exact, where it is kept, else from a beginning that is composed, where that is faster.

        What is composed is the stable band without its best cube, which is read behind it with everything else in
        sight: of single cubes a model answers best from the one that stands last (`benchmarks.compose`). None
        where nothing is to be composed.
        """
        assert self._tier is not None
        if self._approximation is None or not self._approximation.enough(self._runs.parts(plan)):
            return None
        hit = self._tier.find(ids)
        if hit is not None and hit.split == len(prefix.ids):
            cost = self._cost(len(ids), hit.split)
            why, artefact = "the exact beginning is kept", hit.entry.artefact
            return plan.settled(Form.KV, why, artefact=artefact, split=hit.split, cost=cost)
        plan = plan.best_last()
        parts = self._runs.parts(plan)
        unread = self._approximation.unread(parts)
        already = hit.split if hit is not None else 0
        if not self._tier.guard.composes(parts.tokens, unread, already):
            return None
        kept = parts.tokens - sum(unread)
        return plan.settled(
            Form.KV,
            "composed of single cubes; the exact beginning is made for the next time",
            split=parts.tokens,
            approximate=self._approximation.label(parts),
            cost=self._cost(len(ids), kept),
        )

    def _not_composed(self, plan: InjectionPlan) -> str:
        """Why nothing is composed where it could be."""
        mine = self._approximation
        if mine is None or mine.refused or not mine.enough(self._runs.parts(plan)):
            return mine.refused if mine is not None else ""
        return "to compose it of single cubes is thought to be slower here"

    def _cost(self, tokens: int, kept: int = 0) -> Cost:
        """What reading so many tokens is thought to take, with and without what is kept."""
        if self._tier is None:
            return Cost(tokens, kept)
        guard = self._tier.guard
        direct = guard.prefill_seconds(tokens)
        attach = guard.attach_seconds if kept else 0.0
        return Cost(tokens, kept, guard.prefill_seconds(tokens - kept) + attach, direct)

    def _never(self, plan: InjectionPlan, prefix: Prefix) -> str:
        """Why nothing of a plan may be read from a cache; empty where it may."""
        if plan.form is Form.PROMPT and not plan.auto:
            return plan.reason
        if plan.adapters:
            return "what a steered model reads is not what the plain one kept"
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
        stems = self._stems(plan)[1:]
        times_read = self._scheduler.readings(stems)
        readings = times_read.get(prefix.digest, 0) + 1
        asked = not plan.auto and plan.form is Form.KV
        times = "once" if readings == 1 else f"{readings} times"
        why = "asked for" if asked else f"read {times}"
        if not asked and not self._scheduler.hot(readings):
            shared = self._shared(stems, times_read)
            if shared is None:
                return Kept("", f"read {times}: kept from reading {self._scheduler.often} on")
            prefix, why = shared
        if not asked and not self._tier.guard.attaches(len(prefix.ids)):
            return Kept("", f"{len(prefix.ids)} tokens are read faster than a cache is attached")
        try:
            self._tier.check()
        except Invalid as error:
            if asked:
                raise
            return Kept("", str(error))
        if not self._tier.holds(len(prefix.ids)):
            room = "give MEMCUBES_ACTIVATION_MEMORY or MEMCUBES_ACTIVATION_DISK more of it"
            return Kept("", f"a cache of {len(prefix.ids)} tokens has no room here: {room}")
        return self._promoted(prefix, why, asked=asked)

    def _shared(
        self, stems: Sequence[Prefix], read: Mapping[str, int]
    ) -> tuple[Prefix, str] | None:
        """The longest part of the beginning that other prompts began with often enough, and why."""
        assert self._scheduler is not None
        for stem in reversed(stems[:-1]):
            times = read.get(stem.digest, 0) + 1
            if self._scheduler.hot(times):
                return stem, f"{times} prompts began with its first {len(stem.ids)} tokens"
        return None

    def _promoted(self, prefix: Prefix, why: str, *, asked: bool = False) -> Kept:
        assert self._tier is not None
        assert self._scheduler is not None
        kept = self._scheduler.promoted(prefix, f"{why}: kept as a KV cache", asked=asked)
        if kept.artefact:
            told = dict.fromkeys((one.node, one.payload) for one in prefix.segments if one.node)
            entry = prefix.ids, kept.artefact, tuple(told)
            there, begun = self._tier.kept(*entry), time.perf_counter()
            self._tier.keep(*entry)
            took = 0.0 if there is not None else time.perf_counter() - begun
            return Kept(kept.artefact, why, took)
        return kept

    def _afterwards(self, plan: InjectionPlan) -> None:
        """Have read in the background what the next time will want."""
        mine = self._approximation
        if mine is None or plan.past or not plan.auto and plan.form is Form.PROMPT:
            return
        plan, composed = plan.in_order(), bool(plan.approximate)
        parts, prefix = self._runs.parts(plan), self.prefix(plan)
        guard = self._tier.guard if self._tier is not None else None
        if guard is not None and len(parts.runs) > 1:
            learnt = mine.known(parts) == 1 and guard.knows_composing
            if not learnt:
                mine.later(lambda: mine.learn(parts, guard))
        if composed and self._scheduler is not None and (tier := self._tier) is not None:
            room = len(prefix.ids)
            mine.later(lambda: tier.holds(room) and self._promoted(prefix, "composed once"))

    def generate(self, plan: InjectionPlan, *, most_tokens: int) -> Generation:
        """See `InferenceEngine.generate`."""
        return self.stream(plan, most_tokens=most_tokens).finish()

    def stream(self, plan: InjectionPlan, *, most_tokens: int) -> Stream:
        """See `InferenceEngine.stream`; the likeliest token after each, until the model ends its turn."""
        check_most(most_tokens)
        self._steering(plan)
        ids = self.ids(plan)
        check_chat(plan.messages(), len(ids), most_tokens, self.context)
        begun = once(lambda: self._begun(plan, ids))
        return Stream(self._pieces(begun, ids, most_tokens), lambda: begun().plan)

    def _pieces(
        self, begun: Callable[[], Carried], ids: Sequence[int], most_tokens: int
    ) -> Generator[str, None, Generation]:
        started = time.perf_counter()
        read = begun()
        plan, logits, cache = read.plan, read.logits, read.cache
        self._afterwards(plan)
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
            logits, cache = self._forward(plan, [token], cache)
        whole = self.model.text(written)
        if len(whole) > len(given):
            yield whole[len(given) :]
        return Generation(
            text=whole.strip(),
            model=self.name,
            form=plan.form,
            reason=plan.reason,
            prompt_tokens=len(ids),
            kept_tokens=plan.cost.kept,
            written_tokens=len(written),
            seconds_to_first=read.seconds,
            seconds=time.perf_counter() - min(started, read.started),
            split=plan.split,
            artefact=plan.artefact,
            note=plan.approximate,
        )

    def _begun(self, plan: InjectionPlan, ids: Sequence[int]) -> Carried:
        """Read the prompt; the plan says afterwards what was read, whatever it said before."""
        started = time.perf_counter()
        before = self._fresh.get(plan.artefact, 0.0)  # that reading was of this use too
        if self._scheduler is not None and not plan.past:
            self._scheduler.read(self._stems(plan.in_order())[1:])
        plan, logits, cache = self._read(plan, ids)
        started -= before
        return Carried(plan, logits, cache, started, time.perf_counter() - started)

    def _read(self, plan: InjectionPlan, ids: Sequence[int]) -> tuple[InjectionPlan, Any, Any]:
        """The plan as it was carried out, the logits of the last token, and the cache to go on from."""
        approximation, tier = self._approximation, self._tier
        if plan.approximate and approximation is not None and tier and not plan.adapters:
            made = approximation.composed(self._runs.parts(plan), tier.guard)
            logits, cache = self.model.forward(ids[made.tokens :], made.cache)
            cost = self._cost(len(ids), made.tokens - made.recomputed)
            return replace(plan, form=Form.KV, split=made.tokens, cost=cost), logits, cache
        if plan.form is Form.KV and tier is not None and not plan.adapters:
            read = tier.read(ids)
            fresh = self._fresh.pop(read.artefact, None) is not None
            return as_read(plan, read, self._cost, fresh=fresh), read.logits, read.cache
        plain = tier is not None and not plan.adapters
        logits, cache = tier.passed(ids) if tier and plain else self._forward(plan, ids)
        if plan.form is Form.KV or plan.split:
            plan = plan.settled(Form.PROMPT, "this engine keeps no caches", cost=Cost(len(ids)))
        return plan, logits, cache

    def _steering(self, plan: InjectionPlan) -> list[Steering]:
        """The steerings that a plan asks for; `Refused` for an adapter that is not at hand."""
        for name in plan.adapters:
            if name not in self._steerings:
                raise Refused(
                    f"no adapter {name} is loaded: `take` its steering first, or plan without adapters"
                )
        return [self._steerings[name] for name in plan.adapters]

    def _forward(self, plan: InjectionPlan, ids: Sequence[int], cache: Any = None) -> Any:
        """Logits and cache of one pass, steered as the plan has it; the model is the plain one afterwards."""
        with ExitStack() as steering:
            for one in self._steering(plan):
                steering.enter_context(steered(self.model, one))
            return self.model.forward(ids, cache)
