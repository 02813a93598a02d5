"""What a document is called."""

import pytest

from memcubes.ingest.document import Document


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("a/b.md", "b"),
        ("a\\b.v2.txt", "b.v2"),
        (".md", ".md"),
        ("c.json#Warsaw", "Warsaw"),
        ("c.json", "c"),
        ("plain", "plain"),
    ],
)
def test_name_without_a_title(uri: str, name: str) -> None:
    assert Document(uri, None, "", "text/plain").name == name
    assert Document(uri, "T", "", "text/plain").name == "T"


def test_a_name_with_bytes_that_are_no_utf_8_is_whole() -> None:
    assert Document("notes/sur\\xff\\xfe.txt", None, "x", "text/plain").name == "sur\\xff\\xfe"
