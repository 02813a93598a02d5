"""Light markup written out as Markdown."""

from __future__ import annotations

from pathlib import Path

from memcubes.graph.instant import parse
from memcubes.ingest.document import Document
from memcubes.ingest.readers import read_documents


def read(folder: Path, name: str, text: str) -> Document:
    (folder / name).write_text(text)
    [found] = read_documents(folder / name)
    return found


DAY = parse("2024-05-01")


def test_restructured_text(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "a.rst",
        "=========\nLamp book\n=========\n\n:Author: Ann Lee\n:Date: 2024-05-01\n\nValves\n------\n\n"
        "See :ref:`log <l>` and `site <http://e.org>`_ or ``x``.\n\n.. warning:: It leaks.\n\n"
        ".. code-block:: python\n   :linenos:\n\n   x = 1\n\n.. _label:\n\n.. toctree::\n\n   other\n\n"
        ".. A comment.\n\nRun::\n\n   make\n\nAfter.\n",
    )
    assert (found.title, found.author, found.stated) == ("Lamp book", "Ann Lee", DAY)
    assert "# Lamp book" in found.text
    assert "## Valves" in found.text
    assert "See log and site or `x`." in found.text
    assert "\nIt leaks.\n" in found.text
    assert "```\nx = 1\n```" in found.text
    assert "Run:\n\n```\nmake\n```" in found.text
    assert not any(word in found.text for word in ("linenos", "label", "other", "comment", "::"))


def test_org(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "a.org",
        "#+TITLE: Lamps\n#+DATE: 2024-05-01\n* Valves :work:\n:PROPERTIES:\n:ID: 7\n:END:\n"
        "Due <2024-06-03 Mon>, see [[http://e.org][the log]].\n#+BEGIN_SRC sh\n* no heading\n#+END_SRC\n"
        "# a comment\n** Gates\n- Bo left.\n",
    )
    assert (found.title, found.stated) == ("Lamps", DAY)
    assert found.text == (
        "# Valves\nDue 2024-06-03, see the log.\n```sh\n* no heading\n```\n## Gates\n- Bo left.\n"
    )


def test_latex(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "a.tex",
        r"""\documentclass{article}\usepackage{x}
\title{Lamp \emph{study}}\author{Ann Lee}\date{1 May 2024}
\begin{document}\maketitle % a comment
\section{Results}\label{s} It cost 50\% more~\cite{k}.\input{other}
\begin{itemize}\item Bo left.\end{itemize}
\end{document} after""",
    )
    assert (found.title, found.author, found.stated) == ("Lamp study", "Ann Lee", DAY)
    assert found.text == "## Results\n\nIt cost 50% more.\n\n* Bo left."


def test_rich_text(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "a.rtf",
        r"{\rtf1\ansi\ansicpg1252{\info{\title Lamps}{\author Ann Lee}{\creatim\yr2024\mo5\dy1}}"
        r"{\fonttbl{\f0 Arial;}}\f0 It broke in M\'fcnchen.\par Bo \b left\b0 .\par}",
    )
    assert (found.title, found.author, found.stated) == ("Lamps", "Ann Lee", DAY)
    assert found.text == "It broke in München.\nBo left."
    plain = read(tmp_path, "b.rtf", "It broke.\n")
    assert plain.text == "It broke.\n"
    assert "no RTF" in plain.notes[0]
