"""What turns text into the terms that BM25 counts, by script and not by language."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib import metadata

from .irregular import BASE

# Lucene's English list without "no" and "not": a negation is content here.
_STOPWORDS = (
    "a an and are as at be but by for if in into is it of on or such that the "
    "their then there these they this to was will with"
)
STOPWORDS = frozenset(_STOPWORDS.split())

# Scripts that put no spaces between words, and Hangul, whose particles stick:
# Thai, Lao, Myanmar, Khmer, Hangul, kana, Bopomofo, Han.
_RUN = (
    "\u0e01-\u0e4e\u0e81-\u0ecd\u1000-\u103f\u1780-\u17d3\u1100-\u11ff"
    "\u3005\u3007\u3040-\u309f\u30a1-\u30fa\u30fc-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
# Vowel signs are no word characters to `re`: Hebrew, Arabic, Brahmic, Tibetan.
_MARK = (
    "\u0300-\u036f\u0591-\u05bd\u05bf\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0900-\u0903\u093a-\u094f"
    "\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u09d7"
    "\u0a01-\u0a03\u0a3c-\u0a4d\u0a70\u0a71\u0a81-\u0a83\u0abc-\u0acd"
    "\u0b01-\u0b03\u0b3c-\u0b57\u0b82\u0bbe-\u0bcd\u0c00-\u0c04\u0c3e-\u0c56"
    "\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d4d\u0d82\u0d83"
    "\u0dca-\u0ddf\u0f18\u0f19\u0f35-\u0f39\u0f71-\u0f84\u0f8d-\u0fbc"
)
_JOIN = "[-.,:/'@&+]"
_ASCII_TERM = re.compile(rf"[a-z0-9_]+(?:{_JOIN}[a-z0-9_]+)*(?:(?:\+\+|#)(?!\w))?")
_LETTER = f"(?:[^\\W{_RUN}]|[{_MARK}])"
_TERM = re.compile(rf"([{_RUN}]+)|({_LETTER}+(?:{_JOIN}{_LETTER}+)*(?:(?:\+\+|#)(?!\w))?)")
_PART = re.compile(rf"(?:(?!_){_LETTER})+")
_MIXED = re.compile(r"([0-9]+)([^\W\d_]+)|([^\W\d_]+)([0-9]+)")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
_ACRONYM = re.compile(r"[a-z](?:\.[a-z])+")
_WHOLE = re.compile(r"[0-9@_.&+#]")
_IS_RUN = re.compile(f"[{_RUN}]")
_CLITIC = re.compile(r"(?:n't|'(?:s|ll|re|ve|d|m))$")  # Ada's, don't, we'll
_CACHED = 200_000

# Identifiers written in humps: maxRetryCount, HTTPServer.
_HUMP = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]")
_IDENTIFIER = re.compile(
    rf"(?<![^\W{_RUN}])[A-Za-z0-9_]+(?:{_JOIN}[A-Za-z0-9_]+)*(?![^\W{_RUN}]|[{_MARK}])"
)
_RUNS = re.compile(r"[A-Za-z0-9]+")
_HUMPS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")


def humps(identifier: str) -> list[str]:
    """The words of an identifier that is written in humps; none where it may as well be a name.

    With a small letter first it is an identifier, unless that stands alone (iPhone); with a capital where it has three
    words, or the first has four letters (so that McDonald and YouTube stay whole).

    >>> humps("maxRetryCount"), humps("HTTPServer"), humps("MacArthur"), humps("iPhone")
    (['max', 'Retry', 'Count'], ['HTTP', 'Server'], [], [])
    """
    parts = _HUMPS.findall(identifier)
    if len(parts) < 2 or not _HUMP.search(identifier):
        return []
    if identifier[0].islower():
        return parts if len(parts[0]) > 1 else []
    short = any(len(part) == 1 and not part.isdigit() for part in parts)
    return [] if short or (len(parts) < 3 and len(parts[0]) < 4) else parts


def _spread(found: re.Match[str]) -> str:
    """A token, and behind it the words of what is written in humps in it."""
    words = [word for run in _RUNS.findall(found[0]) for word in humps(run)]
    return " ".join([found[0], *words])


_SPELT = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe",
    "ı": "i", "ё": "е", "’": "'", "‘": "'", "ʼ": "'",
    "‐": "-", "‑": "-", "‒": "-", "−": "-",
}  # fmt: skip


@cache
def _installed(package: str) -> str:
    return metadata.version(package)


class _Folded(dict[int, str]):
    """Character → itself without a Latin or Greek accent; any decimal → 0 to 9."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = _SPELT.get(character, character)
        if 0x0300 <= code <= 0x036F or code == 0x00AD:
            folded = ""
        elif character.isdecimal():
            folded = str(unicodedata.decimal(character))
        elif unicodedata.name(character, "").startswith(("LATIN", "GREEK")):
            spread = unicodedata.normalize("NFD", folded)
            folded = "".join(c for c in spread if not unicodedata.combining(c))
        self[code] = folded
        return folded


class Analyser:
    """Splits any text into terms: the same for what is stored and what is asked.

    Words are lower case, NFKC, without Latin and Greek accents, and stemmed with
    the English Snowball stemmer when they are ASCII letters, irregular forms as
    the word that they are of. What holds a digit
    or looks like an identifier stays whole and gives its parts too, and what is
    written in humps the words of it. Runs of Han,
    kana, Hangul, Thai, Lao, Khmer and Myanmar give characters and pairs. Terms
    are counted as they come; a list keeps the order of the text.

    >>> analyser = Analyser()
    >>> analyser.terms("The Cafés of unit CX-4")
    ['cafe', 'unit', 'cx-4', 'cx', '4', 'cx4']
    >>> analyser.terms("bought, buys, buying")
    ['buy', 'buy', 'buy']
    >>> analyser.terms("1,240 at 02:10")
    ['1,240', '1', '240', '1240', '02:10', '02', '10']
    >>> analyser.terms("上海 AI")
    ['上', '上海', '海', 'ai']
    >>> analyser.terms("maxRetryCount, max_retries")
    ['maxretrycount', 'max', 'retri', 'count', 'max_retries', 'max', 'retri']
    """

    def __init__(self) -> None:
        from Stemmer import Stemmer

        self._stemmer = Stemmer("english", 0)
        self._folded = _Folded()
        self._known: dict[str, tuple[str, ...]] = {}
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text may give other terms."""
        return f"terms@3/snowball-{_installed('PyStemmer')}"

    def terms(self, text: str) -> list[str]:
        """The terms of a text in order, repeats included; empty for no words."""
        known = self._known
        if len(known) > _CACHED:
            known.clear()
        if _HUMP.search(text):
            text = _IDENTIFIER.sub(_spread, text)
        if text.isascii():
            tokens = _ASCII_TERM.findall(text.lower())
        else:
            plain = unicodedata.normalize("NFKC", text).casefold()
            plain = unicodedata.normalize("NFC", plain).translate(self._folded)
            tokens = [run or word for run, word in _TERM.findall(plain)]
        found: list[str] = []
        for token in tokens:
            terms = known.get(token)
            if terms is None:
                # A stemmer serves one thread at a time.
                with self._lock:
                    terms = known[token] = self._split(token)
            found += terms
        return found

    def counts(self, text: str) -> dict[str, int]:
        """How often each term occurs, in order of first occurrence.

        >>> Analyser().counts("A dog met dogs")
        {'dog': 2, 'meet': 1}
        """
        return dict(Counter(self.terms(text)))

    def _split(self, token: str) -> tuple[str, ...]:
        if _IS_RUN.match(token):
            return tuple(
                token[start:end]
                for start in range(len(token))
                for end in (start + 1, start + 2)
                if end <= len(token)
            )
        if token.isalpha():
            return self._words([token])
        token = _CLITIC.sub("", token.strip("_"))
        parts = _PART.findall(token)
        if not _WHOLE.search(token):
            return self._words(parts)
        if token.isdigit():
            return (token,)
        if _ACRONYM.fullmatch(token):
            return (token.replace(".", ""), *parts)
        return tuple(dict.fromkeys(self._whole(token, parts)))

    def _whole(self, token: str, parts: list[str]) -> Iterable[str]:
        """An identifier or a number: itself, its parts, and itself written together."""
        mixed = _MIXED.fullmatch(token)
        if mixed:
            parts = [part for part in mixed.groups() if part]
        yield token
        yield from self._words(parts)
        if _THOUSANDS.fullmatch(token):
            yield token.replace(",", "")
        elif token.count("-") == 1 and _MIXED.fullmatch(token.replace("-", "")):
            yield token.replace("-", "")

    def _words(self, words: Iterable[str]) -> tuple[str, ...]:
        return tuple(
            self._stemmer.stemWord(BASE.get(word, word))
            if word.isascii() and word.isalpha()
            else word
            for word in words
            if word not in STOPWORDS
        )
