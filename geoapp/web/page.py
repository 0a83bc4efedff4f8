"""What every page is given: its configuration, its map shell, addresses of assets."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from flask import Flask, g, request
from markupsafe import Markup

from geoapp import resources
from geoapp.domain.catalogue import City
from geoapp.domain.complaint import DUE_SOON_HOURS
from geoapp.errors import DatabaseUnavailable
from geoapp.maps import kept
from geoapp.maps.shell import MAP_VARIABLE, Shell
from geoapp.usecases import feed, livemap
from geoapp.web.context import current_catalogue, current_language, now, site
from geoapp.web.strings import js_strings


def register(app: Flask) -> None:
    """Give every template ``config`` and every built asset its hash."""
    app.context_processor(lambda: {"config": config()})

    @app.url_defaults
    def _version(endpoint: str, values: dict[str, Any]) -> None:
        # The hash makes the address new when the file is, so browsers may keep it for ever.
        if endpoint == "static" and (digest := _manifest().get(values.get("filename", ""))):
            values["v"] = digest

    @app.after_request
    def _keep_assets(response: Any) -> Any:
        if request.endpoint == "static" and "v" in request.args:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


@lru_cache(maxsize=1)
def _manifest() -> dict[str, str]:
    """Hashes of the built assets by their path below ``static/``; empty before a build."""
    try:
        text = (resources.static() / "dist" / "manifest.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    return {f"dist/{name}": str(digest) for name, digest in json.loads(text).items()}


def config() -> dict[str, Any]:
    """The page's configuration, also for its scripts; pages without a city get a bare one."""
    settings = site().settings
    shared: dict[str, Any] = {
        "base": request.script_root,
        "now": _now(),
        "due_soon_hours": DUE_SOON_HOURS,
        "lang": current_language(),
        "i18n": js_strings(),
        "map_variable": MAP_VARIABLE,
        "tile_url": None if settings.tile_url == "none" else settings.tile_url,
        "tile_attribution": settings.tile_attribution,
        "groups": [],
    }
    city = request.environ.get("geoapp.city")
    if city is None:
        return shared | {"city": {"name": "geoapp", "simulated": False, "boundaries": None}}
    catalogue = current_catalogue()
    locale = city.locale
    return shared | {
        "live": _live(city),
        "city": city_facts(city),
        "groups": [
            {
                "code": group.code,
                "name": group.name.as_dict(locale),
                "colour": group.colour,
                "colour_dark": group.colour_dark,
                "glyph": group.glyph,
            }
            for group in catalogue.groups.values()
        ],
    }


def _live(city: City) -> dict[str, str] | None:
    """From where the page's scripts follow the feed: nothing falls between page and connection."""
    if "live" not in g:
        try:
            found = feed.standing(site().database, city.code)
        except DatabaseUnavailable:
            return None
        g.live = {"last_event_id": str(found.position), "boundaries": found.boundaries}
    told: dict[str, str] = g.live
    return told


def _now() -> str | None:
    """The time for the page's scripts; None for the page that says the database is away."""
    try:
        return now().isoformat()
    except DatabaseUnavailable:
        return None


def city_facts(city: City) -> dict[str, Any]:
    """The city as ``/api/v1/city`` and the pages tell it; at most ten seconds old."""

    def look() -> dict[str, Any]:
        state = livemap.city_state(site().database, city)
        box = city.envelope
        return {
            "code": city.code,
            "name": city.name.local if current_language() == city.locale else city.name.english,
            "slug": city.slug,
            "timezone": city.timezone,
            "ticket_prefix": city.ticket_prefix,
            "centre": [city.centre.lon, city.centre.lat],
            "bbox": [box.west, box.south, box.east, box.north],
            "simulated": state.simulated,
            "practice": city.practice,
            "boundaries": _boundaries(state),
        }

    return site().facts.get((city.code, current_language()), look)


def boundaries_told(city: City) -> dict[str, Any] | None:
    """The boundaries in force as `city_facts` tells them, as they are now."""
    return _boundaries(livemap.city_state(site().database, city))


def _boundaries(state: livemap.CityState) -> dict[str, Any] | None:
    active = state.boundaries
    if active is None:
        return None
    return {
        "version": active.version,
        "source": active.source,
        "licence": active.licence,
        "approximate": active.approximate,
        "count": active.areas,
    }


def drawn(city: City) -> Shell:
    """The map shell of a city; made once per boundary set."""
    here = site()
    version = livemap.areas_version(here.database, city)
    return here.shells.get(
        (city.code, version),
        lambda: kept.shell_of(
            here.settings, city, version, lambda: livemap.areas(here.database, city)
        ),
    )


def shell(city: City) -> dict[str, Markup]:
    """Template variables of the map shell; made once per city and boundary set.

    Its text comes from folium and the city's own geometry: nothing a visitor typed.
    """
    made = drawn(city)
    return {
        "shell_head": Markup(made.head),  # noqa: S704 - folium's own text, see above
        "shell_body": Markup(made.body),  # noqa: S704
        "shell_script": Markup(made.script.replace("</", "<\\/")),  # noqa: S704
    }
