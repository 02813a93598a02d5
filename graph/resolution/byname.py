"""Bynames: names that no letters tell to be one: nicknames of people, and what places are called elsewhere.

Who is called Bill may be William, and Köln is Cologne. Both are known from lists: nicknames from the package `nicknames`
(Apache-2.0, English), places from `exonyms.txt`, written for this project. They only ever propose.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib import metadata, resources

from .form import BODY, PERSON, PLACE, Form
from .spelling import loose


@cache
def _formal() -> Mapping[str, frozenset[str]]:
    """The given names that each nickname is short for."""
    from nicknames import name_triplets  # a file, read when it is first needed

    found: dict[str, set[str]] = defaultdict(set)
    for name, _, nickname in name_triplets():
        found[nickname].add(name)
    return {nickname: frozenset(names) for nickname, names in found.items()}


@cache
def source() -> str:
    """What the nicknames are from: part of what a judgement rests on."""
    return f"nicknames-{metadata.version('nicknames')}"


def nicknamed(one: str, other: str) -> bool:
    """Whether one of two folded given names is a nickname of the other.

    >>> nicknamed("bill", "william"), nicknamed("william", "bill"), nicknamed("bill", "george")
    (True, True, False)
    """
    formal = _formal()
    return one in formal.get(other, ()) or other in formal.get(one, ())


def formal(given: str) -> frozenset[str]:
    """The given names that a folded one may be short for.

    >>> "william" in formal("bill"), formal("zoltan")
    (True, frozenset())
    """
    return _formal().get(given, frozenset())


@cache
def _shortened() -> frozenset[str]:
    return frozenset(name for names in _formal().values() for name in names)


def shortened(given: str) -> bool:
    """Whether a folded given name has nicknames."""
    return given in _shortened()


def given(name: str) -> bool:
    """Whether a folded name is a given name or a nickname that is known.

    >>> given("rebecca"), given("becky"), given("osmeadow")
    (True, True, False)
    """
    return name in _formal() or name in _shortened()


@cache
def _places() -> Mapping[str, frozenset[int]]:
    """The places of `exonyms.txt` by line, for each of their names, spelt loosely."""
    text = resources.files(__package__).joinpath("exonyms.txt").read_text("utf-8")
    found: dict[str, set[int]] = defaultdict(set)
    for number, line in enumerate(text.splitlines()):
        if line and not line.startswith("#"):
            for name in line.split(","):
                found[Form(name.strip(), "GPE").loose].add(number)
    return {name: frozenset(places) for name, places in found.items()}


def places(form: Form) -> frozenset[int]:
    """The places that a name may be one of, by number; none for what is no place.

    >>> places(Form("Köln", "GPE")) == places(Form("Cologne")) != frozenset()
    True
    >>> places(Form("Cologne", "PERSON"))
    frozenset()
    """
    if form.sort in (PERSON, BODY) or not form.core:
        return frozenset()
    known = _places()
    return known.get(form.loose, frozenset()) | (
        frozenset() if form.sort == PLACE else known.get(loose("".join(form.words)), frozenset())
    )


def person(form: Form) -> tuple[str, str, tuple[str, ...]] | None:
    """Given name, family name and what stands between, of what may be a person's name.

    >>> person(Form("William J. Clinton", "PERSON")), person(Form("Clinton"))
    (('william', 'clinton', ('j',)), None)
    """
    core = form.core
    if form.han or form.sort in (PLACE, BODY) or not 2 <= len(core) <= 4 or form.numbers:
        return None
    return core[0], core[-1], core[1:-1]
