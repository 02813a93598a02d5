"""Noun phrases of a parsed English sentence: their words, and the name that one is or closes with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from .verb import reaches, run_of, untagged

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from .antecedent import Name

_BESIDE = {"both", "either", "only", "even", "just", "also", "not"}
_INNER = {"det", "predet", "amod", "compound", "nummod", "poss", "nmod", "quantmod"}
_INNER |= {"advmod", "neg", "case", "npadvmod", "hmod", "hyph"}


class Phrases:
    """The noun phrases of one sentence, given its words, its names and its dates and times."""

    def __init__(
        self, doc: Doc, tokens: Sequence[Token], names: Sequence[Name], values: Sequence[Name]
    ) -> None:
        self._doc, self._tokens = doc, tokens
        self._names, self._values = names, values

    def of(self, head: Token) -> list[Token]:
        """Give a noun phrase in order: its head, what stands before it, its of-phrase."""
        tokens = {head}
        for child in head.children:
            if child.i < head.i and child.dep_ in _INNER:
                tokens.update(t for t in child.subtree if t.i < head.i)
            elif child.i > head.i and child.dep_ == "prep" and child.lower_ == "of":
                for inner in child.children:
                    if inner.dep_ == "pobj":
                        tokens.update((child, *self.of(inner)))
            elif self._close(head, child):
                tokens.update(self.of(child))
        if head.dep_ == "pobj":
            for inner in head.head.children:
                if inner.dep_ == "prep" and reaches(head.head, inner):
                    tokens.update(inner.subtree)
        for name in self._names:
            # A name is taken whole, however the parse divides it.
            if name.start <= head.idx < name.end:
                tokens.update(t for t in self._tokens if name.start <= t.idx < name.end)
        last = max(token.i for token in tokens)
        if last + 1 < len(self._doc) and last == head.i:
            # "the horn HR-1": the parse often does not see that these are one.
            code = self.at(self._doc[last + 1])
            if code is not None and any(c.isdigit() for c in code.surface):
                tokens.update(t for t in self._doc if code.start <= t.idx < code.end)
        tokens.update(t for token in [*tokens] for t in self._hyphened(token.i))
        tokens.update(run_of(self._doc, max(tokens, key=lambda token: token.i)))
        phrase = sorted(tokens, key=lambda token: token.i)
        while len(phrase) > 1 and phrase[0].lower_ in _BESIDE and phrase[0] != head:
            phrase = phrase[1:]
        named = self.at(head)
        while len(phrase) > 1 and (
            phrase[0].is_punct
            or phrase[0].dep_ == "neg"
            # "On 3 May 2021 Ann Reed left": the parse takes day and name for one
            or (named is not None and phrase[0].idx < named.start and self._dated(phrase[0]))
        ):
            phrase = phrase[1:]
        return untagged(phrase)

    def _hyphened(self, last: int) -> Iterator[Token]:
        """What hyphens join to a word: the parse takes "sister-in-law" apart."""
        doc = self._doc
        while (
            last + 2 < len(doc)
            and doc[last + 1].text == "-"
            and not (doc[last].whitespace_ or doc[last + 1].whitespace_)
        ):
            yield from (doc[last + 1], doc[last + 2])
            last += 2

    def _dated(self, token: Token) -> bool:
        """Whether a word is part of a date of several words or numbers."""
        return any(
            one.label == "DATE"
            and set(one.surface) & {" ", "-"}
            and one.start <= token.idx < one.end
            for one in self._values
        )

    def _close(self, head: Token, child: Token) -> bool:
        """Whether `child` follows its head without a comma: the valve | RV-7, silo | 2."""
        if child.i <= head.i or child.dep_ not in {"appos", "nummod", "npadvmod"}:
            return False
        between = self._doc[head.i + 1 : child.left_edge.i]
        # "+44 20 7946 0018" is one number in four
        figures = child.dep_ == "nummod" and all(one.text.isdigit() for one in between)
        return (len(between) == 0 or figures) and child.dep_ != "npadvmod"

    def named(self, phrase: Sequence[Token]) -> Name | None:
        """Give the name that a phrase is or closes with ("the valve RV-7"), else None."""
        if not phrase or phrase[-1].i - phrase[0].i + 1 != len(phrase):
            return None
        start, end = phrase[0].idx, phrase[-1].idx + len(phrase[-1])
        for name in self._names:
            if name.start < start or abs(name.end - end) > 0:
                continue
            before = [token for token in phrase if token.idx < name.start]
            if all(
                token.pos_ in {"DET", "NOUN", "ADJ", "PROPN"}
                and token.dep_ not in {"poss", "case"}
                and (token.lower_ == token.text or token.i == 0 or token.is_title)
                for token in before
            ):
                return name
        return None

    def at(self, token: Token) -> Name | None:
        at = token.idx
        return next((n for n in self._names if n.start <= at < n.end), None)
