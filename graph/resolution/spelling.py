"""Spelling: one way of writing for words that are written in several."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources

_LOOSE = (
    ("ae", "a"),
    ("oe", "o"),
    ("ue", "u"),
    ("ph", "f"),
    ("ck", "k"),
    ("th", "t"),
    ("x", "ks"),
    ("y", "i"),
)
_TWICE = re.compile(r"(.)\1+")


@cache
def _table() -> Mapping[str, object]:
    return tomllib.loads(resources.files(__package__).joinpath("lexicon.toml").read_text("utf-8"))


@cache
def lexicon(name: str) -> frozenset[str]:
    """One list of words of `lexicon.toml`; those for Chinese as "han.endings" and so on.

    >>> "gmbh" in lexicon("legal"), "市" in lexicon("han.places")
    (True, True)
    """
    found: object = _table()
    for part in name.split("."):
        assert isinstance(found, dict)
        found = found[part]
    return frozenset(str(found).split())


@cache
def spellings(name: str) -> Mapping[str, str]:
    """One table of `lexicon.toml`: words, and how they are spelt here."""
    found = _table()[name]
    assert isinstance(found, dict)
    return {str(word): str(other) for word, other in found.items()}


def spelt(word: str, *, place: bool = False) -> str:
    """A folded word, written out, numbers as digits; of a place also the compass.

    >>> spelt("st"), spelt("second"), spelt("n"), spelt("n", place=True)
    ('saint', '2', 'n', 'north')
    """
    if place and word in spellings("compass"):
        return spellings("compass")[word]
    return spellings("spelt").get(word, word)


@lru_cache(maxsize=65_536)
def loose(word: str) -> str:
    """A word as it may be spelt elsewhere: digraphs and doubled letters as one, y as i.

    >>> loose("mueller") == loose("muller"), loose("phillip") == loose("filip")
    (True, True)
    """
    for one, other in _LOOSE:
        word = word.replace(one, other)
    return _TWICE.sub(r"\1", word)


@cache
def _han_numbers() -> dict[int, str]:
    return {ord(pair[0]): pair[1:] for pair in lexicon("han.numbers")}


def simplified(text: str) -> str:
    """Chinese in simplified characters, numbers as digits; other text as it is.

    >>> simplified("北京大學"), simplified("三號泵")
    ('北京大学', '3号泵')
    """
    return converted(text).translate(_han_numbers())


@cache
def _converter() -> object:
    from opencc import OpenCC  # a library of its own, for Chinese alone

    return OpenCC("t2s")


def converted(text: str) -> str:
    """Chinese in simplified characters; other text as it is."""
    found: str = _converter().convert(text)  # type: ignore[attr-defined]
    return found
