"""What a boundary set's source is called in English, where the folder it came from says so."""

from __future__ import annotations

import json
from functools import lru_cache

from geoapp import resources


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
