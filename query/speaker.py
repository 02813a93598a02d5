"""Speakers: whom of those who speak a question names, and what it asks beside their names.

A turn says "I" of whoever speaks, and names whoever is spoken to. So the name of a speaker in a question leads to
what was said *to* them, by words and by vectors alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..graph.index.folding import words
from ..graph.record import Version
from .seeds import ASKING

# Thai, Lao, Myanmar, Khmer, kana, Han; and Hangul, whose particles stick
_RUN = (
    "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u1100-\u11ff\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7ff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_UNSPACED = re.compile(f"[{_RUN}]")
_SPACED = rf"[^\W{_RUN}]"
_OF = "(?:['’]s|的)?"


def called_by(cube: Version) -> tuple[str, ...]:
    """What whoever speaks in a turn goes by: their label, and the names that they say they have; nothing for what is
    no turn.

    A turn has in its header `speaker` ("User") and, where in its source that one says a name, `called` (["Jonas"]).
    """
    speaker = cube.get("speaker")
    if not speaker:
        return ()
    return tuple(dict.fromkeys(str(one) for one in (speaker, *(cube.get("called") or ()))))


def names(question: str, speaker: str) -> bool:
    """Whether a question has the first word of a speaker's name, as a word of its own.

    Scripts that put no spaces between words have it wherever it stands.

    >>> names("What did ann buy?", "Ann Hill"), names("Whose annex?", "Ann"), names("Ann买了什么？", "Ann")
    (True, False, True)
    """
    first = next(iter(speaker.split()), "")
    return bool(first) and re.search(_standing(first), question, re.IGNORECASE) is not None


def beside(question: str, speakers: Iterable[str]) -> str:
    """What a question asks beside the names of some speakers; the question itself where that is nothing.

    >>> beside("What did Ann Hill's sister give Ben?", ["Ann Hill", "Ben"]), beside("Who is Ann?", ["Ann"])
    ('What did sister give ?', 'Who is Ann?')
    >>> beside("小明的狗叫什么？", ["小明"])
    '狗叫什么？'
    """
    called = set[str]()
    for speaker in speakers:
        parts = speaker.split()
        called |= {" ".join(parts), *parts[:1]}
    left = question
    for name in sorted(called - {""}, key=lambda name: (-len(name), name)):
        left = re.sub(_standing(name) + _OF, " ", left, flags=re.IGNORECASE)
    left = " ".join(left.split())
    asked = any(word not in ASKING for word, _, _ in words(left))
    return left if asked else question


def _standing(name: str) -> str:
    """What finds a name as a word of its own."""
    start = "" if _UNSPACED.match(name[0]) else f"(?<!{_SPACED})"
    end = "" if _UNSPACED.match(name[-1]) else f"(?!{_SPACED})"
    return f"{start}{re.escape(name)}{end}"
