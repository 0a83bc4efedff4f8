"""A city of three squares, and complaints filed in it."""

from __future__ import annotations

from datetime import date
from itertools import count

from sqlalchemy import Connection, Row, text

from geoapp.domain.complaint import Channel, NewComplaint
from geoapp.domain.place import LonLat
from geoapp.spatial import assignment
from geoapp.store import boundaries as boundary_store

CODE = "15.71"
# Two unit squares side by side (west A, east B), a thousandth of a degree wide, sharing an
# edge; C overlaps the eastern half of B. Near Jambi, so that EPSG:32748 fits.
X, Y, D = 103.6, -1.6, 0.001
A = f"POLYGON(({X} {Y},{X + D} {Y},{X + D} {Y + D},{X} {Y + D},{X} {Y}))"
B = f"POLYGON(({X + D} {Y},{X + 2 * D} {Y},{X + 2 * D} {Y + D},{X + D} {Y + D},{X + D} {Y}))"
C = (
    f"POLYGON(({X + 1.5 * D} {Y},{X + 2.5 * D} {Y},{X + 2.5 * D} {Y + D},"
    f"{X + 1.5 * D} {Y + D},{X + 1.5 * D} {Y}))"
)
_tickets = count(1)


def run(connection: Connection, query: str, **values: object) -> list[Row[tuple[object, ...]]]:
    found = connection.execute(text(query), {"city": CODE, **values})
    return list(found) if found.returns_rows else []


def draw_areas(connection: Connection, areas: dict[str, str], *, activate: bool = True) -> int:
    """A new set of kelurahan from WKT; in force at once unless told otherwise."""
    set_id = boundary_store.add_set(
        connection, CODE, boundary_store.Layer.KELURAHAN, version="squares", source="test",
        licence="", sha256="0" * 64, approximate=False, quality={},
    )  # fmt: skip
    for code, wkt in areas.items():
        run(
            connection,
            "INSERT INTO geoapp.area SELECT :city, :id, :code, :code, 'P', 'Parent', shape, shape,"
            " ST_PointOnSurface(shape) FROM (SELECT ST_Multi(ST_GeomFromText(:wkt, 4326)) AS shape) AS s",
            id=set_id, code=code, wkt=wkt,
        )  # fmt: skip
    connection.execute(
        boundary_store.statement("store", "boundary_pieces_insert"),
        {"city_code": CODE, "set_id": set_id},
    )
    if activate:
        boundary_store.activate(connection, CODE, set_id, date(2026, 1, 1))
    return set_id


def draw_service_areas(connection: Connection, *areas: dict[str, object]) -> None:
    set_id = boundary_store.add_set(
        connection, CODE, boundary_store.Layer.SERVICE_AREA, version="t", source="test",
        licence="", sha256="0" * 64, approximate=False, quality={},
    )  # fmt: skip
    for number, area in enumerate(areas):
        plain = {
            "code": f"s{number}", "name": "n", "agency": None, "grp": None, "service": None,
            "priority": 100, "coverage": "city", "codes": [], "wkt": None, "id": set_id,
        }  # fmt: skip
        run(
            connection,
            "INSERT INTO geoapp.service_area (city_code, set_id, code, name, agency_code,"
            " group_code, service_code, priority, coverage, area_codes, geom) VALUES (:city, :id,"
            " :code, :name, :agency, :grp, :service, :priority, :coverage, :codes,"
            " ST_Multi(ST_GeomFromText(:wkt, 4326)))",
            **{**plain, **area},
        )
    boundary_store.activate(connection, CODE, set_id, date(2026, 1, 1))


def unsure(connection: Connection) -> list[int]:
    """Ids of the complaints that aren't proven to stay."""
    return [one.id for one in assignment.movers(connection, CODE)]


def file(
    connection: Connection, service: str = "pothole", x: float | None = None, y: float = 0.5,
    *, keep: bool = True, ticket: str | None = None, **more: object,
) -> Row[tuple[object, ...]]:  # fmt: skip
    """Store a complaint at *x*, *y* in squares' widths from their corner."""
    position = None if x is None else LonLat(X + x * D, Y + y * D)
    new = NewComplaint(service=service, position=position, channel=Channel.IMPORT, **more)  # type: ignore[arg-type]
    ticket = ticket or f"T-{next(_tickets)}"
    stored = assignment.store(connection, CODE, ticket, new, actor="citizen", keep_outside=keep)
    assert stored is not None
    return stored
