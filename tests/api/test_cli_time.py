"""Time on the command line: log, history, diff and restore, in git's manner."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def cube(cli: Any) -> str:
    """A statement (@2), another wording (@3), and a second statement (@4)."""
    found = str(cli("remember", "The valve RV-7 is green.", "--json").data["cube"])
    cli("revise", found, "The valve RV-7 is dark green.", "--reason", "looked again")
    cli("remember", "Ada keeps bees.")
    return found


def test_log_takes_a_range_with_or_without_a_target(cli: Any, cube: str) -> None:
    assert cli("log", "@2..@3", "--oneline").out.startswith("@3 ")
    assert [c["seq"] for c in cli("log", cube, "--json").data] == [3, 2]
    assert [c["seq"] for c in cli("log", cube, "@2..", "--json").data] == [3]
    assert [c["seq"] for c in cli("log", "..@3", "--reverse", "--json").data] == [1, 2, 3]
    assert [c["seq"] for c in cli("log", "--max-count", 1, "--json").data] == [4]
    assert [c["seq"] for c in cli("log", "--as-of", "@3", "--verb", "remember", "--json").data] == [
        2
    ]
    assert cli("log", "--author", "bob").code == 3
    assert cli("log", "--grep", "looked").out.startswith("@3 revise")
    assert cli("log", cube, "@2-@3").code == 2


def test_diff_prints_minus_and_plus(cli: Any, cube: str) -> None:
    lines = cli("diff", cube).out.splitlines()
    assert lines[0].startswith(f"--- MemCube {cube[:8]}@2")
    assert lines[1].startswith(f"+++ MemCube {cube[:8]}@3")
    assert lines[-2:] == ["- The valve RV-7 is green.", "+ The valve RV-7 is dark green."]
    assert "- authority: asserted" in lines
    data = cli("diff", f"{cube}@2", f"{cube}@3", "--json").data
    assert data["fields"]["authority"] == {"before": "asserted", "after": "curated"}
    assert {"before": "", "after": "dark "} in data["text"]
    assert cli("diff", f"{cube}@3", f"{cube}@3").out.splitlines()[-1] == "Both say the same."


def test_diff_of_answers_says_so_where_the_questions_differ(cli: Any, cube: str) -> None:
    receipts = [
        cli("ask", q, "--json").data["receipt"] for q in ("Is RV-7 green?", "Who keeps bees?")
    ]
    out = cli("diff", *receipts).out
    assert "These answer two different questions." in out
    assert "\n- “The valve RV-7 is dark green.”" in out
    assert "\n+ “Ada keeps bees.”" in out
    assert cli("diff", *receipts, "--json").data["same_question"] is False


def test_diff_of_times_takes_valid_time(cli: Any, cube: str) -> None:
    assert "RV-7 be dark green" in cli("diff", "@2", "@3").out
    assert "RV-7" not in cli("diff", "@2", "@3", "--valid-at", "2001-01-01").out


def test_history_is_told_newest_first(cli: Any, cube: str) -> None:
    out = cli("history", cube).out
    assert out.index("@3 revise") < out.index("@2 remember")
    assert "    looked again" in out
    assert "    + The valve RV-7 is dark green." in out
    first, second = cli("history", cube, "--json").data
    assert (first["changed"], second["since"]["reason"]) == (None, "looked again")
    assert len(cli("history", cube, "--as-of", "@2", "--json").data) == 1


def test_restore_goes_back_and_is_reverted(cli: Any, cube: str) -> None:
    dry = cli("restore", "@2", "--dry-run").out
    assert dry.startswith("Dry run: nothing was written.")
    assert len(cli("log", "--json").data) == 4
    done = cli("restore", "@2", "--reason", "too early")
    assert done.out.startswith("@5 restore")
    assert done.out.splitlines()[1:] == dry.splitlines()[1:]
    assert cli("ask", "Who keeps bees?").code == 3
    again = cli("restore", "@2")
    assert (again.code, again.out) == (1, "")
    assert "nothing to restore" in again.err
    assert cli("revert", "@5").code == 0
    assert cli("ask", "Who keeps bees?").code == 0
    one = cli("restore", "@2", cube, "--json").data
    assert one["change"]["verb"] == "restore"
    assert one["change"]["targets"] == [cube]
    assert cli("verify").code == 0


def test_what_memory_says_is_no_order_to_the_terminal(cli: Any) -> None:
    cube = cli("remember", "Ada said [red]bees[/red] \x1b[31m.", "--json").data["cube"]
    cli("revise", cube, "Ada said [bold]cats[/bold] \x1b]0;x\x07.", "--reason", "[dim]why[/dim]")
    for words in (("diff", cube), ("history", cube)):
        out = cli(*words).out
        assert not {"\x1b", "\x07"} & set(out)
        assert "[bold]cats[/bold]" in out
