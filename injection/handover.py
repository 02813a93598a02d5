"""Handing a plan over as JSON, to a program that has an engine of its own, and taking it back.

What goes out is engine-neutral: the turns of the chat, segments with their token ids by tokenizer, adapters by
the hash of their content, and the salt that keeps caches of namespaces apart. It bears the namespace's seal, so that
what comes back is a plan that was made here, word for word, or is refused: a receipt says that cubes were told in
these words, and nobody else may write them. Whether it still stands is asked of the store (`standing`).
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from ..graph.errors import Invalid
from .activation.exact_json import parsed
from .activation.seal import seal_of
from .plan import Band, Cost, Form, InjectionPlan, Place, Segment, Shape

FORMAT = 1
MOST_CHARACTERS = 64_000_000
"""The longest JSON text that is read as a plan."""

_BEYOND = 1_000_000


def handed(plan: InjectionPlan, key: str) -> dict[str, Any]:
    """The plan as JSON under the seal of the namespace whose secret word `key` is.

    >>> import json
    >>> plan = InjectionPlan("default", "Who?", 3, (Segment(Band.QUESTION, "Who?", tokens=2),), Form.PROMPT,
    ...     "asked for", 100, 0, "words", "salt", cost=Cost(2))
    >>> taken(json.dumps(handed(plan, "key")), "key") == plan
    True
    >>> taken({**handed(plan, "key"), "question": "Why?"}, "key")
    Traceback (most recent call last):
    memcubes.graph.errors.Invalid: this plan was not made in this namespace, or was changed since: plan the injection anew
    """
    told = {**plan.document(), "format": FORMAT}
    messages = [{"role": one.role, "content": one.text} for one in plan.messages()]
    return {**told, "seal": seal_of(told, key), "messages": messages}


def taken(given: str | Mapping[str, Any], key: str) -> InjectionPlan:
    """The plan that `handed` wrote, from its JSON or the text of it; what stands beside it is not read.

    Raises `Invalid` for what is no plan, for one that another namespace or another store made, and for one in which
    anything was changed; a `text` or `messages` beside it that say something else are refused too.
    """
    held = _object(given)
    there = (name for name in held.keys() & _FIELDS)
    sealed = {name: held[name] for name in there if held[name] is not None}
    missing = _FIELDS - _OPTIONAL - sealed.keys()
    seal = held.get("seal")
    if missing or type(seal) is not str:
        named = ", ".join(sorted(missing or {"seal"}))
        raise Invalid(
            f"this is no plan: it has no {named}; give what `inject` printed with --json, or GraphQL as `plan`"
        )
    if sealed["format"] != FORMAT:
        raise Invalid(f"this plan is of the format {sealed['format']!r}: plan the injection anew")
    try:
        right = hmac.compare_digest(seal.encode(), seal_of(sealed, key).encode())
        plan = _read(sealed) if right else None
    except (Invalid, ValueError, TypeError, KeyError, RecursionError):
        plan = None
    if plan is None or not _agrees(held, plan):
        raise Invalid(
            "this plan was not made in this namespace, or was changed since: plan the injection anew"
        )
    return plan


_FIELDS = frozenset({
    "format", "namespace", "question", "read_at", "form", "reason", "budget", "tokens", "counter", "salt",
    "adapters", "left_out", "place", "past", "auto", "artefact", "split", "approximate", "moved", "segments",
})  # fmt: skip
_OPTIONAL = frozenset({"approximate", "artefact", "moved"})


def _object(given: str | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(given, str):
        if len(given) > MOST_CHARACTERS:
            raise Invalid(f"a plan has at most {MOST_CHARACTERS:,} characters, not {len(given):,}")
        try:
            given = parsed(given)
        except ValueError as error:
            raise Invalid(f"this is no plan: {error}") from None
    if not isinstance(given, Mapping):
        raise Invalid("this is no plan: a plan is an object of JSON")
    return given


def _read(told: Mapping[str, Any]) -> InjectionPlan:
    """The plan of fields that are known to be as they were written."""
    segments = tuple(map(_segment, told["segments"]))
    asked = sum(one.tokens for one in segments if one.band is Band.QUESTION)
    return InjectionPlan(
        told["namespace"],
        told["question"],
        told["read_at"],
        segments,
        Form(told["form"]),
        told["reason"],
        told["budget"],
        told["tokens"],
        told["counter"],
        told["salt"],
        tuple(told["adapters"]),
        told["left_out"],
        Cost(told["tokens"] + asked),
        Place(told["place"]),
        told["past"],
        told["auto"],
        told.get("artefact", ""),
        told["split"],
        told.get("approximate", ""),
        (told["moved"][0], told["moved"][1]) if "moved" in told else None,
    )


def _segment(told: Mapping[str, Any]) -> Segment:
    made = Segment(
        Band(told["band"]),
        told["text"],
        tokens=told["tokens"],
        ids={name: tuple(ids) for name, ids in told.get("ids", {}).items()},
    )
    if "cube" not in told:
        return made
    return Segment(
        made.band,
        made.text,
        told["citation"],
        told["cube"],
        told["payload"],
        Shape(told["shape"]),
        tuple((start, end) for start, end in told["spans"]),
        tuple(told["facts"]),
        made.tokens,
        told["worth"] / _BEYOND,
        made.ids,
    )


def _agrees(held: Mapping[str, Any], plan: InjectionPlan) -> bool:
    """Whether the words that stand beside a plan are the plan's."""
    messages = [{"role": one.role, "content": one.text} for one in plan.messages()]
    text, turns = held.get("text", plan.memory), held.get("messages", messages)
    return bool(text == plan.memory and turns == messages)
