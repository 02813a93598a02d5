"""Length: how much of a question is asked, so that a page of text in its place costs no more than a long question.

Everything that is done of a question grows with its words: the names in it are looked up run by run, its terms in each
step of reranking. Who puts in a text asks at its beginning or at its end.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..graph.index.folding import words

MOST_WORDS = 400
"""Words of a question that are asked: the first half of them and the last; Han and kana count one by one."""

MOST_CHARACTERS = 20_000
"""Characters in which they are looked for, likewise from both ends."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a question: `text` has white space in place of what is left out, so that characters keep
    their places. `note` says what that was; empty where nothing was.
    """

    text: str
    note: str = ""


def bounded(question: str) -> Asked:
    """Leave out the middle of a question that is longer than anybody asks.

    >>> bounded("When did RV-7 fail?")
    Asked(text='When did RV-7 fail?', note='')
    >>> long = bounded("pump " * 1_200)
    >>> len(long.text), len(long.text.split()), long.note
    (6000, 400, 'of 1,200 words of the question the first 200 and the last 200 were asked: ask in fewer words')
    """
    half = MOST_WORDS // 2
    if len(question) <= MOST_CHARACTERS:
        found = words(question)
        if len(found) <= MOST_WORDS:
            return Asked(question)
        many = f"{len(found):,} words"
        first, last = found[half - 1][2], found[-half][1]
        kept = f"the first {half} and the last {half}"
    else:
        side = MOST_CHARACTERS // 2
        head, tail = words(question[:side]), words(question[-side:])
        many = f"{len(question):,} characters"
        # a word that is cut is left out, unless there is no other
        first = head[min(half, len(head) - 1) - 1][2] if len(head) > 1 else side
        start = len(question) - side
        last = start + (tail[-min(half, len(tail) - 1)][1] if len(tail) > 1 else 0)
        kept = f"the first {first:,} and the last {len(question) - last:,}"
    text = question[:first] + " " * (last - first) + question[last:]
    return Asked(text, f"of {many} of the question {kept} were asked: ask in fewer words")
