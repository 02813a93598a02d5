"""Tag paths: where a tag stands among others, read off its name.

A tag is kept under its name as it was given. Names are compared in one form: compatibility characters
as plain ones (NFKC), without case, with single spaces; `/` divides it into levels, and empty levels count for
nothing. So `Project/Apollo` and `project / apollo` are one place, under `project`.
"""

from __future__ import annotations

from unicodedata import normalize

TagPath = tuple[str, ...]

SEPARATOR = "/"


def tag_path(name: str) -> TagPath:
    """The levels of a tag's name, from the top; empty where the name says nothing.

    >>> tag_path("Project/Apollo"), tag_path(" project //  APOLLO  11 "), tag_path("/")
    (('project', 'apollo'), ('project', 'apollo 11'), ('/',))
    >>> tag_path("  ")
    ()
    """
    folded = normalize("NFKC", normalize("NFKC", name).casefold())
    levels = (" ".join(level.split()) for level in folded.split(SEPARATOR))
    found = tuple(level for level in levels if level)
    return found or ((folded.strip(),) if folded.strip() else ())


def said(path: TagPath) -> str:
    """A path as one text.

    >>> said(("project", "apollo"))
    'project/apollo'
    """
    return SEPARATOR.join(path)


def above(path: TagPath) -> list[TagPath]:
    """A path and all that it is under, from the top.

    >>> above(("project", "apollo"))
    [('project',), ('project', 'apollo')]
    """
    return [path[: depth + 1] for depth in range(len(path))]
