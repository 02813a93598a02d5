"""Quotes and answers: evidence as values, with the status that the engine gives each."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..graph.belief import Status
from ..graph.record import Version


@dataclass(frozen=True, slots=True)
class Quote:
    """One sentence that bears on the answer.

    `span` counts from the start of the cube's text, `source_span` from the start of the source's;
    `status` is what the engine believes of the facts that the sentence states, `superseded_by` and
    `disputed_by` the words that stand against it; `necessary` says whether the answer changes without
    its source (None where that was not asked). `joined_by` are the names that lead from earlier quotes
    to this one. A sentence that a summary quotes stands in `original`, at `original_span`: that is where
    it is from, and what it counts as.
    """

    cube: Version
    source: Version | None
    span: tuple[int, int]
    text: str
    score: float
    status: Status = Status.BELIEVED
    against: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    joined_by: tuple[str, ...] = ()
    source_span: tuple[int, int] | None = None
    necessary: bool | None = None
    original: Version | None = None
    original_span: tuple[int, int] | None = None

    @property
    def origin(self) -> str:
        """The source that says it; a summary is none."""
        return (self.original or self.cube).origin

    @property
    def source_name(self) -> str:
        """What the source is called: its name, else its title."""
        if self.source is None:
            return str(self.cube.get("title", ""))
        return str(self.source.get("name") or self.source.get("title", ""))


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer made of evidence: quotes in the order to be read, the best standing one first.

    `past` says that something other than all that stands now was asked on purpose.
    """

    question: str
    quotes: tuple[Quote, ...]
    seq: int
    receipt: str | None = None
    notes: tuple[str, ...] = ()
    past: bool = False

    def with_receipt(self, node: str | None, note: str = "") -> Answer:
        """The same answer with the id of its receipt, or with the reason why there is none."""
        return replace(self, receipt=node, notes=(*self.notes, note) if note else self.notes)

    def as_text(self) -> str:
        """The answer as plain text, which the receipt keeps."""
        lines = [self.question]
        for number, quote in enumerate(self.quotes, 1):
            state = "" if quote.status is Status.BELIEVED else f" [{quote.status}]"
            lines.append(f"{number}. “{quote.text}” ({quote.source_name}){state}")
        return "\n".join(lines)
