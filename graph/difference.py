"""Difference: what was changed between two versions of a node, field by field and word by word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from .errors import Erased, NotFound
from .instant import OPEN, show
from .record import Version
from .scope import Scope
from .step import Step
from .store import GraphStore

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+|\s+|[^\w\s]")
_PLACES = frozenset({"sentences", "passages"})
"""Header fields that follow from the text and say nothing by themselves."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of text that stayed (both sides alike), went (nothing after), came or was exchanged."""

    before: str
    after: str

    @property
    def same(self) -> bool:
        """Whether it stayed."""
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the header, as it was and as it became; None where it was not there."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two versions of one node: header fields, and the text word by word.

    `erased` says that one side's content was destroyed, so that no more can be told.
    """

    before: Version
    after: Version
    fields: tuple[Field, ...]
    text: tuple[Stretch, ...]

    @property
    def empty(self) -> bool:
        """Whether the two say the same."""
        return not self.fields and all(stretch.same for stretch in self.text)

    def as_json(self) -> dict[str, Any]:
        """The difference as plain data."""
        return {
            "node": self.after.node,
            "kind": str(self.after.kind),
            "title": Step(self.after, 0, True, False, None, None).title,
            "before": {"record": self.before.id, "since": self.before.from_seq},
            "after": {"record": self.after.id, "since": self.after.from_seq},
            "fields": {f.name: {"before": f.before, "after": f.after} for f in self.fields},
            "text": [{"before": stretch.before, "after": stretch.after} for stretch in self.text],
        }


def between(before: Version, after: Version) -> Difference:
    """Compare two versions of one node.

    >>> from memcubes.graph import Author, Authority, NodeKind, Payload
    >>> by = Author("default", "c", Authority.ASSERTED, 0)
    >>> one, two = (by.version(NodeKind.MEMCUBE, "c", {"title": "t"}, payload=Payload.of(text))
    ...     for text in ("It failed at 02:10.", "It failed at 07:40."))
    >>> [(s.before, s.after) for s in between(one, two).text]
    [('It failed at ', 'It failed at '), ('02:10', '07:40'), ('.', '.')]

    Raises `Erased` where the content of either was destroyed.
    """
    for version in (before, after):
        if version.content is None or (version.payload and version.payload.content is None):
            raise Erased(
                f"{version.kind} {version.node} as of @{version.from_seq} was erased: "
                "there is nothing left to compare"
            )
    fields = [
        *_fields(dict(before.content or {}), dict(after.content or {})),
        *_fields(_about(before), _about(after)),
    ]
    return Difference(before, after, tuple(fields), stretches(before.text, after.text))


def stretches(before: str, after: str) -> tuple[Stretch, ...]:
    """Compare two texts word by word; a Chinese or Japanese character is a word by itself.

    >>> [(s.before, s.after) for s in stretches("阀门漏水", "阀门停水")]
    [('阀门', '阀门'), ('漏', '停'), ('水', '水')]
    """
    if before == after:
        return (Stretch(before, after),) if before else ()
    one, two = _WORD.findall(before), _WORD.findall(after)
    found: list[Stretch] = []
    for _, a, b, c, d in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        stretch = Stretch("".join(one[a:b]), "".join(two[c:d]))
        if found and found[-1].same == stretch.same:
            last = found.pop()
            stretch = Stretch(last.before + stretch.before, last.after + stretch.after)
        found.append(stretch)
    return tuple(_joined(found))


def _joined(found: Sequence[Stretch]) -> list[Stretch]:
    """Take a space between two changes into them: `02:10` for `07:40` is one change, not three."""
    out: list[Stretch] = []
    for place, stretch in enumerate(found):
        between_two = 0 < place < len(found) - 1
        minor = stretch.same and between_two and not re.search(r"\w", stretch.before)
        if out and not out[-1].same and (minor or not stretch.same):
            last = out.pop()
            stretch = Stretch(last.before + stretch.before, last.after + stretch.after)
        out.append(stretch)
    return out


def _fields(before: dict[str, Any], after: dict[str, Any]) -> list[Field]:
    names = dict.fromkeys([*before, *after])
    return [
        Field(name, before.get(name), after.get(name))
        for name in names
        if name not in _PLACES and before.get(name) != after.get(name)
    ]


def _about(version: Version) -> dict[str, Any]:
    """What beside the header says how a version is to be taken."""
    valid = version.validity
    until = {} if valid.end >= OPEN else {"valid until": show(valid.end)}
    since = {"valid from": show(valid.start)} if valid.known else {}
    return {"authority": version.authority.name.lower(), **since, **until}


def last_two(store: GraphStore, scope: Scope, node: str) -> tuple[Version, Version]:
    """The last two versions of a node that the scope shows, of one origin.

    Raises `NotFound` where there are no two.
    """
    past = store.history(scope, node)
    if not past:
        raise NotFound(f"there is no node {node}: `memcubes search` finds what there is")
    for last in reversed(past):
        before = [v for v in past if v.origin == last.origin and v.from_seq < last.from_seq]
        if before:
            return before[-1], last
    last = past[-1]
    raise NotFound(
        f"{last.kind} {node} has one version only, since @{last.from_seq}: "
        "there is nothing to compare it with"
    )


def versions_at(store: GraphStore, then: Scope, later: Scope, node: str) -> tuple[Version, Version]:
    """The versions of a node that stood at two sequences, said by one source; one that changed if any did.

    Raises `NotFound` where nobody said it at one of them, or not the same source at both.
    """
    sides: list[dict[str, Version]] = []
    for scope in (then, later):
        sides.append({version.origin: version for version in store.get(scope, [node])})
        if not sides[-1]:
            raise NotFound(
                f"{node} was not in force at @{scope.seq}: `memcubes history` shows when it was"
            )
    before, after = sides
    both = sorted(before.keys() & after.keys(), key=lambda o: before[o].id == after[o].id)
    if not both:
        raise NotFound(
            f"what stood of {node} at @{then.seq} and at @{later.seq} was said by different sources: "
            "`memcubes history` shows by which"
        )
    return before[both[0]], after[both[0]]
