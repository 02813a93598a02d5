"""Repetition: a later sentence that says no more than the earlier one, in its order or with its opening moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from . import lexicon
from .comparison import Comparison
from .token import Token

Said = tuple[tuple[str, str], ...]
"""What is said, in order: each word, name or number by its key, with the preposition that it stands behind."""

_LONGEST = 6
"""Words of an opening that may stand at the end as well: "In the spring of 2019 …"."""


def says_less(c: Comparison) -> bool:
    """Whether the later sentence says nothing that the earlier one does not, and nothing of it otherwise.

    An opening may have moved ("At 02:10 the valve failed." after "The valve failed at 02:10 because of frost."); whoever
    does something to somebody may not.

    >>> from .sentence import read
    >>> old = read("Bo met Ann in Oslo in May.")
    >>> [says_less(Comparison(old, read(new))) for new in ("In May Bo met Ann.", "In May Ann met Bo.")]
    [True, False]
    """
    if c.gained or not c.new.content or _otherwise(c):
        return False
    old, new = _said(c.old.body, c), _said(c.new.body, c)
    if _within(new, old):
        return True
    opened = _moved(c.new.body, new, old)
    return any(_within(one, other) for one, other in opened) or any(
        _within(one, other) for other, one in _moved(c.old.body, old, new)
    )


def _otherwise(c: Comparison) -> bool:
    """Whether small words are new ("is off", "by himself"), or more is left out than what stood behind a preposition."""
    small = {t.lower for t in c.new.body if not t.content} - _BARE
    if any(word.isalpha() and word not in c.old.lowers for word in small):
        return True
    lost = {token.key for token in c.lost}
    return any(key in lost and not behind for key, behind in _said(c.old.body, c))


_BARE = frozenset("a an the is are was were be been has have had and that it".split())  # noqa: SIM905


def _said(tokens: Sequence[Token], c: Comparison) -> Said:
    found: list[tuple[str, str]] = []
    behind = ""
    for token in tokens:
        if token.lower in lexicon.PREPOSITIONS:
            behind = token.lower
        elif token.content:
            found.append((c.key(token), behind))
            behind = ""
    return tuple(found)


def _moved(tokens: Sequence[Token], one: Said, other: Said) -> Iterator[tuple[Said, Said]]:
    """Both without the opening of one, which the other has somewhere, for each length that it may have."""
    if not tokens or tokens[0].lower not in lexicon.PREPOSITIONS:
        return
    for length in range(1, min(_LONGEST, len(one) - 1) + 1):
        for at in range(len(other) - length + 1):
            if other[at : at + length] == one[:length]:
                yield one[length:], other[:at] + other[at + length :]


def _within(one: Said, other: Said) -> bool:
    """Whether all of one stands in the other, in its order."""
    rest = iter(other)
    return all(any(mine == theirs for theirs in rest) for mine in one)
