"""``/command?wall``: the command center's wall, a page without controls that runs for days."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from flask import Response, jsonify, render_template, request

import geoapp
from geoapp import resources
from geoapp.web import page
from geoapp.web.context import current_city
from geoapp.web.strings_wall import wall_strings

SLIDE_S = 12
"""How long a slide stands, unless the address says otherwise (``seconds=``, 5 to 120)."""
_TEMPLATE = "command/wall.html"


def answer(part: str) -> Response | str:
    """The wall; with ``?wall=version`` which version of the page is served now.

    The wall asks for its version from time to time, loads itself anew when there is
    another one, and learns the same way that its session has ended: the view that calls
    this is open to whoever may read numbers, and to nobody else.

    Args:
        part: what the viewer sees of the city, in words; empty for all of it.
    """
    if request.args.get("wall") == "version":
        told = jsonify({"version": version()})
        told.headers["Cache-Control"] = "no-store"
        return told
    return render_template(_TEMPLATE, config=_config(), part=part, **page.shell(current_city()))


@lru_cache(maxsize=1)
def version() -> str:
    """Twelve hex digits that change whenever the page, its scripts or its styles do."""
    parts = [
        geoapp.__version__.encode(),
        (resources.path("map_templates") / _TEMPLATE).read_bytes(),
    ]
    manifest = resources.static() / "dist" / "manifest.json"
    if manifest.is_file():
        parts.append(manifest.read_bytes())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


def _config() -> dict[str, Any]:
    """The page's configuration with what the wall's scripts need."""
    shared = page.config()
    return shared | {
        "i18n": shared["i18n"] | wall_strings(),
        "wall": {
            "version": version(),
            "slide_s": _seconds(request.args.get("seconds", "")),
        },
    }


def _seconds(asked: str) -> int:
    """Seconds per slide: as asked where that makes sense, else `SLIDE_S`."""
    sensible = asked.isascii() and asked.isdecimal() and len(asked) <= 3
    return int(asked) if sensible and 5 <= int(asked) <= 120 else SLIDE_S
