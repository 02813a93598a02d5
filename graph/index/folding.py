"""Folding: what makes two spellings of a name the same for a question that is asked.

The identity of an entity is the extractor's business. Here it is only a matter of finding a known name
in a question: words in lower case without accents, whatever stands between them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_WORD = re.compile(
    r"[\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
    r"|(?:(?![\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[^\W_])+"
)
_POSSESSIVE = re.compile(r"['’ʼ]s\b")
ARTICLES = frozenset({"the", "a", "an"})
_ASIDE = re.compile(r"\s*[(（\[][^)）\]]*[)）\]]\s*$")

Word = tuple[str, int, int]


def words(text: str) -> list[Word]:
    """The folded words of a text with their spans; Han and kana count one by one.

    >>> words("Pál Gábor's CX-4")
    [('pal', 0, 3), ('gabor', 4, 9), ('cx', 12, 14), ('4', 15, 16)]
    """
    skipped = {match.start() + 1 for match in _POSSESSIVE.finditer(text)}
    return [
        (folded, match.start(), match.end())
        for match in _WORD.finditer(text)
        if match.start() not in skipped and (folded := _folded(match[0]))
    ]


def _folded(word: str) -> str:
    if word.isascii():
        return word.lower()
    spread = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in spread if not unicodedata.combining(c))


def names_of(surface: str) -> list[str]:
    """The folded forms under which a name is known: as it is, and without what stands in brackets.

    >>> names_of("The Pump (2009 film)")
    ['pump 2009 film', 'pump']
    """
    found: dict[str, None] = {}
    for form in (surface, _ASIDE.sub("", surface)):
        parts = [word for word, _, _ in words(form)]
        if len(parts) > 1 and parts[0] in ARTICLES:
            parts = parts[1:]
        if parts:
            found[" ".join(parts)] = None
    return list(found)


def runs(found: list[Word], longest: int) -> Iterator[tuple[str, int, int]]:
    """Every run of up to `longest` words as (text, first, past the last), longest first."""
    for length in range(min(longest, len(found)), 0, -1):
        for first in range(len(found) - length + 1):
            yield (
                " ".join(word for word, _, _ in found[first : first + length]),
                first,
                first + length,
            )
