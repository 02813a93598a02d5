"""The jars of the Neo4j server that tests run: fetched once with Maven, then shared by all runs.

    python jars.py

This script needs nothing but the standard library, because set-up runs it before the tests.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

POM = Path(__file__).with_name("pom.xml")
OLDEST_JAVA = 17
INSTALL = (
    "install a JDK 17 or newer and Maven (on Debian: apt-get install openjdk-17-jdk-headless maven)"
)


class Lacking(RuntimeError):
    """The server cannot run or be fetched here; the message names what is missing."""


def version() -> str:
    """The version of Neo4j that pom.xml asks for."""
    found = ElementTree.parse(POM).findtext(".//{*}neo4j.version")
    assert found, f"{POM} names no neo4j.version"
    return found


def folder() -> Path:
    """Where the jars are kept, outside the tree, so that every clone and run shares them."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "memcubes" / f"neo4j-{version()}"


def java() -> str:
    """The path of a Java that is new enough; raises `Lacking`."""
    path = shutil.which("java")
    if path is None:
        raise Lacking(f"the tests need a Neo4j server and there is no java: {INSTALL}")
    done = subprocess.run([path, "-version"], check=False, capture_output=True, text=True)
    said = re.search(r'version "(\d+)', done.stderr + done.stdout)
    if said is None or int(said[1]) < OLDEST_JAVA:
        found = said[1] if said else "one that does not say its version"
        raise Lacking(f"the tests need Java {OLDEST_JAVA} or newer and found {found}: {INSTALL}")
    return path


def jars() -> Path:
    """The folder of the jars, which are fetched when they are not there; raises `Lacking`."""
    place = folder()
    if place.is_dir():
        return place
    java()
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_name(f"{place.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.is_dir():  # another run may have fetched them meanwhile
            _fetch(place)
    return place


def _fetch(place: Path) -> None:
    """Copy into a folder beside, and rename when all is there: what has the name is complete."""
    mvn = shutil.which("mvn")
    if mvn is None:
        raise Lacking(
            f"the jars of Neo4j {version()} are fetched with mvn, missing here: {INSTALL}"
        )
    print(f"Fetching Neo4j {version()} for the tests, about 123 MB, once, into {place}", flush=True)
    beside = Path(tempfile.mkdtemp(prefix=f"{place.name}.", dir=place.parent))
    try:
        done = subprocess.run(
            [
                *(mvn, "--quiet", "--batch-mode", "--file", str(POM)),
                "dependency:copy-dependencies",
                f"-DoutputDirectory={beside}",
                "-DincludeScope=runtime",
            ],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode or not any(beside.glob("neo4j-server-*.jar")):
            raise Lacking(f"mvn could not fetch Neo4j {version()}:\n{done.stdout[-2000:]}")
        beside.chmod(0o755)
        beside.rename(place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


if __name__ == "__main__":
    try:
        java()
        jars()
    except Lacking as error:
        sys.exit(str(error))
