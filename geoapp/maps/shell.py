"""The map shell: base map and boundary lines as folium draws them, from trusted data only.

folium renders popups and tooltips inside a JavaScript template literal, where ``${…}``
of a complaint would run as code. So complaints never come here: the shell carries the
city's own geometry and nothing that anybody typed. Scripts that come with folium's
plugins are dropped; the page brings its own Leaflet.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from geoapp.errors import AssetMissing

MAP_VARIABLE = "geoapp_map"
"""Name of the JavaScript variable that holds the map."""

MIN_HOLE_KM2 = 0.05
"""Holes below this size are faults of the boundary file, and are neither drawn nor left open;
larger ones are enclaves of other cities. The real kelurahan file has holes up to 0.003 km²."""

_KM_PER_DEGREE = 111.2
"""Of latitude, on the sphere: good to 1 %, which is enough to tell a slip from an enclave."""


@dataclass(frozen=True, slots=True)
class Shell:
    """Fragments for a page.

    *head* is empty or links, *body* the map's element, *script* the statements that build
    the map (without tags: the page adds them with its nonce). *ground* is what the map
    shows of the city, a GeoJSON geometry by the name it has in `Ground`.
    """

    head: str
    body: str
    script: str
    ground: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies under the complaints, as GeoJSON geometries in EPSG:4326."""

    land: dict[str, Any]
    kelurahan: dict[str, Any]
    kecamatan: dict[str, Any]
    city: dict[str, Any]


def draw_apart(
    features: Sequence[dict[str, Any]],
    *,
    centre: tuple[float, float],
    tile_url: str | None,
    tile_attribution: str,
) -> Shell:
    """`ground` and `render` in a process of their own, for long-lived web workers.

    folium brings pandas and numpy along, 60 MB that a worker would keep for ever for
    something it needs once per boundary set.

    Raises:
        AssetMissing: the drawing process failed.
    """
    order = {
        "features": list(features),
        "centre": centre,
        "tile_url": tile_url,
        "tile_attribution": tile_attribution,
    }
    done = subprocess.run(
        [sys.executable, "-m", "geoapp.maps.shell"],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode != 0:
        raise AssetMissing(
            "The map can't be drawn.", f"folium failed: {done.stderr.strip()[-300:]}"
        )
    return Shell(**json.loads(done.stdout))


def ground(features: Sequence[dict[str, Any]]) -> Ground:
    """Land and lines from the display areas; parents and city by dissolving their children.

    *features* are GeoJSON features with ``parent_code``. Outlines are exterior rings and
    holes of at least ``MIN_HOLE_KM2``, so what is amiss between two areas makes no border
    of the city. An empty sequence gives empty geometries.
    """
    import shapely  # noqa: PLC0415 - only where a shell is made
    from shapely.geometry import mapping, shape  # noqa: PLC0415

    def solid(area: Any) -> Any:
        return shapely.MultiPolygon(
            [
                shapely.Polygon(
                    part.exterior, [r for r in part.interiors if _km2(r) > MIN_HOLE_KM2]
                )
                for part in shapely.get_parts(area)
            ]
        )

    polygons = [solid(shape(feature["geometry"])) for feature in features]
    by_parent: dict[str, list[Any]] = {}
    for feature, polygon in zip(features, polygons, strict=True):
        by_parent.setdefault(feature["properties"]["parent_code"] or "", []).append(polygon)
    parents = [solid(shapely.union_all(children)) for children in by_parent.values()]
    whole = solid(shapely.union_all(parents))

    def lines(shapes: Sequence[Any]) -> dict[str, Any]:
        # One network in which every shared edge is drawn once.
        merged = shapely.line_merge(shapely.union_all([s.boundary for s in shapes]))
        return _rounded(mapping(merged))

    return Ground(
        land=_rounded(mapping(whole)),
        kelurahan=lines(polygons),
        kecamatan=lines(parents),
        city=lines([whole]),
    )


def _km2(ring: Any) -> float:
    """Area within a small ring of longitudes and latitudes."""
    import shapely  # noqa: PLC0415 - only where a shell is made

    shrink = math.cos(math.radians(ring.centroid.y))
    return float(shapely.Polygon(ring).area * _KM_PER_DEGREE**2 * shrink)


def render(
    lines: Ground,
    *,
    centre: tuple[float, float],
    tile_url: str | None,
    tile_attribution: str,
) -> Shell:
    """Draw the shell with folium.

    Args:
        centre: Longitude and latitude, where the map opens until the page moves it.
        tile_url: XYZ address of base tiles, or None.
        tile_attribution: Plain text; the page shows it beside the other sources.
    """
    import folium  # noqa: PLC0415 - 0.4 s and 50 MB that only the shell needs
    from folium.map import CustomPane  # noqa: PLC0415

    figure = folium.Figure()
    shell = folium.Map(
        location=(centre[1], centre[0]),
        zoom_start=13,
        tiles=None,
        zoom_control=False,
        attribution_control=False,
        prefer_canvas=False,
        max_zoom=19,
    )
    # The page's own scripts find the map by this name.
    shell._name, shell._id = "geoapp", "map"  # noqa: SLF001
    # The page brings Leaflet and its own styles, from its own host.
    shell.default_js, shell.default_css = [], []
    figure.add_child(shell)
    if tile_url:
        _named(
            "base",
            folium.TileLayer(
                tile_url, attr=tile_attribution, max_native_zoom=19, max_zoom=19, name="base"
            ),
        ).add_to(shell)
    for pane, z_index in (("land", 210), ("lines", 350)):
        _named(pane, CustomPane(pane, z_index=z_index, pointer_events=False)).add_to(shell)
    for name, pane, geometry in (
        ("m-land", "land", lines.land),
        ("m-kel", "lines", lines.kelurahan),
        ("m-kec", "lines", lines.kecamatan),
        ("m-city", "lines", lines.city),
    ):
        if not geometry.get("coordinates"):
            continue
        layer = folium.GeoJson(
            {"type": "Feature", "properties": {}, "geometry": geometry},
            pane=pane,
            smooth_factor=0.3,
            interactive=False,
            style_function=_classed(name),
        )
        _named(name.replace("-", "_"), layer).add_to(shell)
    shell.render()  # type: ignore[no-untyped-call]  # folium has no types here
    return Shell(
        head="",
        # folium's own element comes with a style attribute, which the policy forbids
        body='<div id="geoapp_map" class="folium-map"></div>',
        script=figure.script.render(),
        ground=asdict(lines),
    )


def _named(name: str, element: Any) -> Any:
    """*element* with a name instead of a random id: the same city gives the same bytes."""
    element._id = name  # noqa: SLF001
    return element


def _classed(name: str) -> Any:
    return lambda _feature: {"className": name}


def _rounded(geometry: Any) -> dict[str, Any]:
    """Coordinates to five decimals (a metre): a third of the bytes, nothing to be seen."""

    def walk(value: Any) -> Any:
        if isinstance(value, float):
            return round(value, 5)
        if isinstance(value, list | tuple):
            return [walk(item) for item in value]
        return value

    return {"type": geometry["type"], "coordinates": walk(geometry.get("coordinates", ()))}


if __name__ == "__main__":
    ordered = json.load(sys.stdin)
    area_features = ordered.pop("features")
    json.dump(asdict(render(ground(area_features), **ordered)), sys.stdout)
