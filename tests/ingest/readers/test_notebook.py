"""Notebooks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from memcubes.ingest.document import ReadError
from memcubes.ingest.readers import read_documents

CELLS = [
    {"cell_type": "markdown", "source": ["# Mill log\n", "It broke."]},
    {
        "cell_type": "code",
        "source": "x = 1\nx",
        "outputs": [
            {"data": {"text/plain": ["1"], "image/png": "AAAA"}},
            {"output_type": "stream", "text": ["done\n"]},
        ],
    },
    {"cell_type": "code", "source": "", "outputs": []},
]


def test_cells_are_text_and_code_in_fences(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": CELLS, "nbformat": 4}))
    [found] = read_documents(tmp_path / "a.ipynb")
    assert found.title == "Mill log"
    assert found.text == (
        "# Mill log\nIt broke.\n\n```\nx = 1\nx\n```\n\n```\n1\n```\n\n```\ndone\n```"
    )


@pytest.mark.parametrize("text", ["{", "[1]", '{"cells": 1}'])
def test_what_is_no_notebook_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.ipynb").write_text(text)
    with pytest.raises(ReadError, match="no notebook"):
        list(read_documents(tmp_path / "a.ipynb"))
