"""Limits: what a request may hold, refused before anything is read.

Depth and aliases are counted with every fragment worked out once, so that fragments that spread each
other cannot make the counting itself expensive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
)
from strawberry.extensions import MaxTokensLimiter, SchemaExtension

DEPTH = 12
"""How deep the fields of a request may be nested."""

ALIASES = 30
"""How many aliases a request may hold, those of fragments counted wherever they are spread."""

TOKENS = 2_000
"""How many tokens a request may hold."""

BODY = 1_000_000
"""How many bytes a request may have."""


@dataclass(frozen=True, slots=True)
class Size:
    """How deep a selection is, and how many aliases it holds."""

    depth: int = 0
    aliases: int = 0

    def beside(self, other: Size) -> Size:
        """Both of two selections."""
        return Size(max(self.depth, other.depth), self.aliases + other.aliases)


class Measure:
    """Measures the selections of one document, each fragment once.

    >>> from graphql import parse
    >>> document = parse("{ a: viewer { ...f } b: viewer { ...f } } fragment f on Agent { c: name }")
    >>> operation, fragment = document.definitions
    >>> Measure({"f": fragment}).of(operation.selection_set)
    Size(depth=2, aliases=4)
    """

    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, Size] = {}

    def of(self, selections: SelectionSetNode | None) -> Size:
        """The size of a selection; introspection is not counted as deep."""
        size = Size()
        for one in selections.selections if selections is not None else ():
            if isinstance(one, FieldNode):
                inner = self.of(one.selection_set)
                hidden = one.name.value.startswith("__")
                size = size.beside(
                    Size(
                        0 if hidden else inner.depth + 1,
                        inner.aliases + (1 if one.alias is not None else 0),
                    )
                )
            elif isinstance(one, FragmentSpreadNode):
                size = size.beside(self._fragment(one.name.value))
            else:
                size = size.beside(self.of(getattr(one, "selection_set", None)))
        return size

    def _fragment(self, name: str) -> Size:
        if name not in self._known:
            self._known[name] = Size()  # one that spreads itself is refused by another rule
            fragment = self._fragments.get(name)
            self._known[name] = self.of(fragment.selection_set if fragment else None)
        return self._known[name]


class Bounds(SchemaExtension):
    """Refuses a document that is too deep or holds too many aliases, before it is checked any further."""

    def on_validate(self) -> Iterator[None]:
        """Measure every operation of the document."""
        document = self.execution_context.graphql_document
        errors = list(_beyond(document)) if document is not None else []
        if errors:
            self.execution_context.pre_execution_errors = errors
        yield


def _beyond(document: DocumentNode) -> Iterator[GraphQLError]:
    fragments = {
        one.name.value: one
        for one in document.definitions
        if isinstance(one, FragmentDefinitionNode)
    }
    measure = Measure(fragments)
    for operation in document.definitions:
        if not isinstance(operation, OperationDefinitionNode):
            continue
        size = measure.of(operation.selection_set)
        if size.depth > DEPTH:
            yield GraphQLError(
                f"the request is {size.depth} fields deep, and {DEPTH} is the most: "
                "ask for the inner part by node(id)",
                operation,
            )
        if size.aliases > ALIASES:
            yield GraphQLError(
                f"the request holds {size.aliases} aliases, and {ALIASES} is the most: "
                "send it in parts",
                operation,
            )


LIMITS: list[Callable[[], SchemaExtension]] = [
    lambda: MaxTokensLimiter(max_token_count=TOKENS),
    Bounds,
]
"""What the schema is guarded with."""
