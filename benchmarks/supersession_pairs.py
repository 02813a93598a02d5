"""Labelled pairs of statements, made of frames: what the supersession scorer is trained on.

`supersession_data/frames.jsonl` has relations with their wordings ({S} subject, {T} partner, {U} somebody
else, {W} the old value, {V} the new one), `values.json` what fills them; all of it was written for this
project. A label says how likely the second statement is to take the place of the first: 1, 0, or between
where people would disagree (two works on other topics).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from memcubes.graph.supersession.sentence import read

DATA = Path(__file__).with_name("supersession_data")
TAILS = (
    "which came as a surprise to many", "as a note in the calendar says", "as everybody here knows",
    "with great success", "according to the newsletter", "and is happy about it",
    "as part of a larger plan", "and the family helped", "after a long discussion", "this year",
)  # fmt: skip
OPENINGS = (
    "By the way, ",
    "It is a fact that ",
    "Again: ",
    "As I said, ",
    "Just to repeat: ",
    "As far as I know, ",
    "Note that ",
    "In the newsletter it says that ",
)
CORRECTING = ("Actually, ", "Correction: ", "In fact, ", "I was wrong: ")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two statements, the later second; `kind` is how it was made, `frame` the first one's relation."""

    old: str
    new: str
    label: float
    kind: str
    frame: str


def frames() -> list[dict[str, Any]]:
    """The relations, each with its wordings."""
    lines = (DATA / "frames.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def hand_written() -> list[Pair]:
    """Pairs written one by one, in everyday words."""
    lines = (DATA / "hand.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [
        Pair(r["old"], r["new"], float(r["label"]), "hand", f"hand {n}") for n, r in enumerate(rows)
    ]


def grouped(file: str = "statements.txt", kind: str = "group") -> list[Pair]:
    """Pairs of statements with what may be said after them, of them and of somebody else."""
    found: list[Pair] = []
    old = ""
    labels = {"+": 1.0, "-": 0.0, "~": 0.4}
    rng = Random(0)
    for line in (DATA / file).read_text("utf-8").splitlines():
        mark, _, text = line.partition(" ")
        if mark == "=":
            old = text
        elif mark in labels:
            found.append(Pair(old, text, labels[mark], kind, f"{kind} {old}"))
            other = _of_another(old, text, rng) if mark == "+" else None
            if other is not None:
                found.append(Pair(old, other, 0.0, f"{kind} of another", f"{kind} {old}"))
    return found


def all_grouped() -> list[Pair]:
    """The pairs of all files of groups."""
    files = (("talk.txt", "talk"), ("hands.txt", "hands"), ("hands2.txt", "more"))
    return [*grouped(), *(pair for file, kind in files for pair in grouped(file, kind))]


def beside_grouped(draws: int = 8) -> Iterator[Pair]:
    """What takes the place of something else, said of the person of a statement: compatible nearly always."""
    rows = [pair for pair in all_grouped() if pair.label == 1.0]
    rng = Random(0)
    for old, frame in {pair.old: pair.frame for pair in rows}.items():
        name = _alone(old)
        for pair in rng.sample(rows, draws) if name else ():
            other = _alone(pair.new)
            if other and other == _alone(pair.old) and pair.old != old:
                new = re.sub(rf"\b{re.escape(other)}\b", name, pair.new)
                yield Pair(old, new, 0.05, "beside", f"beside {frame}")


def _alone(text: str) -> str:
    """The first name that a sentence begins with, if it is a single word."""
    names = read(text).names
    name = re.sub(r"['’]s?$", "", text[: names[0].end]) if names and not names[0].start else ""
    return "" if " " in name or text.startswith("The ") else name


def _of_another(old: str, new: str, rng: Random) -> str | None:
    """The same said of somebody else, if the old one speaks of one person and the new one begins with it."""
    names = [token for token in read(old).names if token.start < len(old) - 1]
    if len(names) != 1 or names[0].start != 0 or old.startswith("The "):
        return None
    name = re.sub(r"['’]s?$", "", old[: names[0].end])
    first = name.split()[0]
    if not new.startswith(first) or name.lower() in ("mr", "python"):
        return None
    other = rng.choice(_values()["given"])
    longer = f"{other} {rng.choice(_values()['family'])}"
    changed = new.replace(name, longer if " " in name else other)
    return None if first in changed else changed


def trained_texts() -> list[str]:
    """What is written in the pairs that train."""
    texts = [text for pair in (*hand_written(), *all_grouped()) for text in (pair.old, pair.new)]
    for frame in frames():
        for key in ("says", "changes", "ends", "denies", "more", "was", "also", "only"):
            texts += frame.get(key, [])
    return texts + [text for values in _values().values() for text in values]


FOLDS = 5
"""Parts of what trains: what is said of each part is said by trees that the others made."""


def fold_of(frame: str) -> int:
    """The part that a frame is of, by its hash; what stands beside a group is of its part.

    >>> fold_of("hand 1") == fold_of("beside hand 1") < FOLDS
    True
    """
    name = frame.removeprefix("beside ")
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % FOLDS


def given_names() -> list[str]:
    """The first names of people."""
    return _values()["given"]


@cache
def _values() -> dict[str, list[str]]:
    return dict(json.loads((DATA / "values.json").read_text("utf-8")))


def pairs(draws: int, seed: int = 0) -> Iterator[Pair]:
    """Make pairs of every frame, each `draws` times with other names and values."""
    all_frames = frames()
    for number, frame in enumerate(all_frames):
        rng = Random(f"{seed} {number}")
        name = frame["says"][0]
        alike = [f for f in all_frames if f is not frame and f["subject"] == frame["subject"]]
        alike = alike or [f for f in all_frames if f is not frame]
        for _ in range(draws):
            for pair, given in _drawn(frame, name, alike, rng):
                yield _dressed(pair, rng)
                for _ in range(2 if pair.label > 0.5 else 0):
                    yield _dressed(_beside(pair, given, alike, rng), rng)


def _beside(
    pair: Pair, given: Mapping[str, str], alike: Sequence[Mapping[str, Any]], rng: Random
) -> Pair:
    """The same new statement after a fact of the same people that it has nothing to say of."""
    beside = rng.choice(alike)
    people = [given[who] for who in ("S", "T", "U", "X")]
    if beside["subject"] == "person" and rng.random() < 0.5:
        rng.shuffle(people)
    theirs = _filled(beside, rng) | dict(zip("STU", people, strict=False))
    theirs["S"] = people[0] if beside["subject"] == "person" else given["S"]
    key = "more" if rng.random() < 0.3 else "says"
    return Pair(_put(rng.choice(beside[key]), theirs), pair.new, 0.0, "beside", pair.frame)


def _person(rng: Random) -> str:
    values = _values()
    style = rng.random()
    given = rng.choice(values["given"])
    return given if style < 0.25 else f"{given} {rng.choice(values['family'])}"


def _filled(frame: Mapping[str, Any], rng: Random) -> dict[str, str]:
    values = _values()

    def some(kind: str) -> list[str]:
        if kind == "person":
            found: dict[str, str] = {}
            while len(found) < 3:
                one = _person(rng)
                found.setdefault(one.split()[0], one)
            return list(found.values())
        return rng.sample(values[kind], min(3, len(values[kind])))

    people = some("person")
    subjects = people if frame["subject"] == "person" else some(frame["subject"])
    value = some(frame["value"])
    if frame["value"] == "person":
        value = some("person") if frame["subject"] != "person" else _others(people, rng)
    more = _others(people, rng)
    return {
        "S": subjects[0], "O": subjects[1], "T": people[1], "U": people[2], "X": more[0],
        "W": value[0], "V": value[1],
    }  # fmt: skip


def _others(people: Sequence[str], rng: Random) -> list[str]:
    taken = {one.split()[0] for one in people}
    found: dict[str, str] = {}
    while len(found) < 2:
        one = _person(rng)
        if one.split()[0] not in taken:
            found.setdefault(one.split()[0], one)
    return list(found.values())


def _put(text: str, given: Mapping[str, str]) -> str:
    return re.sub(
        r"(^|: |, )([a-z])",
        lambda m: m[0].upper() if not m[1] else m[0],
        re.sub(r"\{(\w)\}", lambda m: given[m[1]], text),
        count=1,
    )


def _drawn(
    frame: Mapping[str, Any], name: str, alike: Sequence[Mapping[str, Any]], rng: Random
) -> Iterator[tuple[Pair, Mapping[str, str]]]:
    """The pairs of one draw, each with what fills its frame."""
    given = _filled(frame, rng)
    for pair in _of_frame(frame, name, alike, given, rng):
        yield pair, given


def _of_frame(
    frame: Mapping[str, Any],
    name: str,
    alike: Sequence[Mapping[str, Any]],
    given: Mapping[str, str],
    rng: Random,
) -> Iterator[Pair]:
    before = {**given, "V": given["W"]}
    other = {**given, "S": given["O"]}
    maker = frame["kind"] in ("once", "repeated")
    fact = rng.choice(frame["says"])
    old = _put(fact, given if maker or frame.get("fixed") else before)

    def made(text: str, label: float, kind: str, by: Mapping[str, str] = given) -> Pair:
        return Pair(old, _put(text, by), label, kind, name)

    again = rng.choice(frame["says"])
    for key in ("denies", "ends", "only"):
        for text in _some(frame, key, 2, rng):
            yield made(text, 1.0, key)
            if not maker:
                yield made(text, 0.0, f"{key} of another", other)
    for text in _some(frame, "denies", 2, rng):
        if text.endswith(".") and "{S}" in text:
            instead = rng.choice(alike)
            theirs = _filled(instead, rng) | {"S": given["S"], "T": given["T"], "U": given["U"]}
            rest = _put(rng.choice(instead["says"]), theirs)
            joined = rng.choice(("; instead, ", " but ", ", and "))
            yield made(text[:-1] + joined + rest, 1.0, "denies and more")
            yield made(text[:-1] + joined + rest, 0.0, "denies of another and more", other)
    for text in _some(frame, "changes", 2, rng):
        yield made(text, 1.0, "change")
        yield made(text, 0.0, "change of another", other)
    for key in ("more", "was", "maybe", "also"):
        for text in _some(frame, key, 2, rng):
            yield made(text, 0.0, key)
    if frame.get("fixed"):
        yield made(again, 0.0, "restatement")
        yield made(again, 0.0, "another", other)
    elif maker:
        yield from _of_makers(frame, fact, again, given, made, rng)
    else:
        yield from _of_values(frame, fact, again, given, before, other, made, rng)
    for _ in range(3):
        beside = rng.choice(alike)
        theirs = _filled(beside, rng) | {"S": given["S"], "T": given["T"], "U": given["U"]}
        keys = [
            k
            for k in ("says", "says", "more", "changes", "ends", "denies", "only")
            if beside.get(k)
        ]
        text = rng.choice(beside[rng.choice(keys)])
        if rng.random() < 0.15:
            text = rng.choice(CORRECTING) + text
        yield made(text, 0.0, "another relation", theirs)


def _some(frame: Mapping[str, Any], key: str, most: int, rng: Random) -> list[str]:
    texts = frame.get(key, [])
    return rng.sample(texts, min(most, len(texts)))


def _of_values(
    frame: Mapping[str, Any],
    fact: str,
    again: str,
    given: Mapping[str, str],
    before: Mapping[str, str],
    other: Mapping[str, str],
    made: Any,
    rng: Random,
) -> Iterator[Pair]:
    one = frame["kind"] == "functional"
    # who repeats a long sentence with one part changed amends it
    many = 1.0 if frame.get("long") else 0.12
    yield made(fact, 1.0 if one else many, "same wording")
    yield made(again, 1.0 if one else many if again == fact else 0.1, "other wording")
    if frame["subject"] == "person" and not one:
        swapped = {**other, "V": given["W"]}
        yield made(fact, 0.4 if frame.get("long") else 0.05, "another with the same", swapped)
        no = rng.choice(("does not", "never did", "has nothing of the kind"))
        yield made(f"{fact[:-1]}, while {given['S']} {no}.", 1.0, "while", swapped)
    yield made(rng.choice(CORRECTING) + again, 1.0 if one else 0.7, "correction")
    yield made(again, 0.0, "restatement", before)
    yield made(fact, 0.0, "another", other)
    yield made(again, 0.0, "another", other)
    yield made(f"Is it true that {again[:-1]}?", 0.0, "question")
    yield made(f"It is possible that {again}", 0.0, "hypothetical")
    yield made(f"Perhaps {again}", 0.0, "hypothetical")
    set_aside = rng.choice((", not {W}.", " and not {W}.", " instead of {W}.", " rather than {W}."))
    if "{V}." in again:
        yield made(again.replace("{V}.", "{V}" + set_aside), 1.0, "set aside")
        yield made(again.replace("{V}.", "{V}, but not {W}."), 1.0, "set aside")
        yield made(again.replace("{V}.", "{V}" + set_aside), 0.0, "set aside of another", other)
    elif "{V}" in again:
        yield made(again.replace("{V}", "{V}, not {W},"), 1.0, "set aside")


def _of_makers(
    frame: Mapping[str, Any],
    fact: str,
    again: str,
    given: Mapping[str, str],
    made: Any,
    rng: Random,
) -> Iterator[Pair]:
    once = frame["kind"] == "once"
    label = (0.45 if frame.get("shareable") else 1.0) if once else 0.02
    swapped = {**given, "S": given["X"]}
    yield made(fact, label, "maker", swapped)
    yield made(again, label if once else 0.02, "maker, other wording", swapped)
    if frame.get("single") is None:
        partner = {**given, "T": given["X"]}
        yield made(fact, label, "partner", partner)
        yield made(again, label if once else 0.02, "partner, other wording", partner)
        turned = {**given, "S": given["T"], "T": given["S"]}
        if "and {T}" in again:
            yield made(again, 0.0, "turned", turned)
    if once:
        for text in (again.replace("{S}", "{S}, not {O},", 1),):
            told = {**given, "S": given["X"], "O": given["S"]}
            yield made(text, 1.0, "set aside", told)
        aside_of = rng.choice(
            ("was not involved", "had nothing to do with it", "did not take part")
        )
        yield made(f"{fact[:-1]}, while {given['S']} {aside_of}.", 1.0, "while", swapped)
        yield made(f"It was {given['X']} and not {given['S']}: " + fact, 1.0, "set aside", swapped)
    yield made(again, 0.0, "restatement")
    topic = {**given, "V": given["W"]}
    yield made(fact, 1.0 if once else 0.02, "other topic", topic)
    both = {**swapped, "V": given["W"]}
    yield made(fact, 0.03, "other maker and topic", both)
    yield made(f"It is possible that {again}", 0.0, "hypothetical", swapped)
    also = re.sub(r"^(\{S\}(?: and \{T\})?) ", r"\1 also ", again)
    if also != again:
        yield made(also, 0.0, "also", swapped)


def _dressed(pair: Pair, rng: Random) -> Pair:
    """Put a harmless opening or tail to some, whatever their label."""
    old, new = pair.old, pair.new
    if rng.random() < 0.12 and new.endswith("."):
        new = f"{new[:-1]}, {rng.choice(TAILS)}."
    elif rng.random() < (0.3 if pair.kind == "restatement" else 0.06):
        new = rng.choice(OPENINGS) + new
    if rng.random() < 0.08 and old.endswith("."):
        old = f"{old[:-1]}, {rng.choice(TAILS)}."
    return Pair(old, new, pair.label, pair.kind, pair.frame)
