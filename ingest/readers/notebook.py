"""Notebooks (Jupyter, nbformat 4): text as it stands, code and what it printed in fences; no picture, nothing is run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ..document import Document, ReadError
from .file import File, Reader
from .prose import top_heading

MAX_NOTEBOOK = 64_000_000
"""The largest notebook that is read, in bytes: most of one are pictures."""


def notebook_text(value: Any) -> str:
    r"""The cells of a notebook as Markdown.

    >>> cells = [{"cell_type": "markdown", "source": ["# Log\n", "It broke."]}, {"cell_type": "code", "source": "x = 1"}]
    >>> notebook_text({"cells": cells})
    '# Log\nIt broke.\n\n```\nx = 1\n```'
    """
    pieces: list[str] = []
    for cell in value["cells"]:
        if not isinstance(cell, dict):
            continue
        source = _joined(cell.get("source")).strip("\n")
        if cell.get("cell_type") == "code":
            pieces += [_fenced(source)] if source.strip() else []
            pieces += [_fenced(told) for told in _printed(cell.get("outputs"))]
        elif source.strip():
            pieces.append(source)
    return "\n\n".join(pieces)


def _fenced(text: str) -> str:
    fence = "````" if "```" in text else "```"
    return f"{fence}\n{text}\n{fence}"


def _joined(value: Any) -> str:
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _printed(outputs: Any) -> Iterator[str]:
    for one in outputs if isinstance(outputs, list) else ():
        if not isinstance(one, dict):
            continue
        data = one.get("data")
        text = _joined(one.get("text")) or _joined(
            data.get("text/plain") if isinstance(data, dict) else None
        )
        if text.strip():
            yield text.strip("\n")


def _notebook(file: File) -> list[Document]:
    text = file.text(MAX_NOTEBOOK)
    if not text.strip():
        return [file.blank]
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReadError(f"{file.name}: no notebook ({error}); save it again in Jupyter.") from error
    if not isinstance(value, dict) or not isinstance(value.get("cells"), list):
        raise ReadError(f"{file.name}: no notebook of nbformat 4; save it again in Jupyter.")
    made = notebook_text(value)
    return [Document(file.uri, top_heading(made), made, "application/x-ipynb+json")]


NOTEBOOK = Reader("notebook", (".ipynb",), _notebook)
