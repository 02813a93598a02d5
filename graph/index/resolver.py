"""Resolver: keeps which names are alike in step with the index.

Each form of a name (an entity, a spelling, a label) is compared once, with those in its block that came before,
whoever mentions either; a likeness says nothing of who sees it, which is worked out for each question from the
rows in force. The spelling of a form lies in the store as derived data of the record that brought it, so that it
is erased with it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..digest import hashed
from ..errors import ReadOnly
from ..record import Version
from ..resolution.block import keys as block_keys
from ..resolution.form import Form
from ..resolution.scorer import KEPT, fingerprint, judged
from ..store import Derived, GraphStore
from .segment import Segment

Keys = list[int]
NAMELESS: tuple[int, Keys] = (0, [])

CACHED = 50_000
"""Forms of earlier names that are kept in memory."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the resolver found of some records: form and keys by id and first sequence, and likenesses."""

    names: Mapping[tuple[str, int], tuple[int, Keys]]
    likenesses: Sequence[Mapping[str, Any]]


def form_of(version: Version) -> Form:
    """The form of an entity's name."""
    return Form(str(version.get("name", "")), str(version.get("label", "")))


def form_key(node: str, form: Form) -> int:
    """Name one form of one entity."""
    return hashed(json.dumps([node, form.surface, form.label]))


class Resolver:
    """Finds and keeps which names of one store's entities are alike."""

    def __init__(self, store: GraphStore) -> None:
        self.store = store
        self._known: dict[str, tuple[str, Form]] = {}

    @property
    def producer(self) -> str:
        """The fingerprint under which the forms of names are kept."""
        return fingerprint()

    def derive(
        self, ns: str, versions: Iterable[Version], segments: Sequence[Segment]
    ) -> Resolution:
        """Give form and keys of these versions, comparing the forms that are new with those before them.

        `segments` hold every version that was committed before these. Only the version that brings a form
        has keys: the others are found by it.
        """
        # a record that came back brought its form when it first came
        every = sorted(versions, key=lambda v: (v.from_seq, v.id))
        came: dict[str, Version] = {}
        for version in every:
            came.setdefault(version.id, version)
        ordered = list(came.values())
        forms = {v.id: form_of(v) for v in ordered}
        keys = {v.id: form_key(v.node, forms[v.id]) for v in ordered}
        seen = self._seen(set(keys.values()), segments)
        first: dict[int, Version] = {}
        for version in ordered:
            if keys[version.id] not in seen:
                first.setdefault(keys[version.id], version)
        fresh = list(first.values())
        both = [block_keys(forms[v.id]) for v in fresh]
        held, wanted = _Batch([mine for mine, _ in both]), [theirs for _, theirs in both]
        before, beside = self._before(ns, wanted, segments), held.before(wanted)
        names = {(v.id, v.from_seq): (keys[v.id], Keys()) for v in every}
        rows: list[dict[str, Any]] = []
        for place, version in enumerate(fresh):
            earlier = [fresh[other] for other in beside.get(place, ())]
            others = [*before[place], *((v.node, forms[v.id]) for v in earlier)]
            key = keys[version.id]
            rows += self._compared(key, version.node, forms[version.id], others)
            names[version.id, version.from_seq] = (key, held.keys[place])
        self._keep(ns, {v.id: (v.node, forms[v.id]) for v in fresh})
        return Resolution(names, rows)

    @staticmethod
    def _seen(keys: set[int], segments: Sequence[Segment]) -> set[int]:
        """Those of these forms that a segment has already."""
        asked = np.array(sorted(keys), np.uint64)
        found = set[int]()
        for segment in segments:
            found |= set(asked[segment.forms.known(asked)].tolist())
        return found

    def _compared(
        self, key: int, node: str, form: Form, others: Iterable[tuple[str, Form]]
    ) -> Iterable[dict[str, Any]]:
        for other, theirs in others:
            if other == node:
                continue
            found = judged(form, theirs)
            if found.probability >= KEPT or found.contrary:
                pair = sorted((key, form_key(other, theirs)))
                yield {
                    "key": hashed(f"{pair[0]}={pair[1]}"),
                    "one": pair[0],
                    "other": pair[1],
                    "chance": round(1000 * found.probability),
                    "certain": found.certain,
                    "contrary": found.contrary,
                }

    def _before(
        self, ns: str, wanted: Sequence[Keys], segments: Sequence[Segment]
    ) -> list[list[tuple[str, Form]]]:
        """For each new form the earlier ones of its block."""
        meeting = [_meeting(keys, segments) for keys in wanted]
        lacking = sorted({r for found in meeting for r in found} - self._known.keys())
        if lacking:
            for record, data in self.store.derived(ns, self.producer, lacking).items():
                node, surface, label = json.loads(data.decode("utf-8", "surrogatepass"))
                self._known[record] = (node, Form(surface, label))
        known = self._known
        found = [[known[r] for r in sorted(others) if r in known] for others in meeting]
        if len(known) > CACHED:
            self._known = {}
        return found

    def _keep(self, ns: str, fresh: Mapping[str, tuple[str, Form]]) -> None:
        if not fresh:
            return
        data = [
            Derived(
                record,
                self.producer,
                json.dumps([node, form.surface, form.label], ensure_ascii=False).encode(
                    "utf-8", "surrogatepass"
                ),
            )
            for record, (node, form) in fresh.items()
        ]
        with suppress(ReadOnly):  # what is asked of a frozen store is derived in memory
            self.store.put_derived(ns, self.producer, data)

    def forget(self) -> None:
        """Let go of what is in memory, since a name may have been erased."""
        self._known = {}


class _Batch:
    """The keys of the forms that come together, turned around."""

    def __init__(self, keys: Sequence[Keys]) -> None:
        self.keys = keys
        flat = np.array([key for mine in keys for key in mine], np.uint64)
        owner = np.repeat(np.arange(len(keys)), [len(mine) for mine in keys])
        order = np.argsort(flat, kind="stable")
        self._sorted, self._owner = flat[order], owner[order]

    def before(self, sought: Sequence[Keys]) -> dict[int, list[int]]:
        """For each place the earlier ones of those that are posted under one of its keys, if there are any."""
        asked = np.array([key for mine in sought for key in mine], np.uint64)
        who = np.repeat(np.arange(len(sought)), [len(mine) for mine in sought])
        starts = np.searchsorted(self._sorted, asked, "left")
        ends = np.searchsorted(self._sorted, asked, "right")
        # under each key the owners ascend, and most keys are posted by their owner alone
        some = np.flatnonzero(starts < ends)
        some = some[self._owner[starts[some]] < who[some]]
        found = defaultdict[int, set[int]](set)
        for place, start, end in zip(
            who[some].tolist(), starts[some].tolist(), ends[some].tolist(), strict=True
        ):
            found[place].update(self._owner[start:end].tolist())
        return {
            place: sorted(other for other in others if other < place)
            for place, others in found.items()
        }


def _meeting(keys: Keys, segments: Sequence[Segment]) -> set[str]:
    """The records that brought a form which is posted under one of these keys."""
    asked = np.array(keys, np.uint64)
    found = set[str]()
    for segment in segments:
        postings = segment.likes
        for key in asked[postings.known(asked)].tolist():
            for row in postings.find(key)[0].tolist():
                found.add(bytes(segment["entity.record"][row]).decode("utf-8"))
    return found
