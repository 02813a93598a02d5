"""Tag expressions: which combinations of tags are asked for, in one small language (docs/tags.md).

    expression = group { "|" group }
    group      = item { item }            all "+" items, no "-" item, and any one of the plain ones
    item       = [ "+" | "-" ] atom
    atom       = [ "=" ] name | "*" | "(" expression ")" | ("any" | "all") "(" expression { "," expression } ")"
    name       = a word, or anything in double quotes (with \\" and \\\\)

A name means the tag and all that are under it, with `=` that one alone; `*` is any tag at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from .errors import Invalid
from .tag_path import TagPath, said, tag_path

LONGEST, DEEPEST = 2_000, 30
"""Characters of an expression, and how deep its parentheses may stand in each other."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Tagged:
    """Carries the tag of this path, or (unless `exact`) one under it; an empty path is any tag."""

    path: TagPath
    exact: bool = False

    def __str__(self) -> str:
        quoted = said(self.path).replace("\\", "\\\\").replace('"', '\\"')
        return ("=" if self.exact else "") + (f'"{quoted}"' if self.path else "*")

    def meets(self, path: TagPath) -> bool:
        """Whether a tag of this path is meant.

        >>> Tagged(("project",)).meets(("project", "apollo"))
        True
        """
        return path == self.path if self.exact else path[: len(self.path)] == self.path


@dataclass(frozen=True, slots=True)
class Every:
    """Meets all of these."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return f"all({', '.join(map(str, self.parts))})"


@dataclass(frozen=True, slots=True)
class Some:
    """Meets any of these."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return f"any({', '.join(map(str, self.parts))})"


@dataclass(frozen=True, slots=True)
class Not:
    """Does not meet this."""

    part: Node

    def __str__(self) -> str:
        return f"-({self.part})" if isinstance(self.part, Not) else f"-{self.part}"


Node = Tagged | Every | Some | Not

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TagExpression:
    """An expression as it was written, and what it means.

    >>> asked = TagExpression.parse("+project -=project/apollo urgent 'soon'")
    >>> str(asked)
    'all("project", -="project/apollo", any("urgent", "\\'soon\\'"))'
    >>> asked.holds(["Project/Gemini", "urgent"]), asked.holds(["project", "project/apollo", "urgent"])
    (True, False)
    """

    text: str
    root: Node

    @classmethod
    def parse(cls, text: str) -> TagExpression:
        """Read an expression; raises `Invalid` with the place of what does not belong."""
        return cls(text, _Parser(text).read())

    def __str__(self) -> str:
        return str(self.root)

    def holds(self, names: Iterable[str]) -> bool:
        """Whether something that carries tags of these names meets it."""
        paths = [tag_path(name) for name in names]
        return self.over(
            lambda tag: any(map(tag.meets, paths)),
            lambda parts: all(parts),
            lambda parts: any(parts),
            lambda part: not part,
        )

    def masked(self, leaf: Callable[[Tagged], Mask]) -> Mask:
        """Which of many things meet it, by which of them carry a tag."""
        return self.over(leaf, np.logical_and.reduce, np.logical_or.reduce, np.logical_not)

    def over(
        self,
        leaf: Callable[[Tagged], T],
        every: Callable[[list[T]], T],
        some: Callable[[list[T]], T],
        without: Callable[[T], T],
    ) -> T:
        """Work it out by what each of its parts is worth."""

        def of(node: Node) -> T:
            if isinstance(node, Tagged):
                return leaf(node)
            if isinstance(node, Not):
                return without(of(node.part))
            return (every if isinstance(node, Every) else some)([of(part) for part in node.parts])

        return of(self.root)


class _Token(NamedTuple):
    kind: str
    value: str
    place: int


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<call>any|all)(?=\s*\()
    | (?P<sign>[-+=|(),])
    | "(?P<quoted>(?:[^"\\]|\\.)*)"
    | (?P<word>[^\s"(),|]+)
    )""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class _Parser:
    """Reads one expression from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        if len(text) > LONGEST:
            raise Invalid(
                f"a tag expression has at most {LONGEST:,} characters, not {len(text):,}: "
                "give several, all of which must hold"
            )
        self._tokens = self._read_tokens()
        self._at = 0

    def read(self) -> Node:
        """The whole expression."""
        found = self._expression(0)
        if self._here.kind != "end":
            raise self._wrong("nothing opens this parenthesis" if self._is(")") else "")
        return found

    def _read_tokens(self) -> list[_Token]:
        tokens: list[_Token] = []
        at = 0
        while at < len(self._text.rstrip()):
            found = _TOKEN.match(self._text, at)
            if found is None:
                begins = at + len(self._text[at:]) - len(self._text[at:].lstrip())
                raise self._wrong("this quotation mark is never closed", begins)
            kind = str(found.lastgroup)
            value, place = found[kind], found.start(kind)
            if kind == "quoted":
                value, place = _ESCAPED.sub(r"\1", value), place - 1
            tokens.append(_Token(kind, value, place))
            at = found.end()
        tokens.append(_Token("end", "", len(self._text)))
        return tokens

    @property
    def _here(self) -> _Token:
        return self._tokens[self._at]

    def _is(self, sign: str) -> bool:
        return self._here.kind == "sign" and self._here.value == sign

    def _took(self, sign: str) -> bool:
        taken = self._is(sign)
        self._at += taken
        return taken

    def _wrong(self, why: str = "", place: int | None = None) -> Invalid:
        at = self._here.place if place is None else place
        what = f"at character {at + 1}"
        if place is None and self._here.kind == "end":
            what = "at the end"
            why = why or "a tag is missing"
        return Invalid(
            f"tags '{self._text[:200]}', {what}: {why or 'this does not belong here'}; "
            'write +must -mustnot "with spaces" any(a, b) all(a, b) (docs/tags.md)'
        )

    def _expression(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise self._wrong(f"more than {DEEPEST} parentheses stand in each other")
        parts = [self._group(depth)]
        while self._took("|"):
            parts.append(self._group(depth))
        return _some(parts)

    def _group(self, depth: int) -> Node:
        must: list[Node] = []
        plain: list[Node] = []
        while not (self._here.kind == "end" or self._is("|") or self._is(")") or self._is(",")):
            if self._took("+"):
                must.append(self._atom(depth))
            elif self._took("-"):
                must.append(Not(self._atom(depth)))
            else:
                plain.append(self._atom(depth))
        if plain:
            must.append(_some(plain))
        if not must:
            raise self._wrong("a tag is missing")
        return must[0] if len(must) == 1 else Every(tuple(must))

    def _atom(self, depth: int) -> Node:
        token = self._here
        if self._took("("):
            return self._closed(self._expression(depth + 1))
        if token.kind == "call":
            self._at += 2  # the word, and the parenthesis that follows it
            parts = [self._expression(depth + 1)]
            while self._took(","):
                parts.append(self._expression(depth + 1))
            found = _some(parts) if token.value.lower() == "any" else Every(tuple(parts))
            return self._closed(found)
        exact = self._took("=")
        return self._name(exact)

    def _closed(self, found: Node) -> Node:
        if not self._took(")"):
            raise self._wrong("a closing parenthesis is missing")
        return found

    def _name(self, exact: bool) -> Node:
        token = self._here
        if token.kind not in ("word", "quoted"):
            raise self._wrong("a tag is missing" if token.kind == "sign" else "")
        if token.kind == "word" and token.value == "*" and not exact:
            self._at += 1
            return Tagged(())
        path = tag_path(token.value)
        if not path:
            raise self._wrong("this tag has no name")
        self._at += 1
        return Tagged(path, exact)


def _some(parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else Some(tuple(parts))
