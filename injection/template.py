"""Prompt templates that are cubes: where memory and question stand in somebody's own words.

A template is read as it is kept and never run: the two places are found by their names, in the writing of
Jinja (`{{ memory }}`) or of Python (`{memory}`), and everything else is text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..graph.errors import Invalid
from ..graph.record import Version

_PLACE = re.compile(r"\{\{-?\s*(\w+)\s*-?\}\}|(?<!\{)\{(\w+)\}(?!\})")
_TAG = re.compile(r"\{%")
_MEMORY = frozenset({"memory", "memories", "context", "documents"})
_QUESTION = frozenset({"question", "query", "input"})


@dataclass(frozen=True, slots=True)
class Template:
    """The words before, between and after memory and question.

    >>> Template.parsed("Notes:\\n{memory}\\nAsked: {{ question }} Be brief.").after
    ' Be brief.'
    """

    before: str
    between: str
    after: str
    cube: Version | None = None

    @classmethod
    def of(cls, cube: Version) -> Template:
        """Read the template that a cube holds; `Invalid` says what is wrong with it."""
        return cls.parsed(cube.text, cube)

    @classmethod
    def parsed(cls, text: str, cube: Version | None = None) -> Template:
        """Find the two places of a template.

        Raises `Invalid` where one is missing, stands twice, or comes after the other, where there are
        other places to fill, and where it would have to be run.
        """
        name = f"prompt template {cube.node}" if cube is not None else "the prompt template"
        if _TAG.search(text):
            raise Invalid(
                f"{name} has Jinja statements, and templates are never run: name one without"
            )
        places = [(found, found[1] or found[2]) for found in _PLACE.finditer(text)]
        memory = [found for found, word in places if word in _MEMORY]
        question = [found for found, word in places if word in _QUESTION]
        others = sorted({word for _, word in places} - _MEMORY - _QUESTION)
        if others:
            raise Invalid(f"{name} asks for more than memory and question: {', '.join(others)}")
        if len(memory) != 1 or len(question) != 1 or memory[0].start() > question[0].start():
            raise Invalid(
                f"{name} needs one {{memory}} and after it one {{question}}, so that memory is read first"
            )
        first, second = memory[0], question[0]
        return cls(
            text[: first.start()],
            text[first.end() : second.start()],
            text[second.end() :],
            cube,
        )
