"""Frames: how much of the wording around a value stays, what is put into it, and which of many things is meant.

"My major is biology" and "My major is psychology" have all but the value in common; "room 12" and "room 14" are two
rooms, and so are "field: …" and "other field: …".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from . import lexicon
from .comparison import Comparison
from .sentence import Sentence, read
from .token import Kind, Token

_BE = frozenset(["is", "are", "was", "were", "am", "be", "been", "named", "called"])
_STATES = frozenset(["on", "off", "up", "down", "in", "out", "open", "closed"])


def frame(c: Comparison) -> dict[str, float]:
    """Measure the wording around what differs."""
    one, two = _plain(c.old), _plain(c.new)
    head = _equal(c, one, two)
    tail = _equal(c, one[::-1], two[::-1]) if head < min(len(one), len(two)) else 0
    tail = min(tail, len(one) - head, len(two) - head)
    lost, gained = one[head : len(one) - tail], two[head : len(two) - tail]
    last = one[head - 1] if head else None
    fit = bool(head and lost and gained)
    return {
        "prefix": min(1.0, head / 6),
        "suffix": min(1.0, tail / 6),
        "prefix_says": min(1.0, sum(t.content for t in one[:head]) / 4),
        "rest_old": min(1.0, len(lost) / 8),
        "rest_new": min(1.0, len(gained) / 10),
        "slot_of_be": float(fit and last is not None and last.lower in _BE),
        "slot_of_verb": float(fit and last is not None and last.kind is Kind.WORD),
        "slot_at_end": float(fit and not tail),
        "slot_bare": float(
            fit and all(t.content or t.lower in _STATES for t in (lost[0], gained[0]))
        ),
        "slot_same_kind": float(fit and lost[0].kind is gained[0].kind and lost[0].content),
        "prefix_only": float(bool(head) and not lost),
        "thing": float(_thing(c.old) and _thing(c.new)),
        "old_of_thing": float(_thing(c.old)),
        **_fields(c),
        **_labels(c),
        **_happening(c),
    }


def _plain(sentence: Sentence) -> tuple[Token, ...]:
    """Its tokens without what says that it is so now."""
    return _unstamped(sentence.text)


@lru_cache(maxsize=16384)
def _unstamped(text: str) -> tuple[Token, ...]:
    return tuple(t for t in read(text).body if t.lower not in lexicon.NOW and t.lower != "just")


def _equal(c: Comparison, one: Sequence[Token], two: Sequence[Token]) -> int:
    """How many tokens at the beginning are the same."""
    count = 0
    for a, b in zip(one, two, strict=False):
        if a.key != c.key(b) and a.key != b.key:
            break
        count += 1
    return count


def _thing(sentence: Sentence) -> bool:
    """Whether it tells of one particular thing and no person: "the gate code", "my major", "Ann's major"."""
    return _of_thing(sentence.text)


@lru_cache(maxsize=16384)
def _of_thing(text: str) -> bool:
    sentence = read(text)
    if sentence.field:
        return True
    tokens = sentence.body
    if len(tokens) < 2:
        return False
    first = tokens[0]
    owned = first.content and sentence.text[first.start : first.end].endswith(("'s", "’s"))
    known = first.lower == "the" or first.lower in lexicon.POSSESSIVE or owned
    return bool(known and tokens[1].kind in (Kind.WORD, Kind.NUMBER, Kind.DATE))


def _fields(c: Comparison) -> dict[str, float]:
    """Whether both fill in the same field of a form, and with how much of the same."""
    old, new = c.old.field, c.new.field
    same = bool(old) and old == new
    said = old.split() or new.split()
    other = c.new if old else c.old
    one = bool(old) != bool(new)
    return {
        "field_same": float(same),
        "field_other": float(bool(old and new) and not same),
        "field_told": float(one and set(said) <= other.stems),
        "field_many": float(same and bool(set(said) & lexicon.multiple())),
        "field_more": float(same and not c.lost and bool(c.gained)),
    }


@dataclass(frozen=True, slots=True)
class _Labels:
    """The numbers that tell things of one kind apart, by the stem of the kind: those of what it speaks of, all."""

    lead: frozenset[tuple[str, str]]
    all: frozenset[tuple[str, str]]


@lru_cache(maxsize=16384)
def labelled(text: str) -> _Labels:
    """Numbers and letters behind a noun: "room 12", "bout 3", "plan B"."""
    tokens = read(text).body
    lead: set[tuple[str, str]] = set()
    every: set[tuple[str, str]] = set()
    verb = False
    for place, token in enumerate(tokens):
        verb |= token.lower in lexicon.AUXILIARIES
        before = tokens[place - 1] if place else None
        if before is None or before.kind is not Kind.WORD or before.clause != token.clause:
            continue
        if token.kind is Kind.NUMBER and token.end - token.start == len(token.key):
            every.add((before.key, token.key))
            counts = (
                before.key in lexicon.counting()
                or tokens[place + 1 : place + 2]
                and (tokens[place + 1].key in lexicon.units())
            )
            if not verb and place < 4 and place + 1 < len(tokens) and not counts:
                lead.add((before.key, token.key))
    return _Labels(frozenset(lead), frozenset(every))


def relabelled(c: Comparison) -> bool:
    """Whether the two speak of different ones of a kind: "room 12", "room 14"."""
    old, new = labelled(c.old.text), labelled(c.new.text)
    kinds = {kind for kind, _ in old.lead} & {kind for kind, _ in new.lead}
    return bool(kinds) and not old.lead & new.lead


def recoded(c: Comparison) -> bool:
    """Whether the two speak of things of other codes: "the pump Z-4", "the pump Z-6"."""
    old, new = _codes(c.old.text), _codes(c.new.text)
    return bool(old and new) and not old & new


@lru_cache(maxsize=16384)
def _codes(text: str) -> frozenset[tuple[str, str]]:
    """Letters and a number that are written as one, in what a sentence begins with."""
    tokens = read(text).body
    found: set[tuple[str, str]] = set()
    for before, token in pairwise(tokens[:4]):
        if before.lower in lexicon.AUXILIARIES:
            break
        joined = text[before.end : token.start] in ("", "-", "–")
        if joined and (before.kind, token.kind) == (Kind.NAME, Kind.NUMBER) and token != tokens[-1]:
            found.add((before.key.split()[-1], token.key))
    return frozenset(found)


def _labels(c: Comparison) -> dict[str, float]:
    old, new = labelled(c.old.text), labelled(c.new.text)
    every = {kind for kind, _ in old.all} & {kind for kind, _ in new.all}
    return {
        "label_kept": float(bool(old.all & new.all)),
        "label_other": float(bool(every) and not old.all & new.all),
        "lead_label_other": float(relabelled(c)),
    }


_HAPPENS = frozenset(["cease", "change", "restore"])


@dataclass(frozen=True, slots=True)
class _Event:
    """A word that tells of an end, a change or a return, with what stands next to it and says something."""

    word: str
    before: Token | None
    after: Token | None
    passive: bool


@lru_cache(maxsize=16384)
def _events_of(text: str) -> tuple[_Event, ...]:
    tokens, classes = read(text).tokens, lexicon.classes()
    found: list[_Event] = []
    for place, token in enumerate(tokens):
        if not classes.get(token.key, frozenset()) & _HAPPENS:
            continue
        said = [t for t in tokens[:place] if t.content and t.clause == token.clause]
        rest = _noun([t for t in tokens[place + 1 : place + 6] if t.clause == token.clause])
        passive = any(t.lower in _PASSIVE for t in tokens[max(0, place - 2) : place])
        found.append(_Event(token.key, said[-1] if said else None, rest, passive))
    return tuple(found)


def _noun(tokens: Sequence[Token]) -> Token | None:
    """The last of the words that follow each other first: "the car keys to" are keys.

    What stands behind a preposition ("moved to Lyon", "handed in his notice") is not what it happens to.
    """
    if tokens and tokens[0].lower in lexicon.PREPOSITIONS:
        return None
    found: Token | None = None
    for token in tokens:
        if token.content:
            found = token
        elif found is not None:
            break
    return found


_PASSIVE = frozenset(["was", "were", "been", "is", "are", "got", "being", "be"])


def _happening(c: Comparison) -> dict[str, float]:
    """Whether what an event of the new sentence happens to is what the old one speaks of: "lost the key to the car"."""
    fresh = [event for event in _events_of(c.new.text) if event.word not in c.old_keys]
    event = fresh[0] if fresh else None
    after, before = (event.after, event.before) if event is not None else (None, None)
    return {
        "event_of_kept": float(after is not None and c.key(after) in c.old_keys),
        "event_of_other": float(after is not None and c.key(after) not in c.old_keys),
        "event_of_name": float(after is not None and after.kind is Kind.NAME),
        "event_alone": float(event is not None and after is None),
        "event_by_kept": float(before is not None and c.key(before) in c.old_keys),
        "event_by_other": float(before is not None and c.key(before) not in c.old_keys),
        "event_passive": float(event is not None and event.passive),
    }
