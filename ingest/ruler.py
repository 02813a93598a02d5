"""Ruler: spaCy's attribute ruler and lemmatiser, which remember what it has found of words alike.

Its rules look at tag, word and dependency of one token, a few at two in a row. Going through all of them for
each token takes an eighth of the time of a parse, and says the same for all tokens that the rules cannot tell
apart. Whoever has a rule of another kind is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.pipeline import AttributeRuler, Lemmatizer
    from spacy.tokens import Doc, Token

Match = tuple[int, int, int, int]
"""A rule, its name in the vocabulary, and where what it found begins and ends: what the ruler asks for."""

MOST = 200_000
"""Words and kinds of token that are remembered."""

_ASKED = {"TAG", "LOWER", "DEP", "IS_SPACE"}


@dataclass(frozen=True, slots=True)
class _Kind:
    """What the rules can tell of a token: those that hold of it alone, and whether one of two may begin here."""

    rules: tuple[int, ...]
    begins: bool


class Remembered:
    """Stands in for `match` of an attribute ruler; gives the same matches."""

    def __init__(self, ruler: AttributeRuler) -> None:
        self._match: Callable[[Doc], list[Match]] = ruler.match
        self._strings = ruler.vocab.strings
        self._single: list[tuple[int, Mapping[str, Any]]] = []
        self._first: list[Mapping[str, Any]] = []
        words, self._regexes = set[str](), list[re.Pattern[str]]()
        for place, rule in enumerate(ruler.patterns):
            for pattern in rule["patterns"]:  # type: ignore[union-attr]
                if len(pattern) == 1:
                    self._single.append((place, pattern[0]))  # type: ignore[arg-type]
                else:
                    self._first.append(pattern[0])  # type: ignore[arg-type]
                for spec in pattern:
                    words |= set(_literals(spec))  # type: ignore[arg-type]
                    self._regexes += map(re.compile, _regexes(spec))  # type: ignore[arg-type]
        self._words = {self._strings.add(word): word for word in words}
        self._names = [self._strings.add(str(place)) for place in range(len(ruler.patterns))]
        self._classes: dict[int, str] = {}
        self._kinds: dict[tuple[int, str, int], _Kind] = {}

    def __call__(self, doc: Doc) -> list[Match]:
        """What all rules find in a document, in the order of the rules."""
        found: list[Match] = []
        kinds, classes = self._kinds, self._classes
        if len(kinds) + len(classes) > MOST:
            kinds.clear()
            classes.clear()
        for place, (tag, word, dep) in enumerate(doc.to_array(["TAG", "LOWER", "DEP"]).tolist()):
            alike = classes.get(word)
            if alike is None:
                alike = classes[word] = self._class(word)
            kind = kinds.get((tag, alike, dep))
            if kind is None:
                kind = kinds[tag, alike, dep] = self._kind(tag, alike, dep)
            if kind.begins:
                return self._match(doc)
            for rule in kind.rules:
                found.append((rule, self._names[rule], place, place + 1))
        found.sort()
        return found

    def _class(self, word: int) -> str:
        """The word itself where a rule may ask for it; else the blank, or nothing, that stands for all others."""
        if word in self._words:
            return self._words[word]
        text: str = self._strings[word]
        if any(regex.search(text) for regex in self._regexes):
            return text
        return " " if text.isspace() else ""

    def _kind(self, tag: int, word: str, dep: int) -> _Kind:
        token = {
            "TAG": self._strings[tag],
            "LOWER": word,
            "DEP": self._strings[dep],
            "IS_SPACE": word.isspace(),
        }
        return _Kind(
            tuple(dict.fromkeys(place for place, spec in self._single if _fits(spec, token))),
            any(_fits(spec, token) for spec in self._first),
        )


_SHORT = re.compile(r"(?:^|[^aeiou])[aeiou][^aeiouwxy]$")
"""How verbs end that double their last letter before "ed" and "ing"."""


class Lemmas:
    """The lemma of a word by the rules of a lemmatiser, which look at its form, part of speech and morphology."""

    def __init__(self, lemmatiser: Lemmatizer) -> None:
        self._lemmatise = lemmatiser.lemmatize
        self._known: dict[tuple[int, int, int], str] = {}

    def __call__(self, token: Token) -> str:
        """The lemma, remembered."""
        morphology: Any = token.morph
        key = (token.orth, token.pos, morphology.key)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > MOST:
                self._known.clear()
            found = self._known[key] = _of_many(token, self._lemmatise(token))
        return found


def _of_many(token: Token, lemmas: list[str]) -> str:
    """Which of several lemmas a form is of: "hates" and "hoping" are of "hate" and "hope", not of "hat" and "hop"."""
    word = token.lower_
    for ending in ("es", "ed", "ing") if len(lemmas) > 1 else ():
        stem = word.removesuffix(ending)
        # the short verb would double its last letter ("hopped"), or have no e ("hops")
        if stem != word and f"{stem}e" in lemmas and token.pos_ == "VERB" and _SHORT.search(stem):
            return f"{stem}e"
    return lemmas[0]


def remember(ruler: AttributeRuler) -> None:
    """Have a ruler remember, if it has only rules of the kinds that this module knows."""
    if all(_known(spec) for rule in ruler.patterns for p in rule["patterns"] for spec in p):  # type: ignore[union-attr,arg-type]
        ruler.match = Remembered(ruler)  # type: ignore[method-assign]


def _known(spec: Mapping[str, Any]) -> bool:
    return spec.keys() <= _ASKED and all(
        isinstance(want, str | bool)
        or (isinstance(want, dict) and want.keys() <= {"IN", "NOT_IN"})
        or (name == "LOWER" and isinstance(want, dict) and want.keys() == {"REGEX"})
        for name, want in spec.items()
    )


def _literals(spec: Mapping[str, Any]) -> Iterator[str]:
    want = spec.get("LOWER")
    if isinstance(want, str):
        yield want
    elif isinstance(want, dict):
        yield from want.get("IN", ())
        yield from want.get("NOT_IN", ())


def _regexes(spec: Mapping[str, Any]) -> Iterator[str]:
    want = spec.get("LOWER")
    if isinstance(want, dict) and "REGEX" in want:
        yield want["REGEX"]


def _fits(spec: Mapping[str, Any], token: Mapping[str, Any]) -> bool:
    return all(_is(token[name], want) for name, want in spec.items())


def _is(value: Any, want: Any) -> bool:
    if not isinstance(want, dict):
        return bool(value == want)
    if "REGEX" in want:
        return re.search(want["REGEX"], value) is not None
    return ("IN" not in want or value in want["IN"]) and value not in want.get("NOT_IN", ())
