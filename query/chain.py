"""Chains: the few sentences that together bear an answer, and the names that join them.

The lead is the sentence that matches most of the question, most of it in one run ("bridged the alarm
contact of the pasteuriser PZ-2"). Where it leaves part of the question open and names somebody whom the
question does not, that name is put in place of the matched run and the question is asked again: the
second sentence must name the same one, stand elsewhere, and be closer to what is left than the lead is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from ..graph.record import Version
from .asked_time import beside_time
from .context import Context, Sentence, folded
from .speaker import called_by
from .subject import TITLES
from .wording import longest_run, rarity

MOST_QUOTES = 4
MOST_HOPS = 3
ENOUGH = 0.3
"""Share of what is open that a sentence holds which goes on without being near."""
_JOINED = re.compile(r"(?<=[^\W_])_+(?=[^\W_])|(?<=[a-z])(?=[A-Z][a-z])")
"""Where the name of a field joins its words."""
_WORDS = re.compile(r"\w[\w.:,'’-]*\w|\w")
_RELATIVE = frozenset({"who", "whom", "that", "which", "whose", "where"})
_ASKING = _RELATIVE | frozenset({"what", "when", "why", "how", "many", "much", "do", "does", "did"})
_COUNTING = re.compile(
    r"\b(when|since when|how (many|much|long|heavy|old|far|high|big|large|tall|deep|wide|often)|"
    r"what (time|year|date|day|number|amount)|which (year|date|day))\b|多少|几|何时|什么时候|哪年",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w-])\d|[一二三四五六七八九十百千万]")
"""A number that stands by itself: the 4 of LN-4 counts nothing."""
_NAMING = re.compile(r"\b(who|whom|whose|which|where)\b|谁|哪", re.IGNORECASE)
_OWN = re.compile(r"\b(?:I|[Mm]y|[Mm]e|[Mm]ine|[Ww]e|[Oo]ur|[Uu]s)\b|我")
DATED = 0.3
"""What it is worth that a passage was said at the time that is asked about."""
_PRONOUN = re.compile(r"^[\"“'‘]?(?:he|she|it|they|his|her|its|their)\b", re.IGNORECASE)
Terms = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Joint:
    """One sentence of a chain, its value, and the entities that join it to the ones before."""

    sentence: Sentence
    value: float
    joined_by: frozenset[str]


@dataclass(frozen=True, slots=True)
class Left:
    """What a sentence leaves of a question: the words with a name in place of what was matched."""

    question: str
    terms: frozenset[str]


def asks(text: str) -> bool:
    """Whether a sentence is itself a question.

    >>> asks("How much is left?"), asks("Enough is left.")
    (True, False)
    """
    return text.rstrip(" \t\n\"'”’)」』").endswith(("?", "？"))


def spelt_out(text: str, name: str) -> str | None:
    """A sentence with a name for the pronoun that it begins with; None for one that begins otherwise.

    >>> spelt_out("Its director is Ada Hill.", "North Bank"), spelt_out("Itself, it stood.", "North Bank")
    ('North Bank director is Ada Hill.', None)
    """
    found = _PRONOUN.match(text)
    return None if found is None else name + text[found.end() :]


def spoken(cube: Version, text: str) -> str:
    """The names of whoever says "I" in a sentence of a turn; nothing for other sentences."""
    return " ".join(called_by(cube)) if _OWN.search(text) else ""


def fits(sentence: Sentence) -> bool:
    """Whether the search found its passage to be of the time that is asked about."""
    return any(sentence.hit.added.get(name, 0.0) > 0 for name in ("date", "turn_date"))


def units(text: str, terms: Terms) -> tuple[str, ...]:
    """One index term a word, in order; words too common to index, and question words, are left out.

    >>> units("Who bridged the PZ-2?", lambda word: [] if word == "the" else [word.lower(), "x"])
    ('bridged', 'pz-2')
    >>> units("manager_id reportsTo", lambda word: [word.lower()])
    ('manager', 'id', 'reports', 'to')
    """
    found = []
    for word in _WORDS.findall(_JOINED.sub(" ", text)):
        if word.lower() not in _ASKING:
            found += list(terms(word)[:1]) if word.isascii() else list(terms(word))
    return tuple(found)


def clauses(question: str) -> list[str]:
    """The question, cut before its relative pronouns; a single clause where it has none inside.

    >>> clauses("Who pays for the fitter who bridged it?")
    ['Who pays for the fitter ', 'who bridged it?']
    """
    cuts = [0]
    for word in list(_WORDS.finditer(question))[2:]:
        if word.group().lower() in _RELATIVE:
            cuts.append(word.start())
    return [question[a:b] for a, b in zip(cuts, [*cuts[1:], len(question)], strict=True)]


def leading(
    sentences: Sequence[Sentence], question: str, terms: Terms, *, least: float = 0.0
) -> tuple[Joint, dict[str, float]] | None:
    """The sentence to begin with, and the weights of the question's terms.

    None where no sentence bears on it: none shares a word with the question, and none is closer to it
    than `least`, below which the encoder's closeness means nothing, nor was said at the time that is asked about.

    It is the one that says most of the question, and most fully its last clause; a sentence that is a
    question itself says nothing.
    """
    asked = units(question, terms)
    held = frozenset(asked)
    sentences = [
        s for s in sentences if not asks(s.text) and (s.terms & held or s.close >= least or fits(s))
    ]
    if not sentences:
        return None
    counts = _COUNTING.search(question) is not None
    if any(map(fits, sentences)):  # the time was found by when it was said, and not by its words
        question = beside_time(question)
        asked = units(question, terms)
    weight = rarity(asked, [s.terms for s in sentences])
    # the last clause says who is meant; the main clause asks something of them
    inner = next((p for p in (units(c, terms) for c in reversed(clauses(question))) if p), ())
    whole = sum(weight.values()) or 1.0
    top = max(s.hit.score for s in sentences) or 1.0

    def value(sentence: Sentence) -> float:
        lexical = _mass(weight, sentence.terms) / whole
        mass = _mass(weight, inner) or 1.0
        share = _mass(weight, sentence.terms.intersection(inner)) / mass
        run = longest_run(inner, sentence.run, weight) / mass
        # a clause of one or two words is met by chance
        full = (share * share + run) * min(1.0, len(set(inner)) / 3)
        kind = 0.15 if counts and _NUMBER.search(sentence.text) else 0.0
        kind += DATED if fits(sentence) else 0.0
        near = 0.35 * sentence.hit.score / top + 0.2 * sentence.close
        return near + 0.3 * lexical + 0.25 * full + kind

    best = max(sentences, key=lambda s: (value(s), s.place))
    return Joint(best, value(best), frozenset()), weight


def _mass(weight: Mapping[str, float], terms: Collection[str]) -> float:
    """What the terms that some have weigh together, summed in one order always."""
    return sum(worth for term, worth in weight.items() if term in terms)


def left_open(question: str, sentence: Sentence, name: str, terms: Terms) -> Left | None:
    """What a sentence leaves open, with a name in place of what it matches; None where that is nothing.

    The longest run of matched words goes, with a relative pronoun before it.
    """
    words = list(_WORDS.finditer(question))
    matched = [_matches(word.group(), sentence.terms, terms) for word in words]
    best = (0, 0, 0)
    start = 0
    while start < len(words):
        end, count = start, 0
        while end < len(words) and matched[end] is not False:
            count += matched[end] is True
            end += 1
        if count > best[0]:
            best = (count, start, end)
        start = max(end, start + 1)
    count, start, end = best
    if not count:
        return None
    while start < end and matched[start] is None:
        start += 1
    while end > start and matched[end - 1] is None:
        end -= 1
    rest = [w.group() for i, w in enumerate(words) if not start <= i < end]
    if start and words[start - 1].group().lower() in _RELATIVE:
        start -= 1
    open_terms = frozenset(t for word in rest for t in units(word, terms)) - sentence.terms
    if not open_terms:
        return None
    cut = question[: words[start].start()] + name + question[words[end - 1].end() :]
    return Left(cut, open_terms)


def _matches(word: str, held: frozenset[str], terms: Terms) -> bool | None:
    """Whether a sentence holds a word; None where the word is too common to count."""
    found = units(word, terms)
    return None if not found else all(term in held for term in found)


def bridges(
    lead: Sentence, context: Context, named: frozenset[str], asked: frozenset[str] = frozenset()
) -> list[str]:
    """Whom the lead names and the question does not, those that it names where it says what is `asked` first, then
    the rarest."""
    names = lead.names - named
    return sorted(names, key=lambda n: (n not in asked, context.counts.get(n, 1), n))[:3]


def onward(
    lead: Sentence,
    left: Left,
    bridge: str,
    sentences: Sequence[Sentence],
    nearness: float,
    surface: Mapping[str, str],
) -> list[Joint]:
    """The sentences that go on from the lead over a bridge, best first.

    `nearness` is the lead's own closeness to what is left open, which a sentence must exceed unless it holds a good
    part of that; those follow that do neither and name somebody else, with a value below 0. `surface` are the
    names of entities.
    """
    weight = rarity(left.terms, [s.terms for s in sentences])
    whole = sum(weight.values()) or 1.0
    # what no sentence holds is asked in other words than it is said in
    said = {term for sentence in sentences for term in sentence.terms}
    gainable = sum(worth for term, worth in weight.items() if term in said) or 1.0
    found: list[Joint] = []
    # a question for somebody or something is answered by a name
    bonus = 0.15 if _NAMING.search(left.question) else 0.05
    for sentence in sentences:
        if (
            asks(sentence.text)
            or sentence.hit.cube.id == lead.hit.cube.id
            or folded(sentence.text) == folded(lead.text)
            or not joins(bridge, lead, sentence, surface)
        ):
            continue
        held = _mass(weight, sentence.terms)
        gain = held / whole
        others = len(sentence.names - lead.names - {bridge}) > 0
        value = sentence.close + 0.5 * gain + (bonus if others else 0.0)
        far = value <= nearness + (0.0 if others or gain else 0.1)
        if far and held < ENOUGH * gainable:
            if not others:
                continue
            value -= 10.0
        found.append(Joint(sentence, value, frozenset({bridge})))
    return sorted(found, key=lambda j: (j.value, j.sentence.place), reverse=True)


def joins(bridge: str, lead: Sentence, sentence: Sentence, surface: Mapping[str, str]) -> bool:
    """Whether a sentence names the bridge: the very one, or by a longer or shorter name of it that the lead's own
    words have ("building Kappa" for Kappa), or that has the name of several words in it ("Dr. Ann Reed"), or has the
    last of them behind a title ("Dr. Reed")."""
    if bridge in sentence.names:
        return True
    name, said = plain(surface.get(bridge, "")), plain(lead.text)
    if not name.strip():
        return False
    if " " in name.strip() and name in plain(sentence.text):
        return True
    for other in sentence.names - lead.names:
        called = plain(surface.get(other, ""))
        if called.strip() and called in said and (called in name or name in called):
            return True
        words = called.split()
        if len(words) == 2 and name.endswith(f" {words[1]} ") and " " in name.strip():
            # "Dr. Reed", or "Officer Winge" behind "Officer Klara Winge"
            title = f" {words[0]} "
            if words[0] in TITLES or name.startswith(title) or f"{title[:-1]}{name}" in said:
                return True
    return False


def plain(text: str) -> str:
    """The words of a text between single spaces, so that one that has another's words in a row contains it.

    >>> plain("Ann") in plain("with Ann, Lee"), plain("Ann") in plain("Annex")
    (True, False)
    """
    return f" {' '.join(_WORDS.findall(text.casefold()))} "


def supplements(
    chosen: Sequence[Joint],
    sentences: Sequence[Sentence],
    weight: Mapping[str, float],
    named: frozenset[str],
    *,
    joined_only: bool,
) -> list[Joint]:
    """Further sentences that bring terms of the question which the chain has not; at most `MOST_QUOTES`
    in all. With `joined_only` a name outside the question must lead to them."""
    found = list(chosen)
    whole = sum(weight.values()) or 1.0
    top = max((s.hit.score for s in sentences), default=1.0) or 1.0
    while len(found) < MOST_QUOTES:
        covered = {t for joint in found for t in joint.sentence.terms}
        texts = {folded(joint.sentence.text) for joint in found}
        names = frozenset(n for joint in found for n in joint.sentence.names) - named
        best: Joint | None = None
        for sentence in sentences:
            gain = sum(w for t, w in weight.items() if t in sentence.terms - covered) / whole
            joining = sentence.names & names
            if (
                asks(sentence.text)
                or folded(sentence.text) in texts
                or gain < 0.12
                or (joined_only and not joining)
            ):
                continue
            value = 0.4 * sentence.hit.score / top + 0.25 * sentence.close + 0.6 * gain
            value += 0.15 if joining else 0.0
            if best is None or (value, sentence.place) > (best.value, best.sentence.place):
                best = Joint(sentence, value, frozenset(joining))
        if best is None or best.value < 0.6 * found[0].value:
            return found
        found.append(best)
    return found


def counted(
    chosen: Sequence[Joint],
    sentences: Sequence[Sentence],
    question: str,
    weight: Mapping[str, float],
) -> list[Joint]:
    """The same with a sentence that has a number, where one is asked for and none of them has any: the nearest of
    those of the lead's own source that share a word with the question."""
    found = list(chosen)
    if _COUNTING.search(question) is None or any(_NUMBER.search(j.sentence.text) for j in found):
        return found
    lead = found[0].sentence
    others = [
        sentence
        for sentence in sentences
        if sentence.hit.cube.origin == lead.hit.cube.origin
        and _NUMBER.search(sentence.text)
        and not asks(sentence.text)
        and sentence.terms.intersection(weight)
    ]
    top = max((s.hit.score for s in others), default=1.0) or 1.0

    def value(sentence: Sentence) -> float:
        lexical = _mass(weight, sentence.terms) / (sum(weight.values()) or 1.0)
        return 0.4 * sentence.hit.score / top + 0.25 * sentence.close + 0.6 * lexical

    best = max(others, key=lambda s: (value(s), s.place), default=None)
    if best is not None and len(found) < MOST_QUOTES:
        found.append(Joint(best, value(best), frozenset()))
    return found
