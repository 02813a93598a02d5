"""Which language a text is in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

UNDETERMINED = "und"

LANGUAGES = (  # noqa: SIM905
    "ar bg bn ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it "
    "ka kk km kn lo lt lv mk ml mn mr ms mt nb ne nl nn pa pl pt ro ru si sk sl sq sr "
    "sv sw ta te th tl tr uk ur vi"
).split()
"""ISO 639-1 codes that are told apart by letters; rare ones only draw errors."""

_SAMPLE = 4000
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_KANA = re.compile(r"[\u3041-\u309f\u30a1-\u30fa\uff66-\uff9d]")
_HANGUL = re.compile(r"[\uac00-\ud7a3\u1100-\u11ff]")
_LETTER = re.compile(r"[^\W\d_]")
_NOISE = re.compile(r"https?://\S+|\S+@\S+|```.*?```|[A-Za-z_]*\d[A-Za-z0-9_-]*", re.DOTALL)
_SMALL = frozenset(
    "the and an by were are with from that this which to is was of has have had for "  # noqa: SIM905
    "not she he they you my your we i it it's i'm i'd i've don't didn't that's any more "
    "our their them his when where why these those because would could should yesterday today tomorrow "
    "so wow what how like likes works lives at did does do be been may refer can never".split()
)
_ONLY_ENGLISH = _SMALL - set("an by is was of had he so do like more we may at".split())  # noqa: SIM905
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# Below this many letters a sentence is mostly a name; below the second, evidence has
# to be strong.
_FEWEST, _FEW = 8, 24
_LEAST = 5
_LIKELY = 0.4
_FIELD = re.compile(r"\s*(?:[-*][ \t]+)?(?P<key>[^\W\d_][\w .-]{0,30}):(?:\s|$)")
_MINE = frozenset({"I", "I'm", "I've", "I'd", "I'll", "My"})
# How sure the words without names have to be: those that say nothing get .2 for English.
_ALONE = 0.7


def detect(text: str) -> str:
    """Give the ISO 639-1 code of the text's main language, or "und" if it is too short.

    Chinese, Japanese and Korean are known by their script; the rest by py3langid's
    byte n-grams (Lui & Baldwin 2012) over the first 4,000 characters, without
    addresses and identifiers. Deterministic; Norwegian is nb or nn.

    >>> detect("The pump failed in the night."), detect("水泵昨晚坏了。"), detect("CX-4")
    ('en', 'zh', 'und')
    """
    sample = _NOISE.sub(" ", text[:_SAMPLE])
    letters = len(_LETTER.findall(sample))
    han, kana = len(_HAN.findall(sample)), len(_KANA.findall(sample))
    hangul = len(_HANGUL.findall(sample))
    # One ideograph says about as much as two or three letters.
    weight = letters + (han + kana + hangul)
    if (han + kana + hangul) * 2.5 > letters - (han + kana + hangul):
        if weight < 4:
            return UNDETERMINED
        if hangul > han + kana:
            return "ko"
        return "ja" if kana * 10 > han + kana else "zh"
    written = _WORD.findall(sample)
    if letters < _FEWEST and (letters < _LEAST or not _said_by_me(written)):
        return UNDETERMINED
    # A text may be mostly foreign names; its small words do not lie.
    words = [word.lower().replace("’", "'") for word in written]
    small = [word for word in words if word in _SMALL]
    plain = [word for word in written if word[0].islower()]
    few = min(len(words), 2 * len(plain)) if len(plain) > 1 else len(words)
    if len(small) > 0.2 * few and not _ONLY_ENGLISH.isdisjoint(small):
        return "en"
    code, probability = _classified(" ".join(sample.split()))
    if code != "en" and len(plain) < len(words):
        # The letters of names weigh as much as words: what the words alone are counts.
        alone, likely = _classified(" ".join(plain))
        if alone == "en" and likely > _ALONE:
            return "en"
    if code != "en" and probability < 0.9 and _english_fields(sample):
        return "en"
    if letters < _FEW and probability < 0.9:
        likely = code == "en" and probability > _LIKELY
        return "en" if _english(plain or written, likely=likely) else UNDETERMINED
    return code


def _said_by_me(words: Sequence[str]) -> bool:
    """Whether a very short text begins as English does that somebody says of themselves: "I'm vegan."."""
    return len(words) > 1 and words[0].replace("’", "'") in _MINE


def _english_fields(text: str) -> bool:
    """Whether a text is records whose fields have English names: values are names, and no language's."""
    lines = [line for line in text.splitlines() if line.strip()]
    found = [match for line in lines if (match := _FIELD.match(line)) is not None]
    if len(found) < 2 or len(found) < 0.8 * len(lines):
        return False
    words = {word.lower() for match in found for word in _WORD.findall(match["key"])}
    return sum(_known(word, likely=False) for word in words) >= 0.6 * len(words)


def _english(words: Sequence[str], *, likely: bool) -> bool:
    """Whether nearly all of a few words, names aside, are common English ones, or `likely` known ones."""
    known = sum(_known(word.lower().replace("’", "'"), likely=likely) for word in words)
    return known == len(words) > 0 if len(words) < 4 else known >= 0.75 * len(words)


@lru_cache(maxsize=4096)
def _known(word: str, *, likely: bool) -> bool:
    """Whether a word is among the 3,200 most common English stems, or the 9,600 of which a third is loaned."""
    from Stemmer import Stemmer

    from ..graph.index.irregular import BASE
    from ..graph.supersession.meaning import usual
    from ..graph.supersession.rarity import known

    stem = Stemmer("english").stemWord(BASE.get(word, word))
    return word in _SMALL or known(stem) or (likely and usual(stem))


def _classified(text: str) -> tuple[str, float]:
    """The likeliest language and its probability.

    What py3langid does, but only over the n-grams that occur: it multiplies all 7,480 out.
    """
    identifier = _identifier()
    counts = identifier.instance2fv(text)
    held = np.flatnonzero(counts)
    evidence = counts[held].astype(np.float64) @ identifier.nb_ptc[held].astype(np.float64)
    probable = identifier.norm_probs(evidence + identifier.nb_pc)
    best = int(np.argmax(probable))
    return str(identifier.nb_classes[best]), float(probable[best])


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    # An instance of our own: the module's shared one can be restricted by anybody.
    identifier = LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier
