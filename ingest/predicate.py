"""What an English verb without an object says: "the server crashed", "she works remotely", "it rose 5 percent".

Such a fact has an object only where a word behind the verb is one in all but name: how, where or how much. Else
its object is empty, and it is told from another by its relation alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .verb import PARTICLES, SUBJECTS, lemma_of

if TYPE_CHECKING:
    from spacy.tokens import Token

# They say nothing without what follows them, or what was left out.
_EMPTY = frozenset(
    "be have do seem appear get make let put keep say tell ask know see think believe guess agree understand mean "  # noqa: SIM905
    "hope wish wonder mind care want need like love try look sound feel remember forget suppose depend matter "
    "happen turn thank hear find bring give set show add check consider mention note imagine notice realise "
    "realize bet swear promise suggest hate prefer enjoy concern regard respect contain include become remain "
    "tend use take help hold thrill pray".split()
)
# With a particle or an adverb they say enough: "came back", "went home".
_LIGHT = frozenset("go come stand sit lie stay live head pass stick".split())  # noqa: SIM905
_FINISHED = frozenset({"do", "set", "find"})  # "the migration is done"
_WEATHER = frozenset("rain snow hail drizzle thunder pour freeze thaw storm".split())  # noqa: SIM905
_TIMES = frozenset(
    "yesterday today tomorrow tonight now then soon later earlier recently already again finally once since ago "  # noqa: SIM905
    "before too also either though still yet just only really very much so instead anyway maybe perhaps "
    "eventually lately afterwards afterward immediately however therefore never ever always often sometimes "
    "usually generally anymore longer more most even rather quite almost nearly first last finally right "
    "here there thus hence else probably apparently".split()
)
_UNLESS_SAID = frozenset("anymore yet yesterday today tonight ever either now longer more".split())  # noqa: SIM905
_ASSERTED = frozenset({"ROOT", "conj", "ccomp", "advcl", "xcomp", "parataxis"})
_QUIET = frozenset(
    {"aux", "auxpass", "neg", "punct", "prt", "cc", "conj", "intj", "preconj", "dep", "mark"}
)
_MEASURES = frozenset({"every", "each", "all", "several", "twice", "both"})


def measures_of(verb: Token) -> Iterator[Token]:
    """Give what behind a verb tells how much or how often: "rose 5 percent", "runs every day"."""
    for child in verb.children:
        if (
            child.dep_ != "npadvmod"
            or child.i < verb.i
            or child.pos_ not in {"NOUN", "PROPN", "SYM"}
        ):
            continue
        first = child.left_edge
        counted = any(c.dep_ in {"nummod", "quantmod"} for c in child.children)
        if counted or first.lower_ in _MEASURES:
            yield child


def manner_of(verb: Token) -> Token | None:
    """Give the adverb behind a verb that tells how or where: "works remotely", "went home"."""
    for child in verb.children:
        if (
            child.dep_ not in {"advmod", "npadvmod"}
            or child.i < verb.i
            or child.lower_ in _TIMES | PARTICLES
        ):
            continue
        plain = child.pos_ == "ADV" and child.tag_ == "RB" and not any(child.children)
        if plain and not child.lower_.startswith(("some", "any", "every")):
            return child
        if child.lower_ == "home" and not any(child.children):
            return child
    return None


def stands_alone(verb: Token) -> bool:
    """Whether a verb without an object states something by itself.

    Not where what it needs was left out or stands in another clause ("I know", "she said that …"), where
    it tells of the weather, describes a noun, or holds only under what hangs on it ("it leaks when …",
    "he did not die in 2020").
    """
    lemma = lemma_of(verb).lower()
    children = list(verb.children)
    finished = lemma in _FINISHED and any(c.dep_ == "auxpass" for c in children)
    if verb.dep_ not in _ASSERTED or (lemma in _EMPTY and not finished) or lemma in _WEATHER:
        return False
    if any(
        c.dep_ in {"ccomp", "xcomp", "dobj", "dative", "attr", "acomp", "oprd", "expl", "csubj"}
        for c in children
    ):
        return False
    if any(c.tag_ in {"WDT", "WP", "WRB"} for c in children) or not verb.text.isalpha():
        return False
    if lemma in _LIGHT and not any(c.dep_ == "prt" or c.lower_ in PARTICLES for c in children):
        return False
    if verb.dep_ == "advcl" and verb.tag_ in {"VBG", "VBN", "VB"} and not _own_subject(verb):
        return False
    if verb.dep_ == "xcomp" and not _shares_subject(verb):
        return False
    if verb.tag_ in {"VBZ", "VBP", "VB"} and any(
        c.dep_ == "advcl" and _whenever(c) for c in children
    ):
        return False
    return not _negated(verb) or all(_beside(child) for child in children)


def _own_subject(verb: Token) -> bool:
    return any(c.dep_ in SUBJECTS for c in verb.children)


def _shares_subject(verb: Token) -> bool:
    """ "Ann wants to leave" is of her leaving, "Ann told Bo to leave" is not."""
    above = verb.head
    return above.pos_ in {"VERB", "AUX"} and not any(
        c.dep_ in {"dobj", "dative", "acomp", "attr"} for c in above.children
    )


def _whenever(clause: Token) -> bool:
    return any(
        c.lower_ in {"when", "whenever", "while", "as", "where", "once"} for c in clause.children
    )


def _negated(verb: Token) -> bool:
    return any(c.dep_ == "neg" or c.lower_ == "never" for c in verb.children)


def _beside(child: Token) -> bool:
    """Whether what stands beside a denied verb leaves it denied as a whole."""
    if child.dep_ in SUBJECTS or child.dep_ in _QUIET or child.lower_ in _UNLESS_SAID:
        return True
    if child.dep_ in {"npadvmod", "advmod"} and child.ent_type_ in {"DATE", "TIME"}:
        return True
    return child.lower_ == "at" and any(c.lower_ == "all" for c in child.children)


# "Imagine Bo sold it", "Let's say she left", "Suppose it breaks": nobody says that it is so.
_THOUGHT = frozenset({"imagine", "suppose", "supposing", "assume", "assuming", "let", "pretend"})


def asks(tokens: list[Token]) -> bool:
    """Whether a sentence is a question by its order, whatever its mark ("where did she go"), or only a thought."""
    root = next((t for t in tokens if t.dep_ == "ROOT"), None)
    if root is None or not tokens:
        return False
    if tokens[0].lower_ in _THOUGHT:
        return True
    subject = next((c for c in root.children if c.dep_ in SUBJECTS or c.dep_ == "expl"), None)
    if subject is None:
        return False
    helping = [c for c in root.children if c.dep_ in {"aux", "auxpass"}]
    helping += [root] if root.pos_ == "AUX" else []
    if not any(one.i < subject.left_edge.i for one in helping):
        return False
    begins = next((t for t in tokens if not t.is_punct and t.dep_ not in {"cc", "intj"}), tokens[0])
    return begins in helping or begins.tag_ in {"WP", "WRB", "WDT", "WP$"}
