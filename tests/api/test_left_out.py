"""What a search left out, as the command line says it in words and in JSON."""

from __future__ import annotations

from .conftest import Cli

KEEPER = "Vera Holt keeps the lamp of the lighthouse at Skerry."
ASKED = "Who keeps the lamp of the lighthouse at Skerry?"


def test_the_command_line_says_what_was_left_out(cli: Cli) -> None:
    for text in (KEEPER, KEEPER.replace(".", "!"), "The lighthouse at Skerry was built in 1871."):
        cli("remember", text)
    cli("remember", "Sheep graze behind the mill.")
    data = cli("search", ASKED, "--limit", 1, "--json").data
    (hit,), cut = data["hits"], data["cut"]
    assert [one["step"] for one in cut] == ["duplicates", "limit", "limit"]
    same, next_, last = cut
    assert (same["by"], same["words"]) == (hit["cube"], f"says the same as {hit['cube'][:8]}")
    assert next_["sentence"].endswith("1871.")
    assert 0 < next_["gap"] < last["gap"]
    assert next_["words"].startswith(f"below the last place by {next_['gap']:.3f}; behind in ")
    told = cli("search", ASKED, "--limit", 1, "--why").out
    assert "Left out" in told
    assert next_["words"] in " ".join(told.split())
    assert "Left out" not in cli("search", ASKED, "--limit", 1).out
    none = cli("search", ASKED, "--speaker", "Ann", "--json").data
    assert none["hits"] == []
    assert {tuple(one["unmet"]) for one in none["cut"]} == {("speaker",)}
    assert [one["place"] for one in none["cut"]] == [1] * 4
    assert none["cut"][0]["words"] == "would stand at 1; does not meet speaker of the filter"
