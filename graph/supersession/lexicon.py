"""What words do in a statement that takes another's place: a few hundred of them, by what they signal.

Cardinality belongs to the relation: whoever is born, priced or due has one such value, whoever likes,
visits or speaks may have many. Everything is stemmed once, when it is first needed.
"""

from __future__ import annotations

import threading
from functools import cache, lru_cache
from typing import Any

_LOCK = threading.Lock()

FUNCTION = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "but",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "with",
        "from",
        "into",
        "onto",
        "over",
        "under",
        "as",
        "than",
        "that",
        "this",
        "these",
        "those",
        "which",
        "who",
        "whom",
        "whose",
        "where",
        "when",
        "while",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "am",
        "do",
        "does",
        "did",
        "have",
        "has",
        "had",
        "having",
        "will",
        "would",
        "shall",
        "should",
        "can",
        "could",
        "may",
        "might",
        "must",
        "it",
        "its",
        "he",
        "she",
        "they",
        "him",
        "her",
        "them",
        "his",
        "hers",
        "their",
        "theirs",
        "we",
        "us",
        "our",
        "ours",
        "you",
        "your",
        "yours",
        "s",
        "t",
        "d",
        "ll",
        "re",
        "ve",
        "m",
        "there",
        "here",
        "then",
        "so",
        "if",
        "because",
        "since",
        "until",
        "till",
        "about",
        "up",
        "out",
        "off",
        "down",
        "through",
        "between",
        "among",
        "after",
        "before",
        "during",
        "both",
        "each",
        "all",
        "any",
        "some",
        "such",
        "very",
        "really",
        "just",
        "too",
        "also",
        "not",
        "no",
        "nor",
        "never",
        "only",
        "own",
        "other",
        "another",
        "more",
        "most",
        "much",
        "many",
        "instead",
        "rather",
        "now",
        "currently",
        "still",
        "already",
        "yet",
        "again",
        "once",
        "per",
        "via",
        "around",
        "within",
        "without",
        "themselves",
        "himself",
        "herself",
        "itself",
        "himself",
        "well",
        "even",
        "anyone",
        "someone",
        "else",
        "one",
        "ones",
        "what",
        "how",
        "why",
        "please",
        "actually",
        "however",
        "although",
        "though",
        "yes",
        "ok",
        "anymore",
        "longer",
        "don",
        "didn",
        "doesn",
        "isn",
        "wasn",
        "aren",
        "weren",
        "hasn",
        "haven",
        "hadn",
        "won",
        "wouldn",
        "couldn",
        "can't",
        "new",
        "get",
        "gets",
        "got",
        "getting",
    ]
)
PREPOSITIONS = frozenset(
    [
        "in",
        "on",
        "at",
        "by",
        "for",
        "with",
        "from",
        "into",
        "to",
        "of",
        "about",
        "as",
        "under",
        "over",
        "near",
        "behind",
        "above",
        "below",
        "around",
        "per",
        "through",
        "via",
        "than",
        "until",
        "between",
    ]
)
FIRST_PERSON = frozenset(["i", "me", "my", "mine", "myself", "we", "us", "our", "ours"])
NUMBERS = {
    word: str(value)
    for value, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"]
    )
    if value != 1
} | {
    "thirty": "30", "forty": "40", "fifty": "50", "hundred": "100", "thousand": "1000",
    "once": "1x", "twice": "2x", "dozen": "12",
}  # fmt: skip
DATES = frozenset(
    [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "today",
        "tomorrow",
        "yesterday",
        "tonight",
        "noon",
        "midnight",
        "morning",
        "afternoon",
        "evening",
        "spring",
        "summer",
        "autumn",
        "winter",
    ]
)
"""Words that fill the place of a date; "may" counts only with a capital."""

_CONCEPTS = {
    "live": "live lives reside resides residence home house flat apartment settled based dwell address",
    "work": "work works working job employed employee employer position role staff career profession",
    "lead": "head lead leads leader manager manages director chief chair chairs chairman president runs "
    "captain boss charge supervisor responsible treasurer secretary minister mayor governor ceo coach",
    "study": "study studies studied graduate graduated degree attended alumnus alumni attends majored "
    "enrolled student university college school",
    "teach": "teach teaches taught teacher lecturer professor teaching lectures",
    "cost": "cost costs price priced fee rent rate charge charges paid pay pays salary wage tariff fare "
    "worth",
    "due": "due deadline appointment scheduled takes begins start starts meeting date",
    "own": "own owns owner belongs drives drive car has",
    "marry": "married marry husband wife spouse wedding wed partner marriage",
    "engage": "engaged engagement fiance fiancee dating",
    "like": "like likes love loves enjoy enjoys favourite favorite prefers prefer fond passion passionate "
    "keen",
    "eat": "eat eats meat vegetarian vegan diet",
    "speak": "speak speaks fluent fluently language languages speaker",
    "born": "born birth birthday birthplace",
    "make": "create creates created creator wrote write writes written author authored coauthored "
    "co-authored published publish developed develop developer designed design designer founded "
    "co-founded cofounded founder cofounder co-founder built invented inventor composed composer "
    "directed filmed painted produced co-created launched established co-wrote organised organized",
    "join": "collaborated collaborates collaboration collaborate together jointly teamed partnered "
    "co-host co-hosts co-hosted hosts host hosted worked",
    "award": "won wins award prize medal awarded received recipient recognised recognized honour honor "
    "recognition",
    "play": "plays play player played",
    "travel": "travel travels traveled travelled visited visit trip trips flying fly abroad tour "
    "travelling outside country countries",
    "open": "open opens opened reopened available",
    "close": "closed close closes shut unavailable",
    "broken": "broken order faulty defective failed fails leaking outage",
    "fixed": "fixed repaired working works mended restored operational",
    "allergic": "allergic allergy allergies intolerant",
    "use": "use uses used using runs run running built stored",
    "contact": "phone number email mail e-mail telephone mobile contact reach invoices",
    "limit": "limit cap maximum minimum quota threshold allowance allowed",
    "take": "takes take medication dose tablet mg",
    "member": "member members club belong belongs",
    "volunteer": "volunteer volunteers volunteered volunteering activities",
    "specialise": "specializes specialises specializing specialising specialist expertise field focus "
    "focused focusing focuses known",
    "call": "called named name titled title call nickname",
    "locate": "located location place situated stands lies",
}

TIGHT = frozenset(
    [
        "live",
        "cost",
        "own",
        "marry",
        "engage",
        "like",
        "eat",
        "speak",
        "born",
        "award",
        "travel",
        "allergic",
        "lead",
        "study",
        "teach",
        "volunteer",
        "member",
        "call",
        "contact",
        "limit",
        "open",
        "close",
        "fixed",
        "broken",
        "play",
        "lead",
        "take",
    ]
)
"""Concepts whose words may stand for each other; of the others they only hint at it."""

_FUNCTIONAL = (
    "born birth birthday birthplace age aged old live lives living resides based located location capital "
    "costs cost price priced rent fee salary wage fare due deadline scheduled begins starts appointment "
    "ceo president head director manager chair captain treasurer secretary mayor leader owner owned "
    "owns belongs married husband wife spouse engaged favourite favorite named titled called title name "
    "number phone email address password version limit maximum minimum capacity height weight length "
    "population colour color size graduated degree master's bachelor's phd completed employed works "
    "works job currently current main only first last "
    "oldest youngest "
    "launched founded established opened closed held runs uses "
    "plans planning status state open order leaves departs arrives takes headquarters seat budget "
    "team size password code door floor room average rate dose drives eats drinks sleeps wears latest"
)
_MULTIPLE = (
    "likes like loves love enjoys enjoy visited visit visits speaks speak plays play played knows know "
    "member reads read won win awards award received publishes published publish written has have "
    "performed exhibited participated friends friend "
    "collects interested hobbies hobby passionate volunteers volunteer avid skilled experience met "
    "travelled traveled tried watched bought ate cooked sings follows supports attended went saw "
    "recommended mentioned recipes children pets sister brother siblings cousin uncle aunt car cars"
)
_ONCE = (
    "co-founded cofounded co-author co-authored coauthored co-created co-wrote co-host co-hosts co-hosted "
    "created wrote developed designed directed founded invented composed authored produced built painted "
    "collaborated co-founders creator author developer founder inventor composer hosted discovered "
    "filmed organized organised launched established photographed interviewed inspired married "
    "illustrated edited curated choreographed sculpted cooked managed mentored project documentary "
    "featured recorded debut won"
)
_REPEATED = (
    "met saw lunch dinner coffee visited visit called phoned emailed wrote spoke talked played went "
    "bought read watched ate ran swam attended examined won helped lent borrowed walked travelled "
    "traveled met texted thanked invited received"
)
_ENDING = {
    "work": "left quit quits resigned resigns retired retires fired notice dismissed redundant laid "
    "stepped unemployed sacked gave",
    "lead": "left quit resigned retired stepped replaced succeeded took taken dismissed ousted deposed "
    "elected appointed successor",
    "teach": "retired left quit stopped resigned gave",
    "live": "moved moves relocated left emigrated sold evicted moving",
    "locate": "moved relocated demolished transferred",
    "own": "sold sells gave donated lost stolen scrapped traded returned",
    "marry": "divorced divorce separated split widowed annulled widow widower",
    "engage": "broke broken split separated married called",
    "like": "hates hate dislikes dislike stopped gave tired bored detests despises",
    "eat": "vegetarian vegan gave stopped quit pescatarian",
    "study": "dropped left expelled transferred graduated finished abandoned",
    "member": "left resigned quit expelled cancelled",
    "play": "quit stopped gave retired injured",
    "travel": "cancelled canceled postponed called",
    "due": "cancelled canceled postponed moved rescheduled extended brought pushed delayed shifted",
    "close": "reopened opened open reopens opens",
    "open": "closed closes shut",
    "broken": "fixed repaired working works mended restored replaced",
    "fixed": "broken broke failed fails crashed down",
    "allergic": "outgrown outgrew cured tolerates",
    "use": "switched replaced migrated dropped abandoned upgraded moved downgraded discontinued "
    "ported swapped",
    "cost": "raised lowered increased decreased reduced rose fell cut doubled halved dropped",
    "limit": "raised lowered increased decreased reduced lifted doubled halved abolished",
    "take": "increased reduced stopped discontinued raised lowered doubled halved switched",
    "volunteer": "stopped quit gave resigned",
    "contact": "changed disconnected replaced",
    "call": "renamed retitled changed",
    "speak": "forgotten forgot",
}

_TYPES = {
    "school": "university college institute academy school polytechnic conservatory juilliard mit",
    "prize": "award medal prize trophy title grant fellowship cup honor honour scholarship",
    "language": "english french spanish german italian russian portuguese chinese mandarin japanese "
    "korean arabic hindi polish dutch swedish danish norwegian finnish greek turkish hebrew czech welsh "
    "swahili catalan thai vietnamese latin persian urdu bengali ukrainian hungarian romanian",
    "place": "city town village state country province region mountains island islands street road "
    "avenue square lake river coast valley ocean bay hills park africa europe asia america australia",
    "event": "conference summit symposium festival fair workshop forum expo congress convention "
    "exhibition seminar retreat gala",
    "company": "inc ltd corporation company studio studios labs press bank airlines hospital hotel",
    "degree": "phd doctorate master bachelor diploma degree mba",
    "mountain": "mount mountain mt everest kilimanjaro peak",
}

CORRECTION = frozenset(
    [
        "actually",
        "correction",
        "corrected",
        "correcting",
        "mistaken",
        "mistake",
        "wrong",
        "fact",
        "erratum",
    ]
)
ENDED = (
    "no longer", "not anymore", "any more", "anymore", "any longer", "stopped", "quit", "gave up",
    "given up", "ceased", "ended", "cancelled", "canceled", "called off", "broke off", "dropped out",
    "used to", "is over", "discontinued", "abandoned", "abolished",
)  # fmt: skip
CHANGED = frozenset(
    [
        "moved",
        "moves",
        "switched",
        "switches",
        "changed",
        "changes",
        "replaced",
        "replaces",
        "became",
        "become",
        "becomes",
        "raised",
        "lowered",
        "increased",
        "decreased",
        "reduced",
        "extended",
        "postponed",
        "rescheduled",
        "renamed",
        "upgraded",
        "downgraded",
        "migrated",
        "transferred",
        "promoted",
        "relocated",
        "swapped",
        "shifted",
        "converted",
        "turned",
        "grew",
        "rose",
        "fell",
        "cut",
        "doubled",
        "halved",
        "brought",
        "pushed",
        "succeeded",
        "appointed",
        "updated",
        "sold",
    ]
)
NOW = frozenset(
    [
        "now",
        "currently",
        "nowadays",
        "today",
        "presently",
        "these-days",
        "lately",
        "recently",
        "since",
        "from-now-on",
        "as-of",
    ]
)
ONLY = frozenset(
    ["only", "exclusively", "solely", "entirely", "purely", "alone", "solo", "strictly", "just"]
)
CONTRAST = (
    "instead of",
    "rather than",
    "and not",
    "but not",
    "not",
    "instead",
    "in place of",
    "as opposed to",
)
NEGATION = frozenset(
    [
        "not",
        "never",
        "no",
        "none",
        "nobody",
        "nothing",
        "neither",
        "nor",
        "without",
        "cannot",
        "n't",
        "lacks",
        "denies",
        "unable",
        "refused",
        "declined",
        "avoids",
        "zero",
        "dislikes",
        "dislike",
        "hates",
        "different",
        "separate",
        "separately",
    ]
)
ADDITION = (
    "also", "too", "as well", "another", "additionally", "besides", "in addition", "moreover",
    "furthermore", "plus", "along with", "together with his", "a second", "as another", "other than",
)  # fmt: skip
HEDGE = (
    "might", "may", "could", "would", "perhaps", "maybe", "possibly", "probably", "if", "whether",
    "considering", "considers", "thinking about", "thinking of", "thought about", "plans to",
    "planning to", "hopes to", "hoping to", "wants to", "would like", "wishes", "wonders", "wondering",
    "supposedly", "allegedly", "reportedly", "rumoured", "rumored", "rumours", "rumors", "unless",
    "imagines", "imagine", "dreams of", "likely", "possible", "possibility", "if all goes well", "rumor",
    "rumour", "wonder", "uncertain", "unclear", "speculation", "speculates", "hypothetically", "potentially", "unconfirmed", "intends to",
    "tempted", "seems", "apparently", "some say", "people say", "joked", "toying with", "can see herself",
    "can see himself", "one day", "someday", "suppose", "in case", "had he", "had she", "were to",
    "asked whether", "asked if", "proposed", "proposes", "suggested", "suggests",
)  # fmt: skip
PAST = (
    "used to", "previously", "formerly", "in the past", "before that", "as a child", "years ago",
    "earlier", "at first", "originally", "back then", "in those days", "ex-", "former", "first car",
    "had been", "once was", "was once", "until then", "beforehand", "prior to", "for years before",
)  # fmt: skip


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The English Snowball stem of a lower-case word.

    >>> stem("relocated"), stem("co-hosts")
    ('reloc', 'co-host')
    """
    # the stemmer keeps the word it works on: one thread at a time
    with _LOCK:
        return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> Any:
    from snowballstemmer.english_stemmer import EnglishStemmer

    return EnglishStemmer()


def _stems(words: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words.split())


@cache
def functional() -> frozenset[str]:
    """Stems of relations that have one value at a time."""
    return _stems(_FUNCTIONAL)


@cache
def multiple() -> frozenset[str]:
    """Stems of relations that may have many values."""
    return _stems(_MULTIPLE)


@cache
def once() -> frozenset[str]:
    """Stems of what makes one particular thing, which therefore has one set of makers."""
    return _stems(_ONCE)


@cache
def repeated() -> frozenset[str]:
    """Stems of what people do again and again, with one and with another."""
    return _stems(_REPEATED)


@cache
def concepts() -> dict[str, frozenset[str]]:
    """For each stem what it is about: several words for one thing count as the same."""
    found: dict[str, set[str]] = {}
    for concept, words in _CONCEPTS.items():
        for one in _stems(words):
            found.setdefault(one, set()).add(concept)
    return {word: frozenset(about) for word, about in found.items()}


@cache
def types() -> dict[str, frozenset[str]]:
    """For each word of names what kind of thing it makes of them ("university": a school)."""
    found: dict[str, set[str]] = {}
    for kind, words in _TYPES.items():
        for one in words.split():
            found.setdefault(one, set()).add(kind)
    return {word: frozenset(kinds) for word, kinds in found.items()}


@cache
def endings() -> dict[str, frozenset[str]]:
    """For each stem the states that it brings to an end or changes ("sold" ends owning)."""
    found: dict[str, set[str]] = {}
    for concept, words in _ENDING.items():
        for one in _stems(words):
            found.setdefault(one, set()).add(concept)
    return {word: frozenset(about) for word, about in found.items()}
