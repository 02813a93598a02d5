"""A double of an engine: no model, the same answer every time, and a prefix cache of words."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from itertools import takewhile

from ...graph.errors import Refused
from ..language_model import check_chat
from ..plan import Form, InjectionPlan
from .engine import Generation, Stream, check_most


class EchoEngine:
    """Gives `reply`, or else the question back, word by word; a token is a word.

    What the last prompt of the same salt began with counts as kept, as an engine with a prefix cache would
    report it.

    >>> from memcubes.injection.plan import Band, Segment
    >>> plan = InjectionPlan("default", "Who signed?", 3, (Segment(Band.STABLE, "Ann signed."),
    ...     Segment(Band.QUESTION, "Who signed?")), Form.PROMPT, "a test", 100, 4, "words", "salt")
    >>> engine = EchoEngine("Ann did.")
    >>> engine.generate(plan, most_tokens=9).text, engine.generate(plan, most_tokens=1).kept_tokens
    ('Ann did.', 4)
    """

    name = "echo"
    fingerprint = "echo@1"
    context = 4096

    def __init__(self, reply: str = "") -> None:
        self._reply = reply
        self._read: dict[str, list[str]] = {}
        self._lock = threading.Lock()

    def count(self, text: str) -> int:
        """How many words the text has."""
        return len(text.split())

    def generate(self, plan: InjectionPlan, *, most_tokens: int) -> Generation:
        """See `InferenceEngine.generate`."""
        return self.stream(plan, most_tokens=most_tokens).finish()

    def stream(self, plan: InjectionPlan, *, most_tokens: int) -> Stream:
        """See `InferenceEngine.stream`."""
        check_most(most_tokens)
        if plan.adapters:
            raise Refused(
                f"the double reads no adapter {plan.adapters[0]}: ask an engine with weights"
            )
        words = f"{plan.memory} {plan.question}".split()
        check_chat(plan.messages(), len(words), most_tokens, self.context)
        return Stream(self._pieces(plan, words, most_tokens))

    def _pieces(
        self, plan: InjectionPlan, prompt: list[str], most_tokens: int
    ) -> Generator[str, None, Generation]:
        begun = time.perf_counter()
        with self._lock:
            before = self._read.get(plan.salt, [])
            self._read[plan.salt] = prompt
        pairs = zip(before, prompt, strict=False)
        kept = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        words = (self._reply or plan.question).split()[:most_tokens]
        first = time.perf_counter() - begun
        for place, word in enumerate(words):
            yield f" {word}" if place else word
        asked = plan.form is Form.PROMPT
        return Generation(
            text=" ".join(words),
            model=self.name,
            form=Form.PROMPT,
            reason=plan.reason if asked else "the double keeps no caches: the memory went as text",
            prompt_tokens=len(prompt),
            kept_tokens=kept,
            written_tokens=len(words),
            seconds_to_first=first,
            seconds=time.perf_counter() - begun,
        )
