"""Spot: where in a plan something stands, and what may stand there; every refusal names both."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

from ...graph.errors import Invalid
from ...graph.record_text import field_name
from .value import written

BUILT_IN = ("@key", "@kind", "@id", "@title", "@text")
"""What every node has besides its fields."""

LONGEST = 10_000
"""Characters of a text in a plan."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a plan, such as `'find', step 2 (follow)`.

    >>> Spot("'find', step 2").refuse("there is no 'folow'", "write follow")
    Traceback (most recent call last):
    memcubes.graph.errors.Invalid: pattern, 'find', step 2: there is no 'folow': write follow
    """

    place: str
    names: dict[str, str]
    """How the plan writes its columns, by their compared form; gathered while it is read."""

    def __init__(self, place: str, names: dict[str, str] | None = None) -> None:
        object.__setattr__(self, "place", place)
        object.__setattr__(self, "names", {} if names is None else names)

    def at(self, more: str) -> Spot:
        """A place within this one."""
        return Spot(f"{self.place}, {more}" if self.place else more, self.names)

    def refuse(self, what: str, way_out: str) -> NoReturn:
        """Raise `Invalid` with the place, what is wrong, and the way out."""
        raise Invalid(f"pattern, {self.place}: {what}: {way_out}")

    def only(self, given: Mapping[str, Any], known: Collection[str]) -> None:
        """Refuse words that mean nothing here."""
        for word in given:
            if word not in known:
                self.refuse(
                    f"there is no {_shown(word)} here", f"known are {', '.join(sorted(known))}"
                )

    def mapping(self, value: Any, what: str) -> Mapping[str, Any]:
        """An object with something in it."""
        if (
            not isinstance(value, Mapping)
            or not value
            or not all(isinstance(k, str) for k in value)
        ):
            self.refuse(f"{what} is {_shown(value)}", "write an object such as {…: …}")
        return value

    def listed(self, value: Any, what: str, most: int = 1_000) -> list[Any]:
        """A list with something in it."""
        if not isinstance(value, list | tuple) or not value:
            self.refuse(f"{what} is {_shown(value)}", "write a list with something in it")
        if len(value) > most:
            self.refuse(f"{what} has {len(value):,} parts", f"at most {most:,} are read")
        return list(value)

    def text(self, value: Any, what: str) -> str:
        """A text with something in it."""
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
            self.refuse(f"{what} is {_shown(value)}", "write a text")
        return str(value)

    def texts(self, value: Any, what: str, most: int = 100_000) -> tuple[str, ...]:
        """A text, or a list of them."""
        values = [value] if isinstance(value, str) else self.listed(value, what, most)
        return tuple(dict.fromkeys(self.text(one, what) for one in values))

    def count(self, value: Any, what: str, least: int, most: int) -> int:
        """A whole number within bounds."""
        if isinstance(value, Decimal) and value == value.to_integral_value():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.refuse(
                f"{what} is {_shown(value)}", f"write a whole number from {least:,} to {most:,}"
            )
        return value

    def truth(self, value: Any, what: str) -> bool:
        """True or false."""
        if not isinstance(value, bool):
            self.refuse(f"{what} is {_shown(value)}", "write true or false")
        return value

    def literal(self, value: Any, what: str) -> str:
        """A value as a field would write it: a text, a number, a truth value in words."""
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, int):
            return str(value)
        if isinstance(value, float | Decimal):
            found = Decimal(repr(value)) if isinstance(value, float) else value
            if found.is_finite():
                return written(found)
        elif isinstance(value, str) and len(value) <= LONGEST:
            return value.strip()
        self.refuse(f"{what} is {_shown(value)}", "write a text, a number, true or false")

    def column(self, value: Any, what: str) -> str:
        """The name of a field or column, in the form that is compared; its writing is noted."""
        name = self.text(value, what).strip()
        if name.startswith("@"):
            if name.lower() not in BUILT_IN:
                self.refuse(f"there is no {_shown(name)}", f"known are {', '.join(BUILT_IN)}")
            return name.lower()
        found = field_name(name)
        if not found:
            self.refuse(f"{what} is {_shown(name)}", "write the name of a field")
        return found

    def shown(self, value: Any, what: str) -> str:
        """The name of a column that comes back as it is written here first."""
        found = self.column(value, what)
        if not found.startswith("@"):
            self.names.setdefault(found, str(value).strip())
        return found

    def new(self, value: Any, what: str) -> str:
        """The name of a new column."""
        name = self.column(value, what)
        if name.startswith("@"):
            self.refuse(f"{what} is {_shown(name)}", "names with @ are those that every node has")
        self.names[name] = str(value).strip()
        return name

    def columns(self, value: Any, what: str) -> tuple[str, ...]:
        """A name, or a list of them."""
        values = [value] if isinstance(value, str) else self.listed(value, what)
        return tuple(dict.fromkeys(self.column(one, what) for one in values))


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f"'{value[:60]}'" if value.strip() else "empty"
    if value is None:
        return "null"
    if isinstance(value, Mapping | list | tuple):
        return "an empty list or object" if not value else f"{str(value)[:60]}"
    return str(value)[:60]
