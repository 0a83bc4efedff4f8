"""Kelurahan drawn by hand, in force in a database of the test's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, text

CITY = "15.71"
WEST, MIDDLE, EAST = 103.60, 103.61, 103.62
SOUTH, NORTH = -1.61, -1.60
METRES_OF_A_DEGREE = 111_270
"""Of longitude at 1.605° south: 111,320 m * cos(1.605°)."""

_RETIRE = text("""
    UPDATE geoapp.boundary_set
    SET status = 'retired', valid_to = greatest(valid_from, cast(:day AS date))
    WHERE city_code = :city AND layer = :layer AND status = 'active'
""")
_SET = text("""
    INSERT INTO geoapp.boundary_set (city_code, layer, version, source, licence, sha256,
                                     approximate, status, valid_from, quality)
    VALUES (:city, :layer, :version, 'Drawn for a test', '', repeat('0', 64), false, :status,
            :day, '{}')
    RETURNING id
""")
_AREA = text("""
    INSERT INTO geoapp.area (city_code, set_id, code, name, parent_code, parent_name, geom,
                             display_geom, label)
    SELECT :city, :id, :code, :name, :parent, :parent, shape, shape, ST_PointOnSurface(shape)
    FROM (SELECT ST_Multi(ST_MakeEnvelope(:west, :south, :east, :north, 4326)) AS shape) AS drawn
""")
_PIECE = text("""
    INSERT INTO geoapp.area_piece (city_code, set_id, code, piece, geom)
    SELECT city_code, set_id, code, 1, ST_GeometryN(geom, 1) FROM geoapp.area WHERE set_id = :id
""")
_RULE = text("""
    INSERT INTO geoapp.service_area (city_code, set_id, code, name, agency_code, group_code,
                                     priority, coverage, area_codes)
    VALUES (:city, :id, :code, :name, :agency, :group, :priority, 'areas', :codes)
""")

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


def draw(
    owner: Connection,
    areas: Mapping[str, tuple[str, str, Box]],
    *,
    version: str,
    day: date | None = date(2026, 1, 1),
) -> int:
    """Put kelurahan (code: name, kecamatan, box) in force from *day*; the set's id.

    Without a day they are staged, and what is in force stays.
    """
    if day is not None:
        owner.execute(_RETIRE, {"city": CITY, "layer": "kelurahan", "day": day})
    made: int = owner.execute(
        _SET,
        {
            "city": CITY,
            "layer": "kelurahan",
            "version": version,
            "day": day,
            "status": "staged" if day is None else "active",
        },
    ).scalar_one()
    for code, (name, parent, (west, south, east, north)) in areas.items():
        owner.execute(
            _AREA,
            {
                "city": CITY, "id": made, "code": code, "name": name, "parent": parent,
                "west": west, "south": south, "east": east, "north": north,
            },
        )  # fmt: skip
    owner.execute(_PIECE, {"id": made})
    return made


def rule(owner: Connection, *codes: str, agency: str, group: str, name: str = "Aturan") -> None:
    """Put one rule in force: *agency* acts for *group* in these kelurahan, before any other."""
    owner.execute(_RETIRE, {"city": CITY, "layer": "service_area", "day": date(2026, 1, 1)})
    made = owner.execute(
        _SET,
        {
            "city": CITY,
            "layer": "service_area",
            "version": "test",
            "day": date(2026, 1, 1),
            "status": "active",
        },
    ).scalar_one()
    owner.execute(
        _RULE,
        {
            "city": CITY, "id": made, "code": "r1", "name": name, "agency": agency,
            "group": group, "priority": 1, "codes": list(codes),
        },
    )  # fmt: skip


def legok_and_murni(owner: Connection) -> None:
    """Two kelurahan side by side; street lights of the eastern one are dlh's."""
    draw(
        owner,
        {
            "15.71.01.1001": ("Legok", "15.71.01", (WEST, SOUTH, MIDDLE, NORTH)),
            "15.71.01.1002": ("Murni", "15.71.01", (MIDDLE, SOUTH, EAST, NORTH)),
        },
        version="two wards",
    )
    rule(owner, "15.71.01.1002", agency="dlh", group="street_light", name="Lampu di Murni")
