"""PromptRuns: a plan as the runs of token ids that one model reads, and where its beginning ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..language_model import Message
from ..local_model import LocalModel
from ..plan import Band, InjectionPlan, Place, Segment
from ..transformation import Prefix
from .approximation import Parts, parts_of

_FRAME = Segment(Band.QUESTION, "")


class PromptRuns:
    """The chat template's frame and the segments of plans, each tokenised apart.

    >>> from ..plan import Form
    >>> plan = InjectionPlan("default", "Who?", 3, (Segment(Band.QUESTION, "Who?"),), Form.PROMPT, "", 9, 0, "", "")
    >>> len(PromptRuns(LocalModel()).ids(plan)) > 4  # doctest: +SKIP
    True
    """

    def __init__(self, model: LocalModel) -> None:
        self._model = model
        self._frames: dict[Place, tuple[list[int], list[int], list[int]]] = {}

    def ids(self, plan: InjectionPlan) -> list[int]:
        """The whole prompt."""
        return [token for run in self._runs(plan) for token in run[1]]

    def stems(self, plan: InjectionPlan, fingerprint: str) -> list[Prefix]:
        """The opening alone, and with each segment of the stable band more: the last one is the prefix.

        `fingerprint` is that of what reads it.
        """
        ids: list[int] = []
        told: list[Segment] = []
        found: list[Prefix] = []
        model = self._model.fingerprint
        for segment, run in self._runs(plan):
            if segment is not None and segment.band not in (Band.OPENING, Band.STABLE):
                break
            if segment is not None and segment.band is Band.STABLE:
                found.append(Prefix(tuple(ids), model, fingerprint, tuple(told)))
            ids += run
            told += [segment] if segment is not None else []
        return [*found, Prefix(tuple(ids), model, fingerprint, tuple(told))]

    def parts(self, plan: InjectionPlan) -> Parts:
        """The beginning as header and segments."""
        header: list[int] = []
        runs: list[Sequence[int]] = []
        for segment, run in self._runs(plan):
            if segment is None or segment.band is Band.OPENING:
                header += run
            elif segment.band is Band.STABLE and run:
                runs.append(run)
            elif segment.band is not Band.STABLE:
                break
        return parts_of(header, runs)

    def _runs(self, plan: InjectionPlan) -> Iterator[tuple[Segment | None, Sequence[int]]]:
        """Frame and segments in their order; the frame depends on the template alone."""
        before, between, after = self._frame(plan.place)
        yield None, before
        for segment in plan.segments:
            if segment.band is not Band.QUESTION:
                yield segment, self._ids(segment)
        yield _FRAME, between
        for segment in plan.band(Band.QUESTION):
            yield segment, self._ids(segment)
        yield _FRAME, after

    def _frame(self, place: Place) -> tuple[list[int], list[int], list[int]]:
        """What the chat's template puts before memory, between memory and question, and after them."""
        if place not in self._frames:
            if place is Place.USER:
                before, _, after = self._model.segments([Message("user", ".")])
                self._frames[place] = (before, [], after)
            else:
                frame = self._model.segments([Message("system", "."), Message("user", ".")])
                before, _, between, _, after = frame
                self._frames[place] = (before, between, after)
        return self._frames[place]

    def _ids(self, segment: Segment) -> Sequence[int]:
        held = segment.ids.get(self._model.tokenizer)
        return held if held is not None else self._model.ids(segment.text)
