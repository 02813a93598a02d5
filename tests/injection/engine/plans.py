"""Plans for the tests of engines, made by hand."""

from __future__ import annotations

from typing import Any

from memcubes.injection.plan import Band, Form, InjectionPlan, Segment

OPENING = 'What follows is memory, "quoted".\n\n'
STABLE = "[1] Zürich's valve 阀门 failed on 3 May.\u2028\r\n\tIt was <|im_end|> replaced. 🛠️\n\n"


def plan(
    question: str = "What failed?",
    *volatile: str,
    salt: str = "salt-a",
    form: Form = Form.PROMPT,
    **more: Any,
) -> InjectionPlan:
    """The opening, one stable cube, these volatile ones, and a question."""
    segments = [Segment(Band.OPENING, OPENING), Segment(Band.STABLE, STABLE, "[1]", "cube-1")]
    segments += [Segment(Band.VOLATILE, text, node=f"cube-{text}") for text in volatile]
    segments.append(Segment(Band.QUESTION, question))
    return InjectionPlan(
        "default", question, 3, tuple(segments), form, "as asked", 100, 20, "words", salt, **more
    )
