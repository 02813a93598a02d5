"""The graph data science library for the server of the tests, compiled from its sources; tests of it are skipped without.

    python -m tests.server.gds SOURCES

Its jars are in no index that every machine can ask. SOURCES is a checkout of branch 2.13 of
github.com/neo4j/graph-data-science, the one for Neo4j 5.26 (GPL-3.0: used by tests, never part of the wheel). Its own
build wants Gradle and plugins; compiling what a server needs takes javac three runs: what reads annotations comes before
what has them. `MEMCUBES_TEST_GDS` names another jar.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from .jars import folder, jars

POM = Path(__file__).with_name("gds.xml")
VERSION = "2.13"
FIRST = ("annotations",)
SECOND = ("config-generator", "core-utils", "string-formatting", "termination", "licensing", "concurrency-validation-api",
          "concurrency", "graph-projection-api", "graph-dimensions", "memory-usage")  # fmt: skip
THIRD = ("collections-generator",)
"""What generates sources, with what it needs, in the order in which each can be compiled."""
AFTER = ("procedure-collector", "pregel-proc-generator")
"""Generators that are only compiled, since what they generate is not needed."""
WITHOUT = re.compile(
    r"(auto-|javapoet|builder-|value-|record-builder|annotations-|scala|slf4j|test-interface|java-composer|jsr305"
    r"|checker|listenable|antlr4|error_prone|j2objc)"
)
"""Jars that only the compiler needs."""


def jar() -> Path:
    """Where the compiled library lies, or would."""
    named = os.environ.get("MEMCUBES_TEST_GDS")
    return Path(named) if named else folder().with_name(f"gds-{VERSION}") / "open-gds.jar"


def modules(sources: Path) -> list[str]:
    """The folders of the modules that make the library, each after those that it needs."""
    text = (sources / "settings.gradle").read_text("utf-8")
    places = dict(re.findall(r"project\(':([\w-]+)'\)\.projectDir\s*=\s*file\('([^']+)'\)", text))
    ordered: dict[str, None] = {}

    def visit(name: str) -> None:
        place = places.get(name, name)
        build = sources / place / "build.gradle"
        if place in ordered or not build.exists():
            return
        told = build.read_text("utf-8")
        alone = r"^\s*(?:api|implementation|compileOnly|annotationProcessor)[\s(]+project\(':([\w-]+)'\)"
        several = re.findall(
            r"^\s*(?:api|implementation)\s*\(\s*\n(.*?)\n\s*\)", told, re.MULTILINE | re.DOTALL
        )
        for needed in re.findall(alone, told, re.MULTILINE):
            visit(needed)
        for part in several:
            for needed in re.findall(r"project\(':([\w-]+)'\)", part):
                visit(needed)
        ordered[place] = None

    visit("open-packaging")
    return list(ordered)


def files(sources: Path, places: Iterable[str]) -> list[Path]:
    """The sources of modules; of a class that two modules hold, the first."""
    found: dict[str, Path] = {}
    for place in places:
        root = sources / place / "src/main/java"
        for file in sorted(root.rglob("*.java")):
            if file.name != "module-info.java":
                found.setdefault(str(file.relative_to(root)), file)
    return list(found.values())


def compiled(work: Path, number: int, sources: Sequence[Path], known: str, reading: str) -> Path:
    """Compile with what was compiled before, and with what reads annotations."""
    out, made, listed = (work / f"{kind}-{number}" for kind in ("classes", "made", "list"))
    made.mkdir()
    listed.write_text("\n".join(map(str, sources)), "utf-8")
    command = [
        "javac",
        "-nowarn",
        "-parameters",
        "-encoding",
        "UTF-8",
        "-J-Xmx3g",
        "-J-XX:+UseSerialGC",
    ]
    command += [
        "-cp",
        known,
        "-processorpath",
        reading,
        "-s",
        str(made),
        "-d",
        str(out),
        f"@{listed}",
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"javac could not compile the sources:\n{done.stderr[-4000:]}")
    return out


def build(sources: Path) -> Path:
    """Compile and pack the library; takes some minutes."""
    neo4j, target = jars(), jar()
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        maven = ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies"]
        maven += [f"-DoutputDirectory={work / 'lib'}", "-DincludeScope=runtime"]
        subprocess.run(maven, check=True, stdin=subprocess.DEVNULL)
        library = sorted((work / "lib").glob("*.jar"))
        known = ":".join(map(str, [*library, *sorted(neo4j.glob("*.jar"))]))
        reading = ":".join(map(str, [*library, *neo4j.glob("annotations-*.jar")]))
        begun = (*FIRST, *SECOND, *THIRD, *AFTER)
        rest = [place for place in modules(sources) if place not in begun]
        out = list[Path]()
        for number, places in enumerate((FIRST, SECOND[:1], SECOND[1:], THIRD, (*rest, *AFTER))):
            done = ":".join(map(str, reversed(out)))
            prefix = f"{done}:" if done else ""
            out.append(
                compiled(work, number, files(sources, places), prefix + known, prefix + reading)
            )
            resources = sources / places[0] / "src/main/resources"
            if resources.is_dir() and len(places) == 1:
                shutil.copytree(resources, out[-1], dirs_exist_ok=True)
        packed = work / "packed"
        for one in library:  # what the server has comes from the server
            name = re.sub(r"-\d[\w.-]*\.jar$", "", one.name)
            if not WITHOUT.match(one.name) and not list(neo4j.glob(f"{name}-[0-9]*.jar")):
                shutil.unpack_archive(one, packed, "zip")
        shutil.rmtree(packed / "META-INF", ignore_errors=True)
        services: dict[str, list[str]] = {}
        for part in out:
            for service in (part / "META-INF/services").glob("*"):
                services.setdefault(service.name, []).extend(service.read_text("utf-8").split())
            shutil.copytree(part, packed, dirs_exist_ok=True)
        services.pop("javax.annotation.processing.Processor", None)
        shutil.rmtree(packed / "META-INF")
        (packed / "META-INF/services").mkdir(parents=True)
        for service_name, providers in services.items():
            text = "\n".join(sorted(set(providers))) + "\n"
            (packed / "META-INF/services" / service_name).write_text(text, "utf-8")
        info = f"Implementation-Version={VERSION}\nX-Compile-Target-JDK=17\n"
        (packed / "META-INF/info.properties").write_text(info, "utf-8")
        for reader in (packed / "org/neo4j/gds/proc").glob("*Collector*"):
            reader.unlink()  # they need what only the compiler has, and a server loads every class
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_suffix(".part")
        subprocess.run(["jar", "cf", str(beside), "-C", str(packed), "."], check=True)
        beside.rename(target)
    return target


if __name__ == "__main__":
    print(build(Path(sys.argv[1])))
