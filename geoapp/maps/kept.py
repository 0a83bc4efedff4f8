"""Drawn shells, kept in files that all processes of a server share.

Drawing takes folium, which takes seconds. What a shell depends on is in its file's name, so
a file is either right or never asked for. The files may be lost or deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from geoapp import __version__
from geoapp.domain.catalogue import City
from geoapp.maps import shell as shells
from geoapp.settings import Settings

log = logging.getLogger(__name__)

MOST_FILES = 64
"""Files kept; those of boundaries and settings long gone are deleted, oldest first."""


def shell_of(
    settings: Settings,
    city: City,
    version: str,
    features: Callable[[], Sequence[dict[str, Any]]],
) -> shells.Shell:
    """The shell of *city*, read from its file below the home or drawn and put there.

    Args:
        version: changes when other kelurahan come into force.
        features: called where the shell must be drawn; see `shells.draw_apart`.

    Raises:
        AssetMissing: the drawing process failed.
    """
    drawing = {
        "centre": (city.centre.lon, city.centre.lat),
        "tile_url": None if settings.tile_url == "none" else settings.tile_url,
        "tile_attribution": settings.tile_attribution,
    }
    about = json.dumps([_programme(), city.code, version, drawing])
    file = settings.home / "shells" / f"{hashlib.sha256(about.encode()).hexdigest()[:32]}.json"
    kept = _read(file)
    if kept is not None:
        return kept
    drawn = shells.draw_apart(features(), **drawing)  # type: ignore[arg-type]
    _keep(file, drawn)
    return drawn


@cache
def _programme() -> str:
    """Version of the program and of what draws: a checkout changes between two versions."""
    source = Path(shells.__file__).read_bytes()
    return f"{__version__} {hashlib.sha256(source).hexdigest()}"


def _read(file: Path) -> shells.Shell | None:
    try:
        return shells.Shell(**json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as problem:
        log.warning("the kept map %s can't be used, drawing it anew: %s", file, problem)
        return None


def _keep(file: Path, drawn: shells.Shell) -> None:
    """Write whole or not at all; a home that can't be written costs time, nothing else."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, unfinished = tempfile.mkstemp(dir=file.parent, suffix=".part")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
                json.dump(asdict(drawn), handle)
            Path(unfinished).replace(file)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
        others = sorted(file.parent.glob("*.json"), key=lambda kept: kept.stat().st_mtime)
        for old in others[:-MOST_FILES]:
            old.unlink(missing_ok=True)
    except OSError as problem:
        log.warning("the drawn map can't be kept: %s", problem)
