"""Form: a name taken apart into what tells it from other names, and what only dresses it.

Words are folded (`graph.index.folding`): lower case without accents. Honorifics, legal endings and articles
are set aside, since "Dr Ann Reed" and "Ann Reed" may be one and tell nothing by the difference.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from ..index.folding import words as folded_words
from .spelling import lexicon, loose, simplified, spelt

_HAN = re.compile(r"[\u3400-\u9fff]")
_ASIDE = re.compile(r"\s*[(（\[][^)）\]]*[)）\]]\s*")
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}(?=\W|$)|\b(?:[^\W\d_]\.)+[^\W\d_]\b")
_ARTICLE = re.compile(r"(?:the|an?)\s", re.IGNORECASE)
_DIGITS = re.compile(r"\d")
_INITIALS = re.compile(r"\b([A-ZÀ-Þ]{2,3})\b(?=\s+[A-ZÀ-Þ][a-zà-ÿ])")
_CAPITALS = re.compile(r"^[A-ZÀ-Þ][A-ZÀ-Þ&.\-]{1,12}s?$")
_CODE = re.compile(r"(?:(?<![a-z])[a-z]{1,4} ?)?\d[a-z0-9]*")
_ROMAN = {"i": "1", "v": "5", "x": "10"}
MOST_LETTERS = 300
"""Characters of what is still a name; anything longer is a text, and compared with nothing."""

PERSON, BODY, PLACE, THING = "PERSON", "BODY", "PLACE", ""
HAN = ("han.endings", "han.titles", "han.places")

_Parts = tuple[tuple[str, ...], frozenset[str], str, tuple[int, int], tuple[str, ...]]
"""Core, what is set aside, generation, how many words went before and after, endings in Han."""

_SORTS = {"PERSON": PERSON, "ORG": BODY, "GPE": PLACE, "LOC": PLACE, "FAC": PLACE}


@dataclass(frozen=True)
class Form:
    """A name as somebody wrote it, with the label that a reader gave it.

    >>> form = Form("Dr. Ann M. Reed, Jr.", "PERSON")
    >>> form.core, form.set_aside, form.generation
    (('ann', 'm', 'reed'), frozenset({'dr'}), 'jr')
    >>> Form("European Central Bank", "ORG").acronyms == {"ecb"}, Form("E.C.B.").acronym
    (True, 'ecb')
    """

    surface: str
    label: str = ""

    @cached_property
    def text(self) -> str:
        """The name without what stands in brackets, dotted capitals as one word, "Reed, Ann" turned."""
        text = unicodedata.normalize("NFKC", self.surface)
        text = _ASIDE.sub(" ", text).strip() or text
        if _DOTTED.search(text) and self._dotted(text):
            text = _DOTTED.sub(_undotted, text)
        if self.sort == PERSON:
            text = _INITIALS.sub(lambda m: " ".join(m[0]), text)
        first, comma, rest = text.partition(", ")
        if not comma or self.sort != PERSON or len(first.split()) != 1:
            return text
        said = [word for word, _, _ in folded_words(rest)]
        if 0 < len(said) < 4 and not set(said) <= lexicon("generations"):
            return f"{rest} {first}"
        return text

    def _dotted(self, text: str) -> bool:
        """Whether single letters with dots are an abbreviation, not somebody's initials."""
        return self.sort != PERSON or not any(len(w) > 2 for w, _, _ in folded_words(text))

    @property
    def a_text(self) -> bool:
        """Whether it is too long for a name."""
        return len(self.surface) > MOST_LETTERS

    @cached_property
    def asides(self) -> tuple[str, ...]:
        """What stands in brackets, folded."""
        text = unicodedata.normalize("NFKC", self.surface).casefold()
        found = (" ".join(aside.split()).strip("()（）[] ") for aside in _ASIDE.findall(text))
        return tuple(aside for aside in found if aside)

    @cached_property
    def bare(self) -> str:
        """The text as it is written, without article, honorifics and legal endings."""
        found = folded_words(self.text)
        front, back = self._parts[3]
        begin = found[front - 1][2] if front else 0
        stop = found[len(found) - back][1] if back else len(self.text)
        return self.text[begin:stop]

    @cached_property
    def signs(self) -> str:
        """What tells names of the same few letters apart: signs, a point in front, capitals of an abbreviation.

        >>> Form("C++").signs, Form(".NET").signs, Form("IT").signs == Form("it").signs
        ('++', '.', False)
        """
        found = "".join(char for char in self.surface if char in "+#*")
        front = "." if re.match(r"\W*(?<!\.)\.\w", self.surface) else ""
        small = len(self.joined) <= 3 and self.surface.islower()
        return f"{front}{found}{'small' if small else ''}"

    @property
    def endings(self) -> tuple[str, ...]:
        """The endings of a name in Han that are set aside, last first."""
        return self._parts[4]

    @property
    def sort(self) -> str:
        """What kind of thing the label says it is; empty where it says none that tells."""
        return _SORTS.get(self.label, THING)

    @cached_property
    def han(self) -> bool:
        """Whether the name is written in Han."""
        return bool(_HAN.search(self.surface))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """All words, folded; Han counts one by one."""
        return tuple(word for word, _, _ in folded_words(self.text))

    @cached_property
    def _parts(self) -> _Parts:
        if self.han:
            return self._han_parts()
        place = self.sort == PLACE
        kept, away, generation = list(self.words), set[str](), ""
        front = back = 0
        if len(kept) > 1 and _ARTICLE.match(self.text):
            kept, front = kept[1:], 1
        while len(kept) > 1 and kept[0] in lexicon("honorifics") and self.sort in (PERSON, THING):
            away.add(spelt(kept.pop(0)))
            front += 1
        if len(kept) > 1 and self.sort == PERSON and kept[-1] in lexicon("generations"):
            generation = {"junior": "jr", "senior": "sr"}.get(kept[-1], kept[-1])
            kept.pop()
        # readers take "Acme GmbH" for a person now and then
        legal = lexicon("unmistakable" if self.sort == PERSON else "legal") & lexicon("legal")
        while len(kept) > 1 and kept[-1] in legal:
            away.add(spelt(kept.pop()))
            back += 1
        if len(kept) > 1 and self.sort != PERSON:
            # "Reed & Co", "Procter and Gamble"
            kept = [w for w in kept if w not in ("and", "und", "et")] or kept
            kept = [spelt(word, place=place) for word in kept]
            if len(kept) > 1 and kept[-1] in _ROMAN:
                kept[-1] = _ROMAN[kept[-1]]
        return tuple(kept), frozenset(away), generation, (front, back), ()

    def _han_parts(self) -> _Parts:
        text, away = simplified("".join(self.words)), list[str]()
        kinds = {PERSON: ("han.titles",), PLACE: ("han.places",), BODY: ("han.endings",)}
        ends = {e for kind in kinds.get(self.sort, HAN) for e in lexicon(kind)}
        ordered = sorted(ends, key=lambda e: (-len(e), e))
        while found := next(
            (e for e in ordered if text.endswith(e) and len(text) - len(e) > 1), ""
        ):
            away.append(found)
            text = text[: -len(found)]
        return tuple(text), frozenset(away), "", (0, 0), tuple(away)

    @property
    def core(self) -> tuple[str, ...]:
        """The words that tell it from other names."""
        return self._parts[0]

    @property
    def set_aside(self) -> frozenset[str]:
        """Honorifics and legal endings."""
        return self._parts[1]

    @property
    def generation(self) -> str:
        """Jr, Sr, II …: two of one name that differ in it are two people."""
        return self._parts[2]

    @cached_property
    def joined(self) -> str:
        """The letters of the core, whatever stood between them."""
        return "".join(self.core)

    @cached_property
    def loose(self) -> str:
        """The same, spelt loosely."""
        return "".join(loose(word) for word in self.core)

    @cached_property
    def content(self) -> tuple[str, ...]:
        """The core without small words."""
        return tuple(w for w in self.core if w not in lexicon("small")) or self.core

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The words with digits in them, and single letters beside these: "RV-7" is no "RV-8"."""
        return tuple(re.findall(r"\d+", " ".join(self.core)))

    @cached_property
    def coded(self) -> bool:
        """Whether it is rather a code than a word: letters and digits together."""
        return bool(_DIGITS.search(self.joined)) and not self.joined.isdigit()

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes in it, whatever stands between letters and digits: "valve RV-7" has "rv7"."""
        found = _CODE.findall(" ".join(self.core))
        return frozenset(c.replace(" ", "") for c in found if not c.isdigit())

    @cached_property
    def acronym(self) -> str:
        """The letters of a name that is one abbreviation in capitals; else empty."""
        said = self.surface.strip()
        bare = (
            said.replace(".", "").removesuffix("s")
            if said[:-1].isupper()
            else said.replace(".", "")
        )
        if (
            "&" in said
            and _CAPITALS.match(said)
            and len(self.joined) == len(bare) - bare.count("&")
        ):
            return self.joined  # "P&G"
        if len(self.core) == 1 and _CAPITALS.match(said) and 2 <= len(bare) <= 6 and bare.isupper():
            return self.core[0].removesuffix("s") if said.endswith("s") else self.core[0]
        return ""

    @cached_property
    def acronyms(self) -> frozenset[str]:
        """What the first letters of its words would make of it."""
        if len(self.core) < 2 or self.han:
            return frozenset()
        found = {"".join(w[0] for w in part) for part in (self.core, self.content, self.words)}
        return frozenset(a for a in found if 2 <= len(a) <= 8)


def _undotted(found: re.Match[str]) -> str:
    """An abbreviation without its dots; "x.y" is none, but "p.m." is."""
    said = found[0]
    return said if said.islower() and not said.endswith(".") else said.replace(".", "")
