"""Transcripts: what was said and what tools were called, written out as one text with exact spans."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..document import Document, Entry, Turn

MEDIA = "application/x-chat"
_LONGEST_NAME = 100


@dataclass(slots=True)
class Call:
    """One call of a tool: what went in, and, once that is known, what came back or what went wrong."""

    tool: str
    id: str | None = None
    arguments: str = ""
    result: str | None = None
    error: str | None = None
    stated: int | None = None
    answered: int | None = None
    caller: str | None = None

    @property
    def status(self) -> str:
        """What became of it: "ok", "error" or "no result"."""
        if self.error is not None:
            return "error"
        return "ok" if self.result is not None else "no result"

    def text(self) -> str:
        """The call as it is kept."""
        lines = [f"Tool: {self.tool}"]
        for name in ("arguments", "result", "error"):
            value = getattr(self, name)
            if value is not None and value.strip():
                lines.append(f"{name}: {value.strip()}")
        return "\n".join(lines)

    def entry(self, start: int) -> Entry:
        """The call as an entry that begins at `start`."""
        told: dict[str, Any] = {"tool": self.tool, "call": self.id, "status": self.status}
        told |= {"caller": self.caller, "answered": self.answered}
        detail = tuple((name, value) for name, value in told.items() if value is not None)
        stated = self.answered if self.stated is None else self.stated
        end = start + len(self.text())
        return Entry(start, end, "tool", self.tool, stated, None, detail)


@dataclass(slots=True)
class Transcript:
    """Gathers turns and calls in their order; results find their call by its id.

    >>> told = Transcript()
    >>> told.say("Ann", "Hi.", "user", None)
    >>> told.call(Call("clock", "c1", "{}"))
    >>> told.answer("c1", "05:40")
    >>> print(told.document("a.json").text)
    Ann: Hi.
    Tool: clock
    arguments: {}
    result: 05:40
    <BLANKLINE>
    """

    said: list[tuple[str, str, str | None, int | None, str | None] | Call] = field(
        default_factory=list
    )
    open: dict[str, list[Call]] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)

    def pass_over(self, id: str | None) -> None:
        """Remember a request that is no call, so that what answers it is no result."""
        if id is not None:
            self.passed.add(id)

    def say(
        self,
        speaker: str,
        text: str,
        role: str | None,
        stated: int | None,
        session: str | None = None,
    ) -> None:
        """Add what somebody said; nothing where it is empty."""
        if text:
            speaker = " ".join(speaker.split())[:_LONGEST_NAME] or "Unknown"
            self.said.append((speaker, text, role, stated, session))

    def call(self, call: Call) -> None:
        """Add a call."""
        call.tool = " ".join(call.tool.split())[:_LONGEST_NAME] or "tool"
        self.said.append(call)
        if call.id is not None:
            self.open.setdefault(call.id, []).append(call)

    def answer(
        self,
        id: str | None,
        text: str,
        *,
        error: bool = False,
        stated: int | None = None,
        tool: str | None = None,
    ) -> None:
        """Give a call its result; one that answers no call in this file stands by itself."""
        waiting = self.open.get(id, []) if id is not None else self._latest(tool)
        call = next((c for c in waiting if c.result is None and c.error is None), None)
        if call is None:
            call = Call(tool or "tool", id)
            self.call(call)
        call.answered = stated
        if error:
            call.error = text or "failed"
        else:
            call.result = text

    def _latest(self, tool: str | None) -> list[Call]:
        calls = (one for one in reversed(self.said) if isinstance(one, Call))
        return [call for call in calls if tool in (None, call.tool)][:1]

    def document(
        self,
        uri: str,
        *,
        title: str | None = None,
        language: str | None = None,
        stated: int | None = None,
        author: str | None = None,
        notes: Iterable[str] = (),
    ) -> Document:
        """Write it out."""
        pieces: list[str] = []
        turns: list[Turn] = []
        entries: list[Entry] = []
        length = 0
        for one in self.said:
            if isinstance(one, Call):
                entries.append(one.entry(length))
                pieces.append(one.text() + "\n")
            else:
                speaker, text, role, when, session = one
                start = length + len(speaker) + 2
                turns.append(Turn(start, start + len(text), speaker, role, when, session))
                pieces.append(f"{speaker}: {text}\n")
            length += len(pieces[-1])
        return Document(
            uri,
            title,
            "".join(pieces),
            MEDIA,
            language,
            stated,
            author,
            tuple(turns),
            tuple(entries),
            notes=tuple(notes),
        )


def as_text(value: object) -> str:
    """A result or an argument as text: text as it is, blocks of text joined, all else as JSON.

    >>> as_text([{"type": "text", "text": "21 °C"}]), as_text({"city": "Brno"}), as_text(None)
    ('21 °C', '{"city": "Brno"}', '')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        blocks = [one.get("text") if isinstance(one, Mapping) else one for one in value]
        if value and all(isinstance(block, str) for block in blocks):
            return "\n".join(str(block) for block in blocks)
        if value and all(isinstance(one, Mapping) and "type" in one for one in value):
            return "\n".join(_block(one) for one in value)
    return json.dumps(value, ensure_ascii=False)


def _block(block: Mapping[str, Any]) -> str:
    text = block.get("text")
    return text if isinstance(text, str) else f"[{str(block.get('type'))[:40]}]"
