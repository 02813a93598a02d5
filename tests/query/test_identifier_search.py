"""Names of settings are found by their words, however they are written."""

from __future__ import annotations

import pytest

from memcubes.api import Memory


@pytest.mark.parametrize(
    "key", ["maxRetryCount", "max_retry_count", "max.retry.count", "MaxRetryCount"]
)
def test_the_words_of_a_key_find_it(key: str) -> None:
    with Memory.open("sqlite:///:memory:", user="local:ann", encoder="hashing") as memory:
        memory.remember(f"The gateway sets {key} to 7.")
        memory.remember("The gateway sets timeoutMillis to 4500.")
        hits = memory.search("max retry count", ranking="bm25").hits
        assert [hit.cube.text for hit in hits] == [f"The gateway sets {key} to 7."]
        assert memory.search(key, ranking="bm25").hits[0].cube.text == hits[0].cube.text
