"""Plain text: what memory says is data, which no terminal and no browser is to obey."""

from __future__ import annotations

import unicodedata

_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def plain(text: str, *, lines: bool = False) -> str:
    r"""Replace what a terminal or browser would obey instead of showing it, one character for one.

    Control characters (the start of an escape sequence among them) and those that turn the direction
    of writing become U+FFFD, so that offsets stay true. Tabs and newlines become spaces, unless `lines`
    keeps them.

    >>> plain("red \x1b[31m alert\n")
    'red �[31m alert '
    """
    if text.isascii() and text.isprintable():
        return text
    kept = "\n\t" if lines else ""
    return "".join(
        c
        if c in kept or (unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp") and c not in _BIDI)
        else " "
        if c in "\n\t\r\u2028\u2029"
        else "\ufffd"
        for c in text
    )


def clean(text: str) -> str:
    """Text in which nothing is left that a terminal would obey: what memory says is data.

    >>> clean("a\\x1b[31mb\\n")
    'a�[31mb\\n'
    """
    return plain(text, lines=True)
