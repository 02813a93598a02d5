"""Labelled pairs made of slots: the same wording with another value, and with one that is beside it.

`supersession_data/slots.txt` names what has one value at a time ("major", "gate code") and what may have many; a
name is in one part with all its pairs, by its hash.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from .supersession_pairs import DATA, Pair, given_names

SAYS = (
    "{O} {a} is {v}.",
    "{O} {a} is {v}.",
    "{a}: {v}",
    "The {a} of {T} is {v}.",
    "{v} is {o} {a}.",
)
CHANGES = (
    "{O} {a} is {v}.",
    "{O} {a} is now {v}.",
    "{O} {a} is {v} these days.",
    "{O} {a} changed to {v}.",
    "{O} {a} changed from {w} to {v}.",
    "{O} {a} is {v}, not {w}.",
    "{O} new {a} is {v}.",
    "Correction: {o} {a} is {v}.",
    "Actually, {o} {a} is {v}.",
    "Update: {o} {a} is now {v}.",
    "{O} {a} is no longer {w}.",
    "{O} {a} isn't {w} any more.",
    "{v} is {o} {a} now.",
    "As of Monday, {o} {a} is {v}.",
)
KEEPS = (
    "{O} {a} is still {w}.",
    "{O} {a} is {w}, as you know.",
    "{O} {a} is {w}, which suits everybody.",
    "Just to confirm, {o} {a} is {w}.",
    "{O} {a} is easy to remember.",
    "{O} {a} is a frequent topic.",
    "{O} {a} was {v} in 2011.",
    "{O} {a} used to be {v}.",
    "Somebody asked about {o} {a}.",
    "I wrote down {o} {a}.",
    "{O} {a} is more important than {v}.",
)
FIELDS = ("{a}: {v}", "{a} = {v}", "{a}: {v} (new)", "{a}: {v}, was {w}", "{a}: no longer {w}")
OWNERS = ("My", "User's", "The user's", "Our", "{N}'s", "{N}'s", "{N}'s")
KIN = ("sister's", "neighbour's", "best friend's", "colleague's", "ex's")


def slot_pairs(draws: int = 2, seed: int = 0) -> Iterator[Pair]:
    """Make pairs of every slot, `draws` times with other owners and values."""
    lines = (DATA / "slots.txt").read_text("utf-8").splitlines()
    slots = [
        [part.strip() for part in line.split("|")]
        for line in lines
        if line[:2] in ("P ", "T ", "M ")
    ]
    owned = [(name, _values(values)) for kind, name, values in slots if kind == "P"]
    things = [(name, _values(values)) for kind, name, values in slots if kind == "T"]
    for number, (kind, name, values) in enumerate(slots):
        rng = Random(f"{seed} {number}")
        for _ in range(draws):
            if kind == "P":
                yield from _of_person(name, _values(values), owned, rng)
            elif kind == "T":
                yield from _of_thing(name, _values(values), things, rng)
            else:
                yield from _of_many(name, _values(values), rng)


def _values(text: str) -> list[str]:
    return [value.strip() for value in text.split(";")]


def _put(text: str, **given: str) -> str:
    said = text.format(**given)
    return said[:1].upper() + said[1:] if text[:3] != "{a}" else said


def _told(text: str, owner: str, name: str, v: str, w: str = "") -> str:
    small = (
        owner
        if owner[:1].isupper() and owner.split("'")[0] not in ("My", "Our", "The user")
        else owner[:1].lower() + owner[1:]
    )
    return _put(text, O=owner, o=small, a=name, v=v, w=w, T="")


def _of_person(
    name: str, values: list[str], owned: Sequence[tuple[str, list[str]]], rng: Random
) -> Iterator[Pair]:
    frame = f"slot {name}"
    first, second = rng.sample(given_names(), 2)
    owner = rng.choice(OWNERS).format(N=first)
    other = f"{second}'s" if rng.random() < 0.6 else f"{owner} {rng.choice(KIN)}"
    w, v = rng.sample(values, 2)
    beside, theirs = rng.choice([one for one in owned if one[0] != name])
    old = _told("{O} {a} is {v}.", owner, name, w)
    for text in rng.sample(CHANGES, 3):
        yield Pair(old, _told(text, owner, name, v, w), 1.0, "slot", frame)
        yield Pair(old, _told(text, other, name, v, w), 0.0, "slot of another", frame)
    for text in rng.sample(CHANGES, 2):
        a, b = rng.sample(theirs, 2)
        yield Pair(old, _told(text, owner, beside, a, b), 0.0, "slot beside", frame)
    for text in rng.sample(KEEPS, 2):
        yield Pair(old, _told(text, owner, name, v, w), 0.0, "slot kept", frame)
    field = _told("{a}: {v}", "", name, w)
    text = rng.choice(FIELDS)
    yield Pair(field, _told(text, "", name, v, w), 1.0, "field", frame)
    yield Pair(
        field, _told(text, "", beside, rng.choice(theirs), theirs[0]), 0.0, "field beside", frame
    )
    yield Pair(
        field,
        _told(f"{{a}}: {{v}} ({rng.choice(('since May', 'confirmed', 'work'))})", "", name, w),
        0.0,
        "field kept",
        frame,
    )


def _of_thing(
    name: str, values: list[str], things: Sequence[tuple[str, list[str]]], rng: Random
) -> Iterator[Pair]:
    frame = f"slot {name}"
    kinds, what = (part.strip() for part in name.split("/"))
    one, other = rng.sample([kind.strip() for kind in kinds.split(",")], 2)
    w, v = rng.sample(values, 2)
    old = _told("{O} {a} is {v}.", "The", f"{one} {what}", w)
    for text in rng.sample([text for text in CHANGES if "{O} new" not in text], 3):
        yield Pair(old, _told(text, "the", f"{one} {what}", v, w), 1.0, "slot", frame)
        yield Pair(old, _told(text, "the", f"{other} {what}", v, w), 0.0, "slot of another", frame)
    for text in rng.sample(KEEPS, 2):
        yield Pair(old, _told(text, "the", f"{one} {what}", v, w), 0.0, "slot kept", frame)
    beside, theirs = rng.choice([thing for thing in things if thing[0] != name])
    its = beside.split("/")[1].strip()
    text = rng.choice(CHANGES)
    if its != "of the day":
        yield Pair(
            old, _told(text, "the", f"{one} {its}", theirs[0], theirs[1]), 0.0, "slot beside", frame
        )
    field = _told("{a}: {v}", "", f"{one} {what}", w)
    text = rng.choice(FIELDS)
    yield Pair(field, _told(text, "", f"{one} {what}", v, w), 1.0, "field", frame)
    yield Pair(field, _told(text, "", f"{other} {what}", v, w), 0.0, "field of another", frame)


def _of_many(name: str, values: list[str], rng: Random) -> Iterator[Pair]:
    frame = f"slot {name}"
    who = rng.choice([*given_names(), "User", "The user"])
    said = name.format(O=who, P=f"{who}'s")
    for w, v in (rng.sample(values, 2), rng.sample(values, 2)):
        yield Pair(f"{said} {w}.", f"{said} {v}.", 0.02, "many", frame)
        yield Pair(f"{said} {w}.", f"{said} {v}, too.", 0.0, "many", frame)
        yield Pair(f"{said} {w}.", f"{said} {w} and {v}.", 0.0, "many", frame)
