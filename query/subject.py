"""Subjects: what passages are about, under every form by which another text may call it.

A passage is about its title and its explicit subject; one without a title opens with what it is about. A
text that names any of these leads to that passage: the directed link by which `rerank` goes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, csr_array

from ..graph.index.folding import ARTICLES, Word, names_of
from ..graph.index.nearness import Places, Scores
from ..graph.index.view import View
from .network import Network
from .recipe import BEGUN, DOUBTED

OPENING = 300
"""Characters at the start of a text in which it says what it is about."""

LONGEST = 8
"""Words of the longest subject that is looked for in a text."""

_KEPT = 50_000
_COMMA = re.compile(r"\s*,.*$", re.DOTALL)
_OPENING = re.compile(r"\s*,|\s*[(（]|\s+(?:is|was|are|were|refers|has been|had been)\b")
_PERSON = re.compile(r"^[^\W\d_a-z][\w'’-]+(?: (?:[^\W\d_a-z][\w'’.-]*|[\"“].{1,20}?[\"”]))+$")
_LIVED = re.compile(r"\s*[(（,][^)）]{0,80}?\b(?:born|b\.|c\.|\d{3,4})")
_NAME = r"[^\W\d_a-z][\w'’-]*(?: [^\W\d_a-z][\w'’.-]*){0,4}"
_AND = re.compile(r"(?:, and |, | and | & )")
_TOGETHER = re.compile(rf"({_NAME}(?:, {_NAME})*,? (?:and|&) {_NAME}) [a-z]")
_DEFINED = re.compile(r"\s+(?:is|was|are|were)\s+(?:an?|the)\b")
TITLES = frozenset(
    [
        "sir",
        "dame",
        "lord",
        "lady",
        "dr",
        "prof",
        "professor",
        "hon",
        "rev",
        "reverend",
        "captain",
        "colonel",
        "general",
        "major",
        "lieutenant",
        "sheikh",
        "king",
        "queen",
        "prince",
        "princess",
        "saint",
        "st",
        "president",
        "mr",
        "mrs",
        "ms",
    ]
)
_SUFFIXES = frozenset(["jr", "sr", "ii", "iii", "iv", "phd", "md", "kc", "qc", "oc", "obe", "mbe"])
_NICKNAME = re.compile(r"[\"“](.{1,20}?)[\"”]")
_KNOWN_AS = re.compile(
    r"\b(?:better|best|also|commonly|professionally|popularly|formerly)? ?known (?:professionally )?"
    r"(?:as|by (?:his|her|their|its|the) (?:stage |pen |ring )?(?:name|nickname|mononym)(?: of)?)"
    r" (?:simply )?(?:the )?[\"“]?((?:[^\W\d_a-z][\w'’.$&-]*)(?: [^\W\d_a-z][\w'’.$&-]*){0,4})"
)
_STAGE_NAME = re.compile(
    r"\bstage name [\"“]?((?:[^\W\d_a-z][\w'’.$&-]*)(?: [^\W\d_a-z][\w'’.$&-]*){0,4})"
)


def forms_of(names: Iterable[str]) -> tuple[str, ...]:
    """The folded forms of names: whole, without brackets, up to the comma; of a long name, of how it begins.

    >>> forms_of(["Paris, Texas (film)"])
    ('paris texas film', 'paris texas', 'paris')
    """
    found: dict[str, None] = {}
    for whole in names:
        name = " ".join(whole.split())[:OPENING]
        for form in (name, _COMMA.sub("", name)):
            found.update(dict.fromkeys(names_of(form)))
    return tuple(f for f in found if f.count(" ") < LONGEST and not f.isdigit())


def opening(text: str) -> str:
    """The words before the first verb, bracket or comma of a text that begins with a name; else "".

    >>> opening("Richard David Bach (born June 23, 1936) is an American writer."), opening("It rains.")
    ('Richard David Bach', '')
    """
    found = _OPENING.search(text, 0, OPENING)
    if found is None:
        return ""
    phrase = text[: found.start()].strip(" \"'“”‘’")
    if not phrase.strip() or phrase.count(" ") >= LONGEST or phrase.lower() in _PRONOUNS:
        return ""
    last = phrase.split()[-1]
    # "Room 3a" is a name as "Room 3A" is
    return phrase if not last.islower() or any(c.isdigit() for c in last) else ""


def together(text: str) -> list[str]:
    """The names with which a text begins that is about several; their joint name where it says what they are.

    >>> together("Nora Fishel and Eliza Woodley sang."), together("Nora Fishel met Eliza Woodley.")
    (['Nora Fishel', 'Eliza Woodley'], [])
    >>> together("Simon and Garfunkel were an American duo.")
    ['Simon and Garfunkel', 'Simon', 'Garfunkel']
    """
    found = _TOGETHER.match(text, 0, OPENING)
    if found is None:
        return []
    names = [name for name in _AND.split(found[1]) if name.lower() not in _PRONOUNS]
    return [found[1], *names] if _DEFINED.match(text, found.end(1)) else names


def called(text: str, name: str) -> list[str]:
    """What else a person is called whose life a text begins to tell: by a nickname, by one of the given
    names, by initials, or as the text says itself.

    >>> called('Ann Mary "Nan" Hill (born 1934) is a poet.', 'Ann Mary "Nan" Hill')
    ['Ann Mary Hill', 'Nan Hill', 'Ann Hill', 'Ann M Hill', 'Mary Hill']
    >>> called("Rakim Mayers (born 1988), better known as ASAP Rocky, sings.", "Rakim Mayers")
    ['ASAP Rocky']
    """
    told = [found[1] for found in _KNOWN_AS.finditer(text, 0, OPENING)]
    told += [found[1] for found in _STAGE_NAME.finditer(text, 0, OPENING)]
    place = text.find(name, 0, OPENING)
    if place < 0 or not _PERSON.match(name) or not _LIVED.match(text, place + len(name)):
        return list(dict.fromkeys(told))
    nicknames = _NICKNAME.findall(name)
    parts = [part for part in _NICKNAME.sub(" ", name).split() if _bare(part) not in TITLES]
    while len(parts) > 2 and _bare(parts[-1]) in _SUFFIXES:
        parts.pop()
    *given, last = parts or [name]
    names = [" ".join(parts)] if nicknames or len(parts) < len(name.split()) else []
    names += [f"{nickname} {last}" for nickname in nicknames]
    if len(given) > 1:
        initials = " ".join(part[0] for part in given[1:])
        names += [f"{given[0]} {last}", f"{given[0]} {initials} {last}"]
        names += [f"{part} {last}" for part in given[1:]]
    return list(dict.fromkeys([*names, *told]))


def doubts(found: Sequence[Word], own: Sequence[str], guessed: Sequence[str]) -> dict[str, float]:
    """How sure a text is to be about the forms of what was guessed of it, where none is one of what it opens with (`own`).

    >>> from ..graph.index.folding import words
    >>> doubts(words("American singer Nora Fishel sang. It rained."), [], ["american"])
    {'american': 0.6}
    >>> doubts(words("In May the Alps were seen by Nora."), ["may the alps"], ["nora"])
    {'nora': 0.3}
    """
    begun = [word for word, _, _ in found[: LONGEST + 1]]
    if begun and begun[0] in ARTICLES:
        begun = begun[1:]
    if not set(own).isdisjoint(guessed):
        return {}
    return {
        form: BEGUN if not own and begun[: form.count(" ") + 1] == form.split() else DOUBTED
        for form in guessed
    }


def _bare(word: str) -> str:
    return word.rstrip(".,").lower()


_PRONOUNS = frozenset(
    ["i", "you", "he", "she", "it", "we", "they", "this", "that", "these", "those", "there", "here"]
)


def named_runs(text: str, found: Sequence[Word]) -> tuple[str, ...]:
    """The runs of a text's folded words that may be names: they do not begin with a small letter.

    >>> from ..graph.index.folding import words
    >>> named_runs("ask Ann now", words("ask Ann now"))
    ('ann', 'ann now')
    """
    runs: dict[str, None] = {}
    for first, (_, start, _) in enumerate(found):
        if not text[start].islower():
            form = ""
            for word, _, _ in found[first : first + LONGEST]:
                form = f"{form} {word}" if form else word
                runs[form] = None
    return tuple(runs)


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a text names the subject of passages: the form, its characters, the passages."""

    form: str
    span: tuple[int, int]
    passages: tuple[int, ...]


class Gazetteer:
    """Finds known forms in texts, the longest first, from left to right, none inside another.

    A form begins with a capital, a digit, or in a script that has no capitals.

    >>> from ..graph.index.folding import words
    >>> known = Gazetteer({"new york": [1], "york": [2]})
    >>> text = "He left New York City for york."
    >>> [mention.form for mention in known.mentions(text, words(text))]
    ['new york']
    """

    def __init__(self, known: Mapping[str, Sequence[int]]) -> None:
        self._known = known
        self._longest: dict[str, int] = {}
        for form in known:
            first, length = form.split(" ", 1)[0], form.count(" ") + 1
            self._longest[first] = max(self._longest.get(first, 0), length)

    def mentions(self, text: str, found: Sequence[Word]) -> tuple[Mention, ...]:
        """The mentions in a text, whose folded words are given."""
        hits: list[Mention] = []
        place = 0
        while place < len(found):
            word, start, _ = found[place]
            length = 1
            longest = self._longest.get(word, 0)
            if longest and not text[start].islower():
                for count in range(min(longest, len(found) - place), 0, -1):
                    form = " ".join(one for one, _, _ in found[place : place + count])
                    passages = self._known.get(form)
                    if passages is not None:
                        span = (start, found[place + count - 1][2])
                        hits.append(Mention(form, span, tuple(passages)))
                        length = count
                        break
            place += length
        return tuple(hits)


class Subjects:
    """What the visible passages are about, and whom each mentions; worked out once for a view.

    It is kept as long as its view, and so may not keep it.
    """

    def __init__(self, view: View, network: Network) -> None:
        said = network.subjects
        self._named = view.adjacency.named
        self._passages, self._subjects = said.passages, said.subjects
        self._about = csc_array(said.about.tocsc())
        self._size = max(view.size, 1)
        self._frequency = network.frequency
        self._of_form: dict[str, tuple[int, ...]] = {}

    def about(self, group: int) -> list[int]:
        """The passages that are about a group of entities."""
        column = int(np.searchsorted(self._subjects, group))
        if column >= len(self._subjects) or self._subjects[column] != group:
            return []
        rows = self._about.indices[self._about.indptr[column] : self._about.indptr[column + 1]]
        found: list[int] = np.sort(self._passages[rows]).tolist()
        return found

    def named(self, passage: int) -> list[int]:
        """The groups of entities that a passage mentions or is about."""
        found: list[int] = self._named.number[self._row(passage)].tolist()
        return found

    def _row(self, passage: int) -> slice:
        return slice(int(self._named.at[passage]), int(self._named.at[passage + 1]))

    def mentions(self, passages: Sequence[int]) -> tuple[Places, csr_array]:
        """The groups that some passages mention or are about, ascending, and which of them each does, as ones."""
        rows = [self._named.number[self._row(passage)] for passage in passages]
        at = np.cumsum([0, *(len(row) for row in rows)])
        every = np.concatenate([*rows, np.empty(0, np.int32)]).astype(np.int64)
        groups, columns = np.unique(every, return_inverse=True)
        shape = (len(passages), len(groups))
        return groups, csr_array((np.ones(len(every)), columns, at), shape=shape)

    def rarity(self, groups: Places) -> Scores:
        """ln(1 + N / df) / ln(1 + N) of some groups of entities, between 0 and 1."""
        often = np.maximum(self._frequency[groups], 1.0)
        rare: Scores = np.log1p(self._size / often) / math.log1p(self._size)
        return rare

    def of_forms(self, view: View, forms: Iterable[str]) -> dict[str, tuple[int, ...]]:
        """The passages about whatever a visible record calls by each of these folded forms, if any."""
        wanted = list(dict.fromkeys(forms))
        # others may ask, and forget what is kept, at the same time
        kept = self._of_form
        found = {form: kept[form] for form in wanted if form in kept}
        fresh = [form for form in wanted if form not in found]
        for form, known in zip(fresh, view.known_names(fresh), strict=True):
            groups = view.named(form) if known else []
            found[form] = tuple(sorted({p for g in groups for p in self.about(g)}))
        if len(kept) + len(fresh) > _KEPT:
            kept = self._of_form = {}
        if len(fresh) <= _KEPT:
            kept.update((form, found[form]) for form in fresh)
        return {form: found[form] for form in wanted if found[form]}
