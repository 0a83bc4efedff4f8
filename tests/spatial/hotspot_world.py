"""A city for the hotspot tests and benchmark: boundaries, groups, many complaints, by plain SQL.

Deliberately not through the program's own import: what is counted here is put down by
other statements than those under test.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

CITY = "99.01"


@dataclass(frozen=True)
class Report:
    """One complaint to put down; place as (lon, lat)."""

    group: str
    at: datetime
    lon: float
    lat: float
    public: tuple[float, float] | None = None
    status: str = "submitted"
    confidential: bool = False
    simulated: bool = False


def make_city(
    conn: Connection,
    areas: Iterable[tuple[str, str, dict]],
    groups: Sequence[str],
    *,
    code: str = CITY,
    zone: str = "Asia/Jakarta",
    srid: int = 32748,
) -> int:
    """A city whose active kelurahan are *areas* (code, name, geometry); the set's id."""
    conn.execute(
        text(
            "INSERT INTO geoapp.city (code, slug, name, name_en, timezone, metric_srid, locale,"
            " ticket_prefix, centre, envelope) VALUES (:code, 'try-' || replace(:code, '.', '-'),"
            " 'Kota Coba', 'Trial City', :zone, :srid, 'id_ID', 'COB',"
            " ST_SetSRID(ST_MakePoint(103.6, -1.6), 4326),"
            " ST_MakeEnvelope(103.5, -1.7, 103.7, -1.5, 4326))"
        ),
        {"code": code, "zone": zone, "srid": srid},
    )
    conn.execute(
        text("INSERT INTO geoapp.agency (city_code, code) VALUES (:code, 'works')"), {"code": code}
    )
    for position, group in enumerate(groups):
        values = {"code": code, "group": group, "position": position}
        conn.execute(
            text(
                "INSERT INTO geoapp.service_group VALUES"
                " (:code, :group, :group, :group, '#123456', '#abcdef', 'dot', :position)"
            ),
            values,
        )
        conn.execute(text("INSERT INTO geoapp.service VALUES (:code, :group, :group)"), values)
    set_id = conn.execute(
        text(
            "INSERT INTO geoapp.boundary_set (city_code, layer, version, source, sha256,"
            " valid_from, status) VALUES (:code, 'kelurahan', '1', 'test', repeat('0', 64),"
            " '2000-01-01', 'active') RETURNING id"
        ),
        {"code": code},
    ).scalar_one()
    for area_code, name, geometry in areas:
        conn.execute(
            text(
                "INSERT INTO geoapp.area (city_code, set_id, code, name, geom, display_geom, label)"
                " SELECT :city, :set_id, :code, :name, g, g, ST_PointOnSurface(g) FROM ("
                " SELECT ST_Multi(ST_CollectionExtract(ST_MakeValid(ST_Force2D("
                " ST_SetSRID(ST_GeomFromGeoJSON(:geometry), 4326))), 3)) AS g) AS made"
            ),
            {
                "city": code, "set_id": set_id, "code": area_code, "name": name,
                "geometry": json.dumps(geometry),
            },
        )  # fmt: skip
    return int(set_id)


def add(conn: Connection, reports: Sequence[Report], *, code: str = CITY) -> None:
    """Put *reports* down, each in the first kelurahan that covers its place."""
    start = conn.execute(
        text("SELECT count(*) FROM geoapp.complaint WHERE city_code = :code"), {"code": code}
    ).scalar_one()
    conn.execute(
        text(
            "INSERT INTO geoapp.complaint (city_code, ticket, channel, service_code, group_code,"
            " status, submitted_at, due_at, location_kind, geom, public_geom, agency_code,"
            " assignment_method, confidential, simulated, kelurahan_set, kelurahan_code,"
            " public_kelurahan_code)"
            " SELECT :code, 'T' || (:start + n), 'import', grp, grp, status, at, at, 'point',"
            " exact, shown, 'works', 'covers', confidential, simulated, a.set_id, a.code, a.code"
            " FROM (SELECT n, grp, status, at, confidential, simulated,"
            "  ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS exact,"
            "  ST_SetSRID(ST_MakePoint(public_lon, public_lat), 4326) AS shown"
            "  FROM unnest(CAST(:grp AS text[]), CAST(:status AS text[]),"
            "   CAST(:at AS timestamptz[]), CAST(:lon AS float8[]), CAST(:lat AS float8[]),"
            "   CAST(:public_lon AS float8[]), CAST(:public_lat AS float8[]),"
            "   CAST(:confidential AS boolean[]), CAST(:simulated AS boolean[]))"
            "  WITH ORDINALITY AS r (grp, status, at, lon, lat, public_lon, public_lat,"
            "   confidential, simulated, n)) AS r"
            " LEFT JOIN LATERAL (SELECT a.set_id, a.code FROM geoapp.area AS a"
            "  JOIN geoapp.boundary_set AS s ON s.city_code = a.city_code AND s.id = a.set_id"
            "  WHERE a.city_code = :code AND s.status = 'active' AND ST_Covers(a.geom, r.exact)"
            "  ORDER BY a.code LIMIT 1) AS a ON true"
        ),
        {
            "code": code,
            "start": start,
            "grp": [r.group for r in reports],
            "status": [r.status for r in reports],
            "at": [r.at.isoformat() for r in reports],
            "lon": [r.lon for r in reports],
            "lat": [r.lat for r in reports],
            "public_lon": [(r.public or (r.lon, r.lat))[0] for r in reports],
            "public_lat": [(r.public or (r.lon, r.lat))[1] for r in reports],
            "confidential": [r.confidential for r in reports],
            "simulated": [r.simulated for r in reports],
        },
    )


def features(file: Path, code: str, name: str) -> list[tuple[str, str, dict]]:
    """(code, name, geometry) of each feature of a GeoJSON file, by two attribute names."""
    collection = json.loads(file.read_text(encoding="utf-8"))
    return [
        (str(f["properties"][code]), str(f["properties"][name]), f["geometry"])
        for f in collection["features"]
    ]


BOSTON = "25.025"
BOSTON_SRID = 26986
BOSTON_DEFAULT = (-71.0587, 42.3594)
#: The city's own "reason" of a request, as this program's groups.
_REASONS = {
    "Street Lights": "street_light",
    "Catchbasin": "drainage",
    "Highway Maintenance": "road",
    "Sanitation": "waste",
    "Street Cleaning": "waste",
    "Trees": "tree",
    "Signs & Signals": "traffic",
    "Graffiti": "public_order",
    "Code Enforcement": "public_order",
    "Housing": "licensing",
    "Health": "health",
}
BOSTON_GROUPS = (*sorted(set(_REASONS.values())), "other")


def load_boston(conn: Connection, folder: Path, *, only: str | None = None) -> int:
    """Boston's 2015 requests as a city of its own, its wards as kelurahan; rows loaded."""
    make_city(
        conn,
        features(folder / "wards.geojson", "WARD", "WARD"),
        BOSTON_GROUPS,
        code=BOSTON,
        zone="America/New_York",
        srid=BOSTON_SRID,
    )
    zone = ZoneInfo("America/New_York")
    reports = []
    with gzip.open(folder / "complaints.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            group = _REASONS.get(row["reason"], "other")
            if row["type"] == "Catchbasin":
                group = "drainage"
            if not row["latitude"] or (only and group != only):
                continue
            at = datetime.strptime(row["open_dt"], "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=zone)
            reports.append(Report(group, at, float(row["longitude"]), float(row["latitude"])))
    for first in range(0, len(reports), 20_000):
        add(conn, reports[first : first + 20_000], code=BOSTON)
    conn.execute(text("ANALYZE geoapp.complaint"))
    return len(reports)


def days_before(now: datetime, days: float) -> datetime:
    """The moment *days* before *now*."""
    return now - timedelta(days=days)
