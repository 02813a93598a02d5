"""Support: whether a quote bears out what a sentence says, judged by the words and without a model.

A sentence is borne out when it says what one sentence of the quote says, in its words and their order.
Nothing may be added, and only what stands apart may be left out. So a wrong number, another name, a
dropped "not" or "may", two quotes mixed, or roles exchanged are never borne out. A true paraphrase is
not either: the judgement errs on that side.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_HAN = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(
    rf"[{_HAN}]"
    rf"|(?:(?<![^\s(\[“\"])[-+](?=\d))?(?:(?![{_HAN}])[^\W_])+"
    rf"(?:[-'./:,@&+_](?:(?![{_HAN}])[^\W_])+)*"
    r"|[^\s\w]|_"
)
_SPELT = str.maketrans("’‘ʼ‐‑‒–−", "'''-----")
_BREAKS = frozenset(",;:.!?()[]{}—…-/|、，。；：！？（）「」『』")
_DRESS = frozenset("\"'“”«»„*_`#")
_THOUSANDS = re.compile(r"[-+]?[0-9]{1,3}(?:,[0-9]{3})+")

_MARKER = re.compile(r"^[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]+", re.MULTILINE)
_END = re.compile(
    r"(?:(?<=[.!?])|(?<=[.!?][\"”’')\]]))\s+(?=[\"“‘'(\[]?[^\Wa-z_])|(?<=[。！？])|\n+"
)
_SHORT = re.compile(
    r"(?:\b(?:Mrs?|Ms|Dr|Prof|St|Nos?|vs|e\.g|i\.e|etc|approx|Inc|Ltd|Co|a\.m|p\.m)|\b[A-Z])\.$"
)


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# A part that holds one of these is never left out: it may turn what stands beside it.
_TURNING = _listed(
    "no not never neither nor none nobody nothing without hardly barely scarcely cannot "
    "if unless provided providing when whenever until till whether otherwise except excluding "
    "or but less minus instead rather only almost nearly partly about around approximately "
    "subject event case theory principle condition assuming supposing depending "
    "may might could would should perhaps maybe possibly probably likely unlikely apparently "
    "allegedly reportedly supposedly seemingly initially originally first earlier previously "
    "formerly former once longer according said says say stated states wrote writes told tells "
    "claimed claims claim alleged believed believes thought thinks suspected assumed supposed "
    "reported reports report denied denies deny doubted disputed refused withdrew withdrawn "
    "retracted revoked cancelled corrected correction superseded replaced false wrong incorrect "
    "mistaken mistake error untrue contested challenged rejected dismissed invalid void overturned "
    "refuted disproved unconfirmed unproven doubtful planned intended proposed expected"
)
# These need what stood before them, which the sentence may not have.
_PRONOUNS = _listed(
    "he she it they him her them his hers its their theirs this these those himself herself itself "
    "themselves that's it's he's she's they're"
)
# These mean somebody or some time else when another speaker says them.
_SPEAKER = _listed(
    "i me my mine we us our ours you your yours i'm i've i'll i'd we're we've we'll you're "
    "today tonight yesterday tomorrow now here"
)
_CLAUSES = _listed("that who which whom whose when while because and or but said says")
_TOGETHER = _listed("between both together total sum either")
_NUMBERS = _listed(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
    "hundred thousand million billion dozen half third quarter second twice"
)
_OPENERS = _listed(
    "correction however also meanwhile moreover furthermore additionally finally yes"
)
_CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}")
_ADJUNCT = _listed("at on in during")
_PREPOSITIONS = _listed("at on in during to from for against with after before since")
_ADJUNCT_WORDS = 6
_LEAST_WORDS = 3


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    first: bool
    after_break: str
    after_article: bool

    @property
    def folded(self) -> str:
        return self.text.casefold()

    @property
    def numeric(self) -> bool:
        return self.folded in _NUMBERS or any(c.isdigit() for c in self.text)

    @property
    def name(self) -> bool:
        inner = self.text[1:] if self.first else self.text
        return any(c.isupper() for c in inner) or bool(re.match(f"[{_HAN}]", self.text))

    def same(self, other: _Word) -> bool:
        if self.first or other.first:
            return self.folded == other.folded
        return self.text == other.text


def sentences(text: str) -> list[str]:
    """The sentences of a text, without the marks of lists.

    >>> sentences("- Dr. Brill wrote it. Teale signed at 6 p.m. on Monday.")
    ['Dr. Brill wrote it.', 'Teale signed at 6 p.m. on Monday.']
    """
    found: list[str] = []
    open_ended = False
    for part in _END.split(_MARKER.sub("", text)):
        if open_ended:
            found[-1] += " " + part.strip()
        elif part.strip():
            found.append(part.strip())
        open_ended = bool(found) and bool(_SHORT.search(found[-1]))
    return found


def borne_out(sentence: str, quote: str) -> bool:
    """Whether one sentence of the quote says what the sentence says.

    Left out may be a "Correction:" in front, "by Ann Brill", an apposition between commas, and what
    follows a comma or "and"; never a part with "not", "if", "may", "said" and their like. "At 02:10"
    may stand first or last.

    >>> quote = "At 02:10 the valve RV-7 failed, and the horn was silent."
    >>> borne_out("The valve RV-7 failed at 02:10.", quote)
    True
    >>> borne_out("The valve RV-7 failed at 07:40.", quote)
    False
    >>> borne_out("The letter was withdrawn.", "The letter was not withdrawn.")
    False
    """
    if not re.search(r"[.!。！][\"”’')\]]*$", sentence.strip()) or len(sentences(sentence)) != 1:
        return False
    said = _words(sentence)
    if len(said) < _LEAST_WORDS or not _stands_alone(said):
        return False
    read = [_words(part) for part in sentences(quote)]
    return any(_read_in(turned, words) for turned in _turned(said) for words in read)


def _words(text: str) -> list[_Word]:
    """The words with what stands before each; "the" counts as no word."""
    plain = unicodedata.normalize("NFKC", text).translate(_SPELT)
    found: list[_Word] = []
    mark, article = "", False
    for token in _TOKEN.findall(plain):
        if token in _DRESS:
            continue
        if token in _BREAKS:
            mark = mark or token
        elif token.casefold() == "the":
            article = True
        else:
            spelt = token.replace(",", "") if _THOUSANDS.fullmatch(token) else token
            # "the" opened the sentence: what follows it is no less itself for that.
            first = not found and not article
            found.append(_Word(spelt, first, mark, article))
            mark, article = "", False
    return found


def _stands_alone(said: Sequence[_Word]) -> bool:
    """Whether the sentence can be understood without those before it."""
    named = False
    for word in said:
        if word.folded in _SPEAKER or (word.folded in _PRONOUNS and not named):
            return False
        named = named or word.name
    return True


def _turned(said: Sequence[_Word]) -> Iterator[Sequence[_Word]]:
    """The sentence, and where it has one clause, the same with its time at the other end."""
    yield said
    if any(word.folded in _CLAUSES for word in said):
        return
    for cut in range(1, len(said)):
        before, after = said[:cut], said[cut:]
        if _adjunct(before) or _adjunct(after):
            yield [*after, *before]


def _adjunct(words: Sequence[_Word]) -> bool:
    return (
        1 < len(words) <= _ADJUNCT_WORDS
        and words[0].folded in _ADJUNCT
        and any(word.numeric for word in words)
    )


def _read_in(said: Sequence[_Word], words: Sequence[_Word]) -> bool:
    """Whether the words are read in this order, and what is left out may be."""
    places = {0}
    for place, word in enumerate(words):
        if word.after_break == ";":
            places.add(place)
        if _turns(word):
            break
    for number, word in enumerate(said):
        places = {
            place + 1
            for start in places
            for place in _reach(words, start, opening=number == 0)
            if word.same(words[place])
        }
    together = any(word.folded in _TOGETHER for word in said)
    return any(_ends(words, place, together=together) for place in places)


def _reach(words: Sequence[_Word], start: int, *, opening: bool) -> Iterator[int]:
    """The next word, and the one after a part that stands apart."""
    if start >= len(words):
        return
    yield start
    if opening:
        if start == 0 and words[0].folded in _OPENERS and len(words) > 1 and words[1].after_break:
            yield 1
        return
    if words[start].folded == "at" and start + 1 < len(words) and _clock(words[start + 1]):
        yield start + 1
    agent = _agent(words, start)
    if agent < len(words) and words[agent].folded in _PREPOSITIONS:
        yield agent
    apposition = words[start].after_article or words[start].folded in {"a", "an"}
    if not (words[start].after_break and apposition):
        return
    for end in range(start + 1, len(words)):
        if words[end].after_break:
            if _idle(words[start:end]):
                yield end
            return


def _ends(words: Sequence[_Word], place: int, *, together: bool) -> bool:
    """Whether the rest of the quote may be left out."""
    rest = words[_agent(words, place) :]
    if not rest or any(map(_turns, rest)):
        return not rest
    if rest[0].folded in {"and", "because"}:
        return not together
    return rest[0].after_break == ";" or (bool(rest[0].after_break) and _idle(rest))


def _clock(word: _Word) -> bool:
    return bool(_CLOCK.fullmatch(word.text))


def _agent(words: Sequence[_Word], start: int) -> int:
    """Past "by Ann Brill", which says who did what the sentence says was done; else `start`."""
    if start >= len(words) or words[start].folded != "by":
        return start
    end = start + 1
    while end < len(words) and words[end].name and not words[end].after_break:
        end += 1
    return end if end > start + 1 else start


def _idle(words: Sequence[_Word]) -> bool:
    """Whether a part names nobody, counts nothing, and turns nothing."""
    return not any(word.name or word.numeric or _turns(word) for word in words)


def _turns(word: _Word) -> bool:
    """Whether a word may deny, weaken or point back to what stands beside its part."""
    return (
        word.folded in _TURNING
        or word.folded in _PRONOUNS
        or word.folded in {"that", "which"}
        or word.folded.endswith("n't")
    )
