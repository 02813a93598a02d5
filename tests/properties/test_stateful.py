"""The same acts and reads as a state machine: Hypothesis chooses them, and cuts a failure down."""

from __future__ import annotations

import os
from contextlib import ExitStack
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from memcubes.graph.sqlite.reader import Reader

from .conftest import Make
from .driving import Drive, drawn, in_memory
from .reading import probe, sweep
from .repertoire import ALL

CAMPAIGN = os.environ.get("MEMCUBES_CAMPAIGN") == "1"
EXAMPLES, STEPS = (200, 40) if CAMPAIGN else (4, 16)
CHOICE = st.integers(0, 2**32 - 1)


def explore(make: Make, examples: int, phases: tuple[Phase, ...] = tuple(Phase)) -> None:
    """Let Hypothesis look for a difference between a store and its oracle."""

    class Store(RuleBasedStateMachine):
        """A store and its oracle; every number that a rule draws says all that it does."""

        def __init__(self) -> None:
            super().__init__()
            self.stack = ExitStack()
            self.ids = self.stack.enter_context(drawn())
            self.drive = Drive(make)
            self.stack.callback(self.drive.close)

        @rule(
            acts=st.lists(st.tuples(st.sampled_from(sorted(ALL)), CHOICE), min_size=4, max_size=8)
        )
        def act(self, acts: list[tuple[str, int]]) -> None:
            """People change some things, or try to."""
            for name, choice in acts:
                self.drive.rng, self.ids.rng = Random(choice), Random(f"{choice}:ids")
                changes = ALL[name](self.drive)
                if changes:
                    self.drive.apply(*changes)

        @rule(choices=st.lists(CHOICE, min_size=4, max_size=8))
        def read(self, choices: list[int]) -> None:
            """Somebody reads some things, at any pin."""
            for choice in choices:
                self.drive.rng = Random(choice)
                probe(self.drive)

        def teardown(self) -> None:
            """Compare everything, and prove the log."""
            with self.stack:
                self.drive.rng = Random(0)
                sweep(self.drive)
                self.drive.prove()

    run_state_machine_as_test(
        Store,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_state_machine_finds_no_difference(make: Make) -> None:
    explore(make, EXAMPLES)


def test_a_state_machine_finds_a_planted_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    history = Reader.history
    monkeypatch.setattr(Reader, "history", lambda self, scope, node: history(self, scope, node)[:1])
    with pytest.raises(AssertionError):
        explore(in_memory, 30, (Phase.generate,))
