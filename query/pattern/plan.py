"""Plan: the parts of a pattern once it was read; `docs/patterns.md` is the language in words.

A plan is named lists of steps, of which the last, `find`, is the answer. Everything here is plain data that
does nothing; `reading` makes it of JSON and `evaluator` carries it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...graph.kind import EdgeKind

FIND = "find"


@dataclass(frozen=True, slots=True)
class Times:
    """How often a hop is made: from `least` to `most` times, or until nothing more follows (`end`)."""

    least: int = 1
    most: int = 1
    end: bool = False


@dataclass(frozen=True, slots=True)
class To:
    """From a field to the records whose key it names, or that have what it holds in a field of theirs (`other`)."""

    field: str
    kinds: tuple[str, ...] = ()
    times: Times = Times()
    other: str | None = None


@dataclass(frozen=True, slots=True)
class Back:
    """From a record to the records of some kinds whose field names its key, or what it has in a field (`other`)."""

    field: str
    kinds: tuple[str, ...]
    times: Times = Times()
    other: str | None = None


@dataclass(frozen=True, slots=True)
class Same:
    """From a field to the records with the same value in a field of theirs."""

    field: str
    other: str
    kinds: tuple[str, ...] = ()
    times: Times = Times()


@dataclass(frozen=True, slots=True)
class Along:
    """From a node along one kind of edge, or against it."""

    edge: EdgeKind
    back: bool = False
    times: Times = Times()


@dataclass(frozen=True, slots=True)
class Related:
    """From an entity to those that a believed fact of this relation joins it to; None for any relation."""

    relation: str | None
    back: bool = False
    times: Times = Times()


@dataclass(frozen=True, slots=True)
class Keep:
    """On the way: only those that meet a condition."""

    condition: Condition


Hop = To | Back | Same | Along | Related | Keep
Path = tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A value of the row itself."""

    name: str


@dataclass(frozen=True, slots=True)
class InSet:
    """The values of a field in the rows of another list of steps."""

    name: str
    field: str


@dataclass(frozen=True, slots=True)
class Test:
    """A field against values: literals, a column of the same row, or a set's field."""

    field: str
    sign: str
    against: tuple[str, ...] | Column | InSet | bool
    case: bool = True


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Has:
    """A path leads somewhere."""

    path: Path


Condition = Test | All | Any | Not | Has


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One value of many rows: those of the group, or those that a path leads to from each row."""

    what: str
    field: str | None
    of: Path | None = None
    where: Condition | None = None


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that is given."""

    text: str


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Numbers put together: plus, minus, times, divide."""

    what: str
    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A value read another way: number, date (by `form`), year, month, day, lower, length, round, part.

    `digits` are those that round keeps, or which part of the text between `form` is taken, from 1.
    """

    what: str
    part: Expression
    form: str = ""
    digits: int = 0


@dataclass(frozen=True, slots=True)
class Joined:
    """Texts one after the other."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Days:
    """The days from one instant to another."""

    start: Expression
    end: Expression


Expression = Column | InSet | Literal | Aggregate | Arithmetic | Reading | Joined | Days


@dataclass(frozen=True, slots=True)
class Records:
    """All records of some kinds, or those with some keys."""

    kinds: tuple[str, ...]
    keys: tuple[str, ...] | None
    where: Condition | None


@dataclass(frozen=True, slots=True)
class Entities:
    """Entities by their names."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tagged:
    """Cubes that carry all of these tags."""

    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """What other steps gave."""

    name: str


@dataclass(frozen=True, slots=True)
class Together:
    """Sets put together: union, intersect, minus; `on` are the fields that make two rows one."""

    what: str
    names: tuple[str, ...]
    on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Follow:
    """Along a path; `keep` carries columns of the row that one came from, by their new names."""

    path: Path
    keep: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Where:
    """Only the rows that meet a condition."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Add:
    """A new column of each row."""

    columns: Mapping[str, Expression]


@dataclass(frozen=True, slots=True)
class Group:
    """One row for each group of rows with the same values."""

    by: tuple[str, ...]
    columns: Mapping[str, Aggregate]


@dataclass(frozen=True, slots=True)
class Order:
    """By fields, each ascending or descending; what lacks the field comes last."""

    by: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """The first rows, of each group of `by`; with `ties` those that are equal to the last of them too."""

    first: int
    skip: int = 0
    by: tuple[str, ...] = ()
    ties: bool = False


@dataclass(frozen=True, slots=True)
class Distinct:
    """One row of those with the same values."""

    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Each:
    """A row for each value of a field that may hold several."""

    name: str


@dataclass(frozen=True, slots=True)
class Select:
    """The columns that come back, by their new names."""

    columns: Mapping[str, Expression]


Act = (
    Records | Entities | Tagged | Named | Together | Follow | Where | Add | Group | Order | Limit
    | Distinct | Each | Select
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One act, and how messages name it."""

    act: Act
    place: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Named lists of steps in an order in which each needs only earlier ones; the last is `find`."""

    sets: Mapping[str, tuple[Step, ...]]
    rows: int
    columns: Mapping[str, str] = field(default_factory=dict)
    """How columns that the plan names are written."""
