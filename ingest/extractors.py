"""The extractors that there are, by language: one instance of each in a process."""

from __future__ import annotations

from functools import cache

from .chinese import ChineseExtractor
from .english import EnglishExtractor
from .extraction import Extractor
from .neutral import NeutralExtractor


@cache
def extractor_for(language: str) -> Extractor:
    """Give the extractor for a language code; made once a process, loaded when used.

    A language without a model of its own gets the neutral extractor, whose `lacks`
    says so; it is never read with another language's model.

    >>> extractor_for("sw").lacks
    ('names', 'parse')
    """
    code = language.lower().replace("_", "-").split("-")[0]
    if code == "en":
        return EnglishExtractor()
    if code == "zh":
        return ChineseExtractor()
    return NeutralExtractor(code or "und")
