"""Casebooks: a folder of documents with a `casebook.toml` that says what to ask and what to take back.

The format is in docs/casebook.md. No expected answer is in it, nor in the code.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..graph.errors import Invalid, NotFound

FILE = "casebook.toml"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Retraction(_Part):
    """A source to retract, by file name, and why."""

    source: str
    reason: str = ""


class Remembering(_Part):
    """A statement to remember, and the questions (from 1) that it affects."""

    statement: str
    affects: list[int] = Field(default_factory=list)


class Merging(_Part):
    """Names that mean one thing, and the questions (from 1) that this affects.

    `then` is a statement that is remembered afterwards, before the merge is undone.
    """

    names: list[str] = Field(min_length=2)
    affects: list[int] = Field(default_factory=list)
    then: str = ""


class Casebook(_Part):
    """What a tour of a folder does.

    >>> Casebook(title="t", questions=["Who?"], trace=1).questions
    ['Who?']
    """

    title: str
    questions: list[str] = Field(min_length=1)
    trace: int = 1
    retract: list[Retraction] = Field(default_factory=list)
    remember: list[Remembering] = Field(default_factory=list)
    merge: list[Merging] = Field(default_factory=list)

    def checked(self, name: str) -> Casebook:
        """The same casebook, once every number in it is known to name a question."""
        numbers = [self.trace]
        for remembering in self.remember:
            numbers += remembering.affects
        for merging in self.merge:
            numbers += merging.affects
        for number in numbers:
            if not 1 <= number <= len(self.questions):
                raise Invalid(
                    f"{name}: there is no question {number}, only 1 to {len(self.questions)}"
                )
        return self


def shipped_folder() -> Path:
    """The folder of the casebook that comes with memcubes."""
    return Path(str(files(__package__) / "casebooks" / "creamery"))


def read_casebook(folder: Path) -> Casebook:
    """Read the casebook of a folder.

    Raises `NotFound` where there is none and `Invalid` where it cannot be understood; the message says
    which part and why.
    """
    path = folder / FILE
    if not folder.is_dir():
        raise NotFound(f"{folder} is no folder: name one that holds a {FILE}")
    if not path.is_file():
        raise NotFound(f"{folder} holds no {FILE}: see docs/casebook.md for what goes into one")
    try:
        return Casebook.model_validate(tomllib.loads(path.read_text("utf-8"))).checked(str(path))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"{path} is not TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Invalid(f"{path}: {where}: {first['msg'].lower()}") from None
