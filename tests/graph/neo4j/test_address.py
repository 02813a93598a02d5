"""Reading addresses: what counts, what is refused, and that a password never shows."""

import pytest

from memcubes.graph.errors import Invalid
from memcubes.graph.neo4j.address import PASSWORD, Address


def test_what_is_left_out_is_the_usual() -> None:
    at = Address.parse("neo4j://localhost", {PASSWORD: "p"})
    assert (at.host, at.port, at.user, at.password, at.database) == (
        "localhost", 7687, "neo4j", "p", None,
    )  # fmt: skip


def test_a_password_in_the_url_wins_and_is_unquoted() -> None:
    at = Address.parse("bolt+s://a%40b:p%2Fw%3A@[::1]:7000/n", {PASSWORD: "other"})
    assert (at.user, at.password, at.host, at.port, at.database) == (
        "a@b",
        "p/w:",
        "::1",
        7000,
        "n",
    )
    assert at.driver_url == "bolt+s://[::1]:7000"
    assert at.url == "bolt+s://a%40b@[::1]:7000/n"


def test_the_password_is_shown_nowhere() -> None:
    at = Address.parse("neo4j://ann:hush@h:1/n", {})
    assert "hush" not in f"{at!r} {at} {at.url} {at.driver_url}"


@pytest.mark.parametrize(
    "url",
    [
        "http://ann:hush@h",
        "neo4j://",
        "neo4j://ann:hush@",
        "neo4j://ann:hush@h:99999",
        "neo4j://ann:hush@h:port",
        "neo4j://ann:hush@h/a/b",
        "neo4j://ann:hush@h?x=1",
    ],
)
def test_a_wrong_address_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(Invalid) as caught:
        Address.parse(url, {})
    assert "hush" not in str(caught.value)
