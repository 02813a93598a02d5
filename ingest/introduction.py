"""Introductions: who speaks under a label ("User", "Speaker 1", a number), where they say their name.

"I'm Jonas", "my name is Jonas Weber", "call me Jo", 我叫李雷: in the source where somebody says so, and in no other,
their turns are about that name too. It follows from the turns of the one source alone, so that ingest stays
confluent, and goes with the source.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from ..graph.resolution.byname import given, nicknamed
from .extraction import RESOLVED, Claim, Extraction, normalise, speaker_of
from .introduction_chinese import chinese_names
from .passage import Passage

_WORD = r"[^\W\d_][^\W\d_’']*(?:['’](?!s\b)[^\W\d_]+)?(?:-[^\W\d_a-z][^\W\d_]*)?"
_CAPITAL = rf"(?=[^\W\d_a-z]){_WORD}"
_JOIN = (
    r"(?:van der|van den|van de|van|von der|von|de la|de|del|da|di|dos|bin|ibn|al|el|la|le|ter|den)"
)
_NAME = rf"(?:(?:Dr|Prof|Mr|Mrs|Ms)\.? )?(?P<name>{_CAPITAL}(?: (?:{_JOIN} )?{_CAPITAL}|(?: [A-Z]\.)(?= )){{0,3}})"
_LOWER = rf"(?P<lower>{_WORD})"
_AFTER = (
    r"(?![\w'’-])(?= *(?:$|[,.;!)(…😀-🙏]|[-–—] |\n| (?:and|but|here|by the way|btw|speaking|calling|writing|from|with|at"
    r"|again|also|your?|the|a|an|by birth|to my friends|for short|if you|please|in case)\b))"
)
_GREETING = (
    r"(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening|day)|greetings|dear all|welcome|thanks?|thank you"
    r"|(?:it's )?(?:nice|great|good|lovely|pleased|glad) to (?:meet|e-?meet|see) (?:you|everyone|y'all|you all)|howdy|yo|sup)"
)
# What may stand before it without somebody else saying it, or nobody.
_LEAD = re.compile(
    r"(?:[^:\"“”«»?]{0,70}?(?:[,.;!…–—]| -) ?(?:(?:and|so|but|well|anyway|oh) )?)?"
    rf"(?:{_GREETING}(?: (?:there|all|everyone|everybody|team|guys|folks|again|back))?[,!. ]* ?)?"
    r"(?:(?:so|well|oh|ok|okay|yes|yeah|yep|sure|sorry|also|and|btw|by the way|anyway|first|for the record|actually|just so you know"
    r"|(?:let me|allow me to|i should|i'd like to|may i) (?:quickly )?introduce myself)[,:;.!–—-]* *)*\Z",
    re.IGNORECASE,
)
_GREETED = re.compile(rf"\b{_GREETING}\b", re.IGNORECASE)
_SAID_BY_OTHERS = re.compile(
    r"\b(?:sa(?:y|ys|id|ying)|tell|tells|told|ask(?:s|ed)?|think|thinks|thought|believe[sd]?|wish|if|when(?:ever)?|pretend|"
    r"pretending|imagine|suppose|assume|like|goes|went|wrote|writes|because|why|unless|as though|dream(?:ed|t)?|feel|joke[sd]?|"
    r"repl(?:ied|ies)|answer(?:s|ed)?|shout(?:s|ed)?|lie[sd]?|claim(?:s|ed)?|role ?play|character|act as|quote)\b",
    re.IGNORECASE,
)
_MYSELF = re.compile(
    r"\b(?:as |like )?I(?: have|['’]ve)? (?:already )?(?:said|mentioned|told you)\b", re.IGNORECASE
)
_NAMED = re.compile(
    rf"(?P<mine>\b[Mm]y (?:(?:full|real|first|given|actual) )?name(?:['’]s| is)|\b[Tt]he name(?:['’]s| is)) (?:actually |really )?(?:{_NAME}|{_LOWER}){_AFTER}"
    rf"|(?P<am>\bI(?:['’]m| am)|\b[Ii]['’]?m|\bi am|\b[Tt]his is|\b[Ii]t(?:['’]s| is)) (?:(?:called|named) )?(?:{_NAME.replace('name', 'also')}|{_LOWER.replace('lower', 'small')}){_AFTER}"
    rf"|(?P<call>\b(?:[Jj]ust |[Pp]lease |(?:[Yy]ou|[Ee]veryone|[Ee]verybody|[Pp]eople|[Mm]y friends|[Ff]riends|[Tt]hey(?: all)?)(?: can| may| all| usually)? )?[Cc]alls? me) {_NAME.replace('name', 'byname')}{_AFTER}"
    rf"|(?P<here>){_NAME.replace('name', 'there')} (?:here|speaking)(?= *(?:$|[,.;!–—-]| from\b| again\b| calling\b))"
)
_JEST = re.compile(
    r"\b(?:lo+l|lmao|rofl|ha(?:ha)+|hehe|jk|just kidding|kidding|joking)\b|[😂🤣😜😝😆]|[;:]-?[pP)](?:\s|$)",
    re.IGNORECASE,
)
_DAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march july august september october "  # noqa: SIM905
    "november december aries taurus gemini cancer virgo libra scorpio sagittarius capricorn aquarius pisces".split()
)
_LABELS = frozenset(
    "user human assistant ai bot agent customer client caller guest host interviewer interviewee me you patient doctor nurse "  # noqa: SIM905
    "student teacher speaker participant visitor member person voice narrator operator support moderator system model admin "
    "employee employer candidate tenant owner 用户 客户 顾客 助手 客服 发言人 说话人 我 你 来电者 访客 患者 医生 学生 老师".split()
)
_STOPS = frozenset(
    "ok not in on at the no a an so to of for with just here there your his her our their long short hard spelled spelt pronounced"  # noqa: SIM905
    " common rare unusual misspelled wrong correct written that what too very still also only really tba".split()
)


def introduced(passages: Sequence[Passage], found: Sequence[Extraction]) -> list[Extraction]:
    """Give the extractions of one source in which what a speaker says of themself is said of their name too.

    Nobody is named where two speakers take one name, or a speaker whose label is a name takes another.

    >>> from .passage import Passage
    >>> def turn(text):
    ...     return Passage(text, 0, len(text), ((0, len(text)),), None, "User", "user", None, 0, 0)
    >>> said = Claim("User", "live in", "Bonn", False, (0, 15))
    >>> read = [Extraction("en", "User", (), (said,)), Extraction("en", "User", (), ())]
    >>> [one.subject for one in introduced([turn("I live in Bonn."), turn("Hi, I'm Jonas.")], read)[0].claims]
    ['User', 'Jonas']
    """
    named = _named(passages, found)
    if not named:
        return list(found)
    return [
        said_of(one, speaker, named[speaker])
        if (speaker := speaker_of(passage)) is not None and speaker in named
        else one
        for passage, one in zip(passages, found, strict=True)
    ]


def _named(
    passages: Sequence[Passage], found: Sequence[Extraction]
) -> Mapping[str, tuple[str, ...]]:
    """The names of each speaker who gives any."""
    labels = {speaker for passage in passages if (speaker := speaker_of(passage)) is not None}
    folded = {normalise(label) for label in labels}
    told: dict[str, list[str]] = defaultdict(list)
    for passage, one in zip(passages, found, strict=True):
        speaker = speaker_of(passage)
        if speaker is None:
            continue
        for name, byname in _names(passage, one):
            held = told[speaker]
            if normalise(name) in folded or normalise(name) in map(normalise, held):
                continue
            if not _generic(speaker) and not byname and not _fits(speaker, name):
                continue
            # the first name counts, with those that go with it
            if not held or byname or any(_fits(name, other) for other in held):
                held.append(name)
    takers: dict[str, set[str]] = defaultdict(set)
    for speaker, names in told.items():
        for name in names:
            takers[normalise(name)].add(speaker)
    alone = {
        speaker: tuple(name for name in names if len(takers[normalise(name)]) == 1)
        for speaker, names in told.items()
    }
    return {speaker: names for speaker, names in alone.items() if names}


def _names(passage: Passage, found: Extraction) -> Iterator[tuple[str, bool]]:
    """The names that the speaker of a passage gives themself, and whether each is only what they go by."""
    labels = {normalise(one.surface): one.label for one in found.mentions}
    for start, end in passage.sentences:
        if _quoted(passage.text, start):
            continue
        sentence = passage.text[start:end]
        if found.language == "zh":
            yield from chinese_names(sentence, labels)
        else:
            yield from english_names(sentence, labels)


def english_names(sentence: str, labels: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """The names that somebody gives themself in a sentence, and whether each is only what they go by.

    `labels` has the kinds of the names that were found, by their folded surface.

    >>> list(english_names("Hi, I'm Jonas Weber, but call me Jo.", {"jonas weber": "PERSON", "jo": "PERSON"}))
    [('Jonas Weber', False), ('Jo', True)]
    >>> list(english_names("I'm Jonas's sister.", {"jonas": "PERSON"})), list(english_names("I'm Dutch.", {}))
    ([], [])
    """
    if _JEST.search(sentence):
        return
    for match in _NAMED.finditer(sentence):
        before = _MYSELF.sub("", sentence[: match.start()])
        if not _LEAD.fullmatch(before) or _SAID_BY_OTHERS.search(before):
            continue
        rest = sentence[match.end() :].lstrip()
        if rest.startswith("?"):
            continue
        form = next(kind for kind in ("mine", "am", "call", "here") if match[kind] is not None)
        greeted = _GREETED.search(before) is not None
        name = match["name"] or match["also"] or match["byname"] or match["there"]
        small = match["lower"] or match["small"]
        if form == "here" and before.strip() and not greeted:
            continue
        if form == "am" and not _of_me(match["am"]):
            # "this is Jonas" shows somebody else, but where one begins with it
            begins = greeted or re.match(r"(?:here|speaking|calling|from|again)\b", rest)
            if not begins or re.match(r"[,(–—-]? ?(?:my|our|his|her|the|a)\b", rest):
                continue
        if name is None:
            if small and _small(small, strong=form == "mine", greeted=greeted):
                yield small, False
            continue
        # "I am Sofia." says no more than who, and nobody is a city
        whole = labels.get(normalise(name)) == "GPE" and not before and rest in ("", ".", "!")
        strong = form == "mine" or greeted or rest[:1] in (",", "(") or rest.startswith("and I")
        stated = form in ("mine", "here") or match["am"] is not None and not _of_me(match["am"])
        if whole or _is_name(name, labels, strong=strong, stated=stated):
            yield name, form == "call"


def _of_me(words: str) -> bool:
    return words[0] in "Ii" and words[:2].lower() != "it"


def _is_name(name: str, labels: Mapping[str, str], *, strong: bool, stated: bool) -> bool:
    words = name.split()
    label = labels.get(normalise(name))
    shouted = len(name) > 1 and name.isupper() and label != "PERSON"
    if shouted or words[0].lower() in _DAYS | _STOPS or len(words[-1]) == len(words) - 1 == 1:
        return False
    if stated:
        return label not in {"NORP", "LANGUAGE"} or not _common(words[0])
    if label in {"NORP", "LANGUAGE", "DATE", "TIME"}:
        return False
    if label == "PERSON":
        return strong or not (
            _common(words[0], least=len(words) > 1) and not given(words[0].casefold())
        )
    # "Will" and "Frank" are words as well
    return not any(_common(word) and not (strong and given(word.casefold())) for word in words)


def _small(word: str, *, strong: bool, greeted: bool) -> bool:
    """Whether a word in small letters is a name: "my name is jonas", "hi i'm jonas"."""
    plain = word.casefold()
    if not plain.isalpha() or len(plain) < 3 or plain in _STOPS:
        return False
    if not strong and (not greeted or plain.endswith(("ed", "ing", "ly", "ful", "ous"))):
        return False
    return not _common(plain) or (given(plain) and strong)


@lru_cache(maxsize=4096)
def _common(word: str, *, least: bool = False) -> bool:
    """Whether this is a word that means something beside being a name; `least`: one of the commonest."""
    from Stemmer import Stemmer

    from ..graph.supersession.meaning import usual
    from ..graph.supersession.rarity import known

    stem = Stemmer("english").stemWord(word.casefold())
    return known(stem) or (not least and usual(stem))


def _quoted(text: str, start: int) -> bool:
    """Whether a sentence begins within quotation marks that are open, or in a line that quotes somebody."""
    before = text[:start]
    line = text.rfind("\n", 0, start) + 1
    return (
        before.count('"') % 2 == 1
        or before.count("“") > before.count("”")
        or before.count("「") > before.count("」")
        or text[line:start].lstrip().startswith(">")
        or text[start : start + 1] in "\"“「'‘"
    )


def _generic(label: str) -> bool:
    """Whether a label of a speaker says a part, a number or an account, and not what somebody is called."""
    words = label.replace("(", " ").replace(")", " ").split()
    if any(not word.replace("-", "").replace(".", "").isalpha() for word in words):
        return True
    if all(word.islower() for word in words) and words[0].isascii():
        return True
    folded = [word.casefold() for word in words]
    return bool(_LABELS.intersection(folded)) or all(
        _common(word) and not given(word) for word in folded
    )


def _fits(one: str, other: str) -> bool:
    """Whether two names may be one person's: they share a word, or one is short for the other."""
    first, second = one.casefold().split(), other.casefold().split()
    if not {*first}.isdisjoint(second):
        return True
    short, long = sorted((first[0], second[0]), key=len)
    return nicknamed(short, long) or (len(short) > 1 and long.startswith(short))


def said_of(found: Extraction, speaker: str, names: Iterable[str]) -> Extraction:
    """What one turn says of its speaker, said of names that they go by in its source too.

    >>> said = Claim("User", "live in", "Bonn", False, (0, 15))
    >>> [one.subject for one in said_of(Extraction("en", "User", (), (said,)), "User", ["Jonas"]).claims]
    ['User', 'Jonas']
    """
    names = [name for name in names if name not in found.called]
    twins = [
        twin
        for name in names
        for claim in found.claims
        if (twin := _of(claim, speaker, name)) != claim and twin.subject != twin.object
    ]
    return replace(found, claims=(*found.claims, *twins), called=(*found.called, *names))


def _of(claim: Claim, speaker: str, name: str) -> Claim:
    subject, object_ = (_renamed(text, speaker, name) for text in (claim.subject, claim.object))
    if (subject, object_) == (claim.subject, claim.object):
        return claim
    sure = min(claim.confidence, RESOLVED)
    return replace(claim, subject=subject, object=object_, confidence=sure)


_BEHIND = ("'s ", "的", "等人", "家")


def _renamed(text: str, speaker: str, name: str) -> str:
    """A phrase with the name in place of the label, where it is the speaker or of the speaker."""
    if text == speaker:
        return name
    if text.startswith(speaker) and text[len(speaker) :].startswith(_BEHIND):
        return name + text[len(speaker) :]
    return text
