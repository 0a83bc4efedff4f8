"""What a boundary set is called for people who don't work with files.

Its source in English, where the folder it came from says so; and what stands on paper.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache

from geoapp import resources

_FILE = re.compile(
    r"\s*\([^()]*\.(?:csv|geojson|json|gpkg|shp|zip|sql|kml|topojson)\)", re.IGNORECASE
)
# Names that the program gives: of the first set, a draft, a cleaned set and a copy.
_MACHINE = re.compile(r"(?:approximate|draft)-[\d-]+| \((?:cleaned|copy [^()]*)\)")


def on_paper(source: str, version: str) -> str:
    """*source* and what its set was named by people, without names of files and of our own."""
    named = _MACHINE.sub("", version).strip()
    told = _FILE.sub("", source).strip()
    return f"{told} ({named})" if told and named else told or named


def source_in_english(source: str) -> str:
    """The source's English words; as it stands for sets that somebody else brought."""
    return _shipped().get(source, source)


@lru_cache(maxsize=1)
def _shipped() -> dict[str, str]:
    """English words by the source as it is stored, out of every shipped city's folder."""
    found: dict[str, str] = {}
    for file in resources.path("boundaries").glob("*/city.json"):
        for record in json.loads(file.read_text("utf-8")).get("boundaries", ()):
            if record.get("source_en"):
                found[record["source"]] = record["source_en"]
    return found
